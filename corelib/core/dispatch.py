"""Which op stands for a NumPy function: a table that is filled from the registry at each first miss."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from corelib.core.tensor import Tensor


class Dispatch(dict[Callable[..., Any], Callable[..., "Tensor"]]):
    """NumPy function -> op. A hit costs one look-up; a miss looks in the registry, which keeps what it finds here.

    ``find_for`` and ``find_op`` are the registry's. It stands above the core, so ``corelib/__init__.py`` sets them.
    """

    find_for: Callable[[Callable[..., Any]], Callable[..., Any]]
    find_op: Callable[[str], Any]

    def __missing__(self, function: Callable[..., Any]) -> "Callable[..., Tensor]":
        return self.find_for(function)


ops_for: Final = Dispatch()


def op_named(name: str) -> Any:
    """The op ``name``: what ``pickle`` calls to read an op. Raises OpNotFound."""
    return ops_for.find_op(name)


def is_function(value: object) -> bool:
    """Whether an op can stand for ``value``: it is called, and looked up in a table."""
    try:
        hash(value)
    except Exception:  # a list, or what its author's __hash__ raises
        return False
    return callable(value)
