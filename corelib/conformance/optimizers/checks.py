"""The checks of a rule, in the order in which they run: what is weakest comes last."""

from typing import Final

from corelib.conformance.optimizers import (
    array_kinds,
    declaration,
    descent,
    driven,
    memory,
    numbers,
    perf,
    saving,
    together,
)
from corelib.conformance.optimizers.case import RuleCheck

RULE_CHECKS: Final[tuple[RuleCheck, ...]] = (
    *declaration.CHECKS, *memory.CHECKS, *numbers.CHECKS, *driven.CHECKS, *together.CHECKS, *saving.CHECKS,
    *array_kinds.CHECKS, *descent.CHECKS, *perf.CHECKS,
)  # fmt: skip
"""All checks of one optimizer."""

RULE_CHECK_IDS: Final = tuple(check.id for check in RULE_CHECKS)
