"""The powers of numbers side by side: vander."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from corelib import typed
from corelib.extend import Array, Tensor, like, native, op


@dataclass(frozen=True, slots=True)
class Vander:
    """The first ``N`` powers of each entry of a row ``x``, from the highest to 0; from 0 on where ``increasing``.

    The slope of x^k is k x^(k - 1), which is in the matrix of one power less. Without ``N`` there are as many powers as
    entries. Raises ValueError where x has more axes.
    """

    N: int | None = None
    increasing: bool = False

    def forward(self, x: Array) -> Array:
        if native(x):
            return np.vander(x, self.N, self.increasing)
        if x.ndim != 1:
            raise ValueError("x must be a one-dimensional array or sequence.")
        x = x.astype(np.promote_types(x.dtype, int))
        count = x.shape[0] if self.N is None else self.N
        powers = [np.ones_like(x)]
        for _ in range(1, count):
            powers.append(powers[-1] * x)
        columns = powers if self.increasing else powers[::-1]
        return np.stack(columns, 1) if count else np.zeros((x.shape[0], 0), dtype=x.dtype, like=like(x))

    def backward(self, propagated: Array, x: Array) -> Array:
        count = propagated.shape[1]
        if count <= 1:
            return np.zeros_like(x)
        lower = vander(x, N=count - 1, increasing=True) if isinstance(x, Tensor) else Vander(count - 1, True).forward(x)
        gradients = propagated if self.increasing else propagated[:, ::-1]
        exponents = np.arange(1, count, dtype=np.finfo(x.dtype).dtype, like=like(x))
        lower = np.conj(lower) if x.dtype.kind == "c" else lower
        return typed.sum(gradients[:, 1:] * (exponents * lower), axis=1)


vander: Final = op(Vander, numpy=np.vander)
