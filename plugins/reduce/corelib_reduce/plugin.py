"""What corelib is told of this distribution."""

from collections.abc import Iterable, Mapping
from typing import Any

from corelib.extend import AnyOp, hookimpl
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


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_reduce.conformance import SPECS  # the suite alone needs them

    return SPECS
