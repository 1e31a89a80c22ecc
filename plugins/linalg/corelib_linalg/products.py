"""Powers and chains of matrix products."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from corelib.extend import Tensor, TensorLike, composed
from corelib_linalg.matrices import identity, tensor


def _matrix_power(a: TensorLike, n: int) -> Tensor:
    """The product of n matrices a; of their inverses for a negative n, and the identity for 0.

    Raises InvalidMatrix for matrices that are not square, and for a negative power of a singular one.
    """
    x: Any = tensor(a)
    power = _index(n)
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise np.linalg.LinAlgError("a power is of square matrices, in the last two axes")
    if power == 0:
        return tensor(x * 0 + identity(x.shape[-1], x))
    base = x if power > 0 else np.linalg.inv(x)
    result: Any = None
    for digit in reversed(f"{abs(power):b}"):
        if digit == "1":
            result = base if result is None else result @ base
        base = base @ base
    return tensor(result)


def _index(n: Any) -> int:
    try:
        return int(n.__index__())
    except AttributeError:
        raise TypeError(f"the power of a matrix is a whole number, not {n!r}") from None


def _multi_dot(arrays: Sequence[TensorLike]) -> Tensor:
    """The product of two arrays or more, in the order that takes the fewest multiplications.

    All are matrices, but that the first may be a row and the last a column of one axis.
    """
    given: list[Any] = [tensor(x) for x in arrays]
    if len(given) < 2:
        raise ValueError("a product has two arrays or more")
    if any(x.ndim != 2 for x in given[1:-1]) or any(x.ndim not in (1, 2) for x in (given[0], given[-1])):
        raise np.linalg.LinAlgError("the arrays are matrices, and the first and the last may be vectors")
    rows = [1 if x.ndim == 1 and i == 0 else x.shape[0] for i, x in enumerate(given)]
    columns = 1 if given[-1].ndim == 1 else given[-1].shape[1]
    return tensor(_product(given, _splits([*rows, columns]), 0, len(given) - 1))


def _splits(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to split the product of the matrices i to j, of which matrix i is sizes[i] by sizes[i + 1]."""
    count = len(sizes) - 1
    costs = {(i, i): 0 for i in range(count)}
    splits = {}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            choices = {k: costs[i, k] + costs[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j)}
            splits[i, j] = min(choices, key=choices.__getitem__)
            costs[i, j] = choices[splits[i, j]]
    return splits


def _product(arrays: list[Any], splits: dict[tuple[int, int], int], i: int, j: int) -> Any:
    if i == j:
        return arrays[i]
    k = splits[i, j]
    return _product(arrays, splits, i, k) @ _product(arrays, splits, k + 1, j)


matrix_power: Final = composed(_matrix_power, numpy=np.linalg.matrix_power, name="matrix_power")
multi_dot: Final = composed(_multi_dot, numpy=np.linalg.multi_dot, name="multi_dot")
