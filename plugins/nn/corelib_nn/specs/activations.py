"""Activations: where their slopes jump, and their values with many digits."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from scipy import special

from corelib.conformance import ErrorSample, OpSample, OpSpec, Promise
from corelib_nn.activations import ALPHA, SCALE
from corelib_nn.gelu import CUBE, STEEP

ANYWHERE: Final = (None, None)
COMPLEX: Final = ErrorSample(np.array([1j]), raises=TypeError)


def with_fields(*choices: dict[str, Any]) -> Callable[[np.random.Generator], Iterator[OpSample]]:
    def samples(generator: np.random.Generator) -> Iterator[OpSample]:
        for fields in choices:
            x = np.round(generator.normal(size=(3, 4)) * 64 + 0.5) / 32 + 2.0**-6
            yield OpSample(x, id=str(fields), **fields)

    return samples


def elu(x: Any, alpha: float = 1.0) -> Any:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def celu(x: Any, alpha: float = 1.0) -> Any:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0) / alpha))


def mish(mp: Any, x: Any) -> Any:
    return x * mp.tanh(mp.log(1 + mp.exp(x)))


SPECS: Final = (
    OpSpec(
        "elu", kind="elementwise", domain=ANYWHERE, kinks=(0.0,), at_kink="mean", reference=elu, errors=[COMPLEX],
        samples=with_fields({"alpha": 0.5}, {"alpha": 1.5}),
        promises=[Promise(np.array([0.0, np.nan]), gradients=[np.array([0.75, np.nan])], alpha=0.5)],
    ),
    OpSpec(
        "celu", kind="elementwise", domain=ANYWHERE, kinks=(0.0,), at_kink="mean", reference=celu,
        errors=[COMPLEX, ErrorSample(np.ones(2), raises=ValueError, alpha=0.0)],
        samples=with_fields({"alpha": 0.5}, {"alpha": 1.5}),
    ),
    OpSpec(
        "selu", domain=ANYWHERE, kinks=(0.0,), at_kink="mean", reference=lambda x: SCALE * elu(x, ALPHA),
        errors=[COMPLEX],
    ),
    OpSpec(
        "silu", domain=ANYWHERE, reference=lambda x: x * special.expit(x), errors=[COMPLEX],
        precise=lambda mp, x: x / (1 + mp.exp(-x)),
    ),
    OpSpec(
        "mish", domain=ANYWHERE, reference=lambda x: x * np.tanh(np.logaddexp(0, x)), errors=[COMPLEX], precise=mish
    ),
    OpSpec("softsign", domain=ANYWHERE, reference=lambda x: x / (1 + abs(x)), errors=[COMPLEX]),
    OpSpec(
        "hardtanh", kind="elementwise", domain=ANYWHERE, kinks=(-1.0, 1.0), at_kink=1.0,
        reference=lambda x, min_val=-1.0, max_val=1.0: np.clip(x, min_val, max_val),
        errors=[COMPLEX, ErrorSample(np.ones(2), raises=ValueError, min_val=2.0)],
        samples=with_fields({"min_val": -0.3}, {"max_val": 0.7}, {"min_val": -0.3, "max_val": 0.7}),
    ),
    OpSpec(
        "gelu", domain=ANYWHERE, reference=lambda x: x * special.ndtr(x), precise=lambda mp, x: x * mp.ncdf(x),
        numpy_only="its error function is SciPy's", errors=[COMPLEX],
    ),
    OpSpec(
        "gelu_tanh", domain=ANYWHERE, reference=lambda x: x * special.expit(STEEP * (x + CUBE * x**3)),
        precise=lambda mp, x: x / (1 + mp.exp(-STEEP * (x + CUBE * x**3))), errors=[COMPLEX],
    ),
)  # fmt: skip
