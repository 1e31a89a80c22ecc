"""A gradient of exactly zero stays zero where a slope is infinite: what np.where did not choose, to the third order."""

import warnings
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from corelib import Array, grad, jvp, vjp

# The function, where it is singular and where not, and what chooses the second.
CASES: Final[dict[str, tuple[Callable[..., Any], float, float, Callable[[Any], Any]]]] = {
    "exp": (np.exp, 1000.0, -1.0, lambda x: x < 0),
    "exp2": (np.exp2, 5000.0, -1.0, lambda x: x < 0),
    "expm1": (np.expm1, 1000.0, -1.0, lambda x: x < 0),
    "sinh": (np.sinh, 1000.0, -1.0, lambda x: x < 0),
    "cosh": (np.cosh, -1000.0, 1.0, lambda x: x > 0),
    "sqrt": (np.sqrt, 0.0, 4.0, lambda x: x > 0),
    "cbrt": (np.cbrt, 0.0, 4.0, lambda x: x > 0),
    "log": (np.log, 0.0, 4.0, lambda x: x > 0),
    "log1p": (np.log1p, -1.0, 0.5, lambda x: x > -1),
    "reciprocal": (np.reciprocal, 0.0, 4.0, lambda x: x > 0),
    "one over x": (lambda x: 1 / x, 0.0, 4.0, lambda x: x > 0),
    "sine over x": (lambda x: np.sin(x) / x, 0.0, 4.0, lambda x: x > 0),
    "a power": (lambda x: x**0.5, 0.0, 4.0, lambda x: x > 0),
    "arcsin": (np.arcsin, 1.0, 0.5, lambda x: x < 1),
    "arccos": (np.arccos, 1.0, 0.5, lambda x: x < 1),
    "arccosh": (np.arccosh, 1.0, 2.0, lambda x: x > 1),
    "arctanh": (np.arctanh, 1.0, 0.5, lambda x: x < 1),
}


def derivative(f: Callable[..., Any], order: int) -> Callable[..., Any]:
    """The slope of that order at each entry, of a function that acts entry by entry."""
    for _ in range(order):
        f = grad(lambda x, f=f: np.sum(f(x)))
    return f


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("name", CASES)
def test_what_where_does_not_choose_has_the_slope_zero(name: str, order: int) -> None:
    f, singular, ordinary, chosen = CASES[name]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        slopes = derivative(lambda x: np.where(chosen(x), f(x), 1.0), order)(np.array([singular, ordinary]))
        alone = derivative(lambda x: np.where(chosen(x), f(x), 1.0), order)(np.array([singular, singular]))
    np.testing.assert_allclose(slopes, [0.0, derivative(f, order)(np.array(ordinary))], rtol=1e-12)
    np.testing.assert_array_equal(alone, [0.0, 0.0])


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("name", CASES)
def test_jvp_keeps_what_where_does_choose(name: str, order: int) -> None:
    """jvp takes the derivative of a pullback at zero: a rule must not take that zero for a masked entry."""
    f, singular, ordinary, chosen = CASES[name]
    with np.errstate(all="ignore"):
        inner = derivative(lambda x: np.where(chosen(x), f(x), 1.0), order - 1)
        _, tangent = jvp(inner, (np.array([singular, ordinary]),), (np.ones(2),))
    np.testing.assert_allclose(tangent, [0.0, derivative(f, order)(np.array(ordinary))], rtol=1e-12)


def test_the_slope_of_an_exponential_that_overflows_is_infinite_where_it_is_wanted() -> None:
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(grad(lambda x: np.sum(np.exp(x)))(np.array([1000.0, 0.0])), [np.inf, 1.0])


@pytest.mark.parametrize("shape", [(3, 0), (0, 3), (0, 0), (2, 0, 3)])
@pytest.mark.parametrize("function", [np.std, np.var, np.prod, np.sum, np.mean])
def test_a_reduction_of_no_entries_has_empty_gradients(function: Callable[..., Any], shape: tuple[int, ...]) -> None:
    x = np.zeros(shape)
    for axis in (0, -1, None):
        for where in (True, np.ones(shape, bool)):
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # NumPy's own, of a mean of nothing
                value, pullback = vjp(lambda x, axis=axis, where=where: function(x, axis=axis, where=where), x)
                found: Array = pullback(np.ones(np.shape(value)))
            assert found.shape == shape
