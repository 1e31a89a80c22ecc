"""The words in which the specs of scipy.special are written."""

from collections.abc import Callable
from typing import Any, Final

import scipy.special

from corelib.conformance import OpSpec
from corelib_scipy.special.names import NUMPYS

special: Final[Any] = scipy.special
ANYWHERE: Final = (None, None)
NUMPY_ONLY: Final = "SciPy's functions take NumPy's arrays"
POSITIVE: Final = (0.0, None)
UNIT: Final = (0.0, 1.0)


def entrywise(name: str, domain: Any = ANYWHERE, precise: Callable[..., Any] | None = None, **more: Any) -> OpSpec:
    """The spec of an op that acts entry by entry."""
    own = f"special_{name}" if name in NUMPYS else name
    return OpSpec(own, kind="elementwise", domain=domain, precise=precise, numpy_only=NUMPY_ONLY, **more)


def custom(name: str, **more: Any) -> OpSpec:
    """The spec of an op whose calls are declared."""
    return OpSpec(name, kind="custom", numpy_only=NUMPY_ONLY, **more)
