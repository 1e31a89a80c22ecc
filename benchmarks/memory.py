"""Peak memory of one run, in a child process of its own, beyond what the inputs and the libraries take.

Two yardsticks:

- *resident*, for every contender: how far the resident set rises above where it stood when the run began. The
  child first runs the workload at its small size (and at its full size what compiles at its first run), so that
  modules, thread pools and caches are there; it gives free memory back to the system (``malloc_trim``) and
  resets the high-water mark (``/proc/self/clear_refs``), which then sees the run alone. Pages are counted as
  they are touched, whoever allocates. Without Linux it is the rise of ``ru_maxrss``, which overlooks a run that
  stays below an earlier peak.
- *traced*, for the contenders whose arrays are NumPy's: the peak of tracemalloc over a second run, which counts
  every byte of every array and Python object alive at once, and nothing else. It is exact and repeatable.

The gradients that a run returns are part of its peak, by hand and elsewhere.
"""

import ctypes
import gc
import json
import resource
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from benchmarks.contender import CONTENDERS, Contender
from benchmarks.workload import Step, Workload
from benchmarks.workloads import WORKLOADS

CLEAR_REFS: Final = Path("/proc/self/clear_refs")
STATUS: Final = Path("/proc/self/status")
ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Memory:
    """Peaks of one run, in bytes; ``traced`` is None where tracemalloc does not see the arrays."""

    resident: int
    traced: int | None


def measure(workload: Workload, contender: Contender, *, small: bool = False) -> Memory:
    """The peak memory of a run, from a child process. Raises RuntimeError with what a failed child said."""
    size = "small" if small else "full"
    command = [sys.executable, "-m", "benchmarks.memory", workload.name, contender.name, size]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if child.returncode:
        raise RuntimeError(f"{workload.name}, {contender.name}: {child.stderr.strip().splitlines()[-1]}")
    return Memory(**json.loads(child.stdout.splitlines()[-1]))


def measure_here(workload: Workload, contender: Contender, *, small: bool = False) -> Memory:
    """The same in this process, which had better be new."""
    warm = contender.prepare(workload, workload.make(**workload.sizes(small=True)))
    step = contender.prepare(workload, workload.make(**workload.sizes(small)))
    for prepared in (warm, warm, *([step] if contender.compiles else [])):
        prepared()
    return Memory(resident=resident_peak(step), traced=traced_peak(step) if contender.traced else None)


def resident_peak(step: Step) -> int:
    gc.collect()
    before, peak = high_water()
    step()
    return max(0, peak() - before)


def high_water() -> tuple[int, Callable[[], int]]:
    """The resident set now, in bytes, and a function that tells the highest since."""
    if not CLEAR_REFS.exists():
        unit = 1 if sys.platform == "darwin" else 1024
        return maximum_resident(unit), lambda: maximum_resident(unit)
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of the GNU C library
    if trim is not None:
        trim(0)
    CLEAR_REFS.write_text("5")  # resets VmHWM to VmRSS
    return status("VmRSS"), lambda: status("VmHWM")


def maximum_resident(unit: int) -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def status(name: str) -> int:
    """A line of this process's status, such as "VmRSS:  1234 kB", in bytes."""
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines() if ":" in line)
    return int(lines[name].split()[0]) * 1024


def traced_peak(step: Step) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        step()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def main(workload: str, contender: str, size: str) -> None:
    measured = measure_here(WORKLOADS[workload], CONTENDERS[contender], small=size == "small")
    print(json.dumps(asdict(measured)))


if __name__ == "__main__":
    main(*sys.argv[1:])
