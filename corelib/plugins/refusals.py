"""Functions of NumPy that no op will stand for, each with the reason and what to write instead."""

from fnmatch import fnmatchcase
from typing import Final

IN_PLACE: Final = (
    "it writes into an array, which a graph could not see; use corelib.ops.index_set(x, index, values) or numpy.where, "
    "which return a new array, or write tensor.data"
)
FILLED: Final = (
    "it writes into an array, which a graph could not see; write corelib.ops.full(shape, value) for numpy.full or "
    "numpy.full_like, and corelib.ops.index_set(x, index, values) or numpy.where for parts of an array"
)
ALONG: Final = (
    "it writes into an array, which a graph could not see; use corelib.ops.put_along_axis(x, indices, values, axis), "
    "which returns a new array"
)
ASSIGNED: Final = (
    "a graph could not see it; instead of x[index] = values write "
    "x = corelib.ops.index_set(x, index, values), instead of x[index] += values write "
    "x = corelib.ops.index_add(x, index, values), and x.data[index] = values where no gradient is wanted"
)
FILE: Final = "it writes a file; pass tensor.data"
SETS: Final = "its result has as many entries as there are different values; use numpy.sort, or pass tensor.data"
DATES: Final = "it takes dates, which have no gradient"
BITS: Final = "it takes integers, which have no gradient; pass tensor.data"
STEPS: Final = "it returns the distance to another floating-point number; pass tensor.data"
COUNTS: Final = "it counts, and a count changes in jumps; pass tensor.data"

REFUSED: Final[dict[str, str]] = {
    "numpy.copyto": FILLED,
    "numpy.fill_diagonal": IN_PLACE,
    "numpy.place": IN_PLACE,
    "numpy.put": IN_PLACE,
    "numpy.put_along_axis": ALONG,
    "numpy.putmask": IN_PLACE,
    "numpy.save*": FILE,
    "numpy.unique*": SETS,
    "numpy.intersect1d": SETS,
    "numpy.setdiff1d": SETS,
    "numpy.setxor1d": SETS,
    "numpy.union1d": SETS,
    "numpy.busday_*": DATES,
    "numpy.datetime_as_string": DATES,
    "numpy.is_busday": DATES,
    "numpy.packbits": BITS,
    "numpy.unpackbits": BITS,
    "numpy.nextafter": STEPS,
    "numpy.spacing": STEPS,
    "numpy.histogram2d": COUNTS,
    "numpy.histogramdd": COUNTS,
    "numpy.linalg.matrix_rank": COUNTS,
    "numpy.real_if_close": "the dtype of its result depends on the entries; use numpy.real",
    "numpy.sort_complex": "it returns complex numbers whatever it is given; use numpy.sort",
    "numpy.trim_zeros": "its result has as many entries as are not zero; use an index",
}
"""Whole names, or patterns of them -> why."""

ASSIGNMENT: Final = "operator.setitem"


def refusal(described: str) -> str | None:
    """The message for a function that is refused on purpose; None for others."""
    if described == ASSIGNMENT:
        return f"a Tensor takes no item assignment: {ASSIGNED}"
    reasons = (reason for pattern, reason in REFUSED.items() if fnmatchcase(described, pattern))
    reason = next(reasons, None)
    return None if reason is None else f"{described} takes no Tensor: {reason}"
