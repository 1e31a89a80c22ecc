"""numpy.linalg: solves, determinants, decompositions and norms."""

from corelib_linalg.determinants import det, slogdet
from corelib_linalg.eigen import eigh, eigvalsh
from corelib_linalg.norms import matrix_norm, norm, vector_norm
from corelib_linalg.singular import svdvals
from corelib_linalg.solving import inv, solve, tensorinv, tensorsolve

__all__ = [
    "det", "eigh", "eigvalsh", "inv", "matrix_norm", "norm", "slogdet", "solve", "svdvals", "tensorinv",
    "tensorsolve", "vector_norm",
]  # fmt: skip
