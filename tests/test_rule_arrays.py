"""The forward and the backward of a class are given arrays, as their types say: for Python numbers too."""

import pickle
from typing import Any, NamedTuple

import numpy as np
import pytest

from corelib import Tensor, grad, hessian, op, ops

SEEN: list[Any] = []


def seen(*values: Any) -> None:
    SEEN.extend(values)


class Product:
    def forward(self, x: Any, y: Any) -> Any:
        seen(x, y)
        return x * y

    def backward(self, propagated: Any, x: Any, y: Any, *, result: Any) -> Any:
        seen(propagated, x, y, result)
        return propagated * y, propagated * x


class Scaled:
    """An exponent that has no gradient stays an integer."""

    nondiff = ("exponent",)

    def forward(self, x: Any, exponent: Any) -> Any:
        seen(x, exponent)
        return x * 2.0**exponent

    def backward(self, propagated: Any, x: Any, exponent: Any) -> Any:
        seen(propagated, x, exponent)
        return propagated * 2.0**exponent, None


class Ends(NamedTuple):
    first: Any
    last: Any


class TakeEnds:
    def forward(self, x: Any) -> Ends:
        seen(x)
        return Ends(x[0], x[-1])  # NumPy's scalars

    def backward(self, propagated: Ends, x: Any, *, result: Ends) -> Any:
        seen(*propagated, *result)
        gradient = np.zeros_like(x)
        return np.concatenate([[propagated.first], gradient[1:-1], [propagated.last]])


product, scaled, take_ends = op(Product), op(Scaled), op(TakeEnds)


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    SEEN.clear()


@pytest.mark.parametrize("number", [2.0, 2, True, np.float64(2.0)])
@pytest.mark.parametrize("made", [product, scaled])
def test_a_python_number_reaches_a_rule_as_an_array(made: Any, number: Any) -> None:
    x = Tensor(np.ones(3), trainable=True)
    np.sum(made(x, number) * 1.0).backward()
    made(Tensor(3.0, trainable=True), number).backward()
    assert len(SEEN) > 6
    assert all(type(value) is np.ndarray for value in SEEN), list(map(type, SEEN))


def test_numbers_of_several_results_are_arrays_too() -> None:
    x = Tensor(np.arange(1.0, 4.0), trainable=True)
    first, last = take_ends(x)
    (np.float64(2.0) * first * last).backward()
    assert all(type(value) is np.ndarray for value in SEEN), list(map(type, SEEN))
    np.testing.assert_array_equal(x.grad, [6.0, 0.0, 2.0])


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "c8", ">f4"])
@pytest.mark.parametrize("number", [0.1, 3, True, 1e-3])
def test_the_dtype_of_an_array_beside_a_python_number_is_numpys(dtype: str, number: Any) -> None:
    x = np.ones(3, dtype)
    for args in ((x, number), (number, x)):
        result = product(*[Tensor(a, trainable=True) if a is x else a for a in args])
        assert result.dtype == np.multiply(*args).dtype
        np.testing.assert_array_equal(result.data, np.multiply(*args))


def test_numbers_beside_integers_promote_as_numpy_does() -> None:
    for x, number in ((np.arange(3), 2), (np.arange(3), 2.5), (np.arange(3, dtype="u1"), 7), (np.arange(3) > 1, 2)):
        assert product(x, number).dtype == (x * number).dtype
    with pytest.raises(OverflowError, match="out of bounds"):
        product(np.arange(3, dtype="u1"), 300)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.where(x > 0, x, 0.1),
        lambda x: np.where(np.ones(2), x, 0.1),
        lambda x: np.dot(x, 2.0),
        lambda x: np.outer(x, 2.0),
        lambda x: np.kron(x, 2.0),
        lambda x: np.divide(x, 3.0),
        lambda x: np.divmod(x, 2.0)[1],
        lambda x: np.ldexp(x, 2),
        lambda x: np.stack([x[0], 1.0]),
    ],
)
def test_first_party_ops_have_the_dtype_of_numpy_beside_a_number(function: Any) -> None:
    x = np.array([1.5, 2.5], np.float32)
    found = function(Tensor(x, trainable=True))
    assert found.dtype == function(x).dtype
    np.testing.assert_array_equal(found.data, function(x))


def test_derivatives_of_any_order_pass_by_a_number() -> None:
    assert grad(lambda x: product(product(x, 3.0), x))(2.0) == 12.0
    np.testing.assert_array_equal(hessian(lambda x: product(product(x, 3.0), x))(2.0), 6.0)


def test_divmod_of_tensors_is_that_of_numpy() -> None:
    x = Tensor(7.5, trainable=True)
    quotient, rest = divmod(x, 2.0)
    assert (quotient.item(), rest.item()) == divmod(7.5, 2.0)
    rest.backward()
    assert x.grad == 1.0
    assert [part.item() for part in divmod(9.0, Tensor(4.0))] == [2.0, 1.0]


def test_where_is_pickled_by_its_name() -> None:
    assert pickle.loads(pickle.dumps(ops.where)) is ops.where


def test_a_gradient_stays_an_array_however_often_it_is_added_to() -> None:
    x = Tensor(3.0, trainable=True)
    for _ in range(3):
        (x * x).backward()
        assert type(x.grad) is np.ndarray
    assert x.grad == 18.0
