"""The specs of integrals, and of functions of several results."""

from typing import Any, Final

from corelib_scipy.special.specs.declaring import ANYWHERE, POSITIVE, entrywise, ordered

ORDERS: Final = ((0.0,), (0.5,), (1.0,), (2.5,))
ODD: Final[dict[str, Any]] = {"edge": "open", "beyond": "the first is odd, and the second has a branch cut"}


SPECS: Final = (
    entrywise("expi", [(None, 0.0), (0.0, None)], edge="open"),
    entrywise("exp1", POSITIVE, edge="open"),
    ordered("expn", ((0.0,), (1.0,), (2.0,), (5.0,)), (0.5, 9.0)),
    entrywise("spence", POSITIVE, edge="open"),
    entrywise("ber", twice=False),
    entrywise("bei", twice=False),
    entrywise("ker", POSITIVE, edge="open", twice=False),
    entrywise("kei", POSITIVE, edge="open", twice=False),
    ordered("struve", ORDERS, (0.5, 9.0)),
    ordered("modstruve", ORDERS, (0.5, 9.0)),
    entrywise("sici", POSITIVE, extreme=[1e-300, 1e15], **ODD),
    entrywise("shichi", POSITIVE, extreme=[1e-300, 700.0], **ODD),
    entrywise("fresnel"),
    entrywise("airy", extreme=[-800.0, 30.0]),
    entrywise("ellipk", (None, 1.0), lambda mp, m: mp.ellipk(m), edge="open"),
    entrywise("ellipkm1", POSITIVE, lambda mp, p: mp.ellipk(1 - p), edge="open"),
    entrywise("ellipe", (None, 1.0), lambda mp, m: mp.ellipe(m), edge="open"),
    entrywise("ellipkinc", (ANYWHERE, (None, 1.0)), edge="open", twice=False),
    entrywise("ellipeinc", (ANYWHERE, (None, 1.0)), edge="open", twice=False),
)  # fmt: skip
