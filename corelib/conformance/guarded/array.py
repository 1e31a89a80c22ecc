"""The guarded array: it computes by NumPy, and refuses what arrays of other kinds refuse."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from corelib.conformance.guarded.contents import Holder, bare, hosts, wrap
from corelib.conformance.guarded.conventions import Convention, refusal
from corelib.conformance.guarded.functions import call
from corelib.conformance.guarded.looks import look
from corelib.conformance.guarded.methods import METHODS, method
from corelib.conformance.guarded.ufuncs import apply


class GuardedArray(Holder, NDArrayOperatorsMixin):
    """An array over NumPy that takes what CuPy takes, by its own signatures, and nothing else.

    Every refusal is a TypeError (NotImplementedError and AttributeError where CuPy raises these) that ``broken_by``
    reads: it names the convention that was broken, and the line. Looks at the data are allowed, and counted.
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # as that of every array
    __array_priority__ = 100

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise refusal(Convention.HOST_COPY, "conversion to a NumPy array")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        return apply(GuardedArray, ufunc, method, inputs, keywords)

    def __array_function__(self, function: Any, types: Any, args: Any, keywords: Any) -> Any:
        return call(GuardedArray, function, types, args, keywords)

    def __getattr__(self, name: str) -> Any:
        if name in METHODS:
            return method(self, name)
        if name.startswith("__") or not hasattr(np.ndarray, name):
            raise AttributeError(name)
        raise refusal(Convention.FUNCTION, f"no {name} of an array that is not NumPy's", AttributeError)

    def __getitem__(self, index: Any) -> Any:
        for part in index if isinstance(index, tuple) else (index,):
            if isinstance(part, (Holder, np.ndarray)) and part.dtype == bool:
                look("a mask as an index")
        return wrap(self._held[bare(index)], GuardedArray)

    def __setitem__(self, index: Any, value: Any) -> None:
        if next(hosts(value), None) is not None:
            raise refusal(Convention.IN_PLACE, "assignment of a NumPy array")
        if not self._held.flags.writeable:
            raise refusal(Convention.READ_ONLY, "assignment to a shared array")
        self._held[bare(index)] = bare(value)

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        look("bool")
        return bool(self._held)

    def __int__(self) -> int:
        look("int")
        return int(self._held)

    def __float__(self) -> float:
        look("float")
        return float(self._held)

    def __complex__(self) -> complex:
        look("complex")
        return complex(self._held)

    def __index__(self) -> int:
        look("index")
        return self._held.__index__()

    def __repr__(self) -> str:
        return f"guarded {self._held!r}"

    def get(self) -> "np.ndarray[Any, Any]":
        """A copy in an array of NumPy's."""
        look("get")
        return self._held.copy()

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self._held.shape)

    @property
    def ndim(self) -> int:
        return self._held.ndim

    @property
    def size(self) -> int:
        return self._held.size

    @property
    def itemsize(self) -> int:
        return self._held.itemsize

    @property
    def nbytes(self) -> int:
        return self._held.nbytes

    @property
    def strides(self) -> tuple[int, ...]:
        return self._held.strides

    @property
    def flags(self) -> "Flags":
        return Flags(self._held.flags)

    @property
    def base(self) -> Any:
        return None if self._held.base is None else wrap(self._held.base, GuardedArray)

    @property
    def flat(self) -> "Flat":
        return Flat(self._held)

    @property
    def T(self) -> Any:
        return wrap(self._held.T, GuardedArray)

    @property
    def mT(self) -> Any:
        return wrap(self._held.mT, GuardedArray)

    @property
    def real(self) -> Any:
        return wrap(self._held.real, GuardedArray)

    @property
    def imag(self) -> Any:
        return wrap(self._held.imag, GuardedArray)


class Flat:
    """The entries in a row, as CuPy gives them: by number and by slice."""

    __slots__ = ("_entries",)

    def __init__(self, held: "np.ndarray[Any, Any]") -> None:
        self._entries = held.flat

    def __iter__(self) -> Iterator[Any]:
        return (GuardedArray(np.asarray(entry)) for entry in self._entries)

    def __getitem__(self, index: int | slice) -> Any:
        return wrap(self._entries[index], GuardedArray)


class Flags:
    """The flags of CuPy's array: none says whether it may be written to."""

    __slots__ = ("c_contiguous", "f_contiguous", "fnc", "forc", "owndata")

    def __init__(self, flags: Any) -> None:
        self.c_contiguous: bool = flags.c_contiguous
        self.f_contiguous: bool = flags.f_contiguous
        self.owndata: bool = flags.owndata
        self.fnc: bool = flags.fnc
        self.forc: bool = flags.forc

    def __getattr__(self, name: str) -> Any:
        raise refusal(Convention.FUNCTION, f"no flags.{name} of an array that is not NumPy's", AttributeError)
