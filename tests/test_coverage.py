"""What the page of coverage says of a function is what the function does with a Tensor."""

import numpy as np
import pytest

from corelib import Tensor, errors
from tools.refresh.coverage import MISSING, functions, statuses

X = Tensor(np.ones((2, 2)), trainable=True)


@pytest.mark.parametrize(
    ("module", "name", "status"),
    [
        ("numpy", "exp", "op `exp` of `corelib-elementwise`"),
        ("numpy", "amax", "op `max` of `corelib-maximum`"),
        ("numpy.fft", "rfft", "op `rfft` of `corelib-fft`"),
        ("numpy", "argmax", "no derivative"),
        ("numpy", "arange", "no Tensor"),
        ("numpy.fft", "fftfreq", "no Tensor"),
        ("numpy", "save", "refused: it writes a file; pass tensor.data"),
    ],
)
def test_a_status_says_what_a_function_does(module: str, name: str, status: str) -> None:
    assert statuses(module)[name] == status


def test_each_public_function_has_a_row() -> None:
    assert list(statuses("numpy.linalg")) == [name for name, _ in functions(np.linalg)]


def test_what_is_missing_raises_that_no_plugin_differentiates_it() -> None:
    missing = [name for name, status in statuses("numpy").items() if status == MISSING]
    for name in missing:
        if isinstance(getattr(np, name), np.ufunc):
            with pytest.raises(errors.OpNotFound):
                getattr(np, name)(X)
