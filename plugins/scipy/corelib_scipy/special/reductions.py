"""logsumexp, softmax and log_softmax, along axes."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy.special

from corelib.errors import UnsupportedArgument
from corelib.extend import Array, Axis, Tensor, TensorLike, composed, op

special: Final[Any] = scipy.special

__all__ = ["log_softmax", "logsumexp", "softmax"]


def _shares(a: Any, total: Any, axis: Axis) -> Any:
    """exp(a - total). Where the total is infinite, the entries that are equal to it share equally."""
    infinite = np.isinf(_numbers(total))
    if not np.any(infinite):
        return np.exp(a - total)
    tied = np.where(infinite & (_numbers(a) == _numbers(total)), 1.0, 0.0).astype(total.dtype)
    equal = tied / np.maximum(np.sum(tied, axis=axis, keepdims=True), 1)
    return np.where(infinite, equal, np.exp(np.where(infinite, 0, a) - np.where(infinite, 0, total)))


@dataclass(frozen=True, slots=True)
class SignedLogSumExp:
    """log |sum(b exp(a))| along ``axis``, and the sign of the sum. The axes are kept."""

    axis: Axis = None

    def forward(self, a: Array, b: Array) -> tuple[Array, Array]:
        value, sign = special.logsumexp(a, axis=self.axis, b=b, keepdims=True, return_sign=True)
        return _shaped(a, value), _shaped(a, sign)

    def backward(self, propagated: tuple[Array, Array], a: Array, b: Array, *, result: tuple[Array, Array]) -> Any:
        share = propagated[0] * result[1] * _shares(a, result[0], self.axis)
        return share * b, share


@dataclass(frozen=True, slots=True)
class LogSumExp:
    """log(sum(exp(a))) along ``axis``. The axes are kept."""

    axis: Axis = None

    def forward(self, a: Array) -> Array:
        return _shaped(a, special.logsumexp(a, axis=self.axis, keepdims=True))

    def backward(self, propagated: Array, a: Array, *, result: Array) -> Any:
        shares = _shares(a, result, self.axis)
        return propagated * (np.conjugate(shares) if shares.dtype.kind == "c" else shares)


@dataclass(frozen=True, slots=True)
class Softmax:
    """exp(x) / sum(exp(x)) along ``axis``."""

    axis: Axis = None

    def forward(self, x: Array) -> Array:
        _refuse_complex("softmax", x)
        return np.asarray(special.softmax(x, axis=self.axis))

    def backward(self, propagated: Array, x: Array, *, result: Array) -> Any:
        weighed = propagated * result
        return weighed - result * np.sum(weighed, axis=self.axis, keepdims=True)


@dataclass(frozen=True, slots=True)
class LogSoftmax:
    """x - log(sum(exp(x))) along ``axis``."""

    axis: Axis = None

    def forward(self, x: Array) -> Array:
        _refuse_complex("log_softmax", x)
        return np.asarray(special.log_softmax(x, axis=self.axis))

    def backward(self, propagated: Array, x: Array, *, result: Array) -> Any:
        return propagated - np.exp(result) * np.sum(propagated, axis=self.axis, keepdims=True)


def _shaped(a: Array, kept: Any) -> Array:
    """SciPy keeps one axis where there was none."""
    return np.asarray(kept) if a.ndim else np.asarray(kept).reshape(())


def _refuse_complex(name: str, x: Any) -> None:
    if np.iscomplexobj(x):
        raise TypeError(f"{name} is defined for real numbers only")


_sum: Final[Any] = op(LogSumExp)
_signed: Final[Any] = op(SignedLogSumExp)
softmax: Final = op(Softmax)
log_softmax: Final = op(LogSoftmax)


def _logsumexp(
    a: TensorLike, axis: Axis = None, b: TensorLike | None = None, keepdims: bool = False, return_sign: bool = False
) -> Tensor:
    """log(sum(b exp(a))) along ``axis``; NaN where the sum is negative.

    With ``return_sign`` a pair: the logarithm of the size of the sum, and its sign, which has the slope 0.
    """
    if b is None and not return_sign:
        total: Tensor = _without(_sum(a, axis=axis), axis, keepdims)
        return total
    value, sign = _signed(*_beside(a, 1.0 if b is None else b), axis=axis)
    value, sign = _without(value, axis, keepdims), _without(sign, axis, keepdims)
    if return_sign:
        pair: Tensor = _pair(value, sign)
        return pair
    negative: Any = sign.data < 0
    chosen: Any = np.where(negative, np.nan, value) if np.any(negative) else value
    found: Tensor = chosen
    return found


def _pair(value: Any, sign: Any) -> Any:
    """Two results; a type checker is told of the case of one alone."""
    return value, sign


def _beside(a: Any, b: Any) -> Any:
    """Both in one shape."""
    if any(np.iscomplexobj(_numbers(x)) for x in (a, b)):
        raise UnsupportedArgument("logsumexp of complex numbers is differentiated without b and return_sign")
    return np.broadcast_arrays(a, b)


def _numbers(x: Any) -> Any:
    return x.data if isinstance(x, Tensor) else x


def _without(kept: Any, axis: Axis, keepdims: bool) -> Any:
    return kept if keepdims else np.squeeze(kept, axis=axis)


logsumexp: Final = composed(_logsumexp, name="logsumexp")
