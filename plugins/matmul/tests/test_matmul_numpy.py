"""NumPy's own functions find the products, return what NumPy returns, and refuse what has no gradient."""

import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import Tensor, errors
from corelib_matmul import matmul, vecdot
from corelib_matmul.contraction import Dot, Inner, Tensordot, Vdot
from corelib_matmul.cross_product import Cross
from corelib_matmul.matrix import Matmul, Matvec, Vecdot, Vecmat
from corelib_matmul.outer_products import Kron, Outer
from corelib_matmul.summation import Summation

generator = np.random.default_rng(6)
matrix, other, tall, vector = (generator.normal(size=shape) for shape in ((3, 3), (3, 3), (4, 3), (3,)))

CALLS: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
    (np.matmul, (matrix, other), {}), (np.linalg.matmul, (tall, other), {}),
    (np.matmul, (matrix, other), {"dtype": None}), (np.matvec, (tall, vector), {}),
    (np.vecmat, (vector, matrix), {}), (np.vecdot, (matrix, other), {}),
    (np.vecdot, (matrix, other), {"axis": 0, "keepdims": False}),
    (np.linalg.vecdot, (matrix, other), {"axis": 0}), (np.dot, (tall, other), {}),
    (np.dot, (tall, other), {"out": None}), (np.vdot, (matrix, other), {}), (np.inner, (tall, matrix), {}),
    (np.outer, (tall, vector), {}), (np.linalg.outer, (vector, vector), {}),
    (np.tensordot, (matrix, other), {}), (np.tensordot, (matrix, other, 1), {}),
    (np.tensordot, (tall, other), {"axes": (1, 0)}),
    (np.linalg.tensordot, (tall, other), {"axes": ([1], [0])}), (np.kron, (tall, vector), {}),
    (np.cross, (tall, vector), {}), (np.cross, (matrix, other, 0, 0, 0), {}),
    (np.cross, (matrix, other), {"axis": 0}), (np.linalg.cross, (matrix, other), {"axis": 0}),
    (np.einsum, ("ij,jk->ik", tall, matrix), {}), (np.einsum, ("ij,jk", tall, matrix), {"optimize": True}),
    (np.einsum, (tall, [0, 1], matrix, [1, 2], [0, 2]), {}), (np.einsum, (tall, [0, 1], matrix, [1, 2]), {}),
    (np.einsum, (tall, [Ellipsis, 0], matrix, [0, 51], [51, Ellipsis]), {}),
    (np.einsum, (matrix, [26, 0]), {}),
    (np.einsum, ("ii->i", matrix), {"out": None, "dtype": None, "order": "K", "casting": "safe"}),
]  # fmt: skip


@pytest.mark.parametrize(("function", "args", "keywords"), CALLS, ids=lambda v: getattr(v, "__name__", None))
def test_numpy_on_tensors_returns_what_it_returns_on_arrays(
    function: Callable[..., Any], args: tuple[Any, ...], keywords: dict[str, Any]
) -> None:
    tensors = [Tensor(arg, trainable=True) if isinstance(arg, np.ndarray) else arg for arg in args]
    result = function(*tensors, **keywords)
    assert isinstance(result, Tensor)
    np.testing.assert_array_equal(result.data, function(*args, **keywords))
    result.backward(np.ones(result.shape))
    for tensor in tensors:
        assert not isinstance(tensor, Tensor) or tensor.grad is not None


def test_the_operator_takes_an_array_on_either_side() -> None:
    x: Any = Tensor(matrix, trainable=True)
    np.testing.assert_array_equal((x @ other).data, matrix @ other)
    np.testing.assert_array_equal((other @ x).data, other @ matrix)
    (vector @ x @ vector).backward()
    np.testing.assert_allclose(np.asarray(x.grad), np.outer(vector, vector))


def test_functions_that_share_an_op_keep_their_own_argument_names() -> None:
    x: Any = Tensor(matrix, trainable=True)
    by_place: Any = np.linalg.tensordot(x, other, axes=1)
    by_name: Any = np.tensordot(b=other, axes=1, a=x)
    np.testing.assert_array_equal(by_name.data, by_place.data)


def test_the_path_of_einsum_is_found_on_tensors() -> None:
    x: Any = Tensor(tall, trainable=True)
    assert np.einsum_path("ij,jk,k", x, matrix, vector) == np.einsum_path("ij,jk,k", tall, matrix, vector)


def test_an_array_that_meets_itself_gathers_both_gradients() -> None:
    np.testing.assert_allclose(corelib.grad(lambda x: np.sum(x @ x.T))(tall), 2 * np.ones((4, 4)) @ tall)
    np.testing.assert_allclose(corelib.hessian(lambda x: x @ matrix @ x)(vector), matrix + matrix.T)


REFUSED: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (np.matmul, {"axes": [(0, 1), (0, 1), (0, 1)]}), (np.matmul, {"keepdims": True}),
    (np.matmul, {"dtype": np.float32}), (np.matmul, {"out": np.zeros((3, 3))}),
    (np.matmul, {"casting": "no"}), (np.matmul, {"order": "F"}), (np.vecdot, {"axes": [0, 0, 0]}),
    (np.vecdot, {"keepdims": True}), (np.matvec, {"axes": [(0, 1), 0, 0]}), (np.vecmat, {"axis": 0}),
    (np.dot, {"out": np.zeros((3, 3))}), (np.outer, {"out": np.zeros((9, 9))}),
]  # fmt: skip


@pytest.mark.parametrize(("function", "keywords"), REFUSED, ids=lambda v: getattr(v, "__name__", None) or next(iter(v)))
def test_a_keyword_without_a_gradient_is_refused(function: Callable[..., Any], keywords: dict[str, Any]) -> None:
    with pytest.raises(errors.UnsupportedArgument, match=f"numpy.{function.__name__}.*{next(iter(keywords))}"):
        function(Tensor(matrix), Tensor(other), **keywords)


@pytest.mark.parametrize(
    "keywords", [{"out": np.zeros(3)}, {"dtype": float}, {"order": "C"}, {"casting": "no"}, {"new": 1}]
)
def test_einsum_refuses_a_keyword_of_its_own(keywords: dict[str, Any]) -> None:
    x: Any = Tensor(matrix)
    with pytest.raises(errors.UnsupportedArgument, match=f"einsum on a Tensor does not take {next(iter(keywords))}="):
        np.einsum("ii->i", x, **keywords)


MISFITS: list[tuple[Callable[..., Any], tuple[Any, ...], str]] = [
    (np.matmul, (tall, tall), r"matmul\(float64 \(4, 3\), float64 \(4, 3\)\): .*core dimension"),
    (np.matmul, (tall, 2.0), r"matmul\(float64 \(4, 3\), float64 \(\)\): .*does not have enough dimensions"),
    (np.dot, (tall, tall), r"dot\(float64 \(4, 3\), float64 \(4, 3\)\): .*not aligned"),
    (np.vdot, (tall, vector), r"vdot\(float64 \(4, 3\), float64 \(3,\)\)"),
    (np.tensordot, (tall, tall, 1), r"tensordot\(axes=1\)\(.*shape-mismatch"),
    (np.linalg.outer, (tall, vector), r"linalg_outer\(.*one-dimensional"),
    (np.cross, (np.ones(4), np.ones(4)), r"cross\(.*(incompatible dimensions|3-dimensional)"),
    (np.linalg.cross, (np.ones(2), np.ones(2)), r"linalg_cross\(.*3-dimensional"),
    (np.einsum, ("ij,jk->ik", tall, tall), r"einsum\(subscripts='ij,jk->ik'\)\(.*could not be broadcast"),
    (np.einsum, ("ij->k", tall), r"einsum.*output subscript 'k' which never appeared"),
    (np.einsum, ("ij", vector), r"einsum\(.*'ij' do not fit an operand of 1 axes"),
    (np.einsum, ("ij,jk", tall), r"of 2 operands, and 1 were given"),
    (np.einsum, ("...i->i", tall), r"the output 'i' needs an ellipsis"),
    (np.einsum, ("i1", tall), r"'i1' are not letters"),
    (np.einsum, (tall, [0, 52]), r"from 0 to 51 or an ellipsis, not as in \[0, 52\]"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "args", "message"), MISFITS, ids=[f"{m[0].__name__}{i}" for i, m in enumerate(MISFITS)]
)
def test_operands_that_do_not_fit_are_one_clear_error(
    function: Callable[..., Any], args: tuple[Any, ...], message: str
) -> None:
    tensors = [Tensor(arg, trainable=True) if isinstance(arg, np.ndarray) else arg for arg in args]
    with pytest.raises(errors.InvalidOperand, match=message):
        function(*tensors)


def test_an_axis_that_is_not_there_is_an_index_error() -> None:
    with pytest.raises(IndexError, match=r"vecdot\(axis=2\)\(float64 \(3, 3\), float64 \(3, 3\)\)"):
        vecdot(Tensor(matrix), other, axis=2)


RULES: list[tuple[Any, tuple[int, ...]]] = [
    (Matmul(), (3, 3)), (Matvec(), (3, 3, 3)), (Vecmat(), (3, 3, 3)), (Vecdot(), (3, 3)), (Dot(), (3, 3)),
    (Inner(), (3, 3)), (Vdot(), (3, 3)), (Outer(), (3, 3)), (Tensordot(1), (3, 3)), (Kron(), (3, 3)),
    (Cross(), (3, 3)), (Summation("ij,jk->ik"), (3, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "shape"), RULES, ids=lambda v: type(v).__name__)
@pytest.mark.parametrize("wanted", [(True, False), (False, True)])
def test_the_product_that_nobody_wants_is_left_out(
    rule: Any, shape: tuple[int, ...], wanted: tuple[bool, bool]
) -> None:
    x, y = generator.normal(size=shape), generator.normal(size=shape)
    result = np.asarray(rule.forward(x, y))
    gradients = rule.backward(np.ones_like(result), x, y, wanted=wanted)
    assert tuple(gradient is not None for gradient in gradients) == wanted


def peak(function: Callable[[], Any]) -> int:
    """The most memory that was held at once during a call, in bytes."""
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_weight_that_a_stack_meets_has_its_gradient_in_one_product() -> None:
    x, w = np.ones((50, 20, 30)), np.ones((30, 40))
    propagated = np.ones((50, 20, 40))
    used = peak(lambda: Matmul().backward(propagated, x, w, wanted=(False, True)))
    assert used < 2 * w.nbytes  # a stack of products would be fifty of them, a copy of x or g over twenty


def test_a_matrix_that_many_vectors_meet_has_its_gradient_in_one_product() -> None:
    x, y, propagated = np.ones((30, 40)), np.ones((500, 40)), np.ones((500, 30))
    used = peak(lambda: Matvec().backward(propagated, x, y, wanted=(True, False)))
    assert used < 2 * x.nbytes


def test_an_order_chosen_for_the_operands_of_einsum_is_not_forced_on_their_gradients() -> None:
    assert Summation("ij,jk->ik", ["einsum_path", (0, 1)]).strategy() is True
    for strategy in (False, True, "optimal", ("greedy", 100)):
        assert Summation("ij,jk->ik", strategy).strategy() == strategy


def test_the_gradients_of_matrices_copy_nothing() -> None:
    x, y, propagated = np.ones((100, 200)), np.ones((200, 300)), np.ones((100, 300))
    for rule in (Matmul(), Dot(), Tensordot(1)):
        used = peak(partial(rule.backward, propagated, x, y, wanted=(True, True)))
        assert used < x.nbytes + y.nbytes + 20_000


LAYOUTS = [
    tall[:3].T,
    np.asfortranarray(matrix),
    np.arange(18.0).reshape(3, 6)[:, ::2],
    np.broadcast_to(vector, (3, 3)),
    matrix[::-1],
]


@pytest.mark.parametrize("x", LAYOUTS, ids=["transposed", "fortran", "strided", "broadcast", "reversed"])
def test_arrays_may_lie_in_any_order(x: Any) -> None:
    def function(x: Any) -> Any:
        return np.sum(np.sin(np.einsum("ij,jk->k", x @ other, np.dot(x, x))))

    gradient = corelib.grad(function)
    np.testing.assert_allclose(gradient(x), gradient(np.ascontiguousarray(x)), rtol=1e-12)


def test_the_graph_shows_the_subscripts_spelt_out() -> None:
    x: Any = Tensor(np.ones((2, 3, 4)), trainable=True)
    node = np.einsum("...ij,jk", x, np.ones((4, 5))).creator
    assert node is not None
    assert str(node.op) == "einsum(subscripts='aij,jk->aik')"


def test_a_float32_product_has_a_float32_gradient() -> None:
    x: Any = Tensor(matrix.astype(np.float32), trainable=True)
    results: list[Any] = [x @ other, np.einsum("ii->i", x), np.kron(x, x), np.dot(x, 2.0)]
    for result in results:
        result.backward(np.ones(result.shape))
        assert np.asarray(x.grad).dtype == np.float32


def test_a_real_operand_of_a_complex_product_has_a_real_gradient() -> None:
    gradient = corelib.grad(lambda x: np.real(np.vdot(x @ (matrix + 1j * other), 1j * matrix)))(matrix)
    step = generator.normal(size=(3, 3))
    change = np.real(np.vdot(step @ (matrix + 1j * other), 1j * matrix))
    assert gradient.dtype == np.float64
    np.testing.assert_allclose(np.sum(gradient * step), change)


SPECIAL = np.array([1.5, -0.0, 0.0, np.inf, -np.inf, np.nan, 1e-310, -2.0])


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "complex128"])
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 8), (8, 1), (8, 8), (0, 3), (3, 0)])
@pytest.mark.parametrize("strided", [False, True])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_column_by_a_row_is_numpys_to_the_sign_of_a_zero(dtype: str, rows: int, columns: int, strided: bool) -> None:
    with np.errstate(all="ignore"):
        wide = np.tile(SPECIAL, (2, 1)).astype(dtype)
    x, y = wide.T[:rows, :1], np.roll(wide, -1, axis=1)[:1, :columns]  # which begins with a zero
    if not strided:
        x, y = x.copy(), y.copy()
    z, expected = matmul(x, y).data, np.matmul(x, y)
    assert z.dtype == expected.dtype
    np.testing.assert_array_equal(z, expected)
    signs = [np.signbit(np.where(np.isnan(a), 1, a).real) for a in (z, expected)]  # those of zeros too
    np.testing.assert_array_equal(*signs)


@pytest.mark.parametrize(
    "shapes", [((1, 1), (1, 3)), ((3, 1), (1, 1)), ((1, 3), (3, 1)), ((2, 3), (3, 2)), ((3, 1), (1, 3))]
)
@pytest.mark.parametrize(("operand", "propagated"), [(np.inf, 0.0), (0.0, np.inf)])
def test_nothing_times_infinity_is_unknown_in_every_gradient(
    shapes: tuple[tuple[int, int], tuple[int, int]], operand: float, propagated: float
) -> None:
    x, y = (Tensor(np.full(shape, operand), trainable=True) for shape in shapes)
    with np.errstate(invalid="ignore"):  # of inf @ inf too: BLAS with AVX-512 multiplies its padding by infinity
        z: Any = x @ y
        z.backward(np.full(z.shape, propagated))
    assert np.isnan(np.asarray(x.grad)).all()
    assert np.isnan(np.asarray(y.grad)).all()


def test_a_product_that_overflows_says_so() -> None:
    x, y = Tensor(np.full((2, 1), 1e200), trainable=True), Tensor(np.full((1, 2), 1e200))
    with pytest.warns(RuntimeWarning, match="overflow"):
        x @ y
