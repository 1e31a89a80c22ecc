"""Special functions of two arguments, and slopes that are wrong for some sizes of one beside the other."""

from typing import Any, Final

import numpy as np
from scipy import special

from corelib.conformance.spec import OpSample, OpSpec
from corelib.core.tensor import Array
from corelib_selftest.human.honest import HonestClass, HonestSlopes, recordable

POSITIVE: Final = (0.0, None)


XLOGY: Final = HonestSlopes(
    special.xlogy,
    lambda x, y: np.log(y),
    lambda x, y: x / y,
    spec=OpSpec("xlogy", domain=((None, None), POSITIVE), reference=special.xlogy),
    singular=True,
)
XLOGY.mistake("xlogy: log(y + 1e-12)", lambda x, y: np.log(y + 1e-12), None)
XLOGY.mistake("xlogy: log(max(y, 1e-8))", lambda x, y: np.log(np.maximum(y, 1e-8)), None)
XLOGY.mistake("xlogy: x / (y + 1e-10)", None, lambda x, y: x / (y + 1e-10))
XLOGY.mistake("xlogy: x / y is cut at 1e6", None, lambda x, y: np.clip(x / y, -1e6, 1e6))
XLOGY.mistake("xlogy: of f(x, x) all at once", lambda x, y: np.log(y) + (1 if x is y else 0), None)


RELATIVE: Final = HonestSlopes(
    special.rel_entr,
    lambda x, y: np.log(x) - np.log(y) + 1,
    lambda x, y: -x / y,
    spec=OpSpec("rel_entr", domain=(POSITIVE, POSITIVE), reference=special.rel_entr),
    singular=True,
)
RELATIVE.mistake("rel_entr: log(x / y) overflows", lambda x, y: np.log(x / y) + 1, None)
RELATIVE.mistake("rel_entr: y is at least 1e-5", None, lambda x, y: -x / np.maximum(y, 1e-5))
RELATIVE.mistake("rel_entr: x is at least 1e-5", lambda x, y: np.log(np.maximum(x, 1e-5)) - np.log(y) + 1, None)
RELATIVE.mistake("rel_entr: the second derivative in y is lost", None, lambda x, y: -x / np.abs(y) ** (1 + 1e-9))


def huber(delta: Array, r: Array) -> Array:
    """delta**2 (sqrt(1 + u**2) - 1) with u = r / delta, without cancellation."""
    u = r / delta
    found: Array = delta * r * (u / (1 + np.hypot(1, u)))
    return found


def in_delta(delta: Any, r: Any) -> Any:
    """delta (s - 1)**2 / s, where s - 1 = u**2 / (1 + s)."""
    u = r / delta
    s = np.hypot(1, u)
    less = u * (u / (1 + s))
    return delta * less * (less / s)


HUBER: Final = HonestSlopes(
    huber,
    in_delta,
    lambda delta, r: r / np.hypot(1, r / delta),
    spec=OpSpec("pseudo_huber", domain=(POSITIVE, (None, None)), reference=huber, complex=False),
)
HUBER.mistake(
    "pseudo_huber: delta cancels where r is small",
    lambda d, r: 2 * d * (np.hypot(1, r / d) - 1) - r * (r / d) / np.hypot(1, r / d),
    None,
)
HUBER.mistake("pseudo_huber: u**2 overflows", None, lambda d, r: r / np.sqrt(1 + (r / d) ** 2))
HUBER.mistake("pseudo_huber: delta is at least 1e-3", None, lambda d, r: r / np.hypot(1, r / np.maximum(d, 1e-3)))
HUBER.mistake(
    "pseudo_huber: quadratic where delta > 1e3", None, lambda d, r: np.where(d > 1e3, r, r / np.hypot(1, r / d))
)


POWER: Final = HonestSlopes(
    np.power,
    lambda x, y: y * x ** (y - 1),
    lambda x, y, *, result: np.log(x) * result,
    spec=OpSpec(
        "power",
        domain=(POSITIVE, (None, None)),
        reference=np.power,
        complex=False,
        precise=lambda mp, x, y: mp.power(x, y),
    ),
    singular=True,
)
POWER.mistake("power: the cube has the slope 3 x", lambda x, y: np.where(y == 3, 3 * x, y * x ** (y - 1)), None)
POWER.mistake("power: the exponent 0 - 1 is taken for 0", lambda x, y: y * x ** np.where(y == 0, 0, y - 1), None)
POWER.mistake("power: a shortcut where all of y is 2", lambda x, y: 2 if np.all(y == 2) else y * x ** (y - 1), None)
POWER.mistake("power: no logarithm below 1e-5", None, lambda x, y, *, result: np.where(x < 1e-5, 0, np.log(x)) * result)
POWER.mistake("power: large exponents are cut at 30", lambda x, y: np.minimum(y, 30) * x ** (y - 1), None)


class Bessel:
    """The Bessel function of the first kind, of an integer order: its slope is (J(n - 1) - J(n + 1)) / 2."""

    def __init__(self, order: int = 0) -> None:
        self.order = order

    def forward(self, x: Array) -> Array:
        return np.asarray(special.jv(self.order, x))

    def backward(self, propagated: Any, x: Any) -> Any:
        return propagated * (bessel(self.order - 1)(x) - bessel(self.order + 1)(x)) / 2


def bessel(order: int) -> Any:
    return recordable(lambda x: special.jv(order, x), lambda: lambda x: BESSEL.op(x, order))


def orders(rng: np.random.Generator) -> list[OpSample]:
    x = rng.uniform(0.5, 4.0, (3, 2))
    far = np.array([[0.0, 12.5, 30.0]])
    return [OpSample(x), OpSample(x[0], order=1), OpSample(np.array(1.25), order=2), OpSample(far, order=-1),
            OpSample(far + 8, order=12)]  # fmt: skip


BESSEL: Final = HonestClass(
    Bessel,
    OpSpec("bessel", kind="custom", samples=orders, complex=False, reference=lambda x, order=0: special.jv(order, x)),
)


@BESSEL.mistake("bessel: the order below 0 is taken for its absolute value")
def _(self: Any, propagated: Any, x: Any) -> Any:
    return propagated * (bessel(abs(self.order - 1))(x) - bessel(self.order + 1)(x)) / 2


@BESSEL.mistake("bessel: wrong for negative orders")
def _(self: Any, propagated: Any, x: Any) -> Any:
    n = abs(self.order)
    return propagated * (bessel(n - 1)(x) - bessel(n + 1)(x)) / 2


@BESSEL.mistake("bessel: orders above 10 are cut")
def _(self: Any, propagated: Any, x: Any) -> Any:
    n = min(self.order, 10)
    return propagated * (bessel(n - 1)(x) - bessel(n + 1)(x)) / 2


@BESSEL.mistake("bessel: the recurrence divides by x = 0")
def _(self: Any, propagated: Any, x: Any) -> Any:
    return propagated * (self.order * bessel(self.order)(x) / x - bessel(self.order + 1)(x))


@BESSEL.mistake("bessel: zero from x = 25 on")
def _(self: Any, propagated: Any, x: Any) -> Any:
    return propagated * (x < 25) * (bessel(self.order - 1)(x) - bessel(self.order + 1)(x)) / 2
