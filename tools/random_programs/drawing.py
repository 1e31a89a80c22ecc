"""Drawing programs at random: shapes that broadcast, values used again, transforms within transforms."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from tools.random_programs.libraries import Corelib
from tools.random_programs.operations import OPERATIONS
from tools.random_programs.program import MODES, TRANSFORMS, Block, Program, Step

Generator = np.random.Generator
Shape = tuple[int, ...]

ORDER: Final = 3  # of derivatives, that of the whole program included
SHAPES: Final = ((), (2,), (2, 3), (3,), (2, 1), (3,), ())
LARGE: Final = ((110, 120), (120,), (110, 1), ())
LARGEST: Final = 40  # numbers of a value, where arrays are small
ORDERS: Final = {"hvp": 2, "hessian": 2, "checkpoint": 0, "jvp": 1}


def drawn(seed: int) -> Program:
    """The program of a seed. One in ten has arrays so large that gradients are written in place."""
    random = np.random.default_rng(seed)
    large = random.random() < 0.1
    shapes = LARGE if large else SHAPES
    count = int(random.integers(1, 4))
    chosen = [shapes[0], *(shapes[i] for i in random.integers(len(shapes), size=count - 1))] if large else [
        shapes[i] for i in random.integers(len(shapes), size=count)
    ]  # fmt: skip
    mode = MODES[random.integers(len(MODES))]
    if large and mode == "hessian":
        mode = "backward"
    order = ORDER - ORDERS.get(mode, 1)
    block = _block(random, [], chosen, order, int(random.integers(2, 12)), True, large)[0]
    inputs = tuple(np.asarray(random.normal(size=shape)) for shape in chosen)
    vectors = tuple(np.asarray(random.normal(size=shape)) for shape in chosen)
    return Program(seed, inputs, block, mode, vectors)


def _block(
    random: Generator,
    around: Sequence[Shape],
    inputs: Sequence[Shape],
    order: int,
    steps: int,
    summed: bool,
    large: bool,
) -> tuple[Block, Shape]:
    """A block that sees values of these shapes, and the shape of what it returns."""
    known = [*around, *inputs]
    first, made = len(around), []
    for _ in range(steps):
        step, shape = _step(random, known, first, order, large)
        made.append(step)
        known.append(shape)
    ends: tuple[int, ...] = ()
    if summed:
        last = len(known) - 1
        others = random.integers(first, len(known), size=random.integers(0, 3))
        ends = tuple(dict.fromkeys([last, *map(int, others)]))
    return Block(len(inputs), tuple(made), ends), () if summed else known[-1]


def _step(random: Generator, known: Sequence[Shape], first: int, order: int, large: bool) -> tuple[Step, Shape]:
    if order > 0 and random.random() < 0.3:
        name = TRANSFORMS[random.integers(len(TRANSFORMS))]
        costly = large and name in ("jacobian", "hessian")
        if ORDERS.get(name, 1) <= order and not costly:
            return _transform(random, name, known, first, order, large)
    while True:
        operation = list(OPERATIONS.values())[random.integers(len(OPERATIONS))]
        operands = tuple(_operand(random, known, first) for _ in range(operation.arity))
        if operation.jumps and operands[0] == operands[1]:
            continue  # max(x, x) is at its jump
        shapes = [known[i] for i in operands]
        if operation.fits(*shapes) and (operation.large or not large):
            shape = _shape(operation.name, shapes)
            if large or np.prod(shape) <= LARGEST:
                return Step(operation.name, operands), shape


def _operand(random: Generator, known: Sequence[Shape], first: int) -> int:
    """A value: of three, two are the block's own, and of these one is among its latest."""
    if random.random() < 1 / 3:
        return int(random.integers(len(known)))
    low = max(first, len(known) - 3) if random.random() < 0.5 else first
    return int(random.integers(low, len(known)))


def _shape(name: str, shapes: Sequence[Shape]) -> Shape:
    with np.errstate(all="ignore"):
        return np.shape(OPERATIONS[name].run(Corelib(), *[np.full(shape, 0.6) for shape in shapes]))


def _transform(
    random: Generator, name: str, known: Sequence[Shape], first: int, order: int, large: bool
) -> tuple[Step, Shape]:
    at = _operand(random, known, first)
    shape = known[at]
    inner = order - ORDERS.get(name, 1)
    steps = int(random.integers(1, 5))
    if name == "checkpoint":
        operands = (at, *[_operand(random, known, first) for _ in range(random.integers(0, 3))])
        block, returned = _block(random, [], [known[i] for i in operands], inner, steps, False, large)
        return Step(name, operands, block), returned
    summed = name not in ("vjp", "jvp", "jacobian")
    block, returned = _block(random, known, [shape], inner, steps, summed, large)
    constant = _constant(random, name, shape, returned)
    return Step(name, (at,), block, constant), returned if name == "jvp" else shape


def _constant(random: Generator, name: str, shape: Shape, returned: Shape) -> Any:
    sizes = {"vjp": returned, "jvp": shape, "hvp": shape}
    if name in sizes:
        return np.asarray(random.normal(size=sizes[name]))
    rows = {"jacobian": returned, "hessian": shape}
    return random.normal(size=int(np.prod(rows[name]))) if name in rows else None
