"""Sums, means, products, variances and cumulative sums as ops."""

from corelib_reduce.averages import average, median, nanmean, nansum
from corelib_reduce.cumulative import cumsum, cumulative_prod, cumulative_sum, diff
from corelib_reduce.products import cumprod, prod
from corelib_reduce.spreads import std, var
from corelib_reduce.sums import mean, sum

__all__ = [
    "average", "cumprod", "cumsum", "cumulative_prod", "cumulative_sum", "diff", "mean", "median", "nanmean",
    "nansum", "prod", "std", "sum", "var",
]  # fmt: skip
