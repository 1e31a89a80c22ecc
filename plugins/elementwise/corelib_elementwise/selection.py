"""where, select and nan_to_num: which of several values an entry takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Any, Final

import numpy as np

from corelib.extend import Array, Tensor, TensorLike, Wanted, composed, native, op
from corelib_elementwise.recordable import as_tensor, is_complex


@dataclass(frozen=True, slots=True)
class Choice:
    """x where the condition holds, and y elsewhere. No gradient crosses to the value that was not taken."""

    def forward(self, condition: Array, x: Array, y: Array) -> Array:
        return np.where(condition, x, y)

    def backward(
        self, propagated: Array, condition: Array, x: Array, y: Array, *, wanted: Wanted
    ) -> tuple[Array | None, Array | None, Array | None]:
        of_condition = np.zeros_like(condition) if wanted[0] else None  # a step, as of every truth
        of_x = np.where(condition, propagated, 0) if wanted[1] else None
        return of_condition, of_x, np.where(condition, 0, propagated) if wanted[2] else None


class Where:
    """``where(condition, x, y)``: x where the condition holds, and y elsewhere.

    np.where(condition), of one argument, returns the indices of what is not 0, as plain arrays.
    """

    name: str = "where"
    functions: tuple[Callable[..., Any], ...] = (np.where,)
    __signature__: Final[Signature] = Signature(
        [Parameter(name, Parameter.POSITIONAL_ONLY) for name in ("condition", "x", "y")]
    )

    def __init__(self) -> None:
        self._choose = op(Choice, name="where", broadcasts=True)

    def __call__(self, condition: TensorLike, x: TensorLike, y: TensorLike, /) -> Tensor:
        truths: Any = condition
        if getattr(getattr(condition, "dtype", None), "kind", "b") != "b" and not getattr(
            condition, "trainable", False
        ):
            truths = np.not_equal(truths, 0)  # so that its dtype is not taken for one of the result
        return self._choose(truths, x, y)

    def from_numpy(self, function: Callable[..., Any], args: Sequence[Any], keywords: dict[str, Any]) -> Any:
        return np.nonzero(args[0]) if len(args) == 1 else self(*args)

    def __reduce__(self) -> str:
        return self.name  # pickled by reference, like a function

    def __repr__(self) -> str:
        return "<op where>"


def _select(condlist: Sequence[TensorLike], choicelist: Sequence[TensorLike], default: TensorLike = 0) -> Tensor:
    """The first of the choices whose condition holds, entry by entry, and ``default`` where none does."""
    if len(condlist) != len(choicelist):
        raise ValueError(f"select needs as many choices as conditions: {len(choicelist)}, {len(condlist)}")
    result: Any = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = where(condition, choice, result)
    return as_tensor(result)


@dataclass(frozen=True, slots=True)
class NanToNum:
    """x with NaN replaced by ``nan`` and infinities by ``posinf`` and ``neginf`` (the largest numbers of the dtype).

    The slope is 1 where x is finite, and 0 where it was replaced; of a complex number, part by part.
    """

    nan: float = 0.0
    posinf: float | None = None
    neginf: float | None = None

    def forward(self, x: Array) -> Array:
        if native(x):
            return np.nan_to_num(x, nan=self.nan, posinf=self.posinf, neginf=self.neginf)
        if x.dtype.kind == "c":
            return self._replaced(np.real(x)) + 1j * self._replaced(np.imag(x))
        return self._replaced(x) if x.dtype.kind == "f" else x.copy()

    def _replaced(self, x: Array) -> Array:
        """The same of real numbers in an array of another kind: not all of those kinds take ``nan`` and its like."""
        limits = np.finfo(x.dtype)
        above = limits.max if self.posinf is None else self.posinf
        below = limits.min if self.neginf is None else self.neginf
        bounded = np.where(x == np.inf, above, np.where(x == -np.inf, below, x))
        return np.where(np.isnan(x), self.nan, bounded).astype(x.dtype)

    def backward(self, propagated: Array, x: Array) -> Array:
        if not is_complex(x):
            return np.where(np.isfinite(x), propagated, 0)
        real = np.where(np.isfinite(np.real(x)), np.real(propagated), 0)
        return real + 1j * np.where(np.isfinite(np.imag(x)), np.imag(propagated), 0)


where: Final = Where()
select: Final = composed(_select, numpy=np.select, name="select")
nan_to_num: Final = op(NanToNum, numpy=np.nan_to_num)
