"""A large gradient that nobody else holds is written into; one that anybody can still see never is."""

import tracemalloc
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

import corelib
from corelib import Array, Tensor, op
from corelib.core.arrays import LARGE

N: Final = 2 * LARGE
random = np.random.default_rng(3)
A, B, C = random.normal(size=(3, N))
TABLE: Final = random.normal(size=N)


def large(data: Array = A) -> Any:
    return Tensor(data, trainable=True)


PROGRAMS: Final[dict[str, tuple[Callable[..., Any], Callable[..., tuple[Array, ...]]]]] = {
    "a chain of products": (lambda a, b, c: ((a * b) * c) * 2.0, lambda a, b, c: (2 * b * c, 2 * a * c, 2 * a * b)),
    "a sum that shares its gradient": (lambda a, b, c: ((a * b) + (b * c)) * c * 1.0,
                                       lambda a, b, c: (b * c, a * c + c * c, a * b + 2 * b * c)),
    "the same twice in a sum": (lambda a, b, c: ((d := a * b) + d) * c * 1.0,
                                lambda a, b, c: (2 * b * c, 2 * a * c, 2 * a * b)),
    "a difference of the same": (lambda a, b, c: ((d := a * b) - d * c) * 3.0,
                                 lambda a, b, c: (3 * b * (1 - c), 3 * a * (1 - c), -3 * a * b)),
    "a square": (lambda a, b, c: ((d := a * b) * d) * c * 1.0,
                 lambda a, b, c: (2 * a * b * b * c, 2 * a * a * b * c, a * a * b * b)),
    "functions": (lambda a, b, c: np.exp(np.tanh(a * b) * 0.5) * c * 1.0,
                  lambda a, b, c: (b * (s := 0.5 * np.exp(0.5 * np.tanh(a * b)) * c / np.cosh(a * b) ** 2), a * s,
                                   np.exp(0.5 * np.tanh(a * b)))),
    "a leaf that many gradients reach": (lambda a, b, c: (a + a * b + a * c + (a + b) * (a + c)) * 1.0,
                                         lambda a, b, c: (1 + b + c + 2 * a + b + c, 2 * a + c, 2 * a + b)),
    "a number broadcast": (lambda a, b, c: (a * b.sum() + c) * 0.5 * b,
                           lambda a, b, c: (0.5 * b * b.sum(), 0.5 * ((a * b).sum() + a * b.sum() + c), 0.5 * b)),
}  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("seed", [np.ones(N), np.full(N, 2.0)])
def test_the_gradients_are_right_and_everything_else_stays_as_it_was(program: str, seed: Array) -> None:
    computed, slopes = PROGRAMS[program]
    a, b, c = large(A), large(B), large(C)
    result = computed(a, b, c)
    before, given = result.data.copy(), seed.copy()
    for times in (1, 2):  # a graph that is kept is walked again
        result.backward(given, retain_graph=True)
        for x, expected in zip((a, b, c), slopes(A, B, C), strict=True):
            np.testing.assert_allclose(x.grad, times * seed * expected, rtol=1e-11, atol=1e-12)
    np.testing.assert_array_equal(given, seed)
    np.testing.assert_array_equal(result.data, before)
    for x, data in zip((a, b, c), (A, B, C), strict=True):
        np.testing.assert_array_equal(x.data, data)


def test_a_gradient_given_to_a_pullback_is_not_written_into() -> None:
    _, pullback = corelib.vjp(lambda a: (a + B) * 1.0 * C, A)
    given = np.ones(N)
    first = pullback(given)
    np.testing.assert_array_equal(given, np.ones(N))
    np.testing.assert_array_equal(pullback(given), first)


class Held:
    """x * TABLE, whose gradient is an array that the plugin keeps, handed out as it is: right for a gradient of 1."""

    def forward(self, x: Array) -> Array:
        return x * TABLE

    def backward(self, propagated: Array, x: Array) -> Array:
        return TABLE


class Own(Held):
    """The same, from the operand that the call keeps."""

    def forward(self, x: Array) -> Array:
        return 0.5 * x * x

    def backward(self, propagated: Array, x: Array) -> Array:
        return x


class Locked(Held):
    def backward(self, propagated: Array, x: Array) -> Array:
        gradient = propagated * TABLE
        gradient.flags.writeable = False
        return gradient


@pytest.mark.parametrize(("rule", "slope"), [(Held, TABLE), (Own, 3 * A), (Locked, TABLE)])
def test_what_a_rule_keeps_is_not_written_into(rule: type[Held], slope: Array) -> None:
    table = TABLE.copy()
    call: Any = op(rule)
    x = large()
    inner = x * 3.0
    held = inner.data.copy()
    y = call(inner)
    (y + 0.0).backward(np.ones(N), retain_graph=True)
    np.testing.assert_allclose(x.grad, 3 * slope)
    np.testing.assert_array_equal(TABLE, table)
    np.testing.assert_array_equal(inner.data, held)
    y.backward(np.ones(N))
    np.testing.assert_allclose(x.grad, 6 * slope)


def peak_of(call: Callable[[], None]) -> int:
    """The bytes that a call takes at its height."""
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_a_chain_of_products_is_walked_in_the_memory_of_one_gradient() -> None:
    x, seed = large(), np.ones(N)
    y = x
    for _ in range(10):
        y = y * B
    peak = peak_of(lambda: y.backward(seed))
    np.testing.assert_allclose(x.grad, B**10)
    assert peak < 2.5 * A.nbytes  # the seed in the dtype of the result, and the gradient


def test_the_gradient_of_a_bias_is_summed_at_once_and_not_kept_for_later() -> None:
    rows = np.ones((200, 100))
    biases: list[Any] = [large(np.full(100, 0.1)) for _ in range(10)]
    y = large(rows)
    for bias in biases:
        y = np.tanh(y + bias)
    assert peak_of(lambda: np.sum(y).backward()) < 4.5 * rows.nbytes  # whatever the number of layers
    np.testing.assert_allclose(biases[-1].grad, np.sum(1 - y.data**2, axis=0))
    assert all(bias.grad.shape == (100,) for bias in biases)


def test_a_broadcast_operand_is_walked_again_where_the_graph_is_kept_and_seen_by_what_watches() -> None:
    x, b = large(np.ones((3, 2))), large(np.ones(2))
    y = x * b
    y.backward(np.ones((3, 2)), retain_graph=True)
    y.backward(np.ones((3, 2)))
    np.testing.assert_array_equal(b.grad, [6, 6])
    with pytest.raises(corelib.errors.GraphFreed):
        y.backward(np.ones((3, 2)))
    overflow = np.errstate(over="ignore")
    with overflow, corelib.anomaly(), pytest.raises(corelib.errors.NonFinite, match="broadcast_to"):
        (x + b).backward(np.full((3, 2), 1e308))
