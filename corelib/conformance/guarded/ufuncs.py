"""Ufuncs of guarded arrays, as ``__array_ufunc__`` and ``ufunc`` of CuPy's source take them."""

import sys
from typing import Any, Final

import numpy as np

from corelib.conformance.guarded.contents import Holder, bare, hosts, known, wrap
from corelib.conformance.guarded.conventions import Convention, refusal
from corelib.conformance.guarded.signatures import bind, table

KEYWORDS: Final = frozenset({"out", "casting"})  # CuPy also takes dtype=, which Dask ignores: it is refused
SUMMED: Final = {"add", "multiply"}
PLACED: Final = {"add", "subtract", "maximum", "minimum", "bitwise_and", "bitwise_or", "bitwise_xor"}
METHODS: Final = {
    "reduce": (SUMMED, "array axis= dtype= out= keepdims="),
    "accumulate": (SUMMED, "array axis= dtype= out="),
    "reduceat": ({"add"}, "array indices axis= dtype= out="),
    "at": (PLACED, "a indices b="),
}
"""The ufuncs of which CuPy has a method, and its parameters."""


def apply(into: type[Holder], ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Call the ufunc on the held arrays, if CuPy would. NotImplemented where it leaves the call to another operand."""
    name = ufunc.__name__
    out = keywords.get("out", ())
    if method == "at" and isinstance(inputs[1], (tuple, list)):
        raise refusal(Convention.INDEX, f"CuPy's {name}.at, called through NumPy, takes no index in a tuple or list")
    if not all(known(x) for x in (*inputs, *out)):
        return NotImplemented
    if getattr(np, name, None) is not ufunc:
        raise refusal(Convention.OUTSIDE, f"{described(ufunc)} takes no other arrays")
    if name not in table():
        raise refusal(Convention.FUNCTION, f"CuPy has no {name}")
    _allow(name, method, inputs, keywords)
    try:
        result = getattr(ufunc, method)(*bare(inputs), **bare(keywords))
    except ValueError as error:
        if "read-only" in str(error):
            raise refusal(Convention.READ_ONLY, f"{name} writes to a shared array") from error
        raise
    if out:
        return out[0] if len(out) == 1 else out
    return wrap(result, into)


def _allow(name: str, method: str, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    """Raise what CuPy raises: for NumPy's arrays beside its own, for methods and for keywords that it lacks."""
    taken = [inputs[0], *inputs[2:]] if method in ("at", "reduceat") else inputs
    if list(hosts(taken)) or list(hosts(keywords)):
        written = any(isinstance(x, Holder) for x in keywords.get("out", ())) or method == "at"
        convention = Convention.IN_PLACE if written else Convention.MIXED
        raise refusal(convention, f"CuPy's {name} takes no NumPy array beside its own")
    if method in METHODS:
        names, parameters = METHODS[method]
        if name not in names:
            raise refusal(Convention.METHOD, f"CuPy has no {name}.{method}", NotImplementedError)
        bind(f"{name}.{method}", parameters, inputs, keywords)
    elif keywords.get("dtype") is not None:
        raise refusal(Convention.DTYPE, f"{name} with dtype=")
    elif "where" in keywords:
        raise refusal(Convention.MASKED, f"CuPy's {name} takes no where=")
    elif unknown := keywords.keys() - KEYWORDS:
        raise refusal(Convention.ARGUMENT, f"CuPy's {name} takes no {', '.join(sorted(unknown))}=")


def described(ufunc: np.ufunc) -> str:
    """The name of a ufunc that is not NumPy's, with SciPy's module where it is from there."""
    special = sys.modules.get("scipy.special")
    return f"scipy.special.{ufunc.__name__}" if hasattr(special, ufunc.__name__) else ufunc.__name__
