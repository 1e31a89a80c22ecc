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
        "celu elu gelu gelu_tanh hardtanh log_softmax mish selu silu softmax softsign",
    "corelib-reduce":
        "average cumprod cumsum cumulative_prod cumulative_sum diff mean median nanmean nansum prod std sum "
        "var",
    "corelib-scipy":
        "beta betaln cosm1 dawsn digamma entr erf erfc erfcinv erfcx erfi erfinv exp10 expit exprel gamma "
        "gammaln gammasgn kl_div log_expit log_ndtr loggamma logit multigammaln ndtr ndtri ndtri_exp owens_t "
        "poch polygamma psi rel_entr rgamma special_cbrt special_exp2 special_expm1 special_log1p wrightomega "
        "xlog1py xlogy",
    "corelib-shape":
        "append array_split astype atleast_1d atleast_2d atleast_3d block column_stack concatenate copy "
        "delete diag diagflat diagonal dsplit dstack expand_dims flip fliplr flipud full geomspace getitem "
        "hsplit hstack index_add index_set insert linalg_diagonal linalg_trace linspace logspace "
        "matrix_transpose meshgrid moveaxis pad place put_along_axis ravel repeat reshape roll rollaxis rot90 "
        "split squeeze stack swapaxes take take_along_axis tile trace transpose tril triu unstack vsplit "
        "vstack",
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
