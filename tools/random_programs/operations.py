"""The operations of random programs, written once over what the libraries have in common.

An operation calls ``lib.away(d)`` where its slope jumps at d = 0. Programs that come near a jump are left out: two
libraries may round to different sides of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

Shape = tuple[int, ...]
Run = Callable[..., Any]


@dataclass(frozen=True)
class Operation:
    """``run(lib, *args)``, where ``fits`` says which shapes it takes."""

    name: str
    arity: int
    run: Run
    fits: Callable[..., bool]
    large: bool  # whether arrays of thousands of numbers are no hindrance
    jumps: bool  # whether its slopes jump where its operands are equal


OPERATIONS: Final[dict[str, Operation]] = {}


def always(*shapes: Shape) -> bool:
    return True


def some_axes(shape: Shape) -> bool:
    return len(shape) > 0


def broadcastable(*shapes: Shape) -> bool:
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        return False
    return True


def alike(one: Shape, other: Shape) -> bool:
    return one == other


def add(
    name: str, arity: int, run: Run, fits: Callable[..., bool] | None = None, *, large: bool = True, jumps: bool = False
) -> None:
    OPERATIONS[name] = Operation(name, arity, run, fits or (always if arity == 1 else broadcastable), large, jumps)


# Smooth functions of one array

add("sin", 1, lambda lib, x: lib.sin(x))
add("tanh", 1, lambda lib, x: lib.tanh(x))
add("arctan", 1, lambda lib, x: lib.arctan(x))
add("gauss", 1, lambda lib, x: lib.exp(-lib.square(x)))
add("root", 1, lambda lib, x: lib.sqrt(x * x + 1))
add("log", 1, lambda lib, x: lib.log(x * x + 1))
add("rational", 1, lambda lib, x: 1 / (x * x + 2))
add("cube", 1, lambda lib, x: 0.1 * x**3)
add("square", 1, lambda lib, x: x * x)
add("half", 1, lambda lib, x: x / 2.0)
add("one_minus", 1, lambda lib, x: 1.0 - x)
add("zero_times", 1, lambda lib, x: x * 0.0)
add("negative", 1, lambda lib, x: -x)
add("softplus", 1, lambda lib, x: lib.logaddexp(x, 0.0 * x))
add("constant_over", 1, lambda lib, x: lib.const(np.array([0.5, 1.5])) / (1.5 + lib.sin(lib.mean(x))))
add("softmax", 1, lambda lib, x: lib.exp(lib.tanh(x)) / lib.sum(lib.exp(lib.tanh(x))))
add("centred", 1, lambda lib, x: x - lib.mean(x))
add("normed", 1, lambda lib, x: (x - lib.mean(x)) / lib.sqrt(lib.mean(x * x) + 0.1))
add("over_norm", 1, lambda lib, x: x / (lib.sqrt(lib.sum(x * x) + 0.01)))

# Shapes and sums

add("total", 1, lambda lib, x: 0.1 * lib.sum(x))
add("flat", 1, lambda lib, x: lib.reshape(x, (-1,)))
add("turned", 1, lambda lib, x: lib.transpose(x), lambda shape: len(shape) == 2)
add("gram", 1, lambda lib, x: lib.matmul(x, lib.transpose(x)), lambda shape: len(shape) == 2, large=False)
add("first", 1, lambda lib, x: x[0], some_axes)
add("gathered", 1, lambda lib, x: x[lib.index([0, -1, 0])], some_axes)
add("last_sum", 1, lambda lib, x: lib.sum_last(x), some_axes)
add("last_mean", 1, lambda lib, x: x - lib.mean_last(x), some_axes)
add("running", 1, lambda lib, x: 0.3 * lib.cumsum(x), some_axes)
add("broadcast", 1, lambda lib, x: lib.broadcast_to(x, (2, *lib.shape(x))), lambda shape: len(shape) < 3, large=False)

# Several results, of which one is used

add("unstack_first", 1, lambda lib, x: lib.unstack(x)[0], some_axes, large=False)
add("unstack_last", 1, lambda lib, x: 3.0 * lib.unstack(x)[-1], some_axes, large=False)
add("unstack_ends", 1, lambda lib, x: lib.unstack(x)[0] * lib.unstack(x)[-1], some_axes, large=False)
add("split_second", 1, lambda lib, x: lib.split(x, 1)[1], lambda shape: len(shape) > 0 and shape[0] > 1)


def modf(lib: Any, x: Any, part: int) -> Any:
    lib.away(lib.to_step(x))
    return lib.modf(x)[part]


add("fraction", 1, lambda lib, x: modf(lib, x, 0))
add("whole", 1, lambda lib, x: modf(lib, x, 1) * x)


def quotient(lib: Any, x: Any, part: int) -> Any:
    lib.away(lib.to_step(x / 0.7))
    return lib.divmod(x, 0.7)[part]


add("divmod_first", 1, lambda lib, x: quotient(lib, x, 0) + x)
add("divmod_second", 1, lambda lib, x: quotient(lib, x, 1))

# Kinks and steps


def kinked(name: str, run: Run, distance: Run | None = None) -> None:
    """An operation whose slope jumps where ``distance`` is 0: at 0 itself unless told otherwise."""

    def noted(lib: Any, x: Any) -> Any:
        lib.away(x if distance is None else distance(lib, x))
        return run(lib, x)

    add(name, 1, noted)


def step_of(lib: Any, x: Any) -> Any:
    return lib.to_step(x)


kinked("abs", lambda lib, x: lib.abs(x))
kinked("sign_times", lambda lib, x: lib.sign(x) * x)
kinked("maximum", lambda lib, x: lib.maximum(x, lib.const(np.array(0.3))), lambda lib, x: x - 0.3)
kinked("branch", lambda lib, x: lib.where(x > 0.2, lib.sin(x), x * x), lambda lib, x: x - 0.2)
kinked("floor_times", lambda lib, x: lib.floor(x) * x, step_of)
kinked("ceil", lambda lib, x: 3.0 * lib.ceil(x) + x, step_of)
kinked("trunc", lambda lib, x: 2.0 * lib.trunc(lib.sin(3 * x)) * x, lambda lib, x: lib.to_step(lib.sin(3 * x)))
kinked("rint", lambda lib, x: x - lib.rint(x), lambda lib, x: lib.to_step(x + 0.5))
kinked("floor_alone", lambda lib, x: 3.0 * lib.floor(x), step_of)
kinked("mod", lambda lib, x: lib.mod(x, 0.7), lambda lib, x: lib.to_step(x / 0.7))
kinked("heaviside", lambda lib, x: lib.heaviside(x, 0.5) * x)


# Entries that `where` does not choose, at which the other branch has no slope


def masked(name: str, low: float, at: float, run: Run) -> None:
    """where(inside, f(x), 0) with entries at exactly ``at``, where f or its slope is infinite."""

    def chosen(lib: Any, x: Any) -> Any:
        lib.away(x - low)
        x = lib.where(x > low, x, lib.const(np.array(at)))
        return lib.masked(lambda y: run(lib, y), x, x > low, low + 1.0)

    add(f"masked_{name}", 1, chosen)


masked("sqrt", 0.2, 0.0, lambda lib, x: lib.sqrt(x))
masked("log", 0.2, 0.0, lambda lib, x: lib.log(x))
masked("power", 0.2, 0.0, lambda lib, x: x**1.5)
masked("reciprocal", 0.2, 0.0, lambda lib, x: 1 / x)
masked("arccosh", 1.1, 1.0, lambda lib, x: lib.arccosh(x))
masked("exp", -0.5, -1000.0, lambda lib, x: lib.exp(-lib.tanh(x) - lib.where(x < -1, x, 0.0 * x)))

# Two arrays

add("add", 2, lambda lib, x, y: x + y)
add("subtract", 2, lambda lib, x, y: x - y)
add("multiply", 2, lambda lib, x, y: x * y)
add("divide", 2, lambda lib, x, y: x / (y * y + 1.0))
add("hypot", 2, lambda lib, x, y: lib.hypot(x, y * y + 0.5))
add("arctan2", 2, lambda lib, x, y: lib.arctan2(x, y * y + 0.5))
add("logaddexp", 2, lambda lib, x, y: lib.logaddexp(x, y))
add("power", 2, lambda lib, x, y: (1.5 + lib.sin(x)) ** lib.tanh(y))
add("waves", 2, lambda lib, x, y: lib.sin(x * y) + lib.cos(x * y))
add("stack", 2, lambda lib, x, y: lib.stack([x, y]), lambda s, t: s == t and len(s) < 3, large=False)
add("joined", 2, lambda lib, x, y: lib.concatenate([x, y]), lambda s, t: s == t and len(s) == 1)
add("dot", 2, lambda lib, x, y: lib.matmul(x, y), lambda s, t: len(s) == len(t) == 1 and s == t)
add("matvec", 2, lambda lib, x, y: lib.matmul(x, y), lambda s, t: len(s) == 2 and len(t) == 1 and s[1] == t[0])
add("outer", 2, lambda lib, x, y: lib.outer(x, y), lambda s, t: len(s) == len(t) == 1, large=False)


def larger(lib: Any, x: Any, y: Any) -> Any:
    lib.away(x - y)
    return lib.maximum(x, y)


def chosen(lib: Any, x: Any, y: Any) -> Any:
    lib.away(x - y)
    return lib.where(x > y, x * y, lib.sin(y))


def signed(lib: Any, x: Any, y: Any) -> Any:
    lib.away(x)
    lib.away(y)
    return lib.copysign(x, y)


add("larger", 2, larger, jumps=True)
add("chosen", 2, chosen, jumps=True)
add("copysign", 2, signed)
