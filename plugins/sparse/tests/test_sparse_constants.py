"""Sparse arrays as constant operands: values, gradients and dtypes of dense ones, and products without a dense copy."""

import operator
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import Tensor, errors, ops
from corelib.core.array_kinds import kind_of_array
from corelib_sparse import plugin

sparse: Any = pytest.importorskip("sparse", reason="sparse is not installed")
SPARSE: Any = pytest.importorskip("corelib_sparse.kind", reason="sparse is not installed").SPARSE

DENSE = np.array([[0, 1.5, 0], [2, 0, 3], [0, 0, 0], [4, 0, 0]])
FORMATS = ["coo", "gcxs"]


@pytest.fixture(autouse=True)
def provided() -> Iterator[None]:
    """The plugin, also where its distribution is not installed."""
    if "corelib-sparse" in [info.distribution for info in corelib.plugins.list()]:
        yield
        return
    with corelib.plugins.registered(plugin):
        yield


@pytest.fixture(params=FORMATS)
def made(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """A sparse array of dense entries."""
    return lambda array: sparse.COO.from_numpy(np.asarray(array)).asformat(request.param)


@pytest.fixture
def never_dense(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any, *args: Any, **keywords: Any) -> Any:
        raise AssertionError("made dense")

    for cls in (sparse.COO, sparse.GCXS):
        monkeypatch.setattr(cls, "todense", refuse)


def entries(*shape: int, dtype: Any = float) -> Any:
    return np.random.default_rng(len(shape)).normal(size=shape).astype(dtype)


PRODUCTS: list[Any] = [
    pytest.param(lambda a, t: a @ t, (3,), id="a@vector"),
    pytest.param(lambda a, t: a @ t, (3, 2), id="a@matrix"),
    pytest.param(lambda a, t: a @ t, (5, 3, 2), id="a@stack"),
    pytest.param(lambda a, t: t @ a, (4,), id="vector@a"),
    pytest.param(lambda a, t: t @ a, (2, 4), id="matrix@a"),
    pytest.param(lambda a, t: t @ a, (5, 2, 4), id="stack@a"),
    pytest.param(lambda a, t: a.T @ t, (4, 2), id="a.T@matrix"),
    pytest.param(np.matmul, (3, 2), id="matmul"),
    pytest.param(lambda a, t: np.matmul(t, a), (2, 4), id="matmul-after"),
    pytest.param(np.dot, (3,), id="dot-vector"),
    pytest.param(np.dot, (3, 2), id="dot-matrix"),
    pytest.param(lambda a, t: np.dot(t, a), (2, 4), id="dot-after"),
    pytest.param(lambda a, t: np.tensordot(a, t, 1), (3, 2), id="tensordot"),
    pytest.param(lambda a, t: np.tensordot(t, a, ([0], [0])), (4, 2), id="tensordot-after"),
    pytest.param(ops.matmul, (3, 2), id="the-op"),
]
ENTRYWISE: list[Any] = [
    pytest.param(function, shape, id=f"{function.__name__}-{shape}")
    for function in (operator.add, operator.mul, operator.sub, np.multiply, np.add, np.maximum, np.hypot)
    for shape in ((4, 3), (3,), ())
] + [
    pytest.param(lambda a, t: a / (2 + t * t), (4, 3), id="divide"),
    pytest.param(lambda a, t: t**a, (4, 1), id="power"),
    pytest.param(lambda a, t: np.where(a, t, 2 * t), (4, 3), id="where"),
    pytest.param(lambda a, t: t - a, (4, 3), id="after"),
    pytest.param(lambda a, t: np.einsum("ij,jk", a, t), (3, 2), id="einsum"),
    pytest.param(lambda a, t: np.outer(t, a), (2,), id="outer"),
    pytest.param(np.inner, (2, 3), id="inner"),
    pytest.param(lambda a, t: np.concatenate([t, a]), (2, 3), id="concatenate"),
]


def scalar(function: Callable[..., Any], a: Any) -> Callable[..., Any]:
    """A loss that is not linear in the operand, so that second derivatives are not zero."""
    return lambda t: np.sum(np.sin(function(a, t)))


def agree(function: Callable[..., Any], a: Any, x: Any) -> None:
    """Values and gradients of the function and of its squared gradient are arrays of NumPy's, as beside a dense one."""
    found, known = scalar(function, a), scalar(function, np.asarray(DENSE, a.dtype))
    near = 1e-5 if x.dtype == np.float32 else 1e-12
    for f, g in ((found, known), (twice(found), twice(known))):
        value, gradient = corelib.value_and_grad(f)(x)
        expected, wanted = corelib.value_and_grad(g)(x)
        assert type(gradient) is np.ndarray
        assert (value.dtype, gradient.dtype) == (expected.dtype, x.dtype)
        np.testing.assert_allclose(value, expected, rtol=near, atol=near)
        np.testing.assert_allclose(gradient, wanted, rtol=near, atol=near)


def twice(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda t: np.sum(corelib.grad(f)(t) ** 2)


@pytest.mark.parametrize(("function", "shape"), PRODUCTS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.usefixtures("never_dense")
def test_products_are_those_of_a_dense_array_and_make_none(
    made: Any, function: Callable[..., Any], shape: tuple[int, ...], dtype: Any
) -> None:
    agree(function, made(DENSE.astype(dtype)), entries(*shape, dtype=dtype))


@pytest.mark.parametrize(("function", "shape"), ENTRYWISE)
def test_what_acts_entry_by_entry_is_dense(made: Any, function: Callable[..., Any], shape: tuple[int, ...]) -> None:
    agree(function, made(DENSE), 1 + np.abs(entries(*shape)))


def test_of_vectors_and_stacks_too(made: Any) -> None:
    vector, stack = DENSE[1], np.stack([DENSE, 2 * DENSE])
    cases: list[tuple[Any, Callable[..., Any], tuple[int, ...]]] = [
        (vector, lambda a, t: a @ t, (3,)), (vector, lambda a, t: t @ a, (2, 3)), (vector, np.dot, (3,)),
        (stack, lambda a, t: a @ t, (3, 2)), (stack, lambda a, t: a @ t, (2, 3, 2)),
        (stack, lambda a, t: t @ a, (5, 4)),
    ]  # fmt: skip
    for dense, function, shape in cases:
        x = entries(*shape)
        gradient = corelib.grad(scalar(function, made(dense)))(x)
        assert type(gradient) is np.ndarray
        np.testing.assert_allclose(gradient, corelib.grad(scalar(function, dense))(x), rtol=1e-12, atol=1e-14)


def test_backward_of_a_tensor_leaves_dense_gradients(made: Any) -> None:
    t = Tensor(entries(3), trainable=True)
    loss = ((made(DENSE) @ t - 1) ** 2).sum()
    loss.backward()
    assert type(t.grad) is np.ndarray
    np.testing.assert_allclose(t.grad, 2 * DENSE.T @ (DENSE @ t.data - 1))


def test_a_matrix_that_does_not_fit_in_memory_is_multiplied() -> None:
    size = 10**6
    a = sparse.COO(np.array([[0, 5, size - 1], [3, 0, size - 1]]), np.array([2.0, 3.0, 4.0]), shape=(size, size))
    x = np.arange(float(size))
    gradient = corelib.grad(lambda t: np.sum((a @ t) ** 2))(x)
    assert gradient[[0, 3, size - 1]].tolist() == [0, 24, 32 * (size - 1)]


def test_a_trainable_one_is_refused_in_words(made: Any) -> None:
    a = made(DENSE)
    t = Tensor(np.ones(3))
    for call in (lambda: Tensor(a, trainable=True), lambda: Tensor(a), lambda: corelib.grad(np.sum)(a)):
        with pytest.raises(errors.InvalidOperandType, match=r"is a constant: it has no gradient.* as in A @ tensor"):
            call()
    with pytest.raises(errors.InvalidOperandType, match="is a constant"):
        t.data = a
    np.testing.assert_array_equal(t.data, np.ones(3))


def test_a_wrong_shape_is_refused_as_of_dense_arrays(made: Any) -> None:
    with pytest.raises(errors.InvalidOperand, match="matmul"):
        made(DENSE) @ Tensor(np.ones(5))


def test_sparse_alone_is_as_before(made: Any) -> None:
    a = made(DENSE)
    assert isinstance(a * 2, sparse.SparseArray)
    np.testing.assert_array_equal((a @ a.T).todense(), DENSE @ DENSE.T)
    np.testing.assert_array_equal(a @ np.ones(3), DENSE @ np.ones(3))


def test_matrices_of_scipy_are_refused_with_the_conversion() -> None:
    scipy_sparse = pytest.importorskip("scipy.sparse")
    t: Any = Tensor(np.ones(3), trainable=True)
    for cls in (scipy_sparse.csr_matrix, scipy_sparse.csr_array):
        a = cls(DENSE)
        calls: list[Callable[[Any], Any]] = [
            lambda a: a @ t, lambda a: t @ a.T, Tensor, corelib.grad(np.sum), lambda a: np.matmul(a, t)
        ]  # fmt: skip
        for call in calls:
            with pytest.raises(errors.InvalidOperandType, match=r"sparse\.COO\.from_scipy_sparse") as refused:
                call(a)
            assert "A.toarray()" in str(refused.value)
        np.testing.assert_array_equal((sparse.COO.from_scipy_sparse(a) @ t).data, DENSE @ np.ones(3))


def test_the_kind_is_found_and_converts_there_and_back(made: Any) -> None:
    np.testing.assert_array_equal(SPARSE.to_host(SPARSE.from_host(DENSE)), DENSE)
    SPARSE.synchronize()
    with pytest.raises(errors.InvalidOperandType, match="is a constant"):
        SPARSE.place(made(DENSE), 0, (2, 4, 3))
    assert kind_of_array(made(DENSE)) is SPARSE


@pytest.mark.parametrize("first", ["import corelib_sparse.deferring", "np.sum(corelib.Tensor(1.0))"])
def test_a_product_may_be_the_first_call_of_a_program(first: str) -> None:
    """By the import, or once corelib has found its plugins."""
    code = f"""
import numpy as np, sparse, corelib
from corelib_sparse import plugin
with corelib.plugins.registered(plugin):
    {first}
    print(type(sparse.COO.from_numpy(np.eye(2)) @ corelib.Tensor(np.ones(2))).__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "Tensor\n", done.stderr[-2000:]


def test_the_plugin_does_not_import_sparse() -> None:
    code = "import sys, corelib_sparse.plugin; print('sparse' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
