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
        (lambda: np.copyto(np.ones((3, 3)), X), "numpy.copyto takes no Tensor: .*numpy.where"),
        (lambda: np.put(np.ones(9), [0], X), "numpy.put takes no Tensor"),
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


def test_indices_made_of_a_shape_are_plain_arrays() -> None:
    for function in (np.diag_indices_from, np.tril_indices_from, np.triu_indices_from):
        assert all(isinstance(index, np.ndarray) for index in function(X))
