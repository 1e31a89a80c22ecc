"""Parameter: a Tensor as an optimizer sees it, with its name, its updates counted, and its state."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, Final, NamedTuple, TypeAlias, cast

import numpy as np

from corelib.core.arrays import kind_of, type_name
from corelib.core.naming import shown
from corelib.core.tensor import Array, Tensor
from corelib.errors import OptimizerError
from corelib.rule import FloatArray


class Parameter:
    """A Tensor and what an optimizer knows about it. ``state`` means nothing while ``t`` is 0."""

    __slots__ = ("decays", "dtype", "kind", "name", "shape", "state", "t", "tensor")

    def __init__(self, name: str, tensor: Tensor, *, decays: bool = True) -> None:
        self.name: str = name
        self.tensor: Tensor = tensor
        self.shape: tuple[int, ...] = tensor.shape
        self.dtype: np.dtype[Any] = tensor.dtype
        self.kind: type = type(tensor.data)
        self.decays: bool = decays
        self.t: int = 0
        self.state: Any = None

    def eligible(self) -> bool:
        """Whether a step concerns it: trainable, and with a gradient. Nothing else of it is looked at."""
        return self.tensor.trainable and self.tensor.grad is not None

    def update(self) -> "Update":
        """What the next step works on; raises OptimizerError if its shape, dtype or kind of array is another now."""
        data = self._fitting("value", self.tensor.data)
        gradient = self._fitting("gradient", self.tensor.grad)
        if type(data) is not self.kind:
            self._moved(data)
        if type(gradient) is not ndarray or type(data) is not ndarray:
            gradient = self._of_the_kind(data, gradient)
        return Update(self, real(data), readonly(real(gradient)))

    def _moved(self, data: Array) -> None:
        """Take note that the values are of another kind now. Raises OptimizerError where there is a state already."""
        if self.t > 0 and not (isinstance(data, ndarray) and issubclass(self.kind, ndarray)):
            raise OptimizerError(
                f"{self.name!r} is a {kind_of(data)} now, and its state is for a {type_name(self.kind)}; make another "
                "Optimizer, and give it this one's state: other.load_state_dict(optimizer.state_dict())"
            )
        self.kind = type(data)

    def _of_the_kind(self, data: Array, gradient: Array) -> Array:
        """The gradient, if it is of the kind of the values: a number of NumPy's counts as an array of NumPy's."""
        if isinstance(data, np.ndarray) and isinstance(gradient, (np.ndarray, np.generic, Tensor)):
            return np.asarray(gradient)
        if not isinstance(gradient, type(data)) and not isinstance(data, type(gradient)):
            raise OptimizerError(
                f"{self.name!r} is a {kind_of(data)}, but its gradient is a {kind_of(gradient)}, and an optimizer "
                "converts neither; assign a gradient of the same kind"
            )
        return gradient

    def _fitting(self, what: str, array: Array | None) -> Array:
        if array is None or array.shape != self.shape or array.dtype != self.dtype:
            found = "None" if array is None else f"{array.dtype}{array.shape}"
            made_for = f"{self.dtype}{self.shape}"
            raise OptimizerError(f"{self.name!r} was {made_for} at first, but its {what} is {found} now")
        return array


class Update(NamedTuple):
    """A parameter that a step concerns, its values to be written to, and its gradient, read-only."""

    parameter: Parameter
    data: FloatArray
    gradient: FloatArray


def apart(update: Update, owners: Set[int]) -> Update:
    """The update; with a copy of its gradient where that lies in the memory of one of the owners.

    A backward may return its operand, and the gradient of one parameter is then the values of another, which
    are about to change. The Tensor has the copy from now on.
    """
    if id(owner(update.gradient)) not in owners:
        return update
    tensor = update.parameter.tensor
    grad: Any = tensor.grad
    tensor.grad = np.array(grad) if isinstance(grad, np.ndarray) else grad.copy()
    return update.parameter.update()


def owner(array: object) -> object:
    """Whose memory the array is: the last of its bases."""
    found, base = array, getattr(array, "base", None)
    while base is not None:
        found, base = base, getattr(base, "base", None)
    return found


Tensors: TypeAlias = Iterable[Tensor] | Mapping[str, Tensor]
ndarray: Final = np.ndarray
CHANGES: Final = ("__setitem__", "__iadd__", "__isub__", "__imul__", "__itruediv__")


def named_tensors(params: Tensors, first: int = 0) -> list[tuple[str, Tensor]]:
    """Tensors with their key in a mapping, else their own name, else their position from ``first``."""
    if isinstance(params, Tensor):
        raise OptimizerError("an optimizer takes several Tensors, in a list or a mapping; it was given one")
    if isinstance(params, Mapping):
        return list(cast("Mapping[str, Tensor]", params).items())
    return [(getattr(tensor, "name", None) or f"param{i}", tensor) for i, tensor in enumerate(params, first)]


def check_leaves(named: Sequence[tuple[str, Tensor]]) -> None:
    """Raise OptimizerError unless these are leaves, at least one, each once and with its own name."""
    if not named:
        raise OptimizerError("there is no parameter to optimize: the list is empty")
    names: dict[int, str] = {}
    taken: set[str] = set()
    for name, tensor in named:
        if not isinstance(tensor, Tensor):
            raise OptimizerError(f"parameter {name!r} is no Tensor: {shown(tensor)}")
        if not isinstance(tensor.data, np.ndarray):
            check_changeable(name, tensor.data)
        if tensor.creator is not None:
            raise OptimizerError(f"parameter {name!r} is a computed result; optimize what it came from")
        if id(tensor) in names:
            raise OptimizerError(f"parameters {names[id(tensor)]!r} and {name!r} are one and the same Tensor")
        if name in taken:
            raise OptimizerError(f"two parameters are called {name!r}; name them, or pass a mapping")
        names[id(tensor)] = name
        taken.add(name)


def check_changeable(name: str, array: object) -> None:
    """Raise OptimizerError for an array that is not written to in place: ``array += 1`` would make another.

    An array of Dask's is one: it is a recipe for its entries.
    """
    if not all(hasattr(type(array), method) for method in CHANGES):
        raise OptimizerError(
            f"parameter {name!r} is a {kind_of(array)}, which cannot be changed in place; make it an array of "
            "NumPy's. Data that is only read may be of any kind"
        )


def real(array: Array) -> FloatArray:
    """The array, or a complex one as pairs of real and imaginary part along one more axis, not copied."""
    if array.dtype.kind != "c":
        return array
    flat = (np.ascontiguousarray(array) if isinstance(array, np.ndarray) else array).reshape(-1)
    return flat.view(np.finfo(array.dtype).dtype).reshape(*array.shape, 2)


def readonly(array: FloatArray) -> FloatArray:
    """A view that refuses to be written to; of another kind than NumPy's the array itself, which cannot refuse."""
    if type(array) is not ndarray and not isinstance(array, ndarray):
        return array
    view = array.view()
    view.flags.writeable = False
    return view
