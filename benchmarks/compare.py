"""Two checkouts in turns: whether a change made the core slower, seen before it lands.

Each checkout has a child process with its own corelib and plugins on ``PYTHONPATH``, and both run *this*
checkout's workloads, so that both do the same. A base that is a git revision is unpacked into a temporary
directory (``git archive``, which leaves nothing behind in the repository). A checkout is taken as it lies
there: one in which the core was compiled in place runs compiled.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.table import Row, duration
from benchmarks.timing import Times
from benchmarks.workload import Workload

HERE: Final = Path(__file__).resolve().parent.parent
LONGEST: Final = 5.0  # seconds that one workload may take in one checkout


class CompareError(Exception):
    """A checkout cannot be had, or does not run."""


@contextmanager
def checkout(base: str, repository: Path = HERE) -> Iterator[Path]:
    """The directory of a checkout: ``base`` is its path, or a git revision of ``repository``."""
    if (Path(base) / "corelib").is_dir():
        yield Path(base).resolve()
        return
    command = ["git", "-C", str(repository), "archive", "--format=tar", base]
    archive = subprocess.run(command, capture_output=True, check=False)
    if archive.returncode:
        said = archive.stderr.decode().strip()
        raise CompareError(f"{base} is neither a checkout nor a git revision: {said}")
    with TemporaryDirectory() as directory:
        with tarfile.open(fileobj=BytesIO(archive.stdout)) as tar:
            tar.extractall(directory, filter="data")
        yield Path(directory).resolve()


class Runner:
    """A checkout's child process; ``core`` is "compiled" or "interpreted"."""

    def __init__(self, root: Path, workloads: Path) -> None:
        paths = [workloads, root, *sorted(p for p in (root / "plugins").glob("*") if p.is_dir())]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
        self.child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker"], cwd=workloads, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def expect(self, root: Path) -> None:
        """Raise CompareError unless the child runs the corelib of that checkout."""
        first = self.read()
        runs, self.core = first["corelib"], first["core"]
        if Path(runs) != root.resolve():
            raise CompareError(f"the child for {root} imported corelib from {runs}")

    def ask(self, workload: Workload, small: bool, repeats: int) -> dict[str, Any]:
        assert self.child.stdin is not None
        self.child.stdin.write(json.dumps({"workload": workload.name, "small": small, "repeats": repeats}) + "\n")
        self.child.stdin.flush()
        return self.read()

    def read(self) -> dict[str, Any]:
        assert self.child.stdout is not None
        line = self.child.stdout.readline()
        if not line:
            raise CompareError(f"the child ended with status {self.child.wait()}")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def close(self) -> None:
        """Let the child come to its end."""
        self.child.communicate()


@contextmanager
def runners(base: str) -> Iterator[dict[str, Runner]]:
    """The children of the base and of this checkout, which end with the block."""
    with ExitStack() as stack:
        workloads = Path(stack.enter_context(TemporaryDirectory()))
        shutil.copytree(HERE / "benchmarks", workloads / "benchmarks", ignore=shutil.ignore_patterns("__pycache__"))
        roots = {"base": stack.enter_context(checkout(base)), "here": HERE}
        started = {}
        for name, root in roots.items():
            started[name] = Runner(root, workloads)
            stack.callback(started[name].close)
            started[name].expect(root)
        yield started


def compare(base: str, workloads: Sequence[Workload], rounds: int, *, small: bool = False) -> dict[str, Any]:
    """The times of each workload in both checkouts, or why there are none. Raises CompareError."""
    with runners(base) as children:
        print(f"base: {base}, {children['base'].core}; here: this checkout as it lies there, {children['here'].core}")
        return {workload.name: in_turns(children, workload, rounds, small) for workload in workloads}


def in_turns(children: Mapping[str, Runner], workload: Workload, rounds: int, small: bool) -> dict[str, Times] | str:
    replies = {name: child.ask(workload, small, 0) for name, child in children.items()}
    for name, found in replies.items():
        if "error" in found:
            return f"{name}: {found['error']}"
    repeats = min(found["repeats"] for found in replies.values())
    seconds: dict[str, list[float]] = {name: [] for name in children}
    for i in range(rounds):
        for name in list(children)[:: 1 if i % 2 else -1]:
            seconds[name].append(children[name].ask(workload, small, repeats)["seconds"])
        if sum(seconds["here"]) * repeats > LONGEST and i >= 2:
            break
    return {name: Times(found) for name, found in seconds.items()}


def rows(found: Mapping[str, Any]) -> list[Row]:
    """A row per workload: both times, the median ratio, and its quartiles."""
    table: list[Row] = [["workload", "base", "here", "here / base", "quartiles", ""]]
    for name, times in found.items():
        if isinstance(times, str):
            table.append([name, "-", "-", "-", "-", times])
            continue
        here, base = times["here"], times["base"]
        first, third = here.spread(base)
        verdict = "slower" if first > 1.02 else "faster" if third < 0.98 else ""
        table.append([
            name, duration(base.typical), duration(here.typical), f"{here.ratio(base):.3f}",
            f"{first:.3f} {third:.3f}", verdict,
        ])  # fmt: skip
    return table


def slowest(found: Mapping[str, Any]) -> float:
    """The largest ratio of all workloads that both checkouts run."""
    return max((t["here"].ratio(t["base"]) for t in found.values() if not isinstance(t, str)), default=0.0)
