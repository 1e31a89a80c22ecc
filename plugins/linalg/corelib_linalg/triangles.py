"""Gradients of functions that read one triangle of a matrix and take the other for its mirror image."""

from typing import Any

import numpy as np

from corelib.extend import Array, native
from corelib_linalg.matrices import adjoint, biggest, entries, hermitian, identity


def of_triangle(cotangent: Any, a: Any, lower: bool) -> Array:
    """The gradient in ``a``, where a function reads its lower (else upper) triangle, from that in a Hermitian matrix.

    It is the Hermitian part of ``cotangent``, the direction of steepest ascent among Hermitian matrices, where ``a``
    is one. Else all of it belongs to the triangle that is read.
    """
    symmetric: Array = hermitian(cotangent)
    numbers = entries(a)
    if native(a) and (numbers == adjoint(numbers)).all():
        return symmetric
    mirrored = biggest(numbers - adjoint(numbers)) <= np.sqrt(np.finfo(numbers.dtype).eps) * biggest(numbers)
    gradient: Array = np.where(mirrored, symmetric, folded(symmetric, lower))
    return gradient


def from_lower(a: Any) -> Any:
    """The Hermitian matrices of which ``a`` has the lower triangle."""
    return np.tril(a) + adjoint(np.tril(a, -1))


def folded(x: Any, lower: bool) -> Any:
    """The Hermitian matrices ``x`` with the entries of the other triangle added to this one's."""
    inner = np.tril(x, -1) if lower else np.triu(x, 1)
    return 2 * inner + x * identity(x.shape[-1], x)
