"""Which function of scipy.special is in which module here. Nothing is imported."""

from typing import Final

MODULES: Final = {
    "exponentials":
        "cbrt cosm1 entr exp10 exp2 expit expm1 exprel kl_div log1p log_expit logit rel_entr wrightomega "
        "xlog1py xlogy",
    "errors":
        "dawsn erf erfc erfcinv erfcx erfi erfinv log_ndtr ndtr ndtri ndtri_exp owens_t",
    "gammas":
        "beta betaln digamma gamma gammaln gammasgn loggamma multigammaln poch polygamma psi rgamma",
    "incomplete_gammas":
        "chdtr chdtrc chdtri gammainc gammaincc gammainccinv gammaincinv gdtr gdtrc pdtr pdtrc",
    "incomplete_betas":
        "betainc betaincc betainccinv betaincinv fdtr fdtrc stdtr stdtrit zeta",
    "bessel":
        "hankel1 hankel2 i0 i0e i1 i1e iv ive j0 j1 jn jv k0 k0e k1 k1e kn kv kve y0 y1 yn yv",
    "spherical":
        "spherical_in spherical_jn spherical_kn spherical_yn",
    "integrals":
        "airy bei ber exp1 expi expn fresnel kei ker modstruve shichi sici spence struve",
    "hypergeometric":
        "eval_chebyt eval_chebyu eval_gegenbauer eval_genlaguerre eval_hermite eval_hermitenorm "
        "eval_jacobi eval_laguerre eval_legendre eval_sh_chebyt eval_sh_chebyu eval_sh_legendre hyp0f1 "
        "hyp1f1 hyp2f1 hyperu",
    "transformations":
        "boxcox boxcox1p cosdg cotdg huber inv_boxcox inv_boxcox1p powm1 pseudo_huber radian sindg tandg",
    "elliptic":
        "ellipe ellipeinc ellipk ellipkinc ellipkm1",
    "reductions":
        "log_softmax logsumexp softmax",
}  # fmt: skip

HOMES: Final = {name: module for module, names in MODULES.items() for name in names.split()}

SHARED: Final = frozenset({"cbrt", "exp2", "expm1", "log1p", "log_softmax", "logsumexp", "softmax"})
"""Names that ops of NumPy's functions and of networks have: among all ops, these are special_cbrt and so on."""

OPS: Final = {
    (f"special_{name}" if name in SHARED else name): f"corelib_scipy.special.{module}:{name}"
    for name, module in HOMES.items()
}
