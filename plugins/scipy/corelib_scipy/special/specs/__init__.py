"""What the conformance suite is told of the functions of scipy.special."""

from typing import Final

from corelib.conformance import OpSpec
from corelib_scipy.special.specs import errors, exponentials, gammas

SPECS: Final[tuple[OpSpec, ...]] = (*exponentials.SPECS, *errors.SPECS, *gammas.SPECS)
