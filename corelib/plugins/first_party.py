"""Who has which op, optimizer or command among the first-party plugins, so that an error can say what to install.

Written by `python -m tools.refresh`. Do not edit; run it again.
"""

from typing import Final

# fmt: off

OPS: Final[dict[str, str]] = {
    "corelib-broadcast":
        "broadcast_arrays broadcast_to sum_to",
    "corelib-elementwise":
        "abs absolute add angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil conj conjugate "
        "copysign cos cosh deg2rad degrees divide divmod exp exp2 expm1 fabs fix float_power floor "
        "floor_divide fmod frexp heaviside hypot imag ldexp log log10 log1p log2 log_sigmoid logaddexp "
        "logaddexp2 modf multiply nan_to_num negative positive power rad2deg radians real reciprocal "
        "remainder rint round select sigmoid sign sin sinc sinh softplus sqrt square subtract tan tanh trunc "
        "where",
    "corelib-fft":
        "fft fft2 fftn fftshift hfft ifft ifft2 ifftn ifftshift ihfft irfft irfft2 irfftn rfft rfft2 rfftn",
    "corelib-linalg":
        "cholesky cond det eig eigh eigvals eigvalsh inv lstsq matrix_norm matrix_power multi_dot norm pinv "
        "qr slogdet solve svd svdvals tensorinv tensorsolve vector_norm",
    "corelib-matmul":
        "cross dot einsum inner kron linalg_cross linalg_outer matmul matvec outer tensordot vdot vecdot "
        "vecmat",
    "corelib-maximum":
        "clip cummax cummin fmax fmin leaky_relu max maximum min minimum nanmax nanmin partition ptp relu "
        "sort top_k",
    "corelib-nn":
        "avg_pool1d avg_pool2d avg_pool3d batch_norm batch_statistics binary_cross_entropy "
        "binary_cross_entropy_with_logits celu conv1d conv2d conv3d conv_transpose1d conv_transpose2d "
        "conv_transpose3d cross_entropy dropout elu embedding gelu gelu_tanh hardtanh huber_loss l1_loss "
        "layer_norm linear log_softmax max_pool1d max_pool2d max_pool3d mish mse_loss nll_loss "
        "scaled_dot_product_attention selu silu smooth_l1_loss softmax softsign",
    "corelib-reduce":
        "average convolve corrcoef correlate cov cumprod cumsum cumulative_prod cumulative_sum diff ediff1d "
        "gradient interp mean median nancumprod nancumsum nanmean nanmedian nanpercentile nanprod nanquantile "
        "nanstd nansum nanvar percentile polyadd polyder polyint polymul polysub polyval prod quantile std "
        "sum trapezoid unwrap var",
    "corelib-scipy":
        "airy bei ber beta betainc betaincc betainccinv betaincinv betaln boxcox boxcox1p chdtr chdtrc chdtri "
        "cosdg cosm1 cotdg dawsn digamma ellipe ellipeinc ellipk ellipkinc ellipkm1 entr erf erfc erfcinv "
        "erfcx erfi erfinv eval_chebyt eval_chebyu eval_gegenbauer eval_genlaguerre eval_hermite "
        "eval_hermitenorm eval_jacobi eval_laguerre eval_legendre eval_sh_chebyt eval_sh_chebyu "
        "eval_sh_legendre exp1 exp10 expi expit expn exprel fdtr fdtrc fresnel gamma gammainc gammaincc "
        "gammainccinv gammaincinv gammaln gammasgn gdtr gdtrc hankel1 hankel2 huber hyp0f1 hyp1f1 hyp2f1 "
        "hyperu i0 i0e i1 i1e inv_boxcox inv_boxcox1p iv ive j0 j1 jn jv k0 k0e k1 k1e kei ker kl_div kn kv "
        "kve log_expit log_ndtr loggamma logit modstruve multigammaln ndtr ndtri ndtri_exp owens_t pdtr pdtrc "
        "poch polygamma powm1 pseudo_huber psi radian rel_entr rgamma shichi sici sindg special_cbrt "
        "special_exp2 special_expm1 special_log1p special_log_softmax special_logsumexp special_softmax "
        "spence spherical_in spherical_jn spherical_kn spherical_yn stats_beta_cdf stats_beta_logpdf "
        "stats_beta_pdf stats_beta_sf stats_chi2_cdf stats_chi2_logpdf stats_chi2_pdf stats_chi2_sf "
        "stats_expon_cdf stats_expon_logpdf stats_expon_logsf stats_expon_pdf stats_expon_sf stats_gamma_cdf "
        "stats_gamma_logpdf stats_gamma_pdf stats_gamma_sf stats_laplace_logpdf stats_laplace_pdf "
        "stats_logistic_cdf stats_logistic_logcdf stats_logistic_logpdf stats_logistic_logsf "
        "stats_logistic_pdf stats_logistic_sf stats_lognorm_cdf stats_lognorm_logcdf stats_lognorm_logpdf "
        "stats_lognorm_logsf stats_lognorm_pdf stats_lognorm_sf stats_norm_cdf stats_norm_logcdf "
        "stats_norm_logpdf stats_norm_logsf stats_norm_pdf stats_norm_sf stats_t_cdf stats_t_logpdf "
        "stats_t_pdf stdtr stdtrit struve tandg wrightomega xlog1py xlogy y0 y1 yn yv zeta",
    "corelib-shape":
        "append apply_along_axis apply_over_axes array_split astype atleast_1d atleast_2d atleast_3d block "
        "choose column_stack compress concatenate copy delete diag diagflat diagonal dsplit dstack "
        "expand_dims extract flip fliplr flipud full geomspace getitem hsplit hstack index_add index_set "
        "insert linalg_diagonal linalg_trace linspace logspace matrix_transpose meshgrid moveaxis pad "
        "piecewise place put_along_axis ravel repeat reshape resize roll rollaxis rot90 sliding_window_view "
        "split squeeze stack swapaxes take take_along_axis tile trace transpose tril triu unstack vander "
        "vsplit vstack",
}

OPTIMIZERS: Final[dict[str, str]] = {
    "corelib-optimizers":
        "adagrad adam adamw prodigy rmsprop sgd",
}

COMMANDS: Final[dict[str, str]] = {
    "corelib-fit":
        "fit predict",
    "corelib-selftest":
        "mutate",
}
