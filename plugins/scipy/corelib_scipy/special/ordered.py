"""Functions of an order, a degree or a shape that has no gradient here, and of one number."""

from collections.abc import Callable
from typing import Any, Protocol

from corelib.extend import Tensor, TensorLike, elementwise
from corelib_scipy.recordable import Recordable, beside


class QuaternaryFn(Protocol):
    """An op of four arrays."""

    def __call__(self, a: TensorLike, b: TensorLike, c: TensorLike, x: TensorLike, /) -> Tensor: ...


def ordered(function: Callable[..., Any], count: int, slope: Callable[..., Any], name: str = "") -> Any:
    """An op for ``function(*orders, x)``, of ``count`` orders, with its slope in x.

    ``slope`` is given the orders and x, and calls functions that ``recorded`` returns.
    """
    make: Any = elementwise  # its overloads want the number of slopes spelt out
    call = _call(function, count)
    name = name or function.__name__
    return make(call, *[None] * count, _call(slope, count), numpy=function, name=name, singular=True)


def recorded(op: Any, function: Callable[..., Any]) -> Recordable:
    """``function`` for arrays, and the op for Tensors."""

    def either(*args: Any) -> Any:
        return op()(*args) if isinstance(args[-1], Tensor) else function(*args)

    return either


def _call(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """The function, given its orders in the precision of x."""
    if count == 1:
        return lambda n, x: function(*beside(x, n), x)
    if count == 2:
        return lambda a, b, x: function(*beside(x, a, b), x)
    return lambda a, b, c, x: function(*beside(x, a, b, c), x)
