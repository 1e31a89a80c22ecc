"""What this distribution provides to corelib."""

from collections.abc import Iterable, Mapping

from corelib.extend import ArrayKind, Problem, hookimpl


@hookimpl
def corelib_array_kinds() -> Mapping[str, ArrayKind | str]:
    return {"cupy.ndarray": "corelib_cupy.kind:CUPY"}


@hookimpl
def corelib_doctor() -> Iterable[Problem]:
    problem = missing()
    return [Problem(problem, level="warning")] if problem else []


def missing() -> str:
    """Why arrays of CuPy cannot be used here, and what to do; nothing where they can."""
    try:
        import cupy
    except ImportError as error:
        return (
            f"cupy cannot be imported ({error}); pip install corelib-cupy[cuda13], or corelib-cupy[cuda12]: nvidia-smi "
            "shows the newest version of CUDA that the driver takes"
        )
    try:
        if cupy.cuda.runtime.getDeviceCount():
            return ""
        reason = "there is none"
    except cupy.cuda.runtime.CUDARuntimeError as error:
        reason = str(error)
    return f"cupy finds no GPU ({reason}); see nvidia-smi, and CUDA_VISIBLE_DEVICES"
