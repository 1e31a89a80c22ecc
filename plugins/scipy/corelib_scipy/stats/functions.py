"""The functions of distributions, of x, the shapes, loc and scale: composed of other ops."""

from math import log, pi
from typing import Any, Final

import numpy as np

from corelib.extend import Tensor, TensorLike, composed, may
from corelib_scipy.special.errors import log_ndtr, ndtr
from corelib_scipy.special.exponentials import expit, log_expit, xlog1py, xlogy
from corelib_scipy.special.gammas import betaln, gammaln
from corelib_scipy.special.incomplete_betas import betainc, betaincc, stdtr
from corelib_scipy.special.incomplete_gammas import gammainc, gammaincc

LOG_ROOT_2PI: Final = log(2 * pi) / 2


def _standard(x: Any, loc: Any, scale: Any) -> Any:
    """(x - loc) / scale."""
    return np.divide(np.subtract(_tensor(x), _tensor(loc)), _tensor(scale))


def _tensor(x: Any) -> Any:
    return x if isinstance(x, Tensor) else Tensor(x)


def _exp(x: Any) -> Tensor:
    found: Tensor = np.exp(x)
    return found


def _within(inside: Any, found: Any, outside: Any) -> Any:
    """``found`` where the mask holds, and what is given elsewhere."""
    return np.where(inside, found, outside) if may(~inside) else found


def _safe(z: Any, inside: Any, instead: float) -> Any:
    """z, and a number of the support where it is outside."""
    return np.where(inside, z, instead) if may(~inside) else z


def _norm_logpdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    """-z**2 / 2 - log(scale) - log(2 pi) / 2, with z = (x - loc) / scale."""
    z = _standard(x, loc, scale)
    found: Tensor = z * z * -0.5 - np.log(_tensor(scale)) - LOG_ROOT_2PI
    return found


def _norm_cdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return ndtr(_standard(x, loc, scale))


def _norm_sf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return ndtr(-_standard(x, loc, scale))


def _norm_logcdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return log_ndtr(_standard(x, loc, scale))


def _norm_logsf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return log_ndtr(-_standard(x, loc, scale))


def _expon_logpdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    """-z - log(scale) for z >= 0."""
    z = _standard(x, loc, scale)
    found: Tensor = _within(z.data >= 0, -z - np.log(_tensor(scale)), -np.inf)
    return found


def _expon_cdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    z = _standard(x, loc, scale)
    inside = z.data >= 0
    found: Tensor = _within(inside, -np.expm1(-_safe(z, inside, 0.0)), 0.0)
    return found


def _expon_sf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return _exp(_expon_logsf(x, loc, scale))


def _expon_logsf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    z = _standard(x, loc, scale)
    found: Tensor = _within(z.data >= 0, -z, 0.0)
    return found


def _laplace_logpdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    """-|z| - log(2 scale)."""
    found: Tensor = -np.abs(_standard(x, loc, scale)) - np.log(_tensor(scale)) - log(2)
    return found


def _logistic_logpdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    """log(expit(z) expit(-z) / scale)."""
    z = _standard(x, loc, scale)
    found: Tensor = log_expit(z) + log_expit(-z) - np.log(_tensor(scale))
    return found


def _logistic_cdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return expit(_standard(x, loc, scale))


def _logistic_sf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return expit(-_standard(x, loc, scale))


def _logistic_logcdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return log_expit(_standard(x, loc, scale))


def _logistic_logsf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return log_expit(-_standard(x, loc, scale))


def _log_standard(x: Any, s: Any, loc: Any, scale: Any) -> tuple[Any, Any, Any]:
    """log(z), log(z) / s, and where z is positive."""
    z = _standard(x, loc, scale)
    inside = z.data > 0
    logarithm = np.log(_safe(z, inside, 1.0))
    return logarithm, logarithm / _tensor(s), inside


def _lognorm_logpdf(x: TensorLike, s: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    """-(log(z) / s)**2 / 2 - log(s z scale) - log(2 pi) / 2 for z > 0."""
    logarithm, u, inside = _log_standard(x, s, loc, scale)
    density = u * u * -0.5 - logarithm - np.log(_tensor(s)) - np.log(_tensor(scale)) - LOG_ROOT_2PI
    found: Tensor = _within(inside, density, -np.inf)
    return found


def _lognorm_cdf(x: TensorLike, s: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    _, u, inside = _log_standard(x, s, loc, scale)
    found: Tensor = _within(inside, ndtr(u), 0.0)
    return found


def _lognorm_sf(x: TensorLike, s: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    _, u, inside = _log_standard(x, s, loc, scale)
    found: Tensor = _within(inside, ndtr(-u), 1.0)
    return found


def _lognorm_logcdf(x: TensorLike, s: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    _, u, inside = _log_standard(x, s, loc, scale)
    found: Tensor = _within(inside, log_ndtr(u), -np.inf)
    return found


def _lognorm_logsf(x: TensorLike, s: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    _, u, inside = _log_standard(x, s, loc, scale)
    found: Tensor = _within(inside, log_ndtr(-u), 0.0)
    return found


def _gamma_logpdf(x: TensorLike, a: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    """(a - 1) log(z) - z - log(gamma(a)) - log(scale) for z >= 0."""
    z, shape = _standard(x, loc, scale), _tensor(a)
    inside = z.data >= 0
    density = xlogy(shape - 1, _safe(z, inside, 1.0)) - z - gammaln(shape) - np.log(_tensor(scale))
    found: Tensor = _within(inside, density, -np.inf)
    return found


def _gamma_cdf(x: TensorLike, a: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    z = _standard(x, loc, scale)
    inside = z.data > 0
    found: Tensor = _within(inside, gammainc(a, _safe(z, inside, 1.0)), 0.0)
    return found


def _gamma_sf(x: TensorLike, a: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    z = _standard(x, loc, scale)
    inside = z.data > 0
    found: Tensor = _within(inside, gammaincc(a, _safe(z, inside, 1.0)), 1.0)
    return found


def _chi2_logpdf(x: TensorLike, df: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    """That of gamma with a = df / 2 and twice the scale."""
    return _gamma_logpdf(x, _tensor(df) * 0.5, loc, _tensor(scale) * 2.0)


def _chi2_cdf(x: TensorLike, df: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return _gamma_cdf(x, _tensor(df) * 0.5, loc, _tensor(scale) * 2.0)


def _chi2_sf(x: TensorLike, df: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return _gamma_sf(x, _tensor(df) * 0.5, loc, _tensor(scale) * 2.0)


def _beta_logpdf(x: TensorLike, a: TensorLike, b: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    """(a - 1) log(z) + (b - 1) log(1 - z) - log(beta(a, b)) - log(scale) for 0 <= z <= 1."""
    z = _standard(x, loc, scale)
    inside = (z.data >= 0) & (z.data <= 1)
    y, first, second = _safe(z, inside, 0.5), _tensor(a), _tensor(b)
    density = xlogy(first - 1, y) + xlog1py(second - 1, -y) - betaln(first, second) - np.log(_tensor(scale))
    found: Tensor = _within(inside, density, -np.inf)
    return found


def _beta_cdf(x: TensorLike, a: TensorLike, b: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    z = _standard(x, loc, scale)
    inside = (z.data > 0) & (z.data < 1)
    found: Tensor = _within(inside, betainc(a, b, _safe(z, inside, 0.5)), np.where(z.data <= 0, 0.0, 1.0))
    return found


def _beta_sf(x: TensorLike, a: TensorLike, b: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    z = _standard(x, loc, scale)
    inside = (z.data > 0) & (z.data < 1)
    found: Tensor = _within(inside, betaincc(a, b, _safe(z, inside, 0.5)), np.where(z.data <= 0, 1.0, 0.0))
    return found


def _t_logpdf(x: TensorLike, df: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    """-(df + 1) / 2 log(1 + z**2 / df) - log(df) / 2 - log(beta(df / 2, 1 / 2)) - log(scale)."""
    z, v = _standard(x, loc, scale), _tensor(df)
    spread = (v + 1) * -0.5 * np.log1p(z / v * z) - np.log(v) * 0.5
    found: Tensor = spread - betaln(v * 0.5, 0.5) - np.log(_tensor(scale))
    return found


def _t_cdf(x: TensorLike, df: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return stdtr(df, _standard(x, loc, scale))


def _norm_pdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return _exp(_norm_logpdf(x, loc, scale))


def _expon_pdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return _exp(_expon_logpdf(x, loc, scale))


def _laplace_pdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return _exp(_laplace_logpdf(x, loc, scale))


def _logistic_pdf(x: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return _exp(_logistic_logpdf(x, loc, scale))


def _lognorm_pdf(x: TensorLike, s: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return _exp(_lognorm_logpdf(x, s, loc, scale))


def _gamma_pdf(x: TensorLike, a: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return _exp(_gamma_logpdf(x, a, loc, scale))


def _chi2_pdf(x: TensorLike, df: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return _exp(_chi2_logpdf(x, df, loc, scale))


def _beta_pdf(x: TensorLike, a: TensorLike, b: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return _exp(_beta_logpdf(x, a, b, loc, scale))


def _t_pdf(x: TensorLike, df: TensorLike, loc: TensorLike, scale: TensorLike, /) -> Tensor:
    return _exp(_t_logpdf(x, df, loc, scale))


norm_logpdf: Final = composed(_norm_logpdf, name="stats_norm_logpdf")
norm_pdf: Final = composed(_norm_pdf, name="stats_norm_pdf")
norm_cdf: Final = composed(_norm_cdf, name="stats_norm_cdf")
norm_sf: Final = composed(_norm_sf, name="stats_norm_sf")
norm_logcdf: Final = composed(_norm_logcdf, name="stats_norm_logcdf")
norm_logsf: Final = composed(_norm_logsf, name="stats_norm_logsf")
expon_logpdf: Final = composed(_expon_logpdf, name="stats_expon_logpdf")
expon_pdf: Final = composed(_expon_pdf, name="stats_expon_pdf")
expon_cdf: Final = composed(_expon_cdf, name="stats_expon_cdf")
expon_sf: Final = composed(_expon_sf, name="stats_expon_sf")
expon_logsf: Final = composed(_expon_logsf, name="stats_expon_logsf")
laplace_logpdf: Final = composed(_laplace_logpdf, name="stats_laplace_logpdf")
laplace_pdf: Final = composed(_laplace_pdf, name="stats_laplace_pdf")
logistic_logpdf: Final = composed(_logistic_logpdf, name="stats_logistic_logpdf")
logistic_pdf: Final = composed(_logistic_pdf, name="stats_logistic_pdf")
logistic_cdf: Final = composed(_logistic_cdf, name="stats_logistic_cdf")
logistic_sf: Final = composed(_logistic_sf, name="stats_logistic_sf")
logistic_logcdf: Final = composed(_logistic_logcdf, name="stats_logistic_logcdf")
logistic_logsf: Final = composed(_logistic_logsf, name="stats_logistic_logsf")
lognorm_logpdf: Final = composed(_lognorm_logpdf, name="stats_lognorm_logpdf")
lognorm_pdf: Final = composed(_lognorm_pdf, name="stats_lognorm_pdf")
lognorm_cdf: Final = composed(_lognorm_cdf, name="stats_lognorm_cdf")
lognorm_sf: Final = composed(_lognorm_sf, name="stats_lognorm_sf")
lognorm_logcdf: Final = composed(_lognorm_logcdf, name="stats_lognorm_logcdf")
lognorm_logsf: Final = composed(_lognorm_logsf, name="stats_lognorm_logsf")
gamma_logpdf: Final = composed(_gamma_logpdf, name="stats_gamma_logpdf")
gamma_pdf: Final = composed(_gamma_pdf, name="stats_gamma_pdf")
gamma_cdf: Final = composed(_gamma_cdf, name="stats_gamma_cdf")
gamma_sf: Final = composed(_gamma_sf, name="stats_gamma_sf")
chi2_logpdf: Final = composed(_chi2_logpdf, name="stats_chi2_logpdf")
chi2_pdf: Final = composed(_chi2_pdf, name="stats_chi2_pdf")
chi2_cdf: Final = composed(_chi2_cdf, name="stats_chi2_cdf")
chi2_sf: Final = composed(_chi2_sf, name="stats_chi2_sf")
beta_logpdf: Final = composed(_beta_logpdf, name="stats_beta_logpdf")
beta_pdf: Final = composed(_beta_pdf, name="stats_beta_pdf")
beta_cdf: Final = composed(_beta_cdf, name="stats_beta_cdf")
beta_sf: Final = composed(_beta_sf, name="stats_beta_sf")
t_logpdf: Final = composed(_t_logpdf, name="stats_t_logpdf")
t_pdf: Final = composed(_t_pdf, name="stats_t_pdf")
t_cdf: Final = composed(_t_cdf, name="stats_t_cdf")
