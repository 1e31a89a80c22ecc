"""Tensor: an array, and the call that it came from; the operators, and NumPy's two protocols."""

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, SupportsIndex, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from corelib.core.array_kinds import refuse_constant
from corelib.core.array_like import ArrayLike
from corelib.core.arrays import array_of_numbers, kind_of, owned
from corelib.core.backward import accumulate, seed
from corelib.core.compiling import Truth, mypyc_attr
from corelib.core.dispatch import ops_for
from corelib.core.graph import Leaf, Node
from corelib.core.nondifferentiable import is_non_differentiable
from corelib.core.ufunc_calls import check_ufunc_call
from corelib.errors import GradientShape, InvalidOperandType, NotDifferentiable

Array: TypeAlias = npt.NDArray[Any]
Axis: TypeAlias = int | tuple[int, ...] | None
AxisLike: TypeAlias = SupportsIndex | tuple[SupportsIndex, ...] | None

ndarray: Final = np.ndarray
# What the operators stand for, named here once: np.add takes four times as long as a global name
# (python -m timeit -s "import numpy as np" "np.add").
ABSOLUTE: Final = np.absolute
ADD: Final = np.add
DIVIDE: Final = np.divide
FLOOR_DIVIDE: Final = np.floor_divide
MATMUL: Final = np.matmul
MULTIPLY: Final = np.multiply
NEGATIVE: Final = np.negative
POSITIVE: Final = np.positive
POWER: Final = np.power
REMAINDER: Final = np.remainder
SQUARE: Final = np.square
SUBTRACT: Final = np.subtract

DEEPEST: Final = 64  # NumPy's limit


@mypyc_attr(allow_interpreted_subclasses=True)
class Tensor:
    """An array that remembers the call that made it, so that it can be differentiated.

    ``data`` is anything NumPy takes as numbers. With ``trainable=True`` the Tensor owns a copy of it,
    collects a gradient, and may be changed by an optimizer; without, it shares the array. Raises
    InvalidOperandType for data that is no array of numbers, and NotDifferentiable for trainable integers.

    >>> from corelib import Tensor
    >>> x = Tensor([1.0, 3.0], trainable=True)
    >>> y = (x * x).sum()
    >>> y.backward()
    >>> x.grad
    array([2., 6.])
    """

    __slots__ = ("_entries", "_leaf", "_node")

    def __init__(self, data: "TensorLike", *, trainable: Truth = False, name: str | None = None) -> None:
        array = as_array(data)
        if type(array) is not ndarray:  # as held() does, without the call
            refuse_constant(array)
        self._entries: Array = array
        self._node: Node | None = None
        self._leaf: Leaf | None = None
        if name is not None:
            self.name = name
        if trainable:
            self.trainable = True

    @property
    def data(self) -> Array:
        """The array."""
        return self._entries

    @data.setter
    def data(self, data: "TensorLike") -> None:
        array = held(data)
        if self._leaf is None or self._node is not self._leaf:
            self._entries, self._node = array, None
            return
        self._entries = owned(array)
        self._leaf.shape, self._leaf.dtype = array.shape, array.dtype

    @property
    def grad(self) -> Array | None:
        """The gradients that have reached this Tensor since the last ``cleargrad()``, added up."""
        return None if self._leaf is None else self._leaf.grad

    @grad.setter
    def grad(self, gradient: Array | None) -> None:
        if gradient is not None and gradient.shape != self._entries.shape:
            raise GradientShape(f"{self!r}: a gradient of shape {gradient.shape} was assigned to .grad")
        self._own_leaf().grad = gradient

    @property
    def trainable(self) -> bool:
        """Whether gradients reach it; a result is trainable if any operand is."""
        return self._node is not None

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        if not trainable:
            self._node = None
        elif self._node is None:
            self._entries = owned(self._entries)
            self._node = self._own_leaf()

    def _own_leaf(self) -> Leaf:
        if self._leaf is None:
            self._leaf = Leaf(self._entries.shape, self._entries.dtype)
        return self._leaf

    @property
    def name(self) -> str | None:
        """What errors, optimizers and the printed graph call it."""
        return None if self._leaf is None else self._leaf.name

    @name.setter
    def name(self, name: str | None) -> None:
        given: object = name  # the compiled constructor refuses others so
        if given is not None and not isinstance(given, str):
            raise TypeError(f"str or None object expected; got {kind_of(given)}")
        self._own_leaf().name = name

    @property
    def creator(self) -> Node | None:
        """The call that made this Tensor, or None."""
        return None if self._node is None else self._node.call

    @property
    def generation(self) -> int:
        """0 without a recorded call, else one more than the generation of the call."""
        return 0 if self.creator is None else self.creator.generation + 1

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return self._entries.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._entries.ndim

    @property
    def size(self) -> int:
        """The number of entries."""
        return self._entries.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the entries."""
        return self._entries.dtype

    @property
    def T(self) -> "Tensor":
        """The transpose: the axes in reverse order."""
        return apply(np.transpose, self)

    def backward(self, propagated: "TensorLike | None" = None, *, retain_graph: Truth = False) -> None:
        """Add to ``.grad`` of every trainable Tensor behind this one its gradient.

        ``propagated`` is the gradient of this Tensor, of its shape: 1 where there is a single entry.
        The graph is freed on the way unless ``retain_graph``. Raises NotDifferentiable where nothing is
        trainable, GradientShape for a gradient of another shape, GraphFreed on a second walk.
        """
        if self._node is None:
            raise NotDifferentiable(
                f"{self!r} has no gradient: nothing it was computed from is trainable (or it was under no_grad())"
            )
        given = None if propagated is None else as_array(propagated)
        accumulate(self._node, seed(self._entries, given), retain_graph=bool(retain_graph))

    def cleargrad(self) -> None:
        """Forget the gradient."""
        if self._leaf is not None:
            self._leaf.grad = None

    def detach(self) -> "Tensor":
        """The same array, outside the graph."""
        return make(self._entries, None)

    def item(self) -> Any:
        """The only entry, as a Python number."""
        return self._entries.item()

    def sum(self, axis: AxisLike = None, *, keepdims: Truth = False) -> "Tensor":
        """The sum along ``axis`` (an int, a tuple, or None for all axes), as ``numpy.sum``."""
        return apply(np.sum, self, axis=axis, keepdims=keepdims)

    def mean(self, axis: AxisLike = None, *, keepdims: Truth = False) -> "Tensor":
        """The mean along ``axis``, as ``numpy.mean``: of n entries, each gets 1/n of the gradient."""
        return apply(np.mean, self, axis=axis, keepdims=keepdims)

    def max(self, axis: AxisLike = None, *, keepdims: Truth = False) -> "Tensor":
        """The largest entry along ``axis``, as ``numpy.max``. Entries that tie share the gradient equally."""
        return apply(np.max, self, axis=axis, keepdims=keepdims)

    def min(self, axis: AxisLike = None, *, keepdims: Truth = False) -> "Tensor":
        """The smallest entry along ``axis``, as ``numpy.min``. Entries that tie share the gradient equally."""
        return apply(np.min, self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape: "int | Sequence[int]") -> "Tensor":
        """The same entries in another shape, as ``ndarray.reshape``: ``t.reshape(2, 3)`` or ``t.reshape((2, 3))``."""
        return apply(np.reshape, self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: "int | Sequence[int] | None") -> "Tensor":
        """The axes in another order, as ``ndarray.transpose``: reversed where no ``axes`` are given."""
        return apply(np.transpose, self, (axes[0] if len(axes) == 1 else axes) if axes else None)

    def astype(self, dtype: npt.DTypeLike, *, copy: Truth = True) -> "Tensor":
        """The entries as another type. The gradient is cast back; that of integers and booleans is none.

        Without ``copy``, entries that have the type already are shared.
        """
        return apply(np.astype, self, dtype, copy=bool(copy))

    # Operators

    def __add__(self, other: "TensorLike") -> "Tensor":
        return ops_for[ADD](self, other)

    def __radd__(self, other: "TensorLike") -> "Tensor":
        return ops_for[ADD](other, self)

    def __sub__(self, other: "TensorLike") -> "Tensor":
        return ops_for[SUBTRACT](self, other)

    def __rsub__(self, other: "TensorLike") -> "Tensor":
        return ops_for[SUBTRACT](other, self)

    def __mul__(self, other: "TensorLike") -> "Tensor":
        return ops_for[MULTIPLY](self, other)

    def __rmul__(self, other: "TensorLike") -> "Tensor":
        return ops_for[MULTIPLY](other, self)

    def __truediv__(self, other: "TensorLike") -> "Tensor":
        return ops_for[DIVIDE](self, other)

    def __rtruediv__(self, other: "TensorLike") -> "Tensor":
        return ops_for[DIVIDE](other, self)

    def __floordiv__(self, other: "TensorLike") -> "Tensor":
        return ops_for[FLOOR_DIVIDE](self, other)

    def __rfloordiv__(self, other: "TensorLike") -> "Tensor":
        return ops_for[FLOOR_DIVIDE](other, self)

    def __mod__(self, other: "TensorLike") -> "Tensor":
        return ops_for[REMAINDER](self, other)

    def __rmod__(self, other: "TensorLike") -> "Tensor":
        return ops_for[REMAINDER](other, self)

    def __divmod__(self, other: "TensorLike") -> tuple["Tensor", "Tensor"]:
        op: Any = ops_for[np.divmod]  # of two results, which its type does not say
        return cast(tuple[Tensor, Tensor], op(self, other))

    def __rdivmod__(self, other: "TensorLike") -> tuple["Tensor", "Tensor"]:
        op: Any = ops_for[np.divmod]  # of two results, which its type does not say
        return cast(tuple[Tensor, Tensor], op(other, self))

    def __pow__(self, other: "TensorLike") -> "Tensor":
        if type(other) is int and other == 2:  # as NumPy's own operator does
            return ops_for[SQUARE](self)
        return ops_for[POWER](self, other)

    def __rpow__(self, other: "TensorLike") -> "Tensor":
        return ops_for[POWER](other, self)

    def __matmul__(self, other: "TensorLike") -> "Tensor":
        return ops_for[MATMUL](self, other)

    def __rmatmul__(self, other: "TensorLike") -> "Tensor":
        return ops_for[MATMUL](other, self)

    def __neg__(self) -> "Tensor":
        return ops_for[NEGATIVE](self)

    def __pos__(self) -> "Tensor":
        return ops_for[POSITIVE](self)

    def __abs__(self) -> "Tensor":
        return ops_for[ABSOLUTE](self)

    def __getitem__(self, index: Any) -> "Tensor":
        return ops_for[operator.getitem](self, unwrapped(index))

    def __setitem__(self, index: Any, value: Any) -> None:
        ops_for[operator.setitem](self, index, value)  # refused: the registry says why, and what to write

    def __iter__(self) -> Iterator["Tensor"]:
        return map(self.__getitem__, range(len(self)))  # a generator is a list to mypyc

    def __len__(self) -> int:
        return len(self._entries)

    # Comparisons return plain boolean arrays: they have no derivative.

    def __lt__(self, other: "TensorLike") -> Array:
        return truths(np.less, self, other)

    def __le__(self, other: "TensorLike") -> Array:
        return truths(np.less_equal, self, other)

    def __gt__(self, other: "TensorLike") -> Array:
        return truths(np.greater, self, other)

    def __ge__(self, other: "TensorLike") -> Array:
        return truths(np.greater_equal, self, other)

    def __eq__(self, other: "TensorLike") -> Array:  # type: ignore[override]  # entry by entry, as NumPy
        return truths(np.equal, self, other)

    def __ne__(self, other: "TensorLike") -> Array:  # type: ignore[override]  # entry by entry, as NumPy
        return truths(np.not_equal, self, other)

    def __hash__(self) -> int:
        return id(self)  # == compares entries, so a Tensor is its own key

    def __bool__(self) -> bool:
        return bool(self._entries)

    def __float__(self) -> float:
        return float(self._number("float"))

    def __int__(self) -> int:
        return int(self._number("int"))

    def __complex__(self) -> complex:
        return complex(self._number("complex"))

    def _number(self, kind: str) -> Array:
        """The entries, for ``float(t)``. Of a trainable Tensor it is refused: ``math.sin(t)`` would leave the graph."""
        if self.trainable:
            raise NotDifferentiable(
                f"{kind}() of {self!r} would leave the graph; write .item() for its value, and corelib.array([...]) to "
                "put it into an array"
            )
        return self._entries

    def __format__(self, spec: str) -> str:
        return format(self.item() if self.size == 1 else self._entries, spec)

    def __repr__(self) -> str:
        array = self._entries
        native = isinstance(array, np.ndarray)
        values = np.array2string(array, separator=", ", prefix="Tensor(", threshold=20) if native else repr(array)
        mark = ", trainable=True" if self.trainable else ""
        name = f", name={self.name!r}" if self.name else ""
        return f"Tensor({values}, dtype={self.dtype}{mark}{name})"

    # Copies: see corelib.core.copying, which imports this module

    def __copy__(self) -> "Tensor":
        from corelib.core.copying import copied

        return copied(self)

    def __reduce__(self) -> tuple[Any, ...]:
        from corelib.core.copying import reduced

        return reduced(self)

    def __setstate__(self, attributes: dict[str, Any]) -> None:
        for name, value in attributes.items():  # of a subclass
            setattr(self, name, value)

    # NumPy's protocols

    def __array__(self, *_: object, **__: object) -> None:
        raise InvalidOperandType(
            f"{self!r} was about to become a plain array and drop out of the graph; "
            "write .data where that is meant, corelib.array for lists of Tensors, corelib.ops.full for numpy.full, or "
            "else use a NumPy function that an op stands for. A matrix of scipy.sparse "
            "is converted first: sparse.COO.from_scipy_sparse(A) (pip install corelib-sparse), or A.toarray()"
        )

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        if method == "__call__" and not keywords:
            op: Any = ops_for[ufunc]  # a function without derivative returns an array
            return op(*inputs)
        if is_non_differentiable(ufunc):
            return getattr(ufunc, method)(*map(unwrapped, inputs), **unwrapped(keywords))
        check_ufunc_call(ufunc, method, keywords)
        return apply(ufunc, *inputs, **keywords)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Any:
        op: Any = ops_for[function]
        return op.from_numpy(function, args, keywords)


TensorLike: TypeAlias = Tensor | ArrayLike
new: Final = Tensor.__new__


def make(data: Any, node: Node | None) -> Tensor:
    """A Tensor around an array that is known to be one: the only way past the checks of Tensor()."""
    tensor = new(Tensor)
    tensor._entries = data
    tensor._node = node
    tensor._leaf = None
    return tensor


def as_array(data: Any) -> Any:
    """``data`` as an array of numbers, not copied where it is one already."""
    return data._entries if isinstance(data, Tensor) else array_of_numbers(data)


def held(data: Any) -> Any:
    """``data`` as an array that a Tensor may hold. Raises InvalidOperandType."""
    array = as_array(data)
    if type(array) is not ndarray:
        refuse_constant(array)
    return array


def truths(comparison: Callable[..., Any], x: Tensor, y: "TensorLike") -> Array:
    """The result of a comparison: a plain boolean array, or NotImplemented where ``y`` opts out of NumPy's protocol."""
    result: Any = NotImplemented
    if getattr(y, "__array_ufunc__", y) is not None:
        result = comparison(x._entries, unwrapped(y))
    return cast(Array, result)


def unwrapped(value: Any, depth: int = 0) -> Any:
    """``value`` with its Tensors, also those inside tuples, lists and dicts, replaced by their arrays."""
    kind = type(value)
    if kind is not tuple and kind is not list and kind is not dict:
        return value._entries if isinstance(value, Tensor) else value
    if depth == DEEPEST:  # compiled, this function would overflow the stack of C
        raise InvalidOperandType(f"a {kind.__name__} is nested deeper than {DEEPEST} axes, or contains itself")
    if kind is dict:
        return {name: unwrapped(entry, depth + 1) for name, entry in value.items()}
    entries = [unwrapped(entry, depth + 1) for entry in value]
    return entries if kind is list else tuple(entries)


def apply(function: Callable[..., Any], *args: Any, **keywords: Any) -> Tensor:
    """What the NumPy function returns, by the op that stands for it."""
    op: Any = ops_for[function]
    return cast(Tensor, op.from_numpy(function, args, keywords))
