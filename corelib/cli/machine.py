"""What corelib runs on: versions, the BLAS of NumPy and its threads, and whether the core is compiled."""

import os
import platform
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

THREADS: Final = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def facts() -> Iterator[tuple[str, str]]:
    """The facts about the machine that a bug report needs."""
    from corelib._version import __version__
    from corelib.core import tensor

    file = tensor.__file__ or ""
    kind = "interpreted" if file.endswith(".py") else "compiled"
    yield "corelib", f"{__version__}, {kind}, in {os.path.dirname(file)}"
    yield "Python", f"{platform.python_version()} on {platform.platform(terse=True)}"
    yield "NumPy", np.__version__
    yield "BLAS", blas()
    yield "threads", threads()


def blas() -> str:
    """The BLAS that NumPy was built with."""
    config: Any = np.show_config(mode="dicts")
    found = (config or {}).get("Build Dependencies", {}).get("blas", {})
    return f"{found.get('name', 'unknown')} {found.get('version', '')}".rstrip()


def threads() -> str:
    """The number of processors of this process, and the environment variables for BLAS threads."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    said = [f"{name}={os.environ[name]}" for name in THREADS if name in os.environ]
    processors = f"{allowed} processor{'' if allowed == 1 else 's'}"
    return f"{processors}; {', '.join(said) or 'BLAS uses as many threads as it likes'}"
