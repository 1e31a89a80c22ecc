"""Which function of scipy.special is in which module here. Nothing is imported."""

from typing import Final

MODULES: Final = {
    "exponentials": "cosm1 cbrt entr exp2 exp10 expit expm1 exprel kl_div log1p log_expit logit rel_entr wrightomega "
    "xlog1py xlogy",
    "errors": "dawsn erf erfc erfcinv erfcx erfi erfinv log_ndtr ndtr ndtri ndtri_exp owens_t",
    "gammas": "beta betaln digamma gamma gammaln gammasgn loggamma multigammaln poch polygamma psi rgamma",
}

HOMES: Final = {name: module for module, names in MODULES.items() for name in names.split()}

NUMPYS: Final = frozenset({"cbrt", "exp2", "expm1", "log1p"})
"""Functions whose names NumPy's own ops have: among all ops, these are called special_cbrt and so on."""

OPS: Final = {
    (f"special_{name}" if name in NUMPYS else name): f"corelib_scipy.special.{module}:{name}"
    for name, module in HOMES.items()
}
