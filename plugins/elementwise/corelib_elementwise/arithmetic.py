"""Sums, products and quotients, powers and roots, remainders, and what concerns the sign."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from corelib.extend import Array, Ratio, Wanted, all_finite, elementwise, may, op
from corelib_elementwise.powers import base_slope, exponent_slope, power_of, wide_base_slope


@dataclass(frozen=True, slots=True)
class Divide:
    """x / y, with the slopes 1 / y and -(x / y) / y: both have the factor 1 / y, and it is divided by once."""

    def forward(self, x: Array, y: Array) -> Array:
        return np.divide(x, y)

    def backward(
        self, propagated: Array, x: Array, y: Array, *, result: Array, wanted: Wanted
    ) -> tuple[Array | None, Array | None]:
        return quotient_gradients(propagated, y, result, of_y_too=wanted[1])


# As a decorator errstate takes half the time: python -m timeit -s "import numpy as np" "with np.errstate(): pass"
@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def quotient_gradients(propagated: Array, y: Array, result: Array, *, of_y_too: bool) -> tuple[Array, Array | None]:
    """The gradients of a quotient by ``y``; where the propagated one is zero, zero too, whatever the slope."""
    if propagated.dtype.kind == "c":
        y, result = np.conjugate(y), np.conjugate(result)
    of_x = np.divide(propagated, y)
    of_y = None
    if of_y_too:
        of_y = of_x * result
        of_y *= -1.0
    if all_finite(of_x if of_y is None else of_y):  # of_y cannot be where of_x is not
        return of_x, of_y
    zero = propagated == 0
    masked = zero & ~np.isfinite(of_x)
    of_x = np.where(masked, 0, np.divide(propagated, unmasked(y, masked, 1)))
    if of_y_too:  # result / y is 0 where 1 / y overflows and the result is 0
        masked = zero & ~np.isfinite(np.divide(result, y))
        slope = np.divide(unmasked(result, masked, 0), unmasked(y, masked, 1))
        of_y = np.where(masked, 0, -(propagated * slope))
    return of_x, of_y


def unmasked(x: Array, masked: Array, instead: int) -> Array:
    """``x``, and another number where masked: 0 * inf there would be NaN where it is differentiated again.

    The other entries stay in the graph where what arrives is zero: jvp takes the derivative of a pullback at zero.
    """
    return np.where(masked, instead, x) if may(masked) else x


add: Final = elementwise(np.add, 1, 1)
subtract: Final = elementwise(np.subtract, 1, -1)
multiply: Final = elementwise(np.multiply, lambda x, y: y, lambda x, y: x)
divide: Final = op(Divide, numpy=np.divide, broadcasts=True)
negative: Final = elementwise(np.negative, -1)
positive: Final = elementwise(np.positive, 1)
reciprocal: Final = elementwise(np.reciprocal, lambda x, *, result: -result * result, singular=True)

square: Final = elementwise(np.square, lambda x: x + x)
sqrt: Final = elementwise(np.sqrt, lambda x, *, result: Ratio(0.5, result), singular=True)
cbrt: Final = elementwise(np.cbrt, lambda x, *, result: np.square(1 / result) / 3, singular=True)
power: Final = elementwise(power_of, base_slope, exponent_slope, numpy=np.power, singular=True)
float_power: Final = elementwise(np.float_power, wide_base_slope, exponent_slope, singular=True)

absolute: Final = elementwise(np.absolute, np.sign)  # z / |z| among complex numbers: the steepest ascent
fabs: Final = elementwise(np.fabs, np.sign)
copysign: Final = elementwise(np.copysign, lambda x, y: np.sign(x) * np.copysign(1, y), 0)
heaviside: Final = elementwise(np.heaviside, 0, lambda x, y: x == 0)


def _part(x: Any, whole: Any) -> Any:
    """x / whole, and 0 where both are 0."""
    empty = whole == 0
    if may(empty):
        return np.where(empty, 0, x) / np.where(empty, 1, whole)
    return x / whole


hypot: Final = elementwise(np.hypot, lambda x, y, *, result: _part(x, result), lambda x, y, *, result: _part(y, result))

# x = quotient * y + remainder: the quotient is a step function, so its slope is 0.
floor_divide: Final = elementwise(np.floor_divide, 0, 0)
remainder: Final = elementwise(np.remainder, 1, lambda x, y: -np.floor_divide(x, y), singular=True)
fmod: Final = elementwise(np.fmod, 1, lambda x, y, *, result: -np.rint((x - result) / y), singular=True)


@dataclass(frozen=True, slots=True)
class DivMod:
    """The quotient, rounded down, and the remainder: x = quotient * y + remainder."""

    def forward(self, x: Array, y: Array) -> tuple[Array, Array]:
        return np.divmod(x, y)

    def backward(
        self, propagated: tuple[Array, Array], x: Array, y: Array, *, wanted: Wanted
    ) -> tuple[Array, Array | None]:
        of_remainder = propagated[1]
        return of_remainder, -of_remainder * np.floor_divide(x, y) if wanted[1] else None


@dataclass(frozen=True, slots=True)
class Modf:
    """The fractional and the integral part, both with the sign of x. Slopes 1 and 0."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        return np.modf(x)

    def backward(self, propagated: tuple[Array, Array], x: Array) -> Array:
        return propagated[0]


@dataclass(frozen=True, slots=True)
class Ldexp:
    """x times 2 to the power of an integer: the slope in x is that power."""

    nondiff: ClassVar[tuple[str, ...]] = ("exponent",)

    def forward(self, x: Array, exponent: Array) -> Array:
        return np.ldexp(x, exponent)

    def backward(self, propagated: Array, x: Array, exponent: Array) -> tuple[Array, None]:
        return np.ldexp(propagated, exponent), None


@dataclass(frozen=True, slots=True)
class Frexp:
    """The mantissa in [0.5, 1) and the exponent of 2: x = mantissa * 2**exponent. The exponent has no slope."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        return np.frexp(x)

    def backward(self, propagated: tuple[Array, Array], x: Array, *, result: tuple[Array, Array]) -> Array:
        return np.ldexp(propagated[0], np.negative(result[1]))


divmod: Final = op(DivMod, numpy=np.divmod, broadcasts=True)
modf: Final = op(Modf, numpy=np.modf)
ldexp: Final = op(Ldexp, numpy=np.ldexp, broadcasts=True)
frexp: Final = op(Frexp, numpy=np.frexp)
