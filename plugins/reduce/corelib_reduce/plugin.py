"""What corelib is told of this distribution."""

from collections.abc import Mapping

from corelib import AnyOp, hookimpl
from corelib_reduce import averages, cumulative, products, spreads, sums


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    return {
        "average": averages.average,
        "cumprod": products.cumprod,
        "cumsum": cumulative.cumsum,
        "cumulative_prod": cumulative.cumulative_prod,
        "cumulative_sum": cumulative.cumulative_sum,
        "diff": cumulative.diff,
        "mean": sums.mean,
        "median": averages.median,
        "nanmean": averages.nanmean,
        "nansum": averages.nansum,
        "prod": products.prod,
        "std": spreads.std,
        "sum": sums.sum,
        "var": spreads.var,
    }
