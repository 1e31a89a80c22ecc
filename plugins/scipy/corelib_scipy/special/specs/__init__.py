"""What the conformance suite is told of the functions of scipy.special."""

from typing import Final

from corelib.conformance import OpSpec
from corelib_scipy.special.specs import (
    bessel,
    errors,
    exponentials,
    gammas,
    hypergeometric,
    incomplete_gammas,
    integrals,
    transformations,
)

SPECS: Final[tuple[OpSpec, ...]] = (
    *exponentials.SPECS, *errors.SPECS, *gammas.SPECS, *incomplete_gammas.SPECS, *bessel.SPECS, *integrals.SPECS,
    *hypergeometric.SPECS, *transformations.SPECS,
)  # fmt: skip
