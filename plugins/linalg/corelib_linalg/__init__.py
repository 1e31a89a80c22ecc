"""numpy.linalg: solves, determinants, decompositions and norms."""

from corelib_linalg.determinants import det, slogdet
from corelib_linalg.eigen import eigh, eigvalsh
from corelib_linalg.factors import cholesky, qr
from corelib_linalg.general import eig, eigvals
from corelib_linalg.least_squares import lstsq, pinv
from corelib_linalg.norms import cond, matrix_norm, norm, vector_norm
from corelib_linalg.products import matrix_power, multi_dot
from corelib_linalg.singular import svd, svdvals
from corelib_linalg.solving import inv, solve, tensorinv, tensorsolve

__all__ = [
    "cholesky", "cond", "det", "eig", "eigh", "eigvals", "eigvalsh", "inv", "lstsq", "matrix_norm", "matrix_power",
    "multi_dot", "norm", "pinv", "qr", "slogdet", "solve", "svd", "svdvals", "tensorinv", "tensorsolve",
    "vector_norm",
]  # fmt: skip
