"""Parameter: a Tensor as an optimizer sees it, with its name, its updates counted, and its state."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from corelib.errors import OptimizerError
from corelib.rule import FloatArray
from corelib.tensor import Array, Tensor


class Parameter:
    """A Tensor and what an optimizer knows about it. ``state`` means nothing while ``t`` is 0."""

    __slots__ = ("decays", "dtype", "name", "shape", "state", "t", "tensor")

    def __init__(self, name: str, tensor: Tensor, *, decays: bool = True) -> None:
        self.name = name
        self.tensor = tensor
        self.shape, self.dtype = tensor.shape, tensor.dtype
        self.decays = decays
        self.t = 0
        self.state: Any = None

    def eligible(self) -> bool:
        """Whether a step concerns it: trainable, and with a gradient. Nothing else of it is looked at."""
        return self.tensor.trainable and self.tensor.grad is not None

    def update(self) -> "Update":
        """What the next step works on; raises OptimizerError if the Tensor has changed its shape or dtype."""
        data, gradient = self.tensor.data, self.tensor.grad
        for what, array in ("value", data), ("gradient", gradient):
            if array is None or array.shape != self.shape or array.dtype != self.dtype:
                raise OptimizerError(
                    f"the {what} of parameter {self.name!r} is {getattr(array, 'dtype', type(array).__name__)}"
                    f"{getattr(array, 'shape', '')}, but the optimizer was made for {self.dtype}{self.shape}"
                )
        return Update(self, real(data), readonly(real(gradient)))


class Update(NamedTuple):
    """A parameter that a step concerns, its values, to be written to, and its gradient, which is read-only."""

    parameter: Parameter
    data: FloatArray
    gradient: FloatArray


def parameters(params: Iterable[Tensor] | Mapping[str, Tensor], decay: Callable[[Tensor], bool] | None) -> list[Parameter]:
    """The Parameters for Tensors, named by their key in a mapping, else by themselves, else by position."""
    if isinstance(params, Tensor):
        raise OptimizerError("an optimizer takes several Tensors: a list, or a mapping from names; got one Tensor")
    if isinstance(params, Mapping):
        named = list(params.items())
    else:
        named = [(getattr(tensor, "name", None) or f"param{i}", tensor) for i, tensor in enumerate(params)]
    if not named:
        raise OptimizerError("there is no parameter to optimize: the list is empty")
    check(named)
    return [Parameter(name, tensor, decays=decay is None or decay(tensor)) for name, tensor in named]


def check(named: Iterable[tuple[str, Tensor]]) -> None:
    """Raise OptimizerError unless these are different leaves with different names."""
    names: set[str] = set()
    seen: dict[int, str] = {}
    for name, tensor in named:
        if not isinstance(tensor, Tensor) or not isinstance(tensor.data, np.ndarray):
            raise OptimizerError(f"parameter {name!r} is a {type(tensor).__name__}; a Tensor of a numpy array is wanted")
        if tensor.creator is not None:
            raise OptimizerError(f"parameter {name!r} is the result of {tensor.creator}; optimize what it was computed from")
        if id(tensor) in seen:
            raise OptimizerError(f"parameters {seen[id(tensor)]!r} and {name!r} are one Tensor, which would be updated twice")
        if name in names:
            raise OptimizerError(f"two parameters are called {name!r}; give them different names, or pass a mapping")
        names.add(name)
        seen[id(tensor)] = name


def real(array: Array) -> FloatArray:
    """The array itself, or for a complex one its real and imaginary parts along one more axis, not copied."""
    if array.dtype.kind != "c":
        return array
    parts = array.reshape(array.shape + (1,)) if array.flags.c_contiguous else np.ascontiguousarray(array)[..., None]
    return parts.view(array.real.dtype)


def readonly(array: FloatArray) -> FloatArray:
    """A view that refuses to be written to."""
    view = array.view()
    view.flags.writeable = False
    return view
