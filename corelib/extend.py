"""All that an author of ops, optimizers or commands imports.

The factories of ops (``elementwise``, ``linear``, ``op``, ``composed``) with the types and helpers of their classes;
the axes of reductions; what makes a rule work on every kind of array (``native``, ``may``, ``like``, ``ones``,
``full``); the protocols of rules with their helpers; the hooks of a plugin. Specs for the conformance suite are in
``corelib.conformance``, and the exceptions are in ``corelib.errors``.

>>> import numpy as np
>>> from corelib.extend import elementwise
>>> cube = elementwise(lambda x: x**3, lambda x: 3 * np.square(x), name="cube")
"""

from corelib.core.array_kinds import ArrayKind, kind_of_array
from corelib.core.tensor import Array, Axis, Tensor, TensorLike
from corelib.plugins.command import Command
from corelib.plugins.hooks import Plugin, hookimpl
from corelib.plugins.problem import Problem
from corelib.primitives.arguments import NO_VALUE
from corelib.primitives.axes import reduced_shape, with_reduced_axes
from corelib.primitives.factories import composed, elementwise, linear, op
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
)
from corelib.primitives.portable import full, like, may, native, ones
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
)
from corelib.primitives.slope import Ratio, all_finite
from corelib.rule import AnyRule, FloatArray, JointRule, Rule, Step, joint, require, require_bool

__all__ = [
    "NO_VALUE", "AnyOp", "AnyRule", "Array", "ArrayKind", "Axis", "Binary", "BinaryFn", "BinaryMany", "BinaryManyFn",
    "Command", "ComposedFn", "ComposedManyFn", "FloatArray", "JointRule", "LinearBinary", "LinearTernary",
    "LinearUnary", "LinearVariadic", "Plugin", "Problem", "Ratio", "Rule", "Shape", "Step", "Tensor", "TensorLike",
    "Ternary", "TernaryFn", "TernaryMany", "TernaryManyFn", "Unary", "UnaryFn", "UnaryMany", "UnaryManyFn", "Variadic",
    "VariadicFn", "VariadicMany", "VariadicManyFn", "Wanted", "all_finite", "composed", "elementwise", "full",
    "hookimpl", "joint", "kind_of_array", "like", "linear", "may", "native", "ones", "op", "reduced_shape", "require",
    "require_bool", "with_reduced_axes",
]  # fmt: skip
