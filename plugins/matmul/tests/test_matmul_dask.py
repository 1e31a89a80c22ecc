"""Products of dask's arrays: equal to NumPy's, in chunks, and nothing is computed."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from corelib import Tensor, ops
from corelib.errors import CorelibError

dask: Any = pytest.importorskip("dask", reason="dask is not installed")
da: Any = pytest.importorskip("dask.array", reason="dask is not installed")

RNG: Final = np.random.default_rng(0)
A, B, V = RNG.normal(size=(4, 3)), RNG.normal(size=(4, 3)), RNG.normal(size=3)
Z: Final = A + 1j * B
NUMBER: Final = np.array(2.0)
PAIRS: Final[dict[str, tuple[Callable[..., Any], Any, Any]]] = {
    "matvec": (np.matvec, A, V),
    "vecmat": (np.vecmat, Z[0], A.T),
    "vecdot": (np.vecdot, Z, A),
    "vecdot, axis": (lambda x, y: ops.vecdot(x, y, axis=0), A, B),
    "dot, a number": (np.dot, NUMBER, A),
    "inner": (np.inner, A, B),
    "inner, a number": (np.inner, A, NUMBER),
    "vdot": (np.vdot, Z, np.reshape(B, (3, 4))),
    "linalg.outer": (np.linalg.outer, V, A[0]),
    "kron": (np.kron, A, V),
    "cross": (np.cross, A, V),
    "cross, axes": (lambda x, y: np.cross(x, y, axisa=0, axisb=1, axisc=0), A.T, B),
    "cross of a plane and space": (np.cross, A[:, :2], B),
    "cross of a plane": (np.cross, A[:, :2], B[:, :2]),
    "linalg.cross": (np.linalg.cross, A, B),
    "einsum, a diagonal": (lambda x, y: np.einsum("ii,j->ij", x, y), A[:3], V),
}


def result_and_gradients(function: Callable[..., Any], *data: Any) -> list[Any]:
    x, y = [Tensor(array, trainable=True) for array in data]
    z = function(x, y)
    z.backward(z.data)
    return [z.data, x.grad, y.grad]


@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors:DeprecationWarning")
@pytest.mark.parametrize("name", PAIRS)
def test_a_product_of_dask_arrays_is_numpys_in_chunks(name: str) -> None:
    function, *arrays = PAIRS[name]
    with dask.config.set(scheduler=lambda *_, **__: pytest.fail("a hidden compute")):
        found = result_and_gradients(function, *[da.from_array(a, chunks=2) for a in arrays])
    for ours, expected in zip(found, result_and_gradients(function, *arrays), strict=True):
        assert isinstance(ours, da.Array)
        assert (ours.shape, ours.dtype) == (expected.shape, expected.dtype)
        assert np.allclose(ours.compute(), expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize(
    ("op", "shapes"),
    [
        (ops.matvec, [(3,), (3,)]),
        (ops.matvec, [(1, 1), ()]),
        (ops.vecmat, [(3,), (3,)]),
        (ops.vecdot, [(4, 3), (4, 1)]),  # dask alone would take the one entry for all
        (ops.matvec, [(2, 3), (1,)]),
        (ops.vecmat, [(1,), (3, 2)]),
        (ops.matmul, [(4, 3), (1, 2)]),
        (ops.matmul, [(4, 1, 3), (1,)]),
        (ops.dot, [(3,), (1,)]),
        (ops.dot, [(2, 4, 3), (2, 1, 2)]),
        (ops.inner, [(4, 1), (2, 3)]),
        (ops.tensordot, [(2, 3, 1), (3, 4, 2)]),
        (ops.vdot, [(3,), (1,)]),
        (ops.linalg_outer, [(2, 2), (3,)]),
        (ops.cross, [(4,), (4,)]),
        (ops.linalg_cross, [(2,), (2,)]),
    ],
)
def test_what_numpy_refuses_is_refused_of_dasks_arrays(op: Any, shapes: list[tuple[int, ...]]) -> None:
    for kind in (np, da):
        with pytest.raises(CorelibError):
            op(*[kind.ones(shape) for shape in shapes])
