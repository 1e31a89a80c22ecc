"""What mypyc reads in the files that it compiles; interpreted, it says nothing."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr as mypyc_attr
else:

    def mypyc_attr(**_):
        """Leave the class as it is."""
        return lambda cls: cls


class Truth(Protocol):
    """True or False, NumPy's too: mypyc lets nothing but a bool pass for a bool, where Python takes either."""

    def __bool__(self) -> bool: ...
