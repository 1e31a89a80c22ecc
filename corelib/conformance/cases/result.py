"""The result of one case."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Status: TypeAlias = Literal["pass", "fail", "xfail", "skip", "undeclared"]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one case. ``margin`` is the largest error over its tolerance: above 1 it fails.

    ``detail`` says why it failed or was skipped; of one that passed, what it measured, and ``warns`` marks it.
    ``cause`` is the same for all cases of an op that fail for one reason.
    """

    op: str
    check: str
    sample: str
    seed: int
    status: Status
    assertions: int = 0
    margin: float = 0.0
    detail: str = ""
    seconds: float = field(default=0.0, compare=False)
    warns: bool = False
    cause: str = ""

    @property
    def id(self) -> str:
        return f"{self.op}::{self.check}::{self.sample}::seed{self.seed}"

    @property
    def message(self) -> str:
        """The detail, with the name of the case where the detail has none."""
        return f"undeclared {self.id}: {self.detail}" if self.status == "undeclared" else self.detail
