"""Which op stands for a NumPy function: a table that asks the registry at its first miss."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from corelib.core.tensor import Tensor


class Dispatch(dict[Callable[..., Any], Callable[..., "Tensor"]]):
    """NumPy function -> op. A hit costs one dictionary look-up; a miss asks the registry."""

    def __missing__(self, function: Callable[..., Any]) -> "Callable[..., Tensor]":
        from corelib.plugins.registry import find_for  # the registry is above us, and only a miss needs it

        op = self[function] = find_for(function)
        return op


ops_for: Final = Dispatch()


def is_function(value: object) -> bool:
    """Whether an op can stand for ``value``: it is called, and looked up in a table."""
    try:
        hash(value)
    except Exception:  # a list, or what its author's __hash__ raises
        return False
    return callable(value)
