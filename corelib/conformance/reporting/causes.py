"""Failures grouped by cause: one text for each cause, with the number of cases that fail for it."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from corelib.conformance.cases.result import Result

SLOPES: Final = (
    "jacobian", "projection", "complex", "jacobian_complex", "kinks", "boundary", "second_order", "promised", "fuzz",
)  # fmt: skip
"""Checks of the slope's numbers: where the first is red, a wrong slope explains the others."""
NAMED: Final = 3
"""Further cases of a cause that are listed by name."""


def by_cause(failures: Sequence[Result]) -> list[str]:
    """One text for each cause: its first case in full, and how many more cases there are."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in failures:
        groups.setdefault((result.op, result.cause or result.id), []).append(result)
    wrong = {r.op for r in failures if r.check == SLOPES[0]}
    texts, explained = [], dict[str, list[Result]]()
    for (op, _), group in groups.items():
        if op in wrong and group[0].check in SLOPES[1:]:
            explained.setdefault(op, []).extend(group)
        else:
            texts.append(_of_one_cause(group))
    return [*texts, *[_explained(op, results) for op, results in explained.items()]]


def _of_one_cause(group: Sequence[Result]) -> str:
    first, others = group[0], group[1:]
    if not others:
        return first.detail
    named = ", ".join(f"{r.check}::{r.sample}::seed{r.seed}" for r in others[:NAMED])
    more = ", ..." if len(others) > NAMED else ""
    return f"{first.detail}\n  the same in {len(others)} more {_cases(len(others))}: {named}{more}"


def _explained(op: str, results: Sequence[Result]) -> str:
    counts = ", ".join(f"{check} {count}" for check, count in Counter(r.check for r in results).items())
    return (
        f"{op}: {len(results)} more {_cases(len(results))} fail, as the wrong slope above makes them: {counts}. "
        "Fix that first; a report in JSON has them in full"
    )


def _cases(count: int) -> str:
    return "case" if count == 1 else "cases"
