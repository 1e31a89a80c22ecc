"""Automatic differentiation for NumPy in which every op and every optimizer is a plugin."""

from typing import TYPE_CHECKING, Any, Final

import corelib.core.interpreting  # noqa: F401  # before the core: it says which of its files are run

# isort: split
from corelib import errors
from corelib._version import __version__ as __version__
from corelib.core.array_kinds import kinds
from corelib.core.dispatch import ops_for
from corelib.core.graph import Node
from corelib.core.scope import no_grad
from corelib.core.tensor import Array, Axis, Tensor, TensorLike
from corelib.debugging.anomaly import FailedCall, anomaly
from corelib.debugging.drawing import graph
from corelib.errors import CorelibError
from corelib.primitives.factories import composed, elementwise, linear, op
from corelib.primitives.nested import array, asarray
from corelib.primitives.op_types import (
    AnyOp,
    BinaryFn,
    BinaryManyFn,
    ComposedFn,
    ComposedManyFn,
    TernaryFn,
    TernaryManyFn,
    UnaryFn,
    UnaryManyFn,
    VariadicFn,
    VariadicManyFn,
)  # fmt: skip
from corelib.primitives.protocols import (
    Binary,
    BinaryMany,
    LinearBinary,
    LinearTernary,
    LinearUnary,
    LinearVariadic,
    Shape,
    Ternary,
    TernaryMany,
    Unary,
    UnaryMany,
    Variadic,
    VariadicMany,
    Wanted,
)  # fmt: skip
from corelib.primitives.slope import Ratio, all_finite
from corelib.transforms.checkpoint import checkpoint
from corelib.transforms.derivatives import elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

if TYPE_CHECKING:
    from corelib import conformance, ops, optimizers, plugins
    from corelib.conformance import check_grads
    from corelib.core.array_kinds import ArrayKind
    from corelib.optimizing.groups import Group, MultiOptimizer
    from corelib.optimizing.optimizer import Optimizer
    from corelib.plugins.command import Command
    from corelib.plugins.hooks import Plugin, hookimpl
    from corelib.rule import AnyRule, FloatArray, JointRule, Rule, Schedule, Step

__all__ = [
    "AnyOp", "AnyRule", "Array", "Axis", "Binary", "BinaryFn", "BinaryMany", "BinaryManyFn", "Command",
    "ComposedFn", "ComposedManyFn", "CorelibError", "FailedCall", "FloatArray", "Group", "JointRule", "LinearBinary",
    "LinearTernary", "LinearUnary", "LinearVariadic", "MultiOptimizer", "Node", "Optimizer", "Plugin", "Ratio", "Rule",
    "Schedule", "Shape", "Step", "Tensor", "TensorLike", "Ternary", "TernaryFn", "TernaryMany", "TernaryManyFn",
    "Unary", "UnaryFn", "UnaryMany", "UnaryManyFn", "Variadic", "VariadicFn", "VariadicMany", "VariadicManyFn",
    "Wanted", "all_finite", "anomaly", "array", "asarray", "check_grads", "checkpoint", "composed", "conformance",
    "elementwise", "elementwise_grad", "errors", "grad", "graph", "hessian", "hookimpl", "hvp", "jacobian", "jvp",
    "linear", "no_grad", "op", "ops", "optimizers", "plugins", "value_and_grad", "vjp",
]  # fmt: skip

# What is imported when it is first used, so that `import corelib` costs next to nothing.
_LATER: Final = {
    "AnyRule": "corelib.rule",
    "Command": "corelib.plugins.command",
    "FloatArray": "corelib.rule",
    "Group": "corelib.optimizing.groups",
    "JointRule": "corelib.rule",
    "MultiOptimizer": "corelib.optimizing.groups",
    "Optimizer": "corelib.optimizing.optimizer",
    "Plugin": "corelib.plugins.hooks",
    "Rule": "corelib.rule",
    "Schedule": "corelib.rule",
    "Step": "corelib.rule",
    "check_grads": "corelib.conformance",
    "conformance": "",
    "hookimpl": "corelib.plugins.hooks",
    "ops": "",
    "optimizers": "",
    "plugins": "",
}


def _find_for(function: Any) -> Any:
    from corelib.plugins.registry import op_for

    return op_for(function)


def _find_op(name: str) -> Any:
    from corelib.plugins.registry import find_op

    return find_op(name)


def _find_kind(type_: type) -> "ArrayKind | None":
    from corelib.plugins.registry import kind_for

    return kind_for(type_)


# The core looks ops and kinds of array up in the registry, which stands above it and is imported at the first miss.
ops_for.find_for, ops_for.find_op, kinds.find = _find_for, _find_op, _find_kind

if not TYPE_CHECKING:  # a checker that saw this would let misspelt names pass

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name not in _LATER:
            raise AttributeError(f"module 'corelib' has no attribute {name!r}")
        home = _LATER[name]
        value = getattr(import_module(home), name) if home else import_module(f"corelib.{name}")
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted(__all__)
