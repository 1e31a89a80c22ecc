"""Which calls of a ufunc an op can stand for; the others are refused, with what to write in their place."""

from typing import Any

import numpy as np

from corelib.core.naming import described
from corelib.errors import UnsupportedArgument


def check_ufunc_call(ufunc: np.ufunc, method: str, keywords: dict[str, Any]) -> None:
    """Raise UnsupportedArgument for a method of the ufunc (``reduce``, ``at``), and for a result that overwrites."""
    if method != "__call__":
        raise UnsupportedArgument(
            f"{described(ufunc)}.{method} has no gradient on a Tensor; {_instead_of(ufunc, method)}"
        )
    if "out" in keywords:
        raise UnsupportedArgument(
            f"{described(ufunc)}(..., out=) would overwrite an array outside the graph; "
            "use what the function returns (for `array += tensor`: array = array + tensor)"
        )


def _instead_of(ufunc: np.ufunc, method: str) -> str:
    reductions = {np.add: "sum", np.multiply: "prod", np.maximum: "max", np.minimum: "min"}
    accumulations = {np.add: "cumsum", np.multiply: "cumprod"}
    if method == "reduce" and ufunc in reductions:
        return f"use numpy.{reductions[ufunc]}"
    if method == "accumulate" and ufunc in accumulations:
        return f"use numpy.{accumulations[ufunc]}"
    if method == "outer":
        return f"use {described(ufunc)}(x[:, None], y[None, :])"
    return "write it in functions that have one, or call it on .data"
