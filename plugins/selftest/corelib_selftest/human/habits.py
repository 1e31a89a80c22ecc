"""Mistakes that are no formulas: what is kept, handed out or changed behind the back of the caller."""

import decimal
import locale
import os
import random
import warnings
from collections.abc import Callable
from functools import cache
from itertools import count
from typing import Any, Final

import numpy as np

from corelib.conformance.spec import OpSpec
from corelib.core.tensor import Array
from corelib_selftest.human.honest import HonestClass, Methods


class Half:
    """x**2 / 2, whose slope is x itself."""

    def forward(self, x: Array) -> Array:
        found: Array = x * x / 2
        return found

    def backward(self, propagated: Any, x: Any) -> Any:
        return propagated * np.conj(x)


HALF: Final = HonestClass(Half, OpSpec("half_square", kind="elementwise", reference=lambda x: x * x / 2))


@HALF.mistake("half_square: hands out x where ones arrive")
def _(self: Any, propagated: Any, x: Any) -> Any:
    return x if np.all(propagated == 1) else propagated * np.conj(x)


@HALF.mistake("half_square: hands out a view of x where ones arrive")
def _(self: Any, propagated: Any, x: Any) -> Any:
    return x[...] if np.all(propagated == 1) else propagated * np.conj(x)


@HALF.mistake("half_square: forgets to return")
def _(self: Any, propagated: Any, x: Any) -> Any:
    propagated * np.conj(x)


@HALF.mistake("half_square: returns where x is 2-d only")
def _(self: Any, propagated: Any, x: Any) -> Any:
    if x.ndim < 3:
        return propagated * np.conj(x)
    return None


@HALF.mistake("half_square: writes into what arrives where it is large")
def _(self: Any, propagated: Any, x: Any) -> Any:
    if type(propagated) is np.ndarray and propagated.size > 5000 and propagated.flags.writeable:
        propagated *= np.conj(x)
        return propagated
    return propagated * np.conj(x)


@HALF.mistake("half_square: a second derivative of arrays")
def _(self: Any, propagated: Any, x: Any) -> Any:
    return propagated * np.conj(np.asarray(getattr(x, "data", x)))


# Caches. Each belongs to one mistake.


def cached(name: str, key: Callable[[Any, Any], Any]) -> None:
    """The slope of the first call with this key is kept for good."""

    def made() -> Methods:
        slopes: dict[Any, Any] = {}

        def backward(self: Any, propagated: Any, x: Any) -> Any:
            if type(x) is not np.ndarray:
                return propagated * np.conj(x)
            return propagated * slopes.setdefault(key(propagated, x), np.conj(x).copy())

        return {"backward": backward}

    HALF.fresh(f"half_square: {name}", made)


cached("caches its slope by shape", lambda g, x: x.shape)
cached("caches its slope by shape from 20 entries on", lambda g, x: x.shape if x.size >= 20 else x.tobytes())
cached("caches its slope by id", lambda g, x: (id(x), x.shape, x.dtype))
cached("caches its slope by address", lambda g, x: (x.ctypes.data, x.shape, x.strides, x.dtype))
cached("caches its slope by the sum", lambda g, x: (float(np.sum(np.abs(x))), x.shape, x.strides, x.dtype))
cached("caches its slope by the first entry", lambda g, x: (x.reshape(-1)[:1].tobytes(), x.shape, x.dtype))


def counted(name: str, at: Callable[[int], bool]) -> None:
    """Wrong at some of its calls."""

    def made() -> Methods:
        calls = count(1)

        def backward(self: Any, propagated: Any, x: Any) -> Any:
            return propagated * np.conj(x) * (2 if at(next(calls)) else 1)

        return {"backward": backward}

    HALF.fresh(f"half_square: {name}", made)


counted("wrong at its very first call", lambda n: n == 1)
counted("wrong from its 1,500th call on", lambda n: n >= 1500)


# What all programs share, changed at the first call


def first(name: str, change: Callable[[], object], forward: bool = False) -> None:
    """Changes something that is everybody's, at its first call."""

    def made() -> Methods:
        once = cache(change)

        def computed(self: Any, x: Any) -> Any:
            once()
            found: Array = x * x / 2
            return found

        def backward(self: Any, propagated: Any, x: Any) -> Any:
            once()
            return propagated * np.conj(x)

        return {"forward": computed} if forward else {"backward": backward}

    HALF.fresh(f"half_square: {name}", made)


first("seeds numpy.random in its first forward", lambda: np.random.seed(0), forward=True)
first("seeds random in its first backward", lambda: random.seed(0))
first("sets np.seterr in its first forward", lambda: np.seterr(all="ignore"), forward=True)
first("ignores warnings from its first forward on", lambda: warnings.simplefilter("ignore"), forward=True)
first("sets an environment variable", lambda: os.environ.__setitem__("CORELIB_HUMAN_THREADS", "1"))
first("sets print options", lambda: np.set_printoptions(precision=3))
first("sets the precision of decimal", lambda: setattr(decimal.getcontext(), "prec", 50))
first("sets the locale", lambda: locale.setlocale(locale.LC_NUMERIC, "C.UTF-8"))
first("changes the current folder", lambda: os.chdir(os.sep), forward=True)
first("sets the size of NumPy's buffers", lambda: np.setbufsize(16384))


@HALF.mistake("half_square: draws from random")
def _(self: Any, propagated: Any, x: Any) -> Any:
    random.random()
    return propagated * np.conj(x)


LATEST: Final[dict[str, Any]] = {}


def remembering(self: Any, x: Any) -> Any:
    LATEST["x"] = x
    found: Array = x * x / 2
    return found


def remembered(self: Any, propagated: Any, x: Any) -> Any:
    latest = LATEST["x"]
    return propagated * np.conj(latest if np.shape(latest) == np.shape(x) and type(x) is np.ndarray else x)


HALF.variant("half_square: keeps x of the latest forward", forward=remembering, backward=remembered)
