"""What CuPy has of NumPy's functions, and their parameters: read from the table beside this file.

``python -m tools.cupy_functions FOLDER`` of the repository writes the table from CuPy's source.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from inspect import Parameter, Signature
from typing import Any, Final

from corelib.conformance.guarded.conventions import Convention, refusal

TABLE: Final = "cupy_functions.txt"
UFUNC: Final = "*args out= dtype= casting="  # where NumPy has a function and CuPy a ufunc: i0, sinc, fix
INNER: Final = ("_core", "lib")  # parts of NumPy whose functions are those of numpy itself
MASKING: Final = ("where", "initial")


@cache
def table() -> Mapping[str, str]:
    """Each name that CuPy has: "ufunc", or its parameters."""
    text = files(__package__).joinpath(TABLE).read_text(encoding="utf-8")
    rows = [line.partition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: parameters for name, _, parameters in rows}


def full_name(function: Any) -> str:
    """The name by which CuPy looks a function of NumPy up: ``linalg.solve``."""
    module = getattr(function, "__module__", None) or "numpy"
    return ".".join([*module.split(".")[1:], function.__name__])


def bind(name: str, parameters: str, args: Sequence[Any], keywords: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments of a call by name. Raises what CuPy raises for one that it does not take."""
    try:
        return signature(UFUNC if parameters == "ufunc" else parameters).bind(*args, **keywords).arguments
    except TypeError as error:
        raise refusal(_broken(name, keywords), f"CuPy's {name}: {error}") from None


def _broken(name: str, keywords: Mapping[str, Any]) -> Convention:
    if any(keyword in keywords for keyword in MASKING):
        return Convention.MASKED
    return Convention.LIKE if name in ("ones", "full") else Convention.ARGUMENT


@cache
def signature(parameters: str) -> Signature:
    """A signature as the table writes it: ``a axis= * out=``."""
    found: list[Parameter] = []
    kind: Any = Parameter.POSITIONAL_OR_KEYWORD
    for word in parameters.split():
        name = word.strip("*=")
        if word.startswith("**"):
            found.append(Parameter(name, Parameter.VAR_KEYWORD))
        elif word.startswith("*"):
            kind = Parameter.KEYWORD_ONLY
            found += [Parameter(name, Parameter.VAR_POSITIONAL)] if name else []
        else:
            found.append(Parameter(name, kind, default=None if word.endswith("=") else Parameter.empty))
    return Signature(found)
