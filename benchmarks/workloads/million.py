"""The chain of single numbers, 1,000,000 calls long: no recursion, and a call costs what it costs at 20,000.

Beside the 20,000 (``--only scalar-chain million``) it shows what the size costs: Python's garbage collector looks
through all that it tracks again and again, and nodes no longer fit into the processor's caches.
"""

from dataclasses import replace
from typing import Final

from benchmarks.workload import Target, Workload
from benchmarks.workloads import scalar_chain

WORKLOAD: Final[Workload] = replace(
    scalar_chain.WORKLOAD,
    name="million",
    title="chain of 1,000,000 calls on single numbers",
    full={"calls": 1_000_000},
    target=Target(compiled=1.5, interpreted=3.0, per_call=True),
    slow=True,
    without={
        "jax": "takes three minutes for one run",
        "jax.jit": "unrolls the chain, and compiles that for hours",
        "autograd": "takes 20 seconds for one run",
        "mygrad": "takes 20 seconds for one run",
    },
)
