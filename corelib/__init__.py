"""Automatic differentiation for NumPy in which every op and every optimizer is a plugin."""

from typing import TYPE_CHECKING, Any

from corelib import errors
from corelib.errors import CorelibError
from corelib.graph import Node, no_grad
from corelib.op import (
    AnyOp, BinaryFn, BinaryManyFn, ComposedFn, TernaryFn, TernaryManyFn, UnaryFn, UnaryManyFn, VariadicFn,
    VariadicManyFn, composed, elementwise, linear, op,
)  # fmt: skip
from corelib.protocols import (
    Binary, BinaryMany, LinearBinary, LinearTernary, LinearUnary, LinearVariadic, Shape, Ternary, TernaryMany,
    Unary, UnaryMany, Variadic, VariadicMany, Wanted,
)  # fmt: skip
from corelib.tensor import Array, Axis, Tensor, TensorLike
from corelib.transforms import elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

if TYPE_CHECKING:
    from corelib.hooks import Plugin, hookimpl

__version__ = "0.1.0"

_LATER = {"Plugin": "corelib.hooks", "hookimpl": "corelib.hooks"}  # pluggy is imported when a plugin asks for it

if not TYPE_CHECKING:  # a checker that saw this would let misspelt names pass

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name in _LATER:
            return getattr(import_module(_LATER[name]), name)
        raise AttributeError(f"module 'corelib' has no attribute {name!r}")
