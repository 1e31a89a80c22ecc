"""Functions of NumPy that no op stands for: what is refused on purpose says why, and what to write instead."""

import fnmatch
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from corelib import Tensor, errors
from corelib.core.naming import described
from corelib.plugins.refusals import REFUSED

X: Any = Tensor(np.ones((3, 3)), trainable=True)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: np.unique(X), "numpy.unique takes no Tensor: .*numpy.sort"),
        (lambda: np.copyto(np.ones((3, 3)), X), "numpy.copyto takes no Tensor: .*index_set.*numpy.where"),
        (lambda: np.put(np.ones(9), [0], X), "numpy.put takes no Tensor: .*index_set"),
        (lambda: np.savez("x", X), "numpy.savez takes no Tensor: it writes a file"),
        (lambda: np.linalg.matrix_rank(X), "numpy.linalg.matrix_rank takes no Tensor: it counts"),
        (lambda: np.nextafter(X, 1.0), "numpy.nextafter takes no Tensor"),
        (lambda: np.busday_count(X, 1), "dates"),
    ],
)
def test_what_is_refused_says_why(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(errors.NotDifferentiable, match=words):
        call()


@pytest.mark.parametrize("pattern", REFUSED)
def test_each_pattern_is_of_a_function_that_there_is(pattern: str) -> None:
    modules = {"numpy": np, "numpy.linalg": np.linalg}
    home, _, name = pattern.rpartition(".")
    found = [getattr(modules[home], each) for each in modules[home].__all__ if fnmatch.fnmatchcase(each, name)]
    assert found
    assert all(fnmatch.fnmatchcase(described(function), pattern) for function in found)


@pytest.mark.parametrize("assignment", ["x[0] = 1.0", "x[0, 1] += 1.0", "x[x.data > 0] *= 2", "x[...] = x"])
def test_an_assignment_to_entries_shows_the_ops_that_return_a_new_array(assignment: str) -> None:
    x = Tensor(np.ones((2, 2)), trainable=True)
    with pytest.raises(errors.NotDifferentiable, match=r"(?s)takes no item assignment.*index_set.*index_add.*x\.data"):
        exec(assignment, {"x": x})
    np.testing.assert_array_equal(x.data, np.ones((2, 2)))


def test_what_fills_an_array_in_place_shows_the_op_that_returns_one() -> None:
    t: Any = Tensor(1.0, trainable=True)
    for call in (lambda: np.full(3, t), lambda: np.full(3, t, float), lambda: np.full_like(np.ones(3), t),
                 lambda: np.full_like(X, t)):  # fmt: skip
        with pytest.raises(TypeError, match=r"corelib\.ops\.full"):
            call()
    with pytest.raises(errors.NotDifferentiable, match=r"corelib\.ops\.put_along_axis"):
        np.put_along_axis(X, np.zeros((1, 3), int), 1.0, 0)
    numbers = np.zeros(3)
    with pytest.raises((ValueError, errors.NotDifferentiable)) as caught:
        numbers[0] = t
    cause = caught.value.__cause__ or caught.value  # of a class that is not compiled, NumPy says "a sequence" first
    assert "corelib.array" in str(cause)


def test_indices_made_of_a_shape_are_plain_arrays() -> None:
    for function in (np.diag_indices_from, np.tril_indices_from, np.triu_indices_from):
        assert all(isinstance(index, np.ndarray) for index in function(X))
