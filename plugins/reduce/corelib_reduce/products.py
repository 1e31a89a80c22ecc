"""prod, exact where entries are zero."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corelib.extend import NO_VALUE, Array, Axis, like, native, ones, op, with_reduced_axes
from corelib_reduce.axes import last, ndarray, unlast
from corelib_reduce.portable import cumprod_of, prod_of


def others(x: Array) -> Array:
    """At each entry the product of all the others along the last axis: no division, so zeros do no harm.

    Entry by entry up a binary tree: the others are my sibling, and whatever is outside of our pair.
    """
    *rest, n = x.shape
    if n < 2:
        nothing: Array = ones(x.shape, x.dtype, x)
        return nothing
    if n % 2:
        x = np.concatenate([x, ones((*rest, 1), x.dtype, x)], axis=-1)
    pairs = x.reshape((*rest, x.shape[-1] // 2, 2))  # -1 is not known of an empty array
    outside = others(pairs[..., 0] * pairs[..., 1])
    products: Array = outside.reshape((*outside.shape, 1)) * pairs[..., ::-1]
    return products.reshape((*rest, x.shape[-1]))[..., :n]


@dataclass(frozen=True, slots=True)
class Prod:
    """The product of the entries along ``axis``, of those where ``where`` holds, times ``initial``.

    The slope in an entry is the product of the others, also where entries are zero, to any order.
    """

    axis: Axis = None
    dtype: npt.DTypeLike | None = None
    keepdims: bool = False
    initial: Any = NO_VALUE
    where: Any = True

    def forward(self, x: Array) -> Array:
        if not native(x):
            return prod_of(x, self.axis, self.dtype, self.keepdims, self.initial, self.where)
        product: Array = np.prod(x, self.axis, self.dtype, None, self.keepdims, self.initial, self.where)
        return product

    def backward(self, propagated: Array, x: Array, *, result: Array) -> Array:
        entries = with_reduced_axes(propagated, x.shape, self.axis, self.keepdims)
        if self.where is True and native(x) and _divides(x, result):
            quotient: Array = with_reduced_axes(result, x.shape, self.axis, self.keepdims) / x
            return entries * np.conj(quotient)
        return entries * np.conj(self._slope(x))

    def _slope(self, x: Array) -> Array:
        factors = x if self.where is True else np.where(self.where, x, ones((), x.dtype, x))
        start = 1 if self.initial is NO_VALUE else self.initial
        slope: Array = unlast(others(last(factors, self.axis)), x.shape, self.axis) * start
        return slope if self.where is True else np.where(self.where, slope, np.zeros((), dtype=x.dtype, like=like(x)))


def _divides(x: Array, result: Array) -> bool:
    """Whether the product of the others is the quotient of the product and the entry, everywhere."""
    return bool(np.all(x != 0) and np.all(np.isfinite(result)) and np.all(result != 0))


def tails(x: Array, factors: Array) -> Array:
    """s[i] = x[i] + factors[i] s[i + 1] along the last axis, in log2(n) steps that each reach twice as far."""
    *rest, n = x.shape
    step = 1
    while step < n:
        nothing = np.zeros((*rest, step), dtype=x.dtype, like=like(x))
        x = x + factors * np.concatenate([x[..., step:], nothing], axis=-1)
        factors = factors * np.concatenate([factors[..., step:], nothing], axis=-1)
        step *= 2
    return x


def shifted(x: Array, first: bool) -> Array:
    """``x`` one place on along the last axis, from the ``first`` entry or towards it, with a 1 in the gap."""
    one = ones((*x.shape[:-1], 1), x.dtype, x)
    return np.concatenate([one, x[..., :-1]] if first else [x[..., 1:], one], axis=-1)


@dataclass(frozen=True, slots=True)
class CumProd:
    """The products of the entries up to each along ``axis``; of the flattened array where that is None.

    y[k] = x[0] ... x[k] has in x[i], i <= k, the slope of the product of the others, also where some are zero.
    """

    axis: int | None = None
    dtype: npt.DTypeLike | None = None

    def forward(self, x: Array) -> Array:
        return np.cumprod(x, self.axis, self.dtype) if type(x) is ndarray else cumprod_of(x, self.axis, self.dtype)

    def backward(self, propagated: Array, x: Array) -> Array:
        axis = None if self.axis is None or not x.shape else (self.axis,)  # NumPy takes axis=0 of a number
        factors = np.conj(last(x, axis))
        arrived = tails(last(propagated.reshape(x.shape), axis), shifted(factors, first=False))
        before = shifted(np.cumprod(factors, axis=-1), first=True) if factors.size else factors
        return unlast(arrived * before, x.shape, axis)


prod: Final = op(Prod, numpy=np.prod)
cumprod: Final = op(CumProd, numpy=np.cumprod)
