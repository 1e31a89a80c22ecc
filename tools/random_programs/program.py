"""What a random program is: blocks of steps, each an operation on values that are there, or a transform of a block."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from tools.random_programs.operations import OPERATIONS

TRANSFORMS: Final = (
    "grad", "value_and_grad", "elementwise_grad", "vjp", "jvp", "hvp", "jacobian", "hessian", "checkpoint", "thread",
)  # fmt: skip
"""What a step may do with a block: "thread" takes a gradient on another thread."""
MODES: Final = ("grad", "value_and_grad", "backward", "accumulate", "retain", "vjp", "jvp", "hvp", "hessian", "thread")
"""How the whole program is differentiated."""


@dataclass(frozen=True)
class Step:
    """One more value: of an operation, or of a transform of ``block`` at the first operand."""

    name: str
    operands: tuple[int, ...]
    block: "Block | None" = None
    constant: Any = None  # the vector of a vjp, jvp or hvp; the weights of the rows of a matrix

    def run(self, lib: Any, values: Sequence[Any]) -> Any:
        args = [values[i] for i in self.operands]
        if self.block is None:
            return lib.seen(OPERATIONS[self.name].run(lib, *args))
        if self.name == "checkpoint":
            return lib.checkpoint(self.block.function(lib, ()), *args)
        made = self.block.function(lib, values)
        if self.constant is None:
            return lib.seen(getattr(lib, self.name)(made, args[0]))
        return lib.seen(getattr(lib, self.name)(made, args[0], lib.const(self.constant)))


@dataclass(frozen=True)
class Block:
    """A function of ``inputs`` arguments: it sees the values around it, and returns a number or its last value."""

    inputs: int
    steps: tuple[Step, ...]
    summed: tuple[int, ...]  # those values are summed with weights; none of them: the last value is returned

    def function(self, lib: Any, around: Sequence[Any]) -> Any:
        def function(*args: Any) -> Any:
            values = [*around, *args]
            for step in self.steps:
                values.append(step.run(lib, values))
            return total(lib, [values[i] for i in self.summed]) if self.summed else values[-1]

        return function

    @property
    def size(self) -> int:
        return sum(1 + (step.block.size if step.block else 0) for step in self.steps)

    def lines(self, first: int, indent: str = "    ") -> list[str]:
        """The block as text; ``first`` is the number of its first argument."""
        found = []
        for i, step in enumerate(self.steps, first + self.inputs):
            args = ", ".join(f"v{k}" for k in step.operands)
            found.append(f"{indent}v{i} = {step.name}({args})")
            if step.block is not None:
                inner = 0 if step.name == "checkpoint" else i
                found[-1] += f" of f(v{inner}{', ...' if step.block.inputs > 1 else ''}):"
                found += step.block.lines(inner, indent + "    ")
        returned = " + ".join(f"{WEIGHTS[k % len(WEIGHTS)]} sum(v{i})" for k, i in enumerate(self.summed))
        return [*found, f"{indent}return {returned or 'the last'}"]


WEIGHTS: Final = (1.0, -0.5, 0.25)


def total(lib: Any, values: Sequence[Any]) -> Any:
    """One number made of some values."""
    parts = [WEIGHTS[k % len(WEIGHTS)] * lib.sum(value) for k, value in enumerate(values)]
    found = parts[0]
    for part in parts[1:]:
        found = found + part
    return found


@dataclass(frozen=True)
class Program:
    """A function of some arrays to one number, the arrays, and the way in which it is differentiated."""

    seed: int
    inputs: tuple[Any, ...]
    block: Block
    mode: str
    vectors: tuple[Any, ...] = field(repr=False, default=())

    def __str__(self) -> str:
        shapes = ", ".join(f"v{i}{np.shape(x)}" for i, x in enumerate(self.inputs))
        head = f"program {self.seed}: {self.mode} of f({shapes}):"
        return "\n".join([head, *self.block.lines(0)])
