"""What the conformance suite is told of ops that make new entries between or in the place of others."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec

Generator = np.random.Generator
ENDS: Final = (
    ((), ()),
    ((3,), ()),
    ((2, 1), (3,)),
    ((1, 1), (1, 1)),
    ((2, 3), (2, 3)),
    ((3, 2), (3, 2)),
    ((2, 2), (2, 2)),
)
WIDER: Final[dict[str, Any]] = {"dtype": np.float64}


def between(generator: Generator, *each: dict[str, Any]) -> Iterator[OpSample]:
    """Calls of an op of two ends: every shape with the first fields, and all fields with one shape."""
    for start, stop in ENDS:
        yield OpSample(*(np.asarray(1 + generator.uniform(size=shape)) for shape in (start, stop)), num=4)
    same = np.repeat(1 + generator.uniform(size=2), 2)
    yield OpSample(same, same, num=3)
    for fields in each:
        yield OpSample(*(1 + generator.uniform(size=shape) for shape in ((2, 3), (3,))), **fields)


FIELDS: Final[tuple[dict[str, Any], ...]] = (
    {"num": 3, "endpoint": False, "axis": -1, **WIDER},
    {"num": 1, "endpoint": True},
    {"num": 1, "endpoint": False},
    {"num": 4, "endpoint": True, "axis": 1},
)
STEPS: Final[dict[str, Any]] = {"num": 3, "endpoint": False, "axis": -1, "retstep": True, **WIDER}


def many(generator: Generator) -> OpSample:
    return OpSample(1 + generator.uniform(size=400), 2 + generator.uniform(size=400), num=6)


def powers(generator: Generator) -> Iterator[OpSample]:
    yield from between(generator, *FIELDS, {**FIELDS[0], "base": 2.5})
    start, stop, base = (1 + generator.uniform(size=shape) for shape in ((2, 1), 3, (2, 3)))
    yield OpSample(start, stop, 4, True, base, id="bases")
    yield OpSample(start, stop, 4, False, np.asarray(base[0, 0]), id="base")
    yield OpSample(start, stop, 4, False, base[0], None, -1, id="bases_along_the_last_axis")


def updated(how: str) -> Callable[..., Any]:
    """The reference: an assignment to entries of a copy."""

    def reference(x: Any, index: Any, values: Any) -> Any:
        new = np.array(x, np.result_type(x, values))
        if how == "add":
            np.add.at(new, index, values)
        else:
            new[index] = values
        return new

    return reference


MASK: Final = np.array([[True, False, True, True], [True, True, False, True], [True, True, True, False]])
INDICES: Final[tuple[Any, ...]] = (
    0, (0, 1), np.s_[1:, None, ::2], np.s_[..., -1], True, np.s_[::-1, ::-2], MASK, [0, 0, 2], ([0, 1, 1], [2, 3, 3]),
    np.s_[1:2, [0, 0]], np.ix_([0, 0], [1, 2]), np.array(1),
)  # fmt: skip


def updates(name: str, looks: int) -> OpSpec:
    """The spec of an update: at each index values of its shape, and others that are broadcast.

    It looks at an array in one case, once for each use: how many entries a mask on a GPU takes must be known.
    """

    def samples(generator: Generator) -> Iterator[OpSample]:
        for i, index in enumerate(INDICES):
            values = generator.normal(size=np.zeros((3, 4))[index].shape)
            yield OpSample(generator.normal(size=(3, 4)), index, np.asarray(values), id=f"index{i}")
        yield OpSample(generator.normal(size=(3, 4)), np.s_[:, 1:3], generator.normal(size=(3, 1)))
        yield OpSample(generator.normal(size=(3, 4)), [2, 0, 2], generator.normal(size=4))
        yield OpSample(generator.normal(size=(3, 4)), np.s_[:2], generator.normal(size=(1, 1, 4)))
        yield OpSample(np.asarray(generator.normal()), (), np.asarray(generator.normal()))

    errors = [
        ErrorSample(np.ones((3, 4)), 5, 1.0, raises=IndexError),
        ErrorSample(np.ones((3, 4)), 0, np.ones(3), raises=ValueError),
    ]
    return OpSpec(name, kind="custom", samples=samples, reference=updated(name[-3:]), errors=errors, looks=looks)


def inserted(generator: Generator) -> Iterator[OpSample]:
    x = generator.normal(size=(3, 4))
    yield OpSample(x, 1, np.asarray(generator.normal()))
    yield OpSample(x, [1, 3, 1], generator.normal(size=3))
    yield OpSample(x, slice(0, 4, 2), generator.normal(size=(3, 2)), axis=1)
    yield OpSample(x, -1, generator.normal(size=4), axis=0)
    yield OpSample(x, 2, generator.normal(size=(2, 3)), axis=-1)
    yield OpSample(x, [2], generator.normal(size=(3, 2)), axis=-1)
    yield OpSample(x, np.array([True, False, True]), generator.normal(size=(2, 1)), axis=0)
    yield OpSample(x, [], generator.normal(size=(0, 4)), axis=0)
    yield OpSample(x, 1, x, axis=0)


def put(arr: Any, indices: Any, values: Any, axis: int | None = -1) -> Any:
    new = np.array(arr, np.result_type(arr, values))
    np.put_along_axis(new, indices, values, axis)
    return new


def puts(generator: Generator) -> Iterator[OpSample]:
    x = generator.normal(size=(3, 4))
    yield OpSample(x, np.array([[0, 1], [1, 2], [3, 2]]), generator.normal(size=(3, 2)))
    yield OpSample(x, np.array([1, 4]), generator.normal(size=2), axis=None)
    yield OpSample(x, np.array([[0, 2, 1, 0]]), generator.normal(size=(1, 4)), axis=-2)
    yield OpSample(x, np.array([[0, 0], [1, 1], [3, 3]]), generator.normal(size=(3, 1)), axis=1)
    yield OpSample(x[:1, :1], np.array([[0]]), generator.normal(size=(1, 1)))
    square = generator.normal(size=(3, 3))
    yield OpSample(square, np.array([[0, 1, 2], [1, 2, 0], [0, 2, 1]]), square)
    yield OpSample(generator.normal(size=(2, 12)), np.array([[11, 3], [0, 7]]), generator.normal(size=(2, 2)))


def filled(generator: Generator) -> Iterator[OpSample]:
    for shape, value in (
        ((2, 3), ()), (4, ()), ((), ()), ((2, 3), (3,)), ((2, 3), (2, 1)), ((2, 2, 3, 2), (2, 3, 2)),
        ((1, 1), (1, 1)), ((2, 2), (2, 2)), ((3, 2), (3, 2)), ((12,), (12,)), ((2, 3), (2, 3)),
    ):  # fmt: skip
        yield OpSample(shape, np.asarray(generator.normal(size=value)))
    yield OpSample((2, 3), generator.normal(size=3), dtype=np.float64, order="F")


ZERO: Final = [ErrorSample(0.0, 1.0, raises=ValueError, match="zero")]
NEGATIVE: Final = [ErrorSample(0.0, 1.0, raises=ValueError, num=-1)]

MAKING: Final = (
    OpSpec(
        "linspace",
        kind="custom",
        samples=lambda g: between(g, *FIELDS, {"num": 3, "retstep": True}, STEPS),
        errors=NEGATIVE,
    ),
    OpSpec("logspace", kind="custom", samples=powers, errors=NEGATIVE),
    OpSpec("geomspace", kind="custom", samples=lambda g: between(g, *FIELDS), large=many, errors=ZERO),
    OpSpec("full", kind="custom", samples=filled),
    OpSpec("insert", kind="custom", samples=inserted, looks=1),
    updates("index_set", looks=3),
    updates("index_add", looks=2),
    OpSpec("put_along_axis", kind="custom", samples=puts, reference=put),
)
