"""What a composed op is given: arrays, Tensors, or numbers in lists."""

from typing import Any

import numpy as np

from corelib.extend import Tensor


def tensor(x: Any) -> Tensor:
    """``x`` itself where it is a Tensor, else a Tensor of it."""
    return x if isinstance(x, Tensor) else Tensor(x)


def entries(x: Any) -> Any:
    """The numbers of what has no gradient here."""
    return x.data if isinstance(x, Tensor) else x if hasattr(x, "dtype") else np.asarray(x)
