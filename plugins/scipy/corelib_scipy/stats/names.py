"""Which distributions there are, and their functions as ops. Nothing is imported."""

from typing import Final

FUNCTIONS: Final = {
    "norm": "logpdf pdf cdf sf logcdf logsf",
    "expon": "logpdf pdf cdf sf logsf",
    "laplace": "logpdf pdf",
    "logistic": "logpdf pdf cdf sf logcdf logsf",
    "lognorm": "logpdf pdf cdf sf logcdf logsf",
    "gamma": "logpdf pdf cdf sf",
    "chi2": "logpdf pdf cdf sf",
    "beta": "logpdf pdf cdf sf",
    "t": "logpdf pdf cdf",
}

HOMES: Final = dict.fromkeys(FUNCTIONS, "distributions")

OPS: Final = {
    f"stats_{name}_{function}": f"corelib_scipy.stats.functions:{name}_{function}"
    for name, functions in FUNCTIONS.items()
    for function in functions.split()
}
