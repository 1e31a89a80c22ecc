"""Whose an array is: a gradient that is handed out shares memory with nothing, whatever a rule returned."""

import weakref
from typing import Any, Final

import numpy as np
import pytest

from corelib import Array, Shape, Tensor, elementwise, grad, jvp, linear, op, vjp
from corelib.core.arrays import LARGE

SIZES: Final = (3, 2 * LARGE + 1)
TABLE: Final = np.full(2 * LARGE + 1, 2.0)


def trainable(data: Any) -> Any:
    return Tensor(np.asarray(data, float), trainable=True)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("name", ["minus one", "astype", "itself", "a part", "both"])
def test_a_pullback_returns_an_array_of_its_own(n: int, name: str) -> None:
    functions: dict[str, Any] = {
        "minus one": lambda x: x - 1.0,
        "astype": lambda x: x.astype(float),
        "itself": lambda x: x,
        "a part": lambda x: np.reshape(x, (-1, 1)),
        "both": lambda x: np.stack([x, x])[0],
    }
    given = np.full(n, 2.0)
    value, pullback = vjp(functions[name], np.ones(n))
    cotangent = given.reshape(np.shape(value))
    for _ in range(3):
        found = pullback(cotangent)
        np.testing.assert_array_equal(found, np.full(n, 2.0))
        found *= 0.5
    np.testing.assert_array_equal(given, np.full(n, 2.0))


@pytest.mark.parametrize("n", SIZES)
def test_the_two_gradients_of_a_sum_share_nothing(n: int) -> None:
    cotangent = np.ones(n)
    _, pullback = vjp(lambda x, y: x + y, np.ones(n), np.ones(n))
    first, second = pullback(cotangent)
    assert not np.shares_memory(first, second)
    assert not np.shares_memory(first, cotangent)
    x, y = trainable(np.ones(n)), trainable(np.ones(n))
    np.sum((x + y) * 1.0).backward()
    assert not np.shares_memory(x.grad, y.grad)


def test_a_jvp_returns_an_array_of_its_own() -> None:
    tangent = np.full(3, 2.0)
    assert not np.shares_memory(jvp(lambda x: x + 1.0, (np.ones(3),), (tangent,))[1], tangent)


class Half:
    """x**2 / 2, whose backward hands out its operand where that is right by chance."""

    def forward(self, x: Array) -> Array:
        return 0.5 * x * x

    def backward(self, propagated: Array, x: Array) -> Array:
        return x if np.all(propagated == 1) else propagated * x


class Constant:
    """2 x, whose backward hands out an array that it keeps."""

    def forward(self, x: Array) -> Array:
        return x * 2.0

    def backward(self, propagated: Array, x: Array) -> Array:
        return TABLE[: x.size]


@pytest.mark.parametrize("rule", [Half, Constant])
@pytest.mark.parametrize("n", SIZES)
def test_a_gradient_shares_no_memory_with_weights_or_with_what_a_rule_keeps(rule: Any, n: int) -> None:
    w = trainable(np.full(n, 4.0))
    op(rule)(w).backward(np.ones(n))
    assert not np.shares_memory(w.grad, w.data)
    assert not np.shares_memory(w.grad, TABLE)
    returned = grad(lambda x: np.sum(op(rule)(x)))(w.data)
    assert not np.shares_memory(returned, w.data)
    assert not np.shares_memory(returned, TABLE)


@pytest.mark.parametrize("n", SIZES)
def test_what_is_held_by_a_weak_reference_alone_is_not_written_into(n: int) -> None:
    cache: Any = weakref.WeakValueDictionary()

    class Cached:
        def forward(self, x: Array) -> Array:
            return x * 2.0

        def backward(self, propagated: Array, shape: Shape) -> Array:
            kept = cache.get(propagated.shape)
            if kept is None:
                kept = cache[propagated.shape] = np.full(propagated.shape, 2.0)
            return kept  # type: ignore[no-any-return]  # of a dict of anything

    cached = linear(Cached, name="cached")
    x = trainable(np.ones(n))
    tripled = ((x * 1.0) * 1.0) * 3.0
    (cached(tripled) + cached(x * 1.0)).sum().backward()
    np.testing.assert_array_equal(x.grad, np.full(n, 8.0))


@pytest.mark.parametrize("n", SIZES)
def test_a_slope_whose_product_is_the_gradient_itself(n: int) -> None:
    class Lazy:
        __array_ufunc__ = None

        def __rmul__(self, other: Any) -> Any:
            return other

    lazy = elementwise(lambda x: x + 0.0, lambda x: Lazy(), name="lazy")
    x, d = trainable(np.zeros(n)), trainable(np.zeros(n))
    c = x * 3.0
    (np.sin(c) + (d * 5.0 + lazy(c))).backward(np.ones(n))
    np.testing.assert_array_equal(d.grad, np.full(n, 5.0))
    np.testing.assert_array_equal(x.grad, np.full(n, 6.0))


def test_what_a_rule_was_given_is_not_changed_afterwards() -> None:
    seen: list[Array] = []

    class Spy:
        def forward(self, x: Array) -> Array:
            return x * 1.0

        def backward(self, propagated: Array, shape: Shape) -> Array:
            seen.append(propagated)
            return propagated * 2.0

    x = trainable(np.ones(2 * LARGE))
    y = linear(Spy)(x * 3.0) * 5.0
    (y * 7.0).backward(np.ones(2 * LARGE))
    np.testing.assert_array_equal(seen[0], np.full(2 * LARGE, 35.0))
    np.testing.assert_array_equal(x.grad, np.full(2 * LARGE, 210.0))


def test_a_gradient_of_no_axes_is_an_array_after_any_number_of_walks() -> None:
    x = trainable(3.0)
    for times in (1, 2, 3):
        (x * x).backward()
        assert type(x.grad) is np.ndarray
        assert x.grad == 6.0 * times
