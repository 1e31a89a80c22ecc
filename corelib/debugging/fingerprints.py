"""What a recorded call keeps for its backward, and the fingerprints by which a change of it is found."""

from typing import Any
from zlib import crc32

import numpy as np

from corelib.core.array_kinds import to_host
from corelib.core.graph import Node
from corelib.core.tensor import Tensor
from corelib.primitives.op import SCALARS


def fingerprints(node: Node) -> dict[str, Any]:
    """A fingerprint of each array that the backward of a call may read, by what it is to the call."""
    kept = {f"argument {i}": arg for i, arg in enumerate(node.args or ())}
    kept["its result"] = node.result
    instance = getattr(node.op, "instance", None)
    kept |= {
        f"the field {name}": getattr(instance, name, None)
        for name in getattr(getattr(node.op, "op", None), "fields", ())
    }
    kept["an argument"] = getattr(node.op, "tree", None)  # of a checkpointed call, whose backward reads all of them
    return {name: fingerprint(value) for name, value in kept.items() if value is not None}


def fingerprint(value: Any) -> Any:
    """What differs where the entries differ: of an array, a number, or a container of such; None of anything else."""
    if isinstance(value, Tensor):
        value = value.data
    if hasattr(value, "__array_function__"):
        value = to_host(value)
        return None if value.dtype.hasobject else crc32(np.ascontiguousarray(value).view(np.uint8).data)
    if isinstance(value, (tuple, list)):
        return [fingerprint(entry) for entry in value]
    if isinstance(value, dict):
        return [fingerprint(entry) for entry in value.items()]
    return repr(value) if type(value) in SCALARS or type(value) in (str, slice) else None
