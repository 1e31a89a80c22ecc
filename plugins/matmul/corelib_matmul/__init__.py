"""The products of NumPy: of matrices, vectors and tensors."""

from corelib_matmul.contraction import dot, inner, tensordot, vdot
from corelib_matmul.cross_product import cross, linalg_cross
from corelib_matmul.matrix import matmul, matvec, vecdot, vecmat
from corelib_matmul.outer_products import kron, linalg_outer, outer
from corelib_matmul.summation import einsum

__all__ = [
    "cross", "dot", "einsum", "inner", "kron", "linalg_cross", "linalg_outer", "matmul", "matvec", "outer",
    "tensordot", "vdot", "vecdot", "vecmat",
]  # fmt: skip
