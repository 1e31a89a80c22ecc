"""The reference of an op: the function that forward is compared with."""

from collections.abc import Callable
from typing import Any

import numpy as np

from corelib.conformance.failure import Undeclared
from corelib.conformance.subject import Subject
from corelib.core.tensor import Array, Tensor


def reference_of(subject: Subject) -> Callable[..., Any]:
    """The function that forward is compared with. Raises Undeclared where there is none."""
    if subject.spec.reference is not None:
        return subject.spec.reference
    functions: tuple[Callable[..., Any], ...] = getattr(subject.op, "functions", ())
    if not functions:
        raise Undeclared("no reference: declare one, or the NumPy function that the op stands for")
    return functions[0]


def arrays_of(returned: Any) -> list[Array]:
    """All results as arrays, integers and booleans too."""
    if isinstance(returned, (list, tuple)):
        return [array for part in returned for array in arrays_of(part)]
    return [np.asarray(returned.data if isinstance(returned, Tensor) else returned)]
