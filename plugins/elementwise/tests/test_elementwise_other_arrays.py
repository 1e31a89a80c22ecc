"""Arrays that refuse what CuPy refuses, where the samples of the suite do not go."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from corelib import Tensor, grad
from corelib.conformance.guarded import GUARDED, counted

NUMBER: Final = np.float64(1.5)
WITH_A_NUMBER: Final[dict[str, Callable[[Any], Any]]] = {
    "multiply": lambda x: x * NUMBER,
    "divide": lambda x: np.float32(2) / x,
    "power": lambda x: NUMBER**x,
    "where": lambda x: np.where(x > 1, x, NUMBER),
    "divmod": lambda x: np.divmod(x, NUMBER)[1],
    "ldexp": lambda x: np.ldexp(x, np.int64(3)),
    "select": lambda x: np.select([x > 1], [x], NUMBER),
}
INFINITE: Final[dict[str, Callable[[Any], Any]]] = {
    "sqrt": np.sqrt,
    "cbrt": np.cbrt,
    "log": np.log,
    "reciprocal": np.reciprocal,
    "power": lambda x: x**0.5,
    "float_power of a number": lambda x: np.float_power(0.0, x - 1),
}
POINTS: Final = {
    "some": np.array([0.0, 4.0, 0.0]), "all": np.zeros(2), "none": np.ones((2, 2)), "one": np.array(0.0),
    "empty": np.zeros((0, 3)),
}  # fmt: skip


def same(function: Callable[[Any], Any], x: Any) -> None:
    """A function of the numbers in a guarded array returns one with the numbers of NumPy's, and looks at none."""
    with counted() as looks:
        found = function(GUARDED.from_host(x))
    assert not looks
    np.testing.assert_allclose(GUARDED.to_host(found), function(x), rtol=1e-14)


@pytest.mark.parametrize("name", WITH_A_NUMBER)
def test_a_number_of_numpys_may_stand_beside_any_array(name: str) -> None:
    same(grad(lambda x: np.sum(WITH_A_NUMBER[name](x))), np.array([0.5, 1.25, 2.0]))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", INFINITE)
def test_a_gradient_of_zero_stays_zero_to_third_order_where_the_slope_is_infinite(name: str, point: str) -> None:
    def gradient(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return grad(lambda x: np.sum(f(x)))

    f = gradient(gradient(gradient(lambda x: np.where(x == 0, 1.0, INFINITE[name](x)))))
    same(f, POINTS[point])


@pytest.mark.parametrize("op", [np.divide, lambda x, y: np.where(x > 1, x, y)], ids=["divide", "where"])
def test_a_python_number_leaves_single_precision_in_chunks(op: Callable[..., Any]) -> None:
    chunked: Any = pytest.importorskip("dask.array")
    x: Any = Tensor(chunked.from_array(np.array([0.5, 2.0, 3.0], np.float32), chunks=2), trainable=True)
    y = op(x, 2.0)
    assert y.dtype == y.data.compute().dtype == np.float32
