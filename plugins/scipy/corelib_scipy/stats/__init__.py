"""Distributions of scipy.stats whose functions are ops: ``from corelib_scipy.stats import norm``.

SciPy is imported with the first of them.
"""

from typing import TYPE_CHECKING

from corelib_scipy.stats.names import HOMES

if TYPE_CHECKING:
    from corelib_scipy.stats.distributions import beta, chi2, expon, gamma, laplace, logistic, lognorm, norm, t
else:
    from corelib_scipy.lazy import lazily

    __getattr__ = lazily(__name__, HOMES)

__all__ = ["beta", "chi2", "expon", "gamma", "laplace", "logistic", "lognorm", "norm", "t"]
