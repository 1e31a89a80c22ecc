"""What the conformance suite is told of these ops: domains, kinks, and where a slope is infinite."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec
from corelib_elementwise.precise import PRECISE
from corelib_elementwise.promises import PROMISES

ANYWHERE: Final = (None, None)
POSITIVE: Final = (0.0, None)
BUT_ZERO: Final[list[tuple[float | None, float | None]]] = [(None, 0.0), (0.0, None)]

EVERYWHERE: Final = (
    "add", "subtract", "multiply", "negative", "positive", "square", "exp", "exp2", "expm1", "logaddexp", "logaddexp2",
    "sin", "cos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "degrees", "rad2deg", "radians", "deg2rad",
    "real", "imag", "conjugate",
)  # fmt: skip

# name -> domain, and the points in it at which the slope is infinite
BOUNDED: Final[dict[str, tuple[Any, tuple[float, ...]]]] = {
    "sqrt": (POSITIVE, (0.0,)),
    "cbrt": (ANYWHERE, (0.0,)),
    "log": (POSITIVE, ()),
    "log2": (POSITIVE, ()),
    "log10": (POSITIVE, ()),
    "log1p": ((-1.0, None), ()),
    "arcsin": ((-1.0, 1.0), (-1.0, 1.0)),
    "arccos": ((-1.0, 1.0), (-1.0, 1.0)),
    "arccosh": ((1.0, None), (1.0,)),
    "arctanh": ((-1.0, 1.0), ()),
    "tan": ((-1.5, 1.5), ()),
    "reciprocal": (BUT_ZERO, ()),
    "divide": ((ANYWHERE, BUT_ZERO), ()),
    "power": ((POSITIVE, ANYWHERE), ()),
    "float_power": ((POSITIVE, ANYWHERE), ()),
}
BEYOND: Final = {"tan": "it repeats itself, with period pi"}
STEPS: Final = ("floor", "ceil", "rint", "trunc", "fix", "round", "sign")
STEP_SAMPLES: Final = np.array([-2.7, -1.2, -0.3, 0.4, 1.6, 3.1])


def between_steps(generator: np.random.Generator) -> Iterator[OpSample]:
    yield OpSample(generator.permutation(STEP_SAMPLES).reshape(2, 3))


def quotients(generator: np.random.Generator) -> Iterator[OpSample]:
    """Dividends and divisors whose quotient is far from an integer."""
    divisor = generator.choice([-1.3, 0.7, 2.0], (2, 3))
    yield OpSample(divisor * (generator.integers(-4, 4, (2, 3)) + 0.4), divisor)
    yield OpSample(np.array([[7.5], [-7.2]]), np.array([2.0, -1.75, 0.7]))


def away_from_zero(generator: np.random.Generator) -> Iterator[OpSample]:
    x, y = generator.uniform(0.5, 2, (2, 2, 3)) * generator.choice([-1, 1], (2, 2, 3))
    yield OpSample(x, y)
    yield OpSample(x, y[0])


def binary_numbers(generator: np.random.Generator) -> Iterator[OpSample]:
    """Mantissas, and exponents that are integers: they have no slope."""
    yield OpSample(generator.normal(size=(2, 3)), np.array([[-2, 0, 3], [1, 5, -1]]))
    yield OpSample(generator.normal(size=(2, 1)), np.array([-2, 0, 3]))


def choices(generator: np.random.Generator) -> Iterator[OpSample]:
    condition = np.array([[True, False, True], [False, False, True]])
    x, y = generator.normal(size=(2, 2, 3))
    yield OpSample(condition, x, y)
    yield OpSample(condition[0], x, y[:, :1])
    yield OpSample(condition[:, :2], x[:, :2], y[:, :2])
    yield OpSample(condition.T, x.T, y.T)
    yield OpSample(condition, x, x, id="one twice")


def many_choices(generator: np.random.Generator) -> OpSample:
    x, y = generator.normal(size=(2, 40, 50))
    return OpSample(generator.random((40, 50)) < 0.5, x, y)


def selections(generator: np.random.Generator) -> Iterator[OpSample]:
    x, y = generator.normal(size=(2, 3))
    conditions = [np.array([True, False, False]), np.array([True, True, False])]
    yield OpSample(conditions, [x, y])
    yield OpSample(conditions, [x, y], default=2.5)
    yield OpSample(conditions, [x, x], id="one twice")
    for shape in ((1, 1), (2, 2), (3, 2), (2, 3)):
        yield OpSample([np.ones(shape, bool), generator.random(shape) < 0.5], list(generator.normal(size=(2, *shape))))


def many_selections(generator: np.random.Generator) -> OpSample:
    x, y = generator.normal(size=(2, 1000))
    return OpSample([generator.random(1000) < 0.3, generator.random(1000) < 0.5], [x, y])


def decimals(generator: np.random.Generator) -> Iterator[OpSample]:
    yield from between_steps(generator)
    yield OpSample(STEP_SAMPLES + 0.03, decimals=1)


def turns(generator: np.random.Generator) -> Iterator[OpSample]:
    yield OpSample(generator.normal(size=3) + 1j * generator.normal(size=3), deg=True)


def replaced(generator: np.random.Generator) -> Iterator[OpSample]:
    yield OpSample(generator.normal(size=(2, 3)), nan=1.0, posinf=2.0, neginf=-2.0)


def specs() -> Iterator[OpSpec]:
    """One OpSpec for each op."""
    for name in EVERYWHERE:
        yield OpSpec(name, kind="elementwise", domain=ANYWHERE)
    for name, (domain, infinite) in BOUNDED.items():
        edge: Any = "closed" if infinite else "open"
        beyond = BEYOND.get(name, "")
        yield OpSpec(name, kind="elementwise", domain=domain, edge=edge, beyond=beyond, singular=infinite)
    for name in ("absolute", "fabs"):
        yield OpSpec(name, kind="elementwise", domain=ANYWHERE, kinks=(0.0,), at_kink="mean")
    yield OpSpec("hypot", kind="elementwise", domain=ANYWHERE, kinks=((0.0, 0.0),), at_kink=0.0)
    beyond = "its cut is where y = 0 and x < 0: the samples have such x, away from it"
    domain = (ANYWHERE, POSITIVE)
    yield OpSpec("arctan2", kind="elementwise", domain=domain, edge="open", beyond=beyond, samples=away_from_zero)
    yield OpSpec("angle", kind="elementwise", domain=ANYWHERE, kinks=(0.0,), at_kink=0.0, samples=turns)
    yield OpSpec("nan_to_num", kind="elementwise", domain=ANYWHERE, samples=replaced)
    # near 0 the complex step of sin(u) / u loses digits, and the series that the slope is made of does not
    yield OpSpec("sinc", kind="elementwise", domain=ANYWHERE, analytic=False)
    for name in STEPS:
        reference = np.trunc if name == "fix" else None  # numpy.fix itself warns from NumPy 2.5 on
        yield OpSpec(name, kind="custom", samples=decimals if name == "round" else between_steps, reference=reference)
    for name in ("remainder", "fmod", "floor_divide", "divmod"):
        yield OpSpec(name, kind="custom", samples=quotients)
    for name in ("copysign", "heaviside"):
        yield OpSpec(name, kind="custom", samples=away_from_zero)
    for name in ("modf", "frexp"):
        yield OpSpec(name, kind="custom", samples=between_steps)
    yield OpSpec("sigmoid", kind="elementwise", domain=ANYWHERE, reference=lambda x: 1 / (1 + np.exp(-x)))
    yield OpSpec("softplus", kind="elementwise", domain=ANYWHERE, reference=lambda x: np.logaddexp(0, x))
    yield OpSpec("log_sigmoid", kind="elementwise", domain=ANYWHERE, reference=lambda x: -np.logaddexp(0, -x))
    yield OpSpec("ldexp", kind="custom", nondiff=("exponent",), samples=binary_numbers)
    yield OpSpec("where", kind="custom", samples=choices, large=many_choices)
    yield OpSpec(
        "select", kind="custom", samples=selections, large=many_selections,
        errors=[ErrorSample([np.array([True])], [], raises=ValueError, match="as many choices")],
    )  # fmt: skip


ONE_TWICE: Final = {"f(x, x)": "a step lies where both arguments are equal"}
TWICE: Final = ("remainder", "fmod", "floor_divide", "divmod", "copysign", "heaviside")
REASONS: Final = dict.fromkeys(TWICE, ONE_TWICE)

EQUIVALENT: Final = {
    "corelib-elementwise.copysign slope 0: np.sign(x) * *": "a quotient by 1 or -1 is the product",
    "corelib-elementwise.fmod slope 1: np.rint(*": "what is rounded is an integer but for its last digit",
    "corelib_elementwise.arithmetic:*": "replaces a quotient 0 / 0, where there is one",
    "corelib_elementwise.exponential:*": "replaces a difference of infinities, where there are any",
    "corelib_elementwise.powers:*": "keeps a Python number, or skips work where no base is 0",
    "corelib_elementwise.hyperbolic:_tanh_slope:*": "chooses between two forms that agree where both have their digits",
    "corelib_elementwise.rounding:*": "the gradient is 0, whatever it is multiplied by",
    "corelib_elementwise.selection:*": "skips work where everything is finite",
    "corelib_elementwise.sigmoid:*": "the sign of an argument of an even function",
    "corelib_elementwise.sinc:*": "the switch between series and recurrence, which agree to rounding around it",
    "corelib_elementwise.trigonometric:*": "skips work away from the origin and from infinity",
}
"""Faults of `corelib mutate` that change no gradient, by their names, and why."""

SPECS: Final = tuple(
    replace(
        spec, promises=PROMISES.get(spec.name, ()), precise=PRECISE.get(spec.name),
        not_applicable=REASONS.get(spec.name, {}), equivalent=EQUIVALENT,
    )
    for spec in specs()
)  # fmt: skip
