"""Reductions, quantiles, and what is computed of functions known at points, as ops."""

from corelib_reduce.averages import average, median, nanmean, nansum
from corelib_reduce.convolution import convolve, correlate
from corelib_reduce.covariance import corrcoef, cov
from corelib_reduce.cumulative import cumsum, cumulative_prod, cumulative_sum, diff
from corelib_reduce.grids import ediff1d, gradient, trapezoid, unwrap
from corelib_reduce.interpolation import interp
from corelib_reduce.polynomials import polyadd, polyder, polyint, polymul, polysub, polyval
from corelib_reduce.products import cumprod, prod
from corelib_reduce.quantiles import nanmedian, nanpercentile, nanquantile, percentile, quantile
from corelib_reduce.spreads import std, var
from corelib_reduce.sums import mean, sum
from corelib_reduce.without_nan import nancumprod, nancumsum, nanprod, nanstd, nanvar

__all__ = [
    "average", "convolve", "corrcoef", "correlate", "cov", "cumprod", "cumsum", "cumulative_prod", "cumulative_sum",
    "diff", "ediff1d", "gradient", "interp", "mean", "median", "nancumprod", "nancumsum", "nanmean", "nanmedian",
    "nanpercentile", "nanprod", "nanquantile", "nanstd", "nansum", "nanvar", "percentile", "polyadd", "polyder",
    "polyint", "polymul", "polysub", "polyval", "prod", "quantile", "std", "sum", "trapezoid", "unwrap", "var",
]  # fmt: skip
