"""Distributions with the signatures of scipy.stats, also outside of their supports."""

import numpy as np
import pytest
import scipy.stats

import corelib
import corelib_scipy.stats
from corelib.errors import NotDifferentiable, UnsupportedArgument
from corelib_scipy.stats.names import FUNCTIONS

SHAPES = {"lognorm": (0.7,), "gamma": (2.3,), "chi2": (3.5,), "beta": (2.0, 1.5), "t": (4.5,)}
X = np.array([-2.0, -0.25, 0.3, 0.9, 4.0, 30.0])
CALLS = [(name, function) for name, functions in FUNCTIONS.items() for function in functions.split()]


@pytest.mark.parametrize(("name", "function"), CALLS)
def test_values_are_those_of_scipy_with_and_without_loc_and_scale(name: str, function: str) -> None:
    ours = getattr(getattr(corelib_scipy.stats, name), function)
    theirs = getattr(getattr(scipy.stats, name), function)
    shapes = SHAPES.get(name, ())
    assert np.allclose(ours(X, *shapes).data, theirs(X, *shapes), rtol=1e-12, atol=0)
    assert np.allclose(
        ours(X, *shapes, 0.5, scale=2.0).data, theirs(X, *shapes, loc=0.5, scale=2.0), rtol=1e-12, atol=0
    )


@pytest.mark.parametrize(("name", "function"), CALLS)
def test_outside_of_the_support_the_gradient_is_zero(name: str, function: str) -> None:
    ours = getattr(getattr(corelib_scipy.stats, name), function)
    if name in ("norm", "laplace", "logistic", "t"):
        assert np.all(np.isfinite(corelib.grad(lambda x: ours(x, *SHAPES.get(name, ())).sum())(X)))
        return
    found = corelib.grad(lambda x: ours(x, *SHAPES.get(name, ())).sum())(X)
    assert np.array_equal(found[:2], [0, 0])
    assert np.all(np.isfinite(found))


def test_tails_keep_their_digits() -> None:
    norm = corelib_scipy.stats.norm
    assert corelib.grad(norm.logsf)(40.0) == pytest.approx(-40.024968847207264, rel=1e-13)
    assert corelib.grad(norm.logcdf)(-1e6) == pytest.approx(1000000.000001, rel=1e-14)


def test_a_maximum_likelihood_is_found_by_its_gradients() -> None:
    data = np.array([0.3, 1.9, 2.2, 3.1])
    norm = corelib_scipy.stats.norm
    slopes = corelib.grad(lambda loc, scale: norm.logpdf(data, loc, scale).sum(), argnums=(0, 1))
    assert np.allclose(slopes(np.mean(data), np.std(data)), 0, atol=1e-14)


def test_what_is_not_there_is_refused_in_words() -> None:
    with pytest.raises(UnsupportedArgument, match="no gradient here; there are logpdf"):
        _ = corelib_scipy.stats.norm.ppf
    with pytest.raises(TypeError, match="needs a, b"):
        corelib_scipy.stats.beta.logpdf(0.5)
    with pytest.raises(TypeError, match="was given wide"):
        corelib_scipy.stats.norm.logpdf(0.5, wide=2.0)
    with pytest.raises(TypeError, match="was given 3 arguments"):
        corelib_scipy.stats.norm.logpdf(0.5, 0.0, 1.0, 2.0)
    with pytest.raises(NotDifferentiable):
        corelib.grad(lambda df: corelib_scipy.stats.t.cdf(0.5, df))(3.0)
    with pytest.raises(NotDifferentiable, match=r"below 0\.0001"):
        corelib.grad(lambda a: corelib_scipy.stats.beta.cdf(0.5, a, 2.0))(1e-9)
