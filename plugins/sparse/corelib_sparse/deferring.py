"""``A @ tensor`` with a sparse array in front: Python asks A first, and A must leave a Tensor to corelib.

sparse tries to multiply whatever it is given, and fails on a Tensor. Importing this module makes its arrays return
NotImplemented there, as NumPy's protocols ask of an array that does not know the other operand. Without a Tensor among
the operands nothing changes. corelib imports it when it meets a sparse array, or finds its plugins after ``import
sparse``; a program whose first call of all is ``A @ tensor`` imports it by itself.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from sparse import COO, GCXS, SparseArray

from corelib import Tensor


def defers(method: Callable[..., Any], operands: Callable[..., Any]) -> Callable[..., Any]:
    """The method, which returns NotImplemented where a Tensor is among its operands, or their types."""

    @wraps(method)
    def deferring(self: Any, *args: Any, **keywords: Any) -> Any:
        if any(one is Tensor or isinstance(one, Tensor) for one in operands(*args)):
            return NotImplemented
        return method(self, *args, **keywords)

    return deferring


def _install() -> None:
    SparseArray.__array_ufunc__ = defers(SparseArray.__array_ufunc__, lambda ufunc, method, *inputs: inputs)
    SparseArray.__array_function__ = defers(SparseArray.__array_function__, lambda function, types, *rest: types)
    for cls in (COO, GCXS):
        cls.__matmul__ = defers(cls.__matmul__, lambda other: (other,))


_install()
