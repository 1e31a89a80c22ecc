"""Where it was measured: the machine, the versions, and how many threads everybody was given."""

import os
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def limit_threads(threads: int) -> None:
    """Give everybody so many threads, children too. To be called before NumPy is imported."""
    os.environ.update(dict.fromkeys(THREADS, str(threads)))
    if threads == 1:  # XLA knows one thread or all cores
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    os.environ.setdefault("JAX_PLATFORMS", "cpu")


def describe(modules: Iterable[str], threads: int) -> dict[str, str]:
    """What a reader needs to know who wants to measure it again."""
    return {
        "processor": processor(),
        "python": platform.python_version(),
        "threads": str(threads),
        "corelib is": core(),
        **{name: found for name in dict.fromkeys(modules) if (found := installed(name))},
    }


def processor() -> str:
    """The name of the processor, and how many of its cores we may use."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{names[0] if names else platform.machine()}, {cores} cores"


def core() -> str:
    """Whether the core that runs is compiled."""
    import corelib  # here: limit_threads comes before NumPy

    file = sys.modules[corelib.Node.__module__].__file__  # wherever an older checkout has its graph
    return "interpreted" if str(file).endswith(".py") else "compiled"


def installed(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
