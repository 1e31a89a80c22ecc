"""A block of a network with layer normalisation: 64 rows of 256 features, a linear map to 256, gelu.

n = (x - mean(x)) / sqrt(var(x) + 1e-5) * scale + shift, z = n w + b, and gelu in the form of Hendrycks
and Gimpel (2016) that uses tanh: z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z**3))). The loss is the mean
square of the result; gradients in x, scale, shift, w and b, float64. The backward by hand is the
textbook's, with the three sums of the normalisation folded into two means. The cube is written z * z * z
by everybody: NumPy's z**3 is a call of pow for each number, and alone takes longer than the rest. "torch
fused" is torch's layer_norm and gelu.
"""

from typing import Any, Final

import numpy as np

from benchmarks.workload import Array, Inputs, Outcome, Target, Workload

EPSILON: Final = 1e-5
C: Final = float(np.sqrt(2 / np.pi))


def make(rows: int, features: int) -> Inputs:
    random = np.random.default_rng(0)
    x = random.normal(1.0, 2.0, (rows, features))
    scale, shift, b = random.normal(size=(3, features)) * 0.1 + np.array([[1.0], [0.0], [0.0]])
    return Inputs((x, scale, shift, random.normal(size=(features, features)) / np.sqrt(features), b))


def by_hand(x: Array, scale: Array, shift: Array, w: Array, b: Array) -> Outcome:
    centred = x - x.mean(axis=1, keepdims=True)
    inverse = 1 / np.sqrt((centred * centred).mean(axis=1, keepdims=True) + EPSILON)
    unit = centred * inverse
    n = unit * scale + shift
    z = n @ w + b
    z2 = z * z
    t = np.tanh(C * z * (1 + 0.044715 * z2))
    half = 0.5 * (1 + t)
    y = z * half
    dy = y * (2 / y.size)
    dz = dy * (half + 0.5 * C * z * (1 - t * t) * (1 + 3 * 0.044715 * z2))
    dn = dz @ w.T
    du = dn * scale
    dx = inverse * (du - du.mean(axis=1, keepdims=True) - unit * (du * unit).mean(axis=1, keepdims=True))
    return np.mean(y * y), (dx, (dn * unit).sum(0), dn.sum(0), n.T @ dz, dz.sum(0))


def loss(np: Any, x: Any, scale: Any, shift: Any, w: Any, b: Any) -> Any:
    centred = x - np.mean(x, axis=1, keepdims=True)
    variance = np.mean(centred**2, axis=1, keepdims=True)
    n = centred / np.sqrt(variance + EPSILON) * scale + shift
    z = n @ w + b
    y = 0.5 * z * (1 + np.tanh(C * (z + 0.044715 * z * z * z)))
    return np.mean(y**2)


def torch_loss(torch: Any, x: Any, scale: Any, shift: Any, w: Any, b: Any) -> Any:
    centred = x - torch.mean(x, dim=1, keepdim=True)
    variance = torch.mean(centred**2, dim=1, keepdim=True)
    n = centred / torch.sqrt(variance + EPSILON) * scale + shift
    z = n @ w + b
    y = 0.5 * z * (1 + torch.tanh(C * (z + 0.044715 * z * z * z)))
    return torch.mean(y**2)


def torch_fused(torch: Any, x: Any, scale: Any, shift: Any, w: Any, b: Any) -> Any:
    functional = torch.nn.functional
    n = functional.layer_norm(x, scale.shape, scale, shift, EPSILON)
    return torch.mean(functional.gelu(n @ w + b, approximate="tanh") ** 2)


def dezero_loss(functions: Any, x: Any, scale: Any, shift: Any, w: Any, b: Any) -> Any:
    """It has no mean and no sqrt."""
    features = x.shape[1]
    centred = x - functions.sum(x, axis=1, keepdims=True) / features
    variance = functions.sum(centred**2, axis=1, keepdims=True) / features
    n = centred / (variance + EPSILON) ** 0.5 * scale + shift
    z = functions.linear(n, w, b)
    y = 0.5 * z * (1 + functions.tanh(C * (z + 0.044715 * z * z * z)))
    return functions.sum(y**2) / y.size


WORKLOAD: Final = Workload(
    name="layer-norm",
    title="layer-norm block, 64 x 256, linear, gelu",
    make=make,
    by_hand=by_hand,
    loss=loss,
    torch_loss=torch_loss,
    torch_fused=torch_fused,
    dezero_loss=dezero_loss,
    full={"rows": 64, "features": 256},
    small={"rows": 3, "features": 4},
    target=Target(compiled=1.35, interpreted=1.5),
)
