"""Runs cases in child processes, and cuts a failure down to the smallest call that fails alike."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tools.fuzz.cases import Case

HANGS: Final = "Timeout ("  # what faulthandler writes before it ends a process


@dataclass(frozen=True)
class Failure:
    """A case that did what no argument may do."""

    case: Case
    what: str

    @property
    def kind(self) -> str:
        """What two failures of one cause have in common."""
        return self.what.partition(":")[0] if " at " in self.what else self.what

    @property
    def reproducer(self) -> str:
        line = str(self.case).replace("\\", "\\\\").replace('"', '\\"')
        return f'python -c "from tools.fuzz.child import *; use(eval({line!r}, NAMESPACE))"'


def failures(cases: Sequence[Case], limit: float) -> list[Failure]:
    """What fails among the cases. ``limit``: the seconds that one may take."""
    found: list[Failure] = []
    rest = list(cases)
    while rest:
        begun, raised, end = child(rest, limit)
        found += [Failure(rest[i], what) for i, what in raised.items()]
        if not end:
            break
        found.append(Failure(rest[begun], end))
        rest = rest[begun + 1 :]
    return found


def child(cases: Sequence[Case], limit: float) -> tuple[int, dict[int, str], str]:
    """The last case that one process began, what it found, and what ended it before its time."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.fuzz.child"],
        input=json.dumps([limit, *map(str, cases)]),
        capture_output=True,
        text=True,
        check=False,
    )
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    raised = {entry[0]: entry[1] for entry in entries if len(entry) > 1}
    if not entries:
        raise RuntimeError(f"the child process did not begin: {done.stderr}")
    return entries[-1][0], raised, ending(done.returncode, done.stderr)


def ending(code: int, said: str) -> str:
    """Why a process ended, where it did not end by itself."""
    if code < 0:
        return signal.Signals(-code).name
    if code and HANGS in said:
        return "hangs"
    return f"exit {code}" if code else ""


def minimised(failure: Failure, limit: float) -> Failure:
    """The smallest case that fails alike."""
    again = True
    while again:
        again = False
        for smaller in failure.case.smaller():
            found = failures([smaller], limit)
            if found and found[0].kind == failure.kind:
                failure, again = found[0], True
                break
    return failure
