"""The kind of guarded arrays, as a plugin would describe one."""

from typing import Any, Final

import numpy as np

from corelib.conformance.guarded.array import GuardedArray
from corelib.conformance.guarded.contents import bare
from corelib.conformance.guarded.looks import look
from corelib.core.array_kinds import ArrayKind, kinds


class GuardedKind:
    """What corelib must know of guarded arrays."""

    name = "guarded"

    def place(self, values: Any, index: Any, shape: tuple[int, ...]) -> Any:
        """Zeros of ``shape`` to which ``values`` are added at ``index``."""
        whole = np.zeros(shape, values.dtype)
        np.add.at(whole, bare(index), bare(values))
        return GuardedArray(whole)

    def from_host(self, array: "np.ndarray[Any, Any]") -> Any:
        """A guarded array with the same entries, which it does not share."""
        kinds[GuardedArray] = self  # no plugin describes it, and all kinds are forgotten when one is installed
        return GuardedArray(np.array(array))

    def to_host(self, array: Any) -> "np.ndarray[Any, Any]":
        """An array of NumPy's with the same entries."""
        look("to_host")
        held: np.ndarray[Any, Any] = array._held.copy()
        return held

    def synchronize(self) -> None:
        """Nothing runs ahead."""


GUARDED: Final[ArrayKind] = GuardedKind()
