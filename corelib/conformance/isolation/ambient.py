"""The global state of the process, which a call must not change."""

import decimal
import locale
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

SEED: Final = 20101
LASTING: Final = ("os.environ", "the current folder", "the locale", "the recursion limit")
"""State that no context manager restores."""


def _numpy_random() -> Any:
    state: Any = np.random.get_state(legacy=False)
    return state["state"]["key"].tobytes(), state["state"]["pos"], state["has_gauss"], state["gauss"]


def _decimal() -> Any:
    """Without the flags: they record what happened, and change no result."""
    here = decimal.getcontext()
    kept = (here.prec, here.rounding, here.Emin, here.Emax, here.capitals, here.clamp)
    return (*kept, tuple(sorted((signal.__name__, bool(on)) for signal, on in here.traps.items())))


READERS: Final[Mapping[str, Callable[[], Any]]] = {
    "numpy.random": _numpy_random,
    "random": random.getstate,
    "NumPy's error settings": lambda: (np.geterr(), np.geterrcall(), np.getbufsize()),
    "the warnings filters": lambda: list(warnings.filters),
    "os.environ": lambda: dict(os.environ),
    "NumPy's print options": np.get_printoptions,
    "the decimal context": _decimal,
    "the locale": lambda: locale.setlocale(locale.LC_ALL),
    "the current folder": os.getcwd,
    "the recursion limit": sys.getrecursionlimit,
}


def ambient() -> dict[str, Any]:
    """The present state, by name."""
    return {name: read() for name, read in READERS.items()}


def changed(before: Mapping[str, Any]) -> list[str]:
    """The names of the state that differs from ``before``, with both values where they are short."""
    return [_told(name, before[name], now) for name in READERS if (now := READERS[name]()) != before[name]]


def _told(name: str, before: Any, now: Any) -> str:
    if isinstance(before, dict) and isinstance(now, dict):
        parts = [f"{k}: {before.get(k)!r} -> {now.get(k)!r}" for k in {**before, **now} if before.get(k) != now.get(k)]
        return f"{name} ({', '.join(parts)})"
    return f"{name} ({before!r} -> {now!r})" if isinstance(before, (str, int)) else name


@contextmanager
def unusual() -> Iterator[dict[str, Any]]:
    """Set the state to unusual values; yield it, and restore the former state afterwards.

    With the default values, an op that sets a default at each call would go unnoticed.
    """
    numpys, pythons = np.random.get_state(), random.getstate()
    lasting = {name: READERS[name]() for name in LASTING}
    with (
        np.errstate(all="call", call=_silent), np.printoptions(precision=11), decimal.localcontext() as context,
        warnings.catch_warnings(),
    ):  # fmt: skip
        context.prec = 31
        warnings.filterwarnings("ignore", message="a message that no warning has")
        np.random.seed(SEED)
        random.seed(SEED)
        try:
            yield ambient()
        finally:
            np.random.set_state(numpys)
            random.setstate(pythons)
            put_back(lasting)


def put_back(before: Mapping[str, Any]) -> None:
    """Restore the state that no context manager restores."""
    os.environ.clear()
    os.environ.update(before["os.environ"])
    os.chdir(before["the current folder"])
    locale.setlocale(locale.LC_ALL, before["the locale"])
    sys.setrecursionlimit(before["the recursion limit"])


def _silent(kind: str, flag: int) -> None:
    """The error callback of NumPy: it does nothing."""
