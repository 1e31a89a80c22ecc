"""Whether two libraries agree about a program, and what became of it where they do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tools.random_programs.libraries import Corelib, Library
from tools.random_programs.program import Program

NEAR: Final = 1e-5  # of a jump
LARGE: Final = 1e5  # larger values hide what is wrong with the others
SAME: Final = 1e-8


@dataclass(frozen=True)
class Outcome:
    """What became of a program: "same", "left out", or what is wrong."""

    program: Program
    kind: str
    detail: str = ""

    @property
    def failed(self) -> bool:
        return self.kind not in ("same", "left out")


def outcome(program: Program, peers: Sequence[Library]) -> Outcome:
    """Run the program with corelib, and with its peers."""
    lib = Corelib()
    try:
        own = lib.derivatives(program)
    except Exception as error:  # whatever it is, it is what the program shows
        return Outcome(program, type(error).__name__, str(error))
    if lib.nearest < NEAR or not lib.largest < LARGE:
        return Outcome(program, "left out")
    for peer in peers:
        theirs = peer.derivatives(program)
        if not all(np.all(np.isfinite(g)) and np.all(np.abs(g) < LARGE) for g in theirs):
            return Outcome(program, "left out")
        found = different(own, theirs)
        if found:
            return Outcome(program, f"wrong, says {peer.name}", found)
    return Outcome(program, "same")


def different(own: Sequence[Any], theirs: Sequence[Any]) -> str:
    """Where they differ; "" where they agree."""
    for i, (mine, other) in enumerate(zip(own, theirs, strict=True)):
        if np.shape(mine) != np.shape(other):
            return f"result {i} has shape {np.shape(mine)}, and theirs {np.shape(other)}"
        size = 1.0 + float(np.max(np.abs(other), initial=0))
        if not np.all(np.abs(mine - other) <= SAME * size):
            return f"result {i} is {np.asarray(mine).tolist()!s:.200}, and theirs {np.asarray(other).tolist()!s:.200}"
    return ""
