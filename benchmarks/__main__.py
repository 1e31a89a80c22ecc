"""``python -m benchmarks``: see ``--help``, and the package's docstring for what is measured and how."""

import argparse
import json
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from benchmarks.machine import describe, limit_threads

if TYPE_CHECKING:
    from benchmarks.measured import Measured
    from benchmarks.workload import Workload


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Time and peak memory beside NumPy by hand."
    )
    made.add_argument("--only", nargs="+", metavar="NAME", help="these workloads, the slow ones included")
    made.add_argument("--rounds", type=positive, default=15, help="turns of each contender (default 15)")
    made.add_argument(
        "--peers", default="all", help="none, all, or names: torch,jax,autograd,mygrad,dezero (default all)"
    )
    made.add_argument("--threads", type=positive, default=1, help="threads for everybody (default 1)")
    made.add_argument(
        "--system-memory", action="store_true", help="leave it to the C library when to give freed memory back"
    )
    made.add_argument("--no-memory", action="store_true", help="leave out the peak memory, a child process for each")
    made.add_argument("--small", action="store_true", help="tiny sizes: checks that everything runs, measures nothing")
    made.add_argument("--json", type=Path, metavar="F", help="write all numbers to this file")
    made.add_argument(
        "--compare",
        metavar="BASE",
        help="run another checkout (a path, or a git revision) in turns with this",
    )
    made.add_argument(
        "--fail-above", type=float, metavar="R", help="with --compare: exit status 1 if any ratio is above R"
    )
    return made


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not positive")
    return number


def selected(only: list[str] | None) -> "list[Workload]":
    """The workloads asked for. Raises ValueError for a name that is none."""
    from benchmarks.workloads import WORKLOADS

    unknown = [name for name in only or () if name not in WORKLOADS]
    if unknown:
        raise ValueError(f"no workload is called {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    return [WORKLOADS[name] for name in only] if only else [w for w in WORKLOADS.values() if not w.slow]


def run(options: argparse.Namespace) -> int:
    from benchmarks.contender import chosen
    from benchmarks.measured import measure
    from benchmarks.table import memory_rows, show, time_rows
    from benchmarks.timing import settle

    if not options.system_memory:
        settle()
    contenders = [c for c in chosen(options.peers) if c.installed()]
    names = [c.name for c in contenders]
    clock = process_time if options.threads == 1 else perf_counter  # with one thread, a busy neighbour costs nothing
    found = []
    for workload in selected(options.only):
        print(f"{workload.title} ...", file=sys.stderr, flush=True)
        found.append(measure(
            workload, contenders, options.rounds, small=options.small, memory=not options.no_memory, clock=clock
        ))  # fmt: skip
    machine = describe([c.module for c in contenders], options.threads)
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    show(time_rows(found, names))
    if not options.no_memory:
        show(memory_rows(found, names))
    for line in notes(found, names):
        print(line)
    write(options.json, {"machine": machine, "workloads": [one.as_json() for one in found]})
    return 0


def notes(found: "list[Measured]", names: list[str]) -> list[str]:
    """Why a contender that is installed has no numbers."""
    left_out = [(one, name, why) for one in found for name, why in one.workload.without.items() if name in names]
    return [
        *(f"{one.workload.name}: {name} {why}" for one, name, why in left_out),
        *(f"{one.workload.name}: {name} failed: {why}" for one in found for name, why in one.failed.items()),
    ]


def run_compare(options: argparse.Namespace) -> int:
    from benchmarks.compare import compare, rows, slowest
    from benchmarks.table import show

    found = compare(options.compare, selected(options.only), options.rounds, small=options.small)
    show(rows(found))
    seconds = {n: t if isinstance(t, str) else {k: list(v.seconds) for k, v in t.items()} for n, t in found.items()}
    write(
        options.json,
        {"machine": describe(["numpy"], options.threads), "base": options.compare, "seconds": seconds},
    )
    return int(options.fail_above is not None and slowest(found) > options.fail_above)


def write(path: Path | None, what: dict[str, Any]) -> None:
    if path is not None:
        path.write_text(json.dumps(what, indent=1) + "\n")


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    limit_threads(options.threads)
    from benchmarks.agreement import Disagreement  # NumPy comes with it, and must find the threads limited
    from benchmarks.compare import CompareError

    try:
        return run_compare(options) if options.compare else run(options)
    except (ValueError, CompareError, Disagreement) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
