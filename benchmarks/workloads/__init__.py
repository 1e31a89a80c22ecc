"""The workloads, by name, in the order in which they are printed."""

from typing import Final

from benchmarks.workload import Workload
from benchmarks.workloads import (
    arithmetic,
    classifier,
    fit_step,
    hessian,
    layer_norm,
    million,
    scalar_chain,
    small_ops,
)

MODULES: Final = (small_ops, fit_step, classifier, scalar_chain, arithmetic, layer_norm, hessian, million)
WORKLOADS: Final[dict[str, Workload]] = {module.WORKLOAD.name: module.WORKLOAD for module in MODULES}
