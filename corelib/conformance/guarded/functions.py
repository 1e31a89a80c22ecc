"""NumPy's functions of guarded arrays, as ``__array_function__`` of CuPy's source takes them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance.guarded.contents import Holder, bare, hosts, wrap
from corelib.conformance.guarded.conventions import Convention, refusal
from corelib.conformance.guarded.looks import look
from corelib.conformance.guarded.signatures import bind, full_name, table

FROM_HOST: Final[Mapping[str, tuple[str, ...]]] = {
    "array": ("obj",), "asarray": ("a",), "asanyarray": ("a",), "ascontiguousarray": ("a",), "take": ("indices",),
    "take_along_axis": ("indices",), "repeat": ("repeats",), "tile": ("reps",), "split": ("indices_or_sections",),
    "array_split": ("indices_or_sections",), "hsplit": ("indices_or_sections",), "vsplit": ("indices_or_sections",),
    "dsplit": ("indices_or_sections",), "delete": ("indices",), "put": ("ind",), "result_type": ("arrays_and_dtypes",),
    "can_cast": ("from_",), "shape": ("a",), "ndim": ("a",), "size": ("args",), "reshape": ("shape",),
    "broadcast_to": ("shape",), "empty": ("shape",), "zeros": ("shape",), "transpose": ("axes",), "roll": ("shift",),
    "pad": ("pad_width",),
}  # fmt: skip
"""Parameters of functions that CuPy takes in NumPy's arrays: indices, shapes, and what it makes its own arrays of."""
SIZED_BY_DATA: Final = {
    "nonzero", "argwhere", "flatnonzero", "unique", "extract", "compress", "union1d", "intersect1d", "setdiff1d",
    "trim_zeros", "array_equiv",
}  # fmt: skip
"""Functions whose result has a shape that depends on the entries: CuPy waits for them."""
OF_A_DTYPE: Final = {"zeros": 1, "empty": 1, "asarray": 1, "array": 1, "arange": 3}
"""How many arguments stand before the dtype in functions that are called with like=."""
NUMBERED: Final = {"allclose", "array_equal", "array_equiv", "count_nonzero"}
"""Functions that return a Python number of NumPy's arrays, and an array of CuPy's."""


def call(
    into: type[Holder], function: Any, types: Iterable[type], args: Sequence[Any], keywords: Mapping[str, Any]
) -> Any:
    """Call the function on the held arrays, if CuPy would. NotImplemented where another type has to do it."""
    if not all(issubclass(type_, (Holder, np.ndarray)) for type_ in types):
        return NotImplemented
    name = full_name(function)
    parameters = table().get(name)
    if parameters is None:
        raise refusal(Convention.FUNCTION, f"CuPy has no {name}")
    given = bind(name, parameters, args, keywords)
    if name in OF_A_DTYPE and len(args) > OF_A_DTYPE[name] and not any(isinstance(arg, Holder) for arg in args):
        raise refusal(Convention.LIKE, f"Dask's {name} ignores a dtype by position")
    allowed = FROM_HOST.get(name, ())
    for parameter, value in given.items():
        if parameter not in allowed and next(hosts(value), None) is not None:
            raise refusal(Convention.MIXED, f"CuPy's {name} takes no NumPy array as {parameter}")
    if name in SIZED_BY_DATA or (name == "where" and len(given) == 1):
        look(name)
    result = _called(function, name, args, keywords)
    if isinstance(keywords.get("out"), Holder):
        return keywords["out"]
    return wrap(np.asarray(result) if name in NUMBERED else result, into)


def _called(function: Any, name: str, args: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    try:
        return function(*bare(tuple(args)), **bare(dict(keywords)))
    except ValueError as error:
        if "read-only" in str(error):
            raise refusal(Convention.READ_ONLY, f"{name} writes to a shared array") from error
        raise
