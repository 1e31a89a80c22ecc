"""The specs of Bessel functions."""

from typing import Final

from corelib_scipy.special.specs.declaring import POSITIVE, entrywise, ordered

ORDERS: Final = ((0.0,), (0.5,), (1.0,), (2.5,))
WHOLE: Final = ((0.0,), (1.0,), (4.0,))


SPECS: Final = (
    *[ordered(name, ORDERS, (0.5, 9.0)) for name in ("jv", "yv", "iv", "kv", "hankel1", "hankel2")],
    *[ordered(name, WHOLE, (0.5, 9.0)) for name in ("yn", "kn")],
    ordered("ive", ORDERS, (0.5, 60.0)),
    ordered("kve", ORDERS, (0.5, 60.0)),
    entrywise("j0", precise=lambda mp, x: mp.besselj(0, x)),
    entrywise("j1", precise=lambda mp, x: mp.besselj(1, x)),
    entrywise("y0", POSITIVE, edge="open"),
    entrywise("y1", POSITIVE, edge="open"),
    entrywise("i0", precise=lambda mp, x: mp.besseli(0, x)),
    entrywise("i1", precise=lambda mp, x: mp.besseli(1, x)),
    entrywise("k0", POSITIVE, edge="open"),
    entrywise("k1", POSITIVE, edge="open"),
    entrywise("i0e", kinks=[0.0], at_kink="mean"),
    entrywise("i1e"),
    entrywise("k0e", POSITIVE, edge="open"),
    entrywise("k1e", POSITIVE, edge="open"),
    *[
        ordered(f"spherical_{kind}n", WHOLE, (0.5, 9.0), derivative=True)
        for kind in ("j", "y", "i", "k")
    ],
)  # fmt: skip
