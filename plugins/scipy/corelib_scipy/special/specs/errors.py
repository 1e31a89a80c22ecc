"""The specs of the error function and its kin."""

from typing import Any, Final

from corelib_scipy.special.specs.declaring import UNIT, entrywise


def _dawsn(mp: Any, x: Any) -> Any:
    return mp.exp(-x * x) * mp.erfi(x) * mp.sqrt(mp.pi) / 2


SPECS: Final = (
    entrywise("erf"),
    entrywise("erfc"),
    entrywise("erfcx", precise=lambda mp, x: mp.exp(x * x) * mp.erfc(x)),
    entrywise("erfi", precise=lambda mp, x: mp.erfi(x)),
    entrywise("dawsn", precise=_dawsn, analytic=False),  # SciPy's complex form has 12 digits
    entrywise("erfinv", (-1.0, 1.0), edge="open"),
    entrywise("erfcinv", (0.0, 2.0), edge="open"),
    entrywise("ndtr"),
    entrywise("log_ndtr"),
    entrywise("ndtri", UNIT, edge="open"),
    entrywise("ndtri_exp", (None, 0.0), edge="open"),
    entrywise("owens_t"),
)
