"""A mutant: one thing wrong in an op, or in an optimizer's rule, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, TypeAlias

Family: TypeAlias = Literal["behaviour", "syntax", "human", "situation"]
FAMILIES: Final[tuple[Family, ...]] = ("behaviour", "syntax", "human", "situation")


class Host(NamedTuple):
    """Something that has the fault: ``make`` returns the op of ``subject`` with it."""

    subject: Any
    make: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault, named by ``key``. A fault in a function that several ops share is one fault with several hosts.

    A fault of syntax is the change ``text`` in the source of ``part``, where the op has source.
    """

    family: Family
    key: str
    hosts: tuple[Host, ...]
    part: Any = None
    text: str = ""

    @property
    def id(self) -> str:
        return self.key if self.family == "syntax" else f"{self.hosts[0].subject.name}::{self.key}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the suite said of a mutant: the check that found it, and what that said.

    Of a survivor, ``witness`` is a call for which its gradients differ from the original's, and ``reason`` says why
    it is no fault.
    """

    mutant: Mutant
    killer: str
    detail: str = ""
    witness: str = ""
    reason: str = ""
    seconds: float = 0.0

    @property
    def killed(self) -> bool:
        return bool(self.killer)

    @property
    def equivalent(self) -> bool:
        """Whether it survived, and there is a reason why it computes what the original computes."""
        return not self.killer and bool(self.reason)
