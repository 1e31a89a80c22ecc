"""Arrays of numbers: what a Tensor may hold, and how other data becomes it."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corelib.core.compiling import caused
from corelib.errors import InvalidOperandType, NotDifferentiable

NUMBERS: Final = "biufc"
DIFFERENTIABLE: Final = "fc"
LARGE: Final = 10_000  # entries from which overwriting an array beats allocating one: benchmarks, fit-256
ndarray: Final = np.ndarray


def array_of_numbers(data: Any) -> Any:
    """``data`` as an array of numbers, not copied where it is one already. Raises InvalidOperandType."""
    array = data if hasattr(data, "__array_function__") and not isinstance(data, np.generic) else _parsed(data)
    if type(array) is not ndarray and hasattr(array, "mask"):
        raise InvalidOperandType(
            f"a Tensor has no mask, and {kind_of(data)} has one; choose among the entries with "
            "np.where(mask, ..., ...), or write .filled() for an array without it"
        )
    if getattr(array.dtype, "kind", "O") not in NUMBERS:
        raise InvalidOperandType(f"a Tensor holds numbers, not {array.dtype} ({type(data).__name__})")
    return array


def _parsed(data: object) -> npt.NDArray[Any]:
    kind = kind_of(data)
    if hasattr(data, "__dlpack__"):  # an array of another library: np.asarray would copy it without a word
        raise InvalidOperandType(
            f"{kind} does not speak NumPy's protocols; {_conversion(data)} makes an array of NumPy's of it"
        )
    if hasattr(data, "tocoo"):
        raise InvalidOperandType(
            f"{kind} does not speak NumPy's protocols; sparse.COO.from_scipy_sparse(A) is an operand in its place (pip "
            "install corelib-sparse), and A.toarray() is dense"
        )
    if not isinstance(data, (bool, int, float, complex, list, tuple, np.generic)) and not hasattr(data, "__array__"):
        raise InvalidOperandType(f"a Tensor holds an array of numbers, and {kind} is none")
    try:
        array = np.asarray(data)
    except (ValueError, TypeError) as error:
        message = f"no array of numbers can be made of this {kind}: {error}"
        raise caused(InvalidOperandType(message), error) from error
    if array.dtype == object:
        raise InvalidOperandType(
            f"no array of numbers can be made of this {kind}; corelib.array takes lists that hold Tensors"
        )
    return array


def _conversion(data: Any) -> str:
    """How an array of another library becomes NumPy's."""
    if not hasattr(data, "__torch_function__"):
        return "np.asarray(array)"
    return "tensor.detach().numpy()" if data.requires_grad else "tensor.numpy()"


def has_mask(value: object) -> bool:
    """Whether a masked array was given where NumPy reads the entries alone."""
    return isinstance(value, ndarray) and hasattr(value, "mask")


def kind_of(value: object) -> str:
    """The name of the type of a value, with its module."""
    return type_name(type(value))


def type_name(type_: type) -> str:
    """The name of a type, with its module."""
    return f"{type_.__module__}.{type_.__qualname__}".removeprefix("builtins.")


def owned(array: Any) -> Any:
    """A copy of an array of numbers that have a gradient. Raises NotDifferentiable for others."""
    if array.dtype.kind not in DIFFERENTIABLE:
        raise NotDifferentiable(
            f"{array.dtype} data has no gradient, so it cannot be trainable; convert it with .astype(float)"
        )
    return array.copy()
