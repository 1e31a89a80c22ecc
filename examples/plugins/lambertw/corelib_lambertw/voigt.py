"""The Faddeeva function w(z) = exp(-z²) erfc(-iz), and the Voigt profile made of it.

Source: NIST Digital Library of Mathematical Functions, 7.10.2 and 7.19.
"""

from math import pi, sqrt
from typing import Final

from scipy import special

from corelib.extend import Tensor, TensorLike, composed, elementwise
from corelib_elementwise import add, multiply, real

# Numbers of Python, not of NumPy: these leave float32 a float32.
ROOT_2: Final = sqrt(2)
ROOT_PI: Final = sqrt(pi)
ROOT_2PI: Final = sqrt(2 * pi)

wofz: Final = elementwise(special.wofz, lambda z, *, result: -2 * z * result + 2j / ROOT_PI)


def profile(x: TensorLike, sigma: TensorLike, gamma: TensorLike, /) -> Tensor:
    """The convolution of a normal density of deviation ``sigma`` and a Cauchy density of half width ``gamma``, at x.

    V(x; σ, γ) = Re w(z) / (σ √2π) with z = (x + iγ) / (σ √2), for σ > 0 and γ ≥ 0. It is written in other ops: they
    give its three slopes, to any order.
    """
    z = add(x, multiply(1j, gamma)) / multiply(sigma, ROOT_2)
    return real(wofz(z)) / multiply(sigma, ROOT_2PI)


voigt_profile: Final = composed(profile, numpy=special.voigt_profile, name="voigt_profile")
