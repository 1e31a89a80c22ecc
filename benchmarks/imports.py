"""``python -m benchmarks.imports``: what corelib costs before it has computed anything.

Milliseconds of processor time in a fresh process, with bytecode cached; the least of some runs, since whatever
else the machine does only adds to it.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

RUNS: Final = 10
DISTRIBUTIONS: Final = 50
OPS: Final = 10
STATEMENTS: Final = (
    ("import numpy", "pass", "import numpy as np"),
    ("import corelib, after numpy", "import numpy as np", "import corelib"),
    ("the first op of the installed plugins, after that", "import numpy as np, corelib", "np.exp(corelib.Tensor(1.0))"),
    (
        f"the first look-up of an op where {DISTRIBUTIONS} distributions provide {OPS} each",
        "import numpy as np, corelib; from corelib.plugins.registry import find_op",
        "find_op('op7_3')",
    ),
)
PLUGIN: Final = """from corelib import elementwise, hookimpl

op3 = elementwise(lambda x: x, 1, name="op3")

@hookimpl
def corelib_ops():
    return {names}
"""


def milliseconds(before: str, statement: str, environment: dict[str, str], runs: int) -> float:
    """What ``statement`` takes in a new process, after ``before``; one run more makes the bytecode."""
    code = f"{before}; from time import process_time as t; a = t(); {statement}; print(1000 * (t() - a))"
    command = [sys.executable, "-c", code]
    done = [
        subprocess.run(command, capture_output=True, text=True, check=True, env=environment) for _ in range(runs + 1)
    ]
    return min(float(run.stdout) for run in done[1:])


def write_distributions(site: Path) -> None:
    """Plugins that provide nothing of use, as pip would install them."""
    for i in range(DISTRIBUTIONS):
        names = {f"op{i}_{j}": f"corelib_many{i}:op{j}" for j in range(OPS)}
        (site / f"corelib_many{i}.py").write_text(PLUGIN.format(names=names))
        metadata = site / f"corelib_many{i}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.3\nName: corelib-many{i}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[corelib.v1]\nmany{i} = corelib_many{i}\n")


def measured(runs: int) -> Iterator[tuple[str, float]]:
    """Each statement, and the milliseconds that it takes."""
    with TemporaryDirectory() as folder:
        installed = {e.dist.name for e in entry_points(group="corelib.v1") if e.dist is not None}
        path = os.pathsep.join(p for p in (folder, os.environ.get("PYTHONPATH", "")) if p)
        mine = {n: v for n, v in os.environ.items() if not n.startswith(("CORELIB", "PYTHONDONTWRITE"))}
        alone = {**mine, "PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode"))}
        write_distributions(Path(folder))
        for what, before, statement in STATEMENTS:
            many = {"PYTHONPATH": path, "CORELIB_DISABLE_PLUGINS": ",".join(installed)} if "look-up" in what else {}
            yield what, milliseconds(before, statement, {**alone, **many}, runs)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    for what, took in measured(parser.parse_args().runs):
        print(f"{took:8.1f} ms   {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
