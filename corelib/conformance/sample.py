"""A sample as the checks see it: the arrays it is differentiated in, apart from everything else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np

from corelib.conformance.operands import operands, with_operands
from corelib.conformance.spec import OpSample, Tie
from corelib.core.tensor import Array


class Tag(StrEnum):
    """What a sample is. Checks select samples by their tags."""

    INTERIOR = "interior"  # a call of the author's, or one inside the domain: what most checks take
    EMPTY = "empty"  # some array has no entry
    COMPLEX = "complex"  # some array is complex
    KINK = "kink"  # the slopes jump there
    SIDES = "sides"  # on both sides of a kink, or far out: the Jacobian is looked at there, and nothing else
    SAME = "same"  # one array as every operand, as in f(x, x)
    NUMBER = "number"  # a Python number beside an array, as in x**2
    LARGE = "large"  # thousands of entries


@dataclass(frozen=True, eq=False)
class Sample:
    """The arguments of one call, with a Slot in the place of each array that has a gradient.

    ``tags`` say which checks it is for.
    ``room`` is how far the numbers of each array may be moved before they leave the domain; ``sets`` the declared set
    that each array lies in, where any is declared.
    """

    id: str
    args: tuple[Any, ...]
    arrays: tuple[Array, ...]
    fields: Mapping[str, Any]
    tags: frozenset[Tag]
    kink: Tie | None = None
    room: tuple[Array, ...] | None = None
    sets: tuple[str | None, ...] = ()
    memo: dict[Any, Any] = field(default_factory=dict, repr=False)

    def filled(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """The arguments of the call, with ``values`` in the place of the arrays."""
        return tuple([_filled(arg, values) for arg in self.args])

    def having(self, arrays: Sequence[Array], id: str | None = None) -> "Sample":
        """The same call on other arrays."""
        return replace(self, arrays=tuple(arrays), id=self.id if id is None else id, room=None, memo={})

    @property
    def numbers(self) -> int:
        return sum(a.size for a in self.arrays)

    @property
    def is_complex(self) -> bool:
        return any(a.dtype.kind == "c" for a in self.arrays)

    def __str__(self) -> str:
        parts = [
            f"{name}={a.dtype}{shape_text(a.shape)} {order(a)}" for name, a in zip(LETTERS, self.arrays, strict=False)
        ]
        return ", ".join(parts + [f"{k}={v!r}" for k, v in self.fields.items()])


LETTERS = ("x", "y", "z", "u", "v", "w", "p", "q", "r", "s")


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of an array among the arguments."""

    index: int


def prepared(
    sample: OpSample, name: str, tags: Sequence[Tag], kink: Tie | None = None,
    nondiff: Collection[str] = (), names: Sequence[str] = (), sets: Mapping[str, str] = MappingProxyType({}),
    in_list: bool = False,
) -> Sample:  # fmt: skip
    """An author's sample, taken apart. Operands whose ``names`` are among ``nondiff`` stay where they are."""
    arrays: list[Array] = []
    constant = [i for i, name in enumerate(names) if name in nondiff]
    given = operands(sample.args, in_list)
    slots = [arg if i in constant else _slotted(arg, arrays) for i, arg in enumerate(given)]
    args = with_operands(sample.args, slots, in_list)
    found = kink if kink is not None else sample.kink
    marks = {*tags, *((Tag.KINK,) if found is not None else ())}
    if any(a.size == 0 for a in arrays):
        marks.add(Tag.EMPTY)
    if any(a.dtype.kind == "c" for a in arrays):
        marks.add(Tag.COMPLEX)
    kept = {a.index: sets.get(n) for a, n in zip(slots, names, strict=False) if isinstance(a, Slot)} if sets else {}
    confined = tuple([kept.get(i) for i in range(len(arrays))]) if any(kept.values()) else ()
    return Sample(sample.id or name, args, tuple(arrays), sample.fields, frozenset(marks), found, sets=confined)


def _slotted(arg: Any, arrays: list[Array]) -> Any:
    if isinstance(arg, (np.ndarray, np.floating)) and arg.dtype.kind in "fc":
        for i, known in enumerate(arrays):
            if known is arg:
                return Slot(i)
        arrays.append(np.asarray(arg))
        return Slot(len(arrays) - 1)
    if type(arg) in (list, tuple):
        return type(arg)([_slotted(part, arrays) for part in arg])
    return arg


def _filled(arg: Any, values: Sequence[Any]) -> Any:
    if type(arg) is Slot:
        return values[arg.index]
    if type(arg) in (list, tuple):
        return type(arg)([_filled(part, values) for part in arg])
    return arg


def entrywise_sample(arrays: Sequence[Array], id: str = "points") -> Sample:
    """A call of an entry-by-entry op."""
    return Sample(id, tuple(map(Slot, range(len(arrays)))), tuple(arrays), {}, frozenset())


def shape_text(shape: tuple[int, ...]) -> str:
    return f"({','.join(map(str, shape))})"


def order(array: Array) -> str:
    """How an array lies in memory, in a word."""
    if array.flags.c_contiguous:
        return "C"
    return "F" if array.flags.f_contiguous else "strided"
