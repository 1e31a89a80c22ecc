"""The checks of an op, in the order in which they run: basic ones first."""

from typing import Final

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks import (
    array_kinds,
    arriving,
    beyond,
    boundary,
    broadcast,
    declared,
    extreme,
    fuzz,
    interface,
    kinks,
    magnitudes,
    mixed,
    perf,
    promised,
    protocol,
    refused,
    second,
    state,
    typed,
    types,
    values,
)

CHECKS: Final[tuple[Check, ...]] = (
    *state.FIRST, *protocol.CHECKS, *values.CHECKS, *types.CHECKS, *mixed.CHECKS, *broadcast.CHECKS, *arriving.CHECKS,
    *boundary.CHECKS, *beyond.CHECKS, *kinks.CHECKS, *promised.CHECKS, *extreme.CHECKS, *second.CHECKS,
    *array_kinds.CHECKS, *magnitudes.CHECKS, *interface.CHECKS, *refused.CHECKS, *typed.CHECKS, *state.CHECKS,
    *fuzz.CHECKS, *perf.CHECKS, *declared.CHECKS,
)  # fmt: skip
"""All checks of one op. The number of cases of a whole run is checked in ``reporting.manifest``."""

CHECK_IDS: Final = tuple(check.id for check in CHECKS)
