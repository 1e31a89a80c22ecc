"""Finding the first NaN or infinity, and arrays changed behind a graph's back."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from types import FrameType
from typing import Any, Final

import numpy as np

from corelib.core.array_kinds import to_host
from corelib.core.graph import Node
from corelib.core.scope import Scoped
from corelib.core.tensor import Tensor
from corelib.debugging.fingerprints import fingerprints
from corelib.errors import CorelibError, InvalidOperand, NonFinite, StaleArray
from corelib.primitives.op import SCALARS

_OURS: Final = ("corelib", "numpy", "contextlib")


@dataclass(frozen=True)
class FailedCall:
    """A call that made a NaN or an infinity: run it again with ``replay()``, as often as it takes."""

    op: Any
    args: tuple[Any, ...]
    propagated: Any = None
    result: Any = None
    line: str = ""

    def replay(self) -> Any:
        """What forward returned, or backward where it failed there."""
        if self.propagated is None:
            return getattr(self.op, "instance", self.op).forward(*self.args)
        parents: tuple[Any, ...] = tuple(Node(None, (), (), None, 0, np.shape(a), None) for a in self.args)
        node = Node(self.op, self.args, parents, self.result, 0, np.shape(self.propagated), None)
        return self.op.pullback(node, self.propagated, self.args, self.result)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the call to an .npz file, which ``FailedCall.load`` reads. Nothing is pickled.

        Arrays of other kinds are written, and so come back, as NumPy's.
        """
        import json  # here, so that `import corelib` does not pay for it

        arrays = {f"arg{i}": a for i, a in enumerate(self.args) if a is not None}
        arrays |= {k: v for k, v in (("propagated", self.propagated), ("result", self.result)) if v is not None}
        arrays = {name: _on_host(value) for name, value in arrays.items()}
        header = {"op": _name(self.op), "fields": _fields(self.op), "args": len(self.args), "line": self.line}
        np.savez(path, allow_pickle=False, header=np.array(json.dumps(header)), **arrays)

    @staticmethod
    def load(path: str | PathLike[str]) -> "FailedCall":
        """The call that ``save`` wrote; its op must be installed. Raises InvalidOperand for another file."""
        import json

        from corelib.archive import read_arrays, text
        from corelib.plugins.registry import find_op

        try:
            arrays = read_arrays(path)
            header = json.loads(text(arrays, "header"))
            op: Any = find_op(str(header["op"]))
            bound = op.bind(**header["fields"]) if hasattr(op, "bind") else op
            args = tuple(arrays.get(f"arg{i}") for i in range(header["args"]))
            return FailedCall(bound, args, arrays.get("propagated"), arrays.get("result"), str(header["line"]))
        except (CorelibError, OSError):
            raise
        except Exception as error:  # whatever stands in the header of another file
            raise InvalidOperand(f"{path} holds no call saved by corelib.anomaly(): {error}") from error


@contextmanager
def anomaly(save: str | PathLike[str] | None = None) -> Iterator[None]:
    """Stop at the first NaN or infinity, forward or backward, within ``with corelib.anomaly():``.

    The NonFinite that is raised names the op, the line that called it and the ranges of its inputs; its
    ``call`` can be replayed, and is written to the file ``save`` where one is given. A backward that may read an
    array which was changed in place since forward raises StaleArray: an operand, a result, an index or a mask.
    Every array is looked at: for debugging.
    """
    with Scoped(watch=Watch(save)):
        yield


class Watch:
    """Looks at every call of a thread, forward and backward."""

    def __init__(self, save: str | PathLike[str] | None) -> None:
        self.save = save
        self.calls: dict[Node, tuple[str, dict[str, Any]]] = {}
        self.many: int = 1000

    def forward(self, op: Any, args: tuple[Any, ...], result: Any) -> None:
        """Look at a call before it is recorded."""
        results = result if isinstance(result, list) else [result]
        if not all(map(_finite, results)):
            self.stop(FailedCall(op, args, line=_line()), "forward", results)

    def remember(self, node: Node) -> None:
        """Note where a call was made, and what its backward will read."""
        if len(self.calls) > self.many:  # those that a backward freed are not needed any more
            self.calls = {known: noted for known, noted in self.calls.items() if known.args is not None}
            self.many = 2 * len(self.calls) + 1000
        self.calls[node] = (_line(), fingerprints(node))

    def backward(self, node: Node, propagated: Any, args: tuple[Any, ...], result: Any, entries: Sequence[Any]) -> None:
        """Look at the gradients that a call sends on. ``args`` and ``result`` are what its backward read."""
        line, noted = self.calls.get(node, ("a line outside of anomaly()", {}))
        found = fingerprints(node) if noted else {}
        changed = [what for what, fingerprint in noted.items() if found.get(what) != fingerprint]
        if changed:
            raise StaleArray(
                f"{node.op}: {' and '.join(changed)} changed in place after the call at {line}, and its backward "
                "may read that; change a copy, or compute again before backward()"
            )
        if not all(
            e is None or _finite(e) for entry in entries for e in (entry if isinstance(entry, list) else [entry])
        ):
            arrays = tuple(a.data if isinstance(a, Tensor) else a for a in args)
            self.stop(FailedCall(node.op, arrays, _data(propagated), _data(result), line), "backward", entries)

    def stop(self, call: FailedCall, direction: str, outcome: Sequence[Any]) -> None:
        inputs = [f"argument {i}: {_range(a)}" for i, a in enumerate(call.args) if a is not None]
        if call.propagated is not None:
            inputs.append(f"incoming gradient: {_range(call.propagated)}")
        error = NonFinite(
            f"{direction} of {call.op}, called at {call.line}, made {_what(outcome)} from {'; '.join(inputs)}"
            f"{self.saved(call)}"
        )
        error.call = call
        raise error

    def saved(self, call: FailedCall) -> str:
        """Save the call where a file was named, and say where it is. A full disk does not hide the error."""
        if self.save is None:
            return ""
        try:
            call.save(self.save)
        except Exception as error:
            return f"; not saved to {self.save} ({type(error).__name__}: {error}), replay the error's .call"
        return f"; saved to {self.save}, replay it with corelib.FailedCall.load"


def _data(value: Any) -> Any:
    return value.data if isinstance(value, Tensor) else value


def _on_host(value: Any) -> Any:
    """The entries of an array, or of each in a list, in arrays of NumPy's."""
    return list(map(to_host, value)) if isinstance(value, list) else to_host(value)


def _finite(value: Any) -> bool:
    return bool(np.all(np.isfinite(_data(value))))


def _what(outcome: Sequence[Any]) -> str:
    arrays = [_data(e) for e in outcome if e is not None and not isinstance(e, list)]
    return "NaN" if any(bool(np.any(np.isnan(a))) for a in arrays) else "an infinity"


def _range(value: Any) -> str:
    """The dtype, shape and range of an array, and how many of its entries are no finite numbers."""
    if type(value) in SCALARS or isinstance(value, (tuple, list)):
        return repr(value)
    array = _data(value)
    finite = np.isfinite(array)
    broken = array.size - int(np.sum(finite))
    inside = "with no finite entry"
    if broken < array.size:
        sizes = np.abs(array) if array.dtype.kind == "c" else array
        low, high = np.min(np.where(finite, sizes, np.inf)), np.max(np.where(finite, sizes, -np.inf))
        inside = f"in [{float(low):.6g}, {float(high):.6g}]"
    return f"{array.dtype} {array.shape} {inside}" + (f", {broken} of {array.size} not finite" if broken else "")


def _line() -> str:
    """The innermost line of the program that is neither corelib's, nor a plugin's, nor NumPy's."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0].startswith(_OURS):
        frame = frame.f_back
    return "an unknown line" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _name(op: Any) -> str:
    return str(getattr(op, "op", op).name)


def _fields(op: Any) -> dict[str, Any]:
    """The fields of an op, if they can be written down as JSON. Raises InvalidOperand if not."""
    import json

    names = getattr(getattr(op, "op", None), "fields", ())
    fields = {name: getattr(op.instance, name) for name in names}
    try:
        return {name: json.loads(json.dumps(value)) for name, value in fields.items()}
    except TypeError as error:
        raise InvalidOperand(f"{op}: its fields cannot be saved ({error}); replay the error's .call instead") from error
