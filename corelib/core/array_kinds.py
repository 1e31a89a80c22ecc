"""Kinds of array that are not NumPy's: what NumPy's protocols leave to each of them, and who says it."""

from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np

from corelib.core.arrays import kind_of
from corelib.errors import InvalidOperandType


class ArrayKind(Protocol):
    """What corelib must know of a kind of array beyond NumPy's protocols.

    These are ``__array_ufunc__`` and ``__array_function__``. A plugin provides it by the hook ``corelib_array_kinds``.
    An array of a kind that nobody describes works as far as the protocols go.

    A kind with an attribute ``constant = True`` has arrays that are constants alone, as sparse ones are: no Tensor
    holds one, and results and gradients are arrays of NumPy's. An op whose class says ``takes_constants = True`` is
    given the matrices among them; otherwise they are made dense.
    """

    @property
    def name(self) -> str:
        """What ``pytest --conformance --array-kind NAME`` calls it."""
        ...

    def place(self, values: Any, index: Any, shape: tuple[int, ...]) -> Any:
        """Zeros of ``shape`` to which ``values`` are added at ``index``: the adjoint of indexing.

        An entry of which the index is there several times gets the sum.
        """
        ...

    def from_host(self, array: "np.ndarray[Any, Any]") -> Any:
        """An array of this kind with the entries of an array of NumPy's."""
        ...

    def to_host(self, array: Any) -> "np.ndarray[Any, Any]":
        """An array of NumPy's with the entries of one of this kind: waits for them to be computed."""
        ...

    def synchronize(self) -> None:
        """Wait until all that was asked of arrays of this kind is computed; return at once where nothing runs ahead."""
        ...


class Kinds(dict[type, ArrayKind | None]):
    """Type of array -> its kind, None where nobody describes it. A miss looks in the registry, which keeps it here.

    ``find`` is the registry's. It stands above the core, so ``corelib/__init__.py`` sets it.
    """

    find: Callable[[type], ArrayKind | None]

    def __missing__(self, type_: type) -> ArrayKind | None:
        return self.find(type_)


kinds: Final = Kinds()


def kind_of_array(array: Any) -> ArrayKind | None:
    """The kind of an array that is not NumPy's; None for NumPy's own, and where no plugin describes it."""
    return None if isinstance(array, np.ndarray) else kinds[type(array)]


def is_constant(array: Any) -> bool:
    """Whether an array is of a kind that is a constant alone."""
    kind = kind_of_array(array)
    return kind is not None and bool(getattr(kind, "constant", False))


def dense(array: Any) -> Any:
    """The entries in an array of NumPy's, where the kind is a constant alone; any other array itself."""
    return to_host(array) if is_constant(array) else array


def refuse_constant(array: Any) -> None:
    """Raise InvalidOperandType for an array of a kind that is a constant alone."""
    if is_constant(array):
        raise InvalidOperandType(
            f"{kind_of(array)} is a constant: it has no gradient, and a Tensor does not hold it; give it to an op as "
            "it is, as in A @ tensor, or convert it to an array of NumPy's"
        )


def to_host(array: Any) -> Any:
    """The entries in an array of NumPy's, whatever the kind; the array itself where it is NumPy's.

    Raises InvalidOperandType where no plugin describes the kind and NumPy cannot convert it.
    """
    kind = kind_of_array(array)
    if kind is not None:
        return kind.to_host(array)
    try:
        found = np.asarray(array)
    except Exception as error:  # whatever the array says of it
        raise undescribed(array) from error
    if found.dtype == object:
        raise undescribed(array)
    return found


def from_host(array: "np.ndarray[Any, Any]", like: Any) -> Any:
    """An array of the kind of ``like`` with the entries of an array of NumPy's; that itself where ``like`` is NumPy's.

    Raises InvalidOperandType where no plugin describes the kind.
    """
    if isinstance(like, np.ndarray):
        return array
    kind = kind_of_array(like)
    if kind is None:
        raise undescribed(like)
    return kind.from_host(array)


def undescribed(array: object) -> InvalidOperandType:
    """The error where a kind of array is needed that no plugin provides."""
    return InvalidOperandType(
        f"no installed plugin describes {kind_of(array)}, so its entries cannot be brought to NumPy or back; install "
        "one that does (for CuPy: pip install corelib-cupy), or provide it by the hook corelib_array_kinds"
    )
