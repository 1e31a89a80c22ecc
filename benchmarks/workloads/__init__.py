"""The workloads, by name, in the order in which they are printed."""

from typing import Final

from benchmarks.workload import Workload
from benchmarks.workloads import (
    arithmetic,
    classifier,
    evidence,
    fit_step,
    hessian,
    layer_norm,
    million,
    scalar_chain,
    small_ops,
)

_ALL: Final = (
    small_ops.WORKLOAD, small_ops.ATTRIBUTES, fit_step.WORKLOAD, fit_step.LARGE, classifier.WORKLOAD,
    scalar_chain.WORKLOAD, arithmetic.WORKLOAD, layer_norm.WORKLOAD, hessian.WORKLOAD, evidence.WORKLOAD,
    million.WORKLOAD,
)  # fmt: skip
WORKLOADS: Final[dict[str, Workload]] = {workload.name: workload for workload in _ALL}
