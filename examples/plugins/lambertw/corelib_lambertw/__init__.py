"""Lambert's W, the Faddeeva function and the Voigt profile of SciPy as ops of corelib."""

from corelib_lambertw.lambert import lambertw
from corelib_lambertw.voigt import voigt_profile, wofz

__all__ = ["lambertw", "voigt_profile", "wofz"]
