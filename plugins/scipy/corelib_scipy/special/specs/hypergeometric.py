"""The specs of hypergeometric functions and polynomials."""

from typing import Final

from corelib_scipy.special.specs.declaring import ordered

SHAPES: Final = ((0.5,), (2.5,), (7.0,))
PAIRS: Final = ((1.5, 2.5), (3.0, 1.0), (2.5, 4.0))
DEGREES: Final = ((0.0,), (1.0,), (2.0,), (5.0,))
WIDE: Final = ((0.0, 1.5), (1.0, 0.5), (4.0, 2.0))

SPECS: Final = (
    ordered("hyp0f1", SHAPES, (-4.0, 4.0)),
    ordered("hyp1f1", PAIRS, (-4.0, 4.0), extreme=[-50.0, 50.0]),
    ordered("hyp2f1", ((0.5, 1.5, 2.5), (1.0, 2.0, 3.5)), (-0.7, 0.7)),
    ordered("hyperu", PAIRS, (0.5, 9.0), extreme=()),
    *[
        ordered(f"eval_{name}", DEGREES, (-0.9, 0.9))
        for name in (
            "chebyt", "chebyu", "legendre", "laguerre", "hermite", "hermitenorm", "sh_chebyt", "sh_chebyu",
            "sh_legendre",
        )
    ],
    ordered("eval_gegenbauer", WIDE, (-0.9, 0.9)),
    ordered("eval_genlaguerre", WIDE, (-0.9, 0.9)),
    ordered("eval_jacobi", ((0.0, 0.5, 1.0), (1.0, 1.5, 0.5), (4.0, 1.0, 2.0)), (-0.9, 0.9)),
)  # fmt: skip
