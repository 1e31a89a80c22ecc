"""From the arguments of a NumPy function to the operands and fields of the op that stands for it."""

from collections.abc import Callable, Sequence
from inspect import Parameter, signature
from typing import Any, Final

import numpy as np

from corelib.core.naming import described, shown
from corelib.errors import UnsupportedArgument

NO_VALUE: Final = np._NoValue  # NumPy's own mark for "not given"


class Arguments:
    """Sorts the arguments of one NumPy function: arrays first, then fields by name, defaults dropped.

    A keyword that the op does not know is refused, unless it has the value it has when not given.
    """

    def __init__(self, function: Callable[..., Any], arrays: int, fields: frozenset[str]) -> None:
        self.function = function
        self.arrays = arrays
        self.fields = fields
        known = list(signature(function).parameters.values())
        self.names: list[str] = [p.name for p in known if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        self.defaults: dict[str, Any] = {p.name: p.default for p in known if p.default is not Parameter.empty}

    def sort(self, args: Sequence[Any], keywords: dict[str, Any]) -> tuple[Sequence[Any], dict[str, Any]]:
        """The operands, and the fields that were given a value of their own."""
        as_given = len(args) == self.arrays and self.fields.issuperset(keywords)
        if as_given and not any([value is NO_VALUE for value in keywords.values()]):
            return args, keywords
        operands = list(args[: self.arrays])
        given = dict(zip(self.names[self.arrays :], args[self.arrays :], strict=False))
        given.update(keywords)
        for name in self.names[len(operands) : self.arrays]:
            if name in given:
                operands.append(given.pop(name))
        return operands, {name: value for name, value in given.items() if self.is_field(name, value)}

    def is_field(self, name: str, value: Any) -> bool:
        """Whether to pass it on; False for a default that the op need not know."""
        if name in self.fields:
            return value is not NO_VALUE
        if self.is_default(name, value):
            return False
        allowed = ", ".join(sorted(self.fields)) or "none"
        raise UnsupportedArgument(
            f"{described(self.function)} on a Tensor does not take {name}={shown(value)}; keywords it takes: {allowed}"
        )

    def is_default(self, name: str, value: Any) -> bool:
        if value is None or value is NO_VALUE:
            return name in self.defaults and self.defaults[name] in (None, NO_VALUE)
        default = self.defaults.get(name, NO_VALUE)
        return isinstance(value, (bool, int, float, str)) and type(value) is type(default) and value == default
