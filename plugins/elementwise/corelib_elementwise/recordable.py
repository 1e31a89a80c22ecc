"""Functions for slopes: accurate where NumPy has no function of its own, and differentiable again."""

from collections.abc import Callable
from typing import Any

from corelib.extend import Tensor, TensorLike, elementwise


def recordable(forward: Callable[..., Any], *slopes: Callable[..., Any] | int) -> Callable[..., Any]:
    """``forward``, which computes on arrays as it is, and on Tensors is an op with ``slopes``.

    A slope written with branches on its values would be wrong at a branch point when it is differentiated
    again; given by ``forward`` and slopes of its own, it is right to every order.
    """
    make: Callable[..., Any] = elementwise  # its overloads want the number of slopes spelt out
    op = make(forward, *slopes, name=forward.__name__.strip("_"))

    def function(*args: Any) -> Any:
        for arg in args:
            if isinstance(arg, Tensor):
                return op(*args)
        return forward(*args)

    return function


def as_tensor(value: TensorLike) -> Tensor:
    """``value`` itself where it is a Tensor: plain NumPy on Tensors is typed as if it returned arrays."""
    return value if isinstance(value, Tensor) else Tensor(value)


def is_complex(x: Any) -> bool:
    """Whether the dtype is complex: np.iscomplexobj, which not all kinds of array have."""
    return bool(x.dtype.kind == "c") if hasattr(x, "dtype") else isinstance(x, complex)
