"""The ops with as many digits as are asked for: what the conformance suite compares slopes with in the tails."""

from collections.abc import Callable
from typing import Any, Final


def _logaddexp2(mp: Any, x: Any, y: Any) -> Any:
    return x + mp.log(1 + mp.power(2, y - x), 2)


PRECISE: Final[dict[str, Callable[..., Any]]] = {
    "add": lambda mp, x, y: x + y,
    "subtract": lambda mp, x, y: x - y,
    "multiply": lambda mp, x, y: x * y,
    "divide": lambda mp, x, y: x / y,
    "negative": lambda mp, x: -x,
    "positive": lambda mp, x: +x,
    "reciprocal": lambda mp, x: 1 / x,
    "square": lambda mp, x: x * x,
    "sqrt": lambda mp, x: mp.sqrt(x),
    "cbrt": lambda mp, x: mp.sign(x) * mp.cbrt(abs(x)),
    "power": lambda mp, x, y: mp.power(x, y),
    "float_power": lambda mp, x, y: mp.power(x, y),
    "absolute": lambda mp, x: abs(x),
    "fabs": lambda mp, x: abs(x),
    "hypot": lambda mp, x, y: mp.hypot(x, y),
    "exp": lambda mp, x: mp.exp(x),
    "exp2": lambda mp, x: mp.power(2, x),
    "expm1": lambda mp, x: mp.exp(x) - 1,
    "log": lambda mp, x: mp.log(x),
    "log2": lambda mp, x: mp.log(x, 2),
    "log10": lambda mp, x: mp.log(x, 10),
    "log1p": lambda mp, x: mp.log(1 + x),
    "logaddexp": lambda mp, x, y: x + mp.log(1 + mp.exp(y - x)),
    "logaddexp2": _logaddexp2,
    "sigmoid": lambda mp, x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda mp, x: mp.log(1 + mp.exp(x)),
    "log_sigmoid": lambda mp, x: -mp.log(1 + mp.exp(-x)),
    "sin": lambda mp, x: mp.sin(x),
    "cos": lambda mp, x: mp.cos(x),
    "tan": lambda mp, x: mp.tan(x),
    "arcsin": lambda mp, x: mp.asin(x),
    "arccos": lambda mp, x: mp.acos(x),
    "arctan": lambda mp, x: mp.atan(x),
    "arctan2": lambda mp, y, x: mp.atan2(y, x),
    "sinh": lambda mp, x: mp.sinh(x),
    "cosh": lambda mp, x: mp.cosh(x),
    "tanh": lambda mp, x: mp.tanh(x),
    "arcsinh": lambda mp, x: mp.asinh(x),
    "arccosh": lambda mp, x: mp.acosh(x),
    "arctanh": lambda mp, x: mp.atanh(x),
    "sinc": lambda mp, x: mp.sinc(mp.pi * x),
    "degrees": lambda mp, x: x * 180 / mp.pi,
    "rad2deg": lambda mp, x: x * 180 / mp.pi,
    "radians": lambda mp, x: x * mp.pi / 180,
    "deg2rad": lambda mp, x: x * mp.pi / 180,
}
