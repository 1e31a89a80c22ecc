"""A child of ``compare``: it runs workloads with the corelib of its own checkout, a turn at a time, when
told to.

It reads a request in JSON from each line of its input, and replies with a line of JSON:

{"workload": name, "small": bool, "repeats": n} -> {"seconds": s}

or, with repeats 0, how many runs fill a turn. Seconds are the processor's: a busy neighbour is no slower
core.
"""

import json
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from time import process_time
from typing import Any

import corelib
from benchmarks.contender import CONTENDERS
from benchmarks.machine import core
from benchmarks.timing import repeats_for, run, settle
from benchmarks.workload import Step
from benchmarks.workloads import WORKLOADS


@lru_cache(maxsize=1)
def prepared(name: str, small: bool) -> Step:
    workload = WORKLOADS[name]
    return CONTENDERS["corelib"].prepare(workload, workload.make(**workload.sizes(small)))


def reply(workload: str, small: bool, repeats: int) -> dict[str, Any]:
    try:
        step = prepared(workload, small)
        return {"seconds": run(step, repeats, process_time)} if repeats else {"repeats": repeats_for(step)}
    except Exception as error:  # an older core may lack what a workload uses: the parent says so and goes on
        return {"error": f"{type(error).__name__}: {error}"}


def replies() -> Iterator[dict[str, Any]]:
    yield {"corelib": str(Path(corelib.__file__).resolve().parent.parent), "core": core()}
    for line in sys.stdin:
        yield reply(**json.loads(line))


if __name__ == "__main__":
    settle()
    for each in replies():
        print(json.dumps(each), flush=True)
