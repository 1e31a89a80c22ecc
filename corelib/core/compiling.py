"""What mypyc reads in the files that it compiles; interpreted, it says nothing."""

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr as mypyc_attr
else:

    def mypyc_attr(**_):
        """Leave the class as it is."""
        return lambda cls: cls


# The modules that a wheel holds compiled: what every call of an op goes through. hatch_build.py reads the names here.
COMPILED: Final = (
    "core.arrays", "core.scope", "core.graph", "core.backward", "core.tensor", "core.broadcasting",
    "primitives.portable", "primitives.slope", "primitives.arguments", "primitives.op", "primitives.elementwise_op",
    "primitives.class_op", "primitives.connecting",
)  # fmt: skip

E = TypeVar("E", bound=BaseException)


def caused(error: E, by: BaseException | None) -> E:
    """``raise caused(error, by)`` is ``raise error from by``, which mypyc compiles to ``raise error``."""
    error.__cause__ = by
    return error


class Truth(Protocol):
    """True or False, NumPy's too: mypyc lets nothing but a bool pass for a bool, where Python takes either."""

    def __bool__(self) -> bool: ...
