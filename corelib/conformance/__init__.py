"""The suite that shows an op to be right: run by pytest, by ``corelib check``, or by ``check(op, *args)``."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from corelib.conformance.installed_ops import installed
    from corelib.conformance.numerics.gradients import check_grads
    from corelib.conformance.optimizers.spec import Budget, RuleSpec, Trajectories
    from corelib.conformance.reporting.report import Report
    from corelib.conformance.running.parametrized import parametrize_conformance
    from corelib.conformance.running.runner import check, repro, run
    from corelib.conformance.spec import ErrorSample, OpSample, OpSpec, Promise, Xfail, xfail
    from corelib.conformance.subject import Subject, subject_of

__all__ = [
    "Budget", "ErrorSample", "OpSample", "OpSpec", "Promise", "Report", "RuleSpec", "Subject", "Trajectories",
    "Xfail", "check", "check_grads", "installed", "parametrize_conformance", "repro", "run", "subject_of", "xfail",
]  # fmt: skip

_PLACES: Final = {  # imported when asked for: pytest imports this package in every run
    "numerics.gradients": ("check_grads",),
    "installed_ops": ("installed",),
    "running.parametrized": ("parametrize_conformance",),
    "reporting.report": ("Report",),
    "optimizers.spec": ("Budget", "RuleSpec", "Trajectories"),
    "running.runner": ("check", "repro", "run"),
    "spec": ("ErrorSample", "OpSample", "OpSpec", "Promise", "Xfail", "xfail"),
    "subject": ("Subject", "subject_of"),
}

if not TYPE_CHECKING:  # a checker that saw this would let misspelt names pass

    def __getattr__(name: str) -> Any:
        for module, names in _PLACES.items():
            if name in names:
                value = globals()[name] = getattr(import_module(f"corelib.conformance.{module}"), name)
                return value
        raise AttributeError(f"module 'corelib.conformance' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted(__all__)
