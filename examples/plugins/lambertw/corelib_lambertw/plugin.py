"""What corelib is told of this distribution."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from corelib.conformance import OpSample, OpSpec
from corelib.extend import AnyOp, hookimpl


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    """SciPy is imported when the first of them is used."""
    return {
        "lambertw": "corelib_lambertw.lambert:lambertw",
        "voigt_profile": "corelib_lambertw.voigt:voigt_profile",
        "wofz": "corelib_lambertw.voigt:wofz",
    }


@hookimpl
def corelib_conformance() -> Iterable[OpSpec]:
    """Where the ops are defined, and by what their values are compared."""
    from scipy import special

    return [
        OpSpec(
            "lambertw",
            domain=(-1 / np.e, None),
            analytic=False,  # to the last digit: near the branch point 1 + w has fewer digits than w
            reference=lambda x: np.real(special.lambertw(x)),
            numpy_only="scipy.special.lambertw makes arrays of NumPy's of what it is given",
        ),
        OpSpec("voigt_profile", kind="custom", samples=profiles, extreme=(), reference=special.voigt_profile),
        OpSpec("wofz", complex=True),
    ]


def profiles(random: np.random.Generator) -> Iterator[OpSample]:
    """Of positive widths, in different shapes."""
    x, sigma, gamma = random.normal(size=(4, 3)), random.uniform(0.5, 2, 3), random.uniform(0.1, 2, (4, 1))
    yield OpSample(x, sigma, gamma, id="broadcast")
    yield OpSample(np.linspace(-20, 20, 7), np.array(0.3), np.array(0.1), id="tails")
    yield OpSample(np.array(0.5), np.array(1.0), np.array(0.2), id="0d")
    yield OpSample(np.array([0.5, 0.5, -1.0]), np.array(1.0), np.array([0.2, 0.3, 0.3]), id="ties")
    yield OpSample(np.zeros((0, 3)), sigma, np.array(0.2), id="empty")
