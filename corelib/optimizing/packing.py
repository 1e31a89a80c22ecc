"""Packing: many small parameters updated as one flat array, where a rule acts entry by entry.

A rule calls NumPy a dozen times, and each call costs half a microsecond however small the array is. Parameters of other
kinds of array are updated one by one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import accumulate
from typing import Any, Final, TypeAlias

import numpy as np

from corelib.core.tensor import Tensor
from corelib.optimizing.parameter import Parameter, Update, ndarray, readonly
from corelib.rule import AnyRule, FloatArray, declared

# Entries up to which copying them costs less than the calls that are saved. A copy of ten such arrays:
# python -m timeit -s "import numpy as np; x = [np.ones(2048)] * 10; y = np.ones(20480)" "np.concatenate(x, out=y)".
SMALL: Final = 2048

Members: TypeAlias = tuple[Parameter, ...]
Updates: TypeAlias = Sequence[Update]


class Pack:
    """Parameters laid out one after the other. Their state is here, and not with them, until `dissolve`."""

    def __init__(self, rule: AnyRule, updates: Updates) -> None:
        self.members: list[Parameter] = [update.parameter for update in updates]
        self.shapes: list[tuple[int, ...]] = [update.data.shape for update in updates]
        ends = list(accumulate(update.data.size for update in updates))
        self.slices: list[slice] = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]
        self.values: FloatArray = np.zeros(ends[-1], updates[0].data.dtype)
        self.gradient: FloatArray = np.zeros_like(self.values)
        self.whole: Parameter = Parameter("packed", Tensor(self.values), decays=self.members[0].decays)
        self.whole.t = self.members[0].t
        if self.whole.t > 0:
            fresh = rule.init(readonly(self.values))
            self.whole.state = joined(fresh, [member.state for member in self.members])
        for member in self.members:
            member.state = None

    def gather(self, updates: Updates) -> Update:
        """One update that stands for all of these."""
        np.concatenate([update.data.reshape(-1) for update in updates], out=self.values)
        np.concatenate([update.gradient.reshape(-1) for update in updates], out=self.gradient)
        return Update(self.whole, self.values, readonly(self.gradient))

    def scatter(self, updates: Updates) -> None:
        """Hand the new values back."""
        for update, entries, shape in zip(updates, self.slices, self.shapes, strict=True):
            update.data[...] = self.values[entries].reshape(shape)
            update.parameter.t = self.whole.t

    def dissolve(self) -> None:
        """Hand the state back."""
        for member, entries, shape in zip(self.members, self.slices, self.shapes, strict=True):
            member.state = part(self.whole.state, entries, shape)


class Packing:
    """The packs of an optimizer: they last as long as the same parameters are updated together."""

    def __init__(self) -> None:
        self._packs: dict[Members, Pack] = {}

    def pack(self, rule: AnyRule, updates: Updates) -> tuple[list[Update], list[tuple[Pack, Updates]]]:
        """The updates to make, and the packs to scatter after them, with the updates they stand for."""
        groups = alike(updates) if declared(rule, "elementwise", False) else {}
        for members in self._packs.keys() - groups.keys():
            self._packs.pop(members).dissolve()
        for members in groups.keys() - self._packs.keys():
            self._packs[members] = Pack(rule, groups[members])
        packed = [(self._packs[members], group) for members, group in groups.items()]
        inside = {parameter for members in groups for parameter in members}
        merged = [update for update in updates if update.parameter not in inside]
        return merged + [pack.gather(group) for pack, group in packed], packed

    def dissolve(self) -> None:
        """Give every parameter its own state back."""
        for pack in self._packs.values():
            pack.dissolve()
        self._packs = {}


def alike(updates: Updates) -> dict[Members, Updates]:
    """The small parameters that one call can update: NumPy's, of one dtype, equally often updated before."""
    groups: dict[tuple[int, bool, Any], list[Update]] = {}
    for update in updates:
        if update.data.size <= SMALL and isinstance(update.data, ndarray):
            parameter = update.parameter
            groups.setdefault((parameter.t, parameter.decays, update.data.dtype), []).append(update)
    return {tuple(update.parameter for update in group): group for group in groups.values() if len(group) > 1}


def arrays(state: object) -> Iterator[tuple[str, FloatArray]]:
    """The arrays of a state, by field."""
    if is_dataclass(state):
        found = ((field.name, getattr(state, field.name)) for field in fields(state))
        yield from ((name, value) for name, value in found if isinstance(value, np.ndarray))


def joined(whole: Any, states: Sequence[Any]) -> Any:
    """``whole`` with the arrays of the states written into its own, one after the other."""
    for name, array in arrays(whole):
        np.concatenate([getattr(state, name).reshape(-1) for state in states], out=array)
    return whole


def part(whole: Any, entries: slice, shape: tuple[int, ...]) -> Any:
    """The state of one member: copies of its entries."""
    parts = {name: array[entries].reshape(shape).copy() for name, array in arrays(whole)}
    return replace(whole, **parts) if parts else whole
