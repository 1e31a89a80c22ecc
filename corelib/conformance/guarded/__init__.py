"""An array over NumPy that refuses what other kinds of array refuse, above all CuPy's, and counts looks."""

from corelib.conformance.guarded.array import GuardedArray
from corelib.conformance.guarded.conventions import Convention
from corelib.conformance.guarded.kind import GUARDED
from corelib.conformance.guarded.looks import counted

__all__ = ["GUARDED", "Convention", "GuardedArray", "counted"]
