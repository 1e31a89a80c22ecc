"""Calling an op: unwrap the operands, call NumPy, record the call, wrap the result."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn

import numpy as np

from corelib.core.array_kinds import dense, is_constant
from corelib.core.arrays import kind_of
from corelib.core.compiling import caused, mypyc_attr
from corelib.core.dispatch import op_named
from corelib.core.graph import Node, Pullback
from corelib.core.naming import described
from corelib.core.nondifferentiable import INSTEAD, weight_arguments
from corelib.core.scope import current_scope, open_scopes
from corelib.core.tensor import Tensor, as_array, unwrapped
from corelib.errors import (
    CorelibError,
    GradientType,
    InvalidAxis,
    InvalidIndex,
    InvalidMatrix,
    InvalidOperand,
    InvalidOperandType,
    NotDifferentiable,
    UnsupportedArgument,
    note,
)
from corelib.primitives.arguments import Arguments
from corelib.primitives.portable import like, native

ndarray: Final = np.ndarray
FLOAT32: Final = np.dtype(np.float32)
FLOAT64: Final = np.dtype(np.float64)
MATRIX: Final = 2
SCALARS: Final = frozenset({bool, int, float, complex})


@mypyc_attr(allow_interpreted_subclasses=True)
class Op(Pullback):
    """What a plugin provides and a program calls.

    ``functions`` are the NumPy (or SciPy, or Python) functions that it stands for: called on a Tensor, they
    find this op.
    """

    def __init__(self, name: str, doc: str | None, functions: tuple[Callable[..., Any], ...]) -> None:
        self.name = name
        self.functions = functions
        self.__name__ = name
        self.doc = doc
        self._arguments: dict[Callable[..., Any], Arguments] = {}

    def from_numpy(self, function: Callable[..., Any], args: Sequence[Any], keywords: dict[str, Any]) -> Any:
        """Call the op with the arguments of the NumPy function that it stands for."""
        raise NotImplementedError

    def arguments_of(self, function: Callable[..., Any], arrays: int, fields: Sequence[str] = ()) -> Arguments:
        """How the arguments of ``function`` are sorted, worked out at its first call."""
        if function not in self._arguments:
            self._arguments[function] = Arguments(function, arrays, frozenset(fields))
        return self._arguments[function]

    def masked(self, value: object) -> InvalidOperandType:
        """The error for a masked array in the place of a plain one."""
        return InvalidOperandType(
            f"{self}: {kind_of(value)} has a mask, which NumPy would not read; write .filled() for an array without it"
        )

    def __copy__(self) -> "Op":
        return self  # like a function

    def __deepcopy__(self, memo: dict[int, Any]) -> "Op":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """``pickle`` writes its name. Raises InvalidOperandType where no plugin provides it under that name."""
        try:
            found = op_named(self.name)
        except CorelibError:
            found = None
        if found is not self:
            raise InvalidOperandType(
                f"{self!r} is pickled by its name, and no installed plugin provides it under that name"
            )
        return op_named, (self.name,)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<op {self.name}>"


def operand(value: Any, others: Sequence[Any] = (), takes_constants: bool = False) -> Any:
    """An operand that is no Tensor, as NumPy takes it: a Python number stays one, so float32 stays float32.

    A number of NumPy's becomes an array, of the kind of the ``others``: CuPy takes no array of NumPy's. An array of a
    kind that is a constant alone is made dense, but for a matrix where the op takes it.
    """
    if type(value) in SCALARS:
        return value
    array = as_array(value)
    if type(array) is not ndarray:
        return array if takes_constants and array.ndim == MATRIX else dense(array)
    if isinstance(value, np.generic):
        for other in others:
            if not native(other) and hasattr(other, "__array_function__") and not is_constant(other):
                return np.asarray(array, like=like(other))
    return array


def arrays_of_numbers(args: tuple[Any, ...], weak: Sequence[bool]) -> tuple[Any, ...]:
    """The operands of a rule, which is given arrays: each Python number as one of no axes.

    A ``weak`` one has the dtype that NumPy gives it beside the arrays, as in a ufunc, so float32 stays float32.
    """
    arrays = [a for a in args if type(a) not in SCALARS]
    dtypes = [a.dtype for i, a in enumerate(args) if type(a) not in SCALARS and weak[i]]
    model = arrays[0] if arrays else None
    return tuple([_array(a, dtypes if weak[i] else [], model) if type(a) in SCALARS else a for i, a in enumerate(args)])


def _array(number: Any, dtypes: list[Any], model: Any) -> Any:
    """A Python number as an array of the kind of ``model``, in the dtype that it has beside arrays of ``dtypes``."""
    dtype = None
    if len(dtypes) == 1 and dtypes[0].kind == "f" and type(number) is not complex:
        # As np.result_type, which takes three times as long as np.asarray below
        # (python -m timeit -s "import numpy as np; d = np.dtype('f')" "np.result_type(d, 2.0)").
        dtype = dtypes[0]
    elif dtypes:
        dtype = np.result_type(*dtypes, number)
    array = np.asarray(number, dtype)
    return array if type(model) is ndarray else np.asarray(array, like=model)  # of a number Dask ignores the dtype


def array_of(result: Any, op: object) -> Any:
    """What forward returned, as an array (a NumPy scalar becomes a 0-d array)."""
    if isinstance(result, (np.generic, int, float, complex)):
        return np.asarray(result)
    if not hasattr(result, "__array_function__") or isinstance(result, Tensor):
        raise GradientType(f"{op}: forward returned a {type(result).__name__}, not an array")
    return result


def describe(args: Sequence[Any]) -> str:
    """The dtypes and shapes of operands, for a message."""
    return ", ".join(map(_described, args))


def _described(value: Any) -> str:
    if hasattr(value, "dtype"):
        return f"{value.dtype} {value.shape}"
    return repr(value) if type(value) in SCALARS or type(value) is str else type(value).__name__


def refuse(error: Exception, op: object, args: Sequence[Any]) -> NoReturn:
    """Say which op could not take which operands.

    What NumPy raises becomes an error of corelib's that is also of NumPy's kind. An exception of any other type, such
    as a class of the user's own, stays what it is, with a note.
    """
    if isinstance(error, CorelibError):
        raise error
    message = f"{op}({describe(args)}): {error}{_mixture(args)}"
    if any([getattr(getattr(a, "dtype", None), "kind", "") == "O" for a in args]):  # whose entries may raise anything
        raise caused(InvalidOperandType(f"{message}; an op takes arrays of numbers, not of objects"), error)
    if isinstance(error, np.linalg.LinAlgError):
        raise caused(InvalidMatrix(message), error)
    if isinstance(error, np.exceptions.AxisError):
        raise caused(InvalidAxis(message), error)
    kind: Any = type(error)
    if kind is NotImplementedError:  # arrays that are not NumPy's lack some of its functions
        raise caused(UnsupportedArgument(message), error)
    if kind is IndexError:
        raise caused(InvalidIndex(message), error)
    if kind is TypeError or (
        isinstance(error, TypeError) and kind.__module__.startswith("numpy")
    ):  # no loop of a ufunc
        raise caused(InvalidOperandType(message), error)
    if kind is ValueError:
        raise caused(InvalidOperand(message), error)
    if any([type(a) is int and np.asarray(a).dtype == object for a in args]):
        raise caused(InvalidOperandType(f"{message}; to NumPy an integer of more than 64 bits is an object"), error)
    note(error, f"in {op}({describe(args)})")
    raise error


def _mixture(args: Sequence[Any]) -> str:
    """What to do where arrays of several kinds meet; nothing where they are of one."""
    kinds = dict.fromkeys([kind_of(a) for a in args if hasattr(a, "__array_function__") and a.shape != ()])
    return f"; convert to one kind of array: {' and '.join(kinds)} were given" if len(kinds) > 1 else ""


def unrecorded(op: object, args: Sequence[Any], result: Any) -> bool:
    """Show the call to whatever watches this thread, and say whether it stays out of the graph."""
    if not open_scopes:
        return False
    here = current_scope.get()
    if here.watch is not None:
        here.watch.forward(op, tuple(args), result)
    return not here.recording


def watched(node: Node) -> Node:
    """The node, after showing it to whatever watches this thread."""
    if open_scopes:
        watch = current_scope.get().watch
        if watch is not None:
            watch.remember(node)
    return node


class NonDifferentiable(Op):
    """A NumPy function without derivative: on Tensors it returns what it returns on their arrays."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function.__name__, function.__doc__, (function,))
        self.function = function

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        for name, value in weight_arguments(self.function, args, keywords).items():
            if isinstance(value, Tensor) and value.trainable:
                other = f", or {INSTEAD[self.function]}" if self.function in INSTEAD else ""
                raise NotDifferentiable(
                    f"{described(self.function)} has no gradient in {name}, and this one is trainable; write "
                    f"{name}=tensor.data if it is to be a constant{other}"
                )
        return self.function(*map(unwrapped, args), **unwrapped(keywords))

    def from_numpy(self, function: Callable[..., Any], args: Sequence[Any], keywords: dict[str, Any]) -> Any:
        return self(*args, **keywords)
