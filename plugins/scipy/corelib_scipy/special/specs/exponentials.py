"""The specs of exponentials, logarithms, and entropies."""

from typing import Any, Final

from corelib_scipy.special.specs.declaring import ANYWHERE, POSITIVE, UNIT, entrywise


def _xlogy(mp: Any, x: Any, y: Any) -> Any:
    return x * mp.log(y)


SPECS: Final = (
    entrywise("expit", precise=lambda mp, x: 1 / (1 + mp.exp(-x))),
    entrywise("log_expit", precise=lambda mp, x: -mp.log(1 + mp.exp(-x))),
    entrywise("logit", UNIT, lambda mp, x: mp.log(x / (1 - x)), edge="open"),
    entrywise("exp2", precise=lambda mp, x: mp.power(2, x)),
    entrywise("exp10", precise=lambda mp, x: mp.power(10, x)),
    entrywise("expm1", precise=lambda mp, x: mp.expm1(x)),
    entrywise("log1p", (-1.0, None), lambda mp, x: mp.log1p(x), edge="open"),
    entrywise("cosm1", precise=lambda mp, x: mp.cos(x) - 1),
    entrywise("cbrt", precise=lambda mp, x: mp.sign(x) * mp.cbrt(abs(x)), singular=[0.0]),
    entrywise("exprel", precise=lambda mp, x: mp.expm1(x) / x),
    entrywise("wrightomega", precise=lambda mp, x: mp.lambertw(mp.exp(x)).real),
    entrywise("entr", POSITIVE, lambda mp, x: -x * mp.log(x), edge="closed"),
    entrywise("xlogy", (ANYWHERE, POSITIVE), _xlogy, edge="open"),
    entrywise("xlog1py", (ANYWHERE, (-1.0, None)), lambda mp, x, y: x * mp.log1p(y), edge="open"),
    entrywise("rel_entr", POSITIVE, lambda mp, x, y: x * mp.log(x / y), edge="open"),
    entrywise("kl_div", POSITIVE, lambda mp, x, y: x * mp.log(x / y) - x + y, edge="open"),
)
