"""What the conformance suite is told of ops that move entries: calls of each, and what they refuse."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec, xfail

Generator = np.random.Generator
MASK: Final = np.array([[True, False, True, True], [True, True, False, True], [True, True, True, False]])
ROWS: Final = ([0, 1, 1], [2, 3, 3])


def calls(
    name: str,
    *each: dict[str, Any],
    shapes: tuple[tuple[int, ...], ...] = ((3, 4),),
    wrong: dict[str, Any] | None = None,
    **known: Any,
) -> OpSpec:
    """The spec of an op of one array, from its fields in each call, and fields that it refuses."""

    def samples(generator: Generator) -> Iterator[OpSample]:
        for shape in shapes:
            for fields in each or ({},):
                yield OpSample(np.asarray(generator.normal(size=shape)), **fields)

    errors = [] if wrong is None else [ErrorSample(np.ones((3, 4)), raises=ValueError, **wrong)]
    return OpSpec(name, kind="custom", samples=samples, errors=errors, **known)


def indexed(name: str, reference: Callable[..., Any], *indices: Any, **fields: Any) -> OpSpec:
    """The spec of an op of an array and an index.

    It looks at an array in one case: how many entries a mask takes must be known, and a mask may be on a GPU.
    """

    def samples(generator: Generator) -> Iterator[OpSample]:
        for i, index in enumerate(indices):
            values = np.zeros((3, 4))[index] if fields else np.zeros((3, 4))
            yield OpSample(generator.normal(size=values.shape), id=f"index{i}", index=index, **fields)

    return OpSpec(name, kind="custom", samples=samples, reference=reference, looks=1)


def joined(name: str, *each: dict[str, Any], several: bool = False, **known: Any) -> OpSpec:
    """The spec of an op of a list of arrays; with ``several``, of the arrays as they are."""

    def samples(generator: Generator) -> Iterator[OpSample]:
        for fields in each or ({},):
            for number in (1, 2, 3):
                arrays = [generator.normal(size=(2, 3)) for _ in range(number)]
                yield OpSample(*(arrays if several else [arrays]), **fields)

    return OpSpec(name, kind="custom", samples=samples, **known)


def taken(x: Any, index: Any) -> Any:
    return x[index]


def put(values: Any, index: Any, shape: tuple[int, ...]) -> Any:
    zeros = np.zeros(shape, values.dtype)
    np.add.at(zeros, index, values)
    return zeros


def converted(x: Any, dtype: Any, copy: bool = True, device: str | None = None) -> Any:
    return np.array(x, dtype)


def rows(generator: Generator) -> Iterator[OpSample]:
    for indexing in ("xy", "ij"):
        for sparse in (False, True):
            yield OpSample(
                generator.normal(size=2), generator.normal(size=3), indexing=indexing, sparse=sparse, copy=True
            )


def appended(generator: Generator) -> Iterator[OpSample]:
    yield OpSample(generator.normal(size=(3, 4)), generator.normal(size=2))
    yield OpSample(generator.normal(size=(3, 4)), generator.normal(size=(3, 1)), axis=-1)


def squeezed(generator: Generator) -> Iterator[OpSample]:
    for shape, fields in (
        ((3, 1, 4), {}), ((3, 1, 4), {"axis": 1}), ((1, 2, 2), {}), ((1, 3, 2), {"axis": 0}), ((1, 2, 3), {}),
        ((2, 3, 1), {"axis": -1}), ((1, 1, 2), {"axis": (0, 1)}),
    ):  # fmt: skip
        yield OpSample(np.asarray(generator.normal(size=shape)), **fields)


INDICES: Final = (
    0, (0, 1), np.s_[1:, None, ::2], np.s_[..., -1], (), True, np.s_[::-1, ::-2], MASK, [0, 0, 2], ROWS,
    np.s_[1:2, [0, 0]], np.ix_([0, 0], [1, 2]), np.array(1), np.s_[:1, :1],
)  # fmt: skip
CUBE: Final = ((2, 3, 4),)
EVERY: Final = ((3, 4), (), (1,), (0, 3))
OUTSIDE: Final = {"axis": 5}
OFFSETS: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"offset": 1},
    {"offset": -2},
    {"axis1": 1, "axis2": 0},
    {"offset": 1, "axis1": -1, "axis2": 0},
)
WIDE: Final[dict[str, Any]] = {"dtype": np.float64, "casting": "safe", "axis": 1}
ROWWISE: Final[dict[str, Any]] = {"dtype": np.float64, "casting": "safe"}
NOTHING: Final = {"errors": "of no arrays at all the result is (), as it is NumPy's"}

FLAT: Final = {"0-d": "it refuses arrays without such axes"}
APART: Final = {
    **FLAT,
    "1x1": "one entry cannot be divided",
    "square": "the samples divide three rows, or four columns",
}
INDEXED: Final = "its samples are indices into 3 x 4, or shapes that such indices have"
REASONS: Final[dict[str, dict[str, str]]] = {
    **dict.fromkeys(
        ("delete", "diagonal", "fliplr", "flipud", "linalg_diagonal", "linalg_trace", "matrix_transpose", "moveaxis",
         "rollaxis", "rot90", "swapaxes", "trace", "tril", "triu", "unstack"), FLAT,
    ),
    **dict.fromkeys(("array_split", "dsplit", "hsplit", "split", "vsplit"), APART),
    "diag": {**FLAT, "batch": "it takes a vector or one matrix"},
    "diagflat": {"large": "its result has as many entries as the square of what it takes"},
    "meshgrid": dict.fromkeys(("1x1", "square", "tall", "wide"), "it takes vectors and flattens what else there is"),
    "pad": {
        "batch": "pad_width names the axes of a matrix",
        **{f"{a} with {b}": "each is of a mode" for a, b in combinations(
            ("constant_values", "reflect_type", "stat_length", "end_values"), 2)},
    },
    "place": {"large": INDEXED, "batch": INDEXED},
    "take_along_axis": {**FLAT, "1x1": "the indices are as long as the array"},
}  # fmt: skip


def padded(generator: Generator) -> Iterator[OpSample]:
    assert MATRICES.samples is not None
    yield from MATRICES.samples(generator)
    yield OpSample(generator.normal(size=(2, 1, 3)), pad_width=((1, 0), (0, 2), (1, 1)))


MATRICES: Final = calls(
    "pad",
    {"pad_width": ((1, 2), (0, 1))},
    {"pad_width": {0: (1, 2), -1: 1}},
    {"pad_width": {-2: 2}, "mode": "edge"},
    {"pad_width": 1, "constant_values": 2.5},
    {"pad_width": 5, "mode": "reflect", "reflect_type": "even"},
    {"pad_width": 5, "mode": "edge"},
    {"pad_width": 5, "mode": "symmetric"},
    {"pad_width": 5, "mode": "wrap"},
    {"pad_width": 1, "mode": "constant", "constant_values": -1.0},
    {"pad_width": 5, "mode": "reflect", "reflect_type": "odd"},
    {"pad_width": ((9, 1), (0, 7)), "mode": "symmetric", "reflect_type": "odd"},
    {"pad_width": 2, "mode": "linear_ramp", "end_values": 0.5},
    {"pad_width": (3, 1), "mode": "linear_ramp", "end_values": (0.5, -1.0)},
    {"pad_width": (0, 2), "mode": "maximum", "stat_length": 2},
    {"pad_width": 1, "mode": "minimum"},
    {"pad_width": 2, "mode": "mean", "stat_length": (1, 3)},
    {"pad_width": 1, "mode": "median"},
)
PAD: Final = replace(MATRICES, samples=padded)

DECLARED: Final = (
    indexed("getitem", taken, *INDICES),
    indexed("place", put, *INDICES, shape=(3, 4)),
    calls(
        "reshape",
        {"shape": (2, -1)},
        {"shape": -1, "order": "F"},
        {"shape": (3, 1, 4), "copy": True},
        {"shape": (4, 3), "copy": True, "order": "F"},
        wrong={"shape": 5},
    ),
    calls("ravel", {}, {"order": "F"}, shapes=EVERY, wrong={"order": "A"}),
    OpSpec(
        "squeeze", kind="custom", samples=squeezed, errors=[ErrorSample(np.ones((3, 4)), raises=ValueError, axis=0)]
    ),
    calls("expand_dims", {"axis": 0}, {"axis": (0, -1)}, shapes=EVERY, wrong=OUTSIDE),
    calls(
        "astype",
        {"dtype": np.float64},
        {"dtype": np.float64, "copy": False, "device": "cpu"},
        reference=converted,
        expected_failures=[xfail("forward_ref", "copy=False shares the array, as it is to", "sample1")],
        complex=False,
    ),
    calls("copy", {}, {"order": "F", "subok": True}, shapes=EVERY),
    calls("transpose", {}, {"axes": (1, 0, 2)}, {"axes": (-1, 0, 1)}, shapes=CUBE, wrong={"axes": (0, 0)}),
    calls("swapaxes", {"axis1": 0, "axis2": -1}, shapes=CUBE, wrong={"axis1": 0, "axis2": 3}),
    calls("moveaxis", {"source": 0, "destination": 2}, {"source": (0, 1), "destination": (2, 0)}, shapes=CUBE),
    calls("rollaxis", {"axis": 2}, {"axis": 0, "start": 3}, {"axis": 1, "start": -1}, shapes=CUBE),
    calls("matrix_transpose", shapes=((3, 4), *CUBE)),
    calls("flip", {}, {"axis": 0}, {"axis": (0, -1)}, wrong=OUTSIDE),
    calls("fliplr"),
    calls("flipud"),
    calls(
        "roll",
        {"shift": 5},
        {"shift": 1, "axis": 0},
        {"shift": (1, -2), "axis": (0, -1)},
        wrong={"shift": 1, "axis": 5},
    ),
    calls("rot90", {}, {"k": 2}, {"k": -1, "axes": (-1, 0)}, wrong={"axes": (0, 0)}),
    joined("concatenate", {}, {"axis": -1}, {"axis": None}, WIDE),
    joined("stack", {}, {"axis": -1}, {"axis": 1}, WIDE),
    joined("vstack", {}, ROWWISE),
    joined("hstack", {}, ROWWISE),
    joined("dstack"),
    joined("column_stack"),
    joined("block"),
    joined("atleast_1d", several=True, expected_failures=NOTHING),
    joined("atleast_2d", several=True, expected_failures=NOTHING),
    joined("atleast_3d", several=True, expected_failures=NOTHING),
    OpSpec("append", kind="custom", samples=appended),
    calls(
        "split",
        {"indices_or_sections": 3},
        {"indices_or_sections": [1, 3], "axis": -1},
        wrong={"indices_or_sections": 2},
    ),
    calls(
        "array_split",
        {"indices_or_sections": 3, "axis": 1},
        {"indices_or_sections": [3, 1], "axis": -1},
        shapes=((3, 4), (3, 3), (4, 3)),
    ),
    calls("hsplit", {"indices_or_sections": 2}, wrong={"indices_or_sections": 3}),
    calls("vsplit", {"indices_or_sections": [1]}),
    calls("dsplit", {"indices_or_sections": 2}, shapes=CUBE, wrong={"indices_or_sections": 2}),
    calls("unstack", {}, {"axis": -1}, wrong=OUTSIDE),
    calls("tile", {"reps": 2}, {"reps": (2, 1, 3)}),
    calls("repeat", {"repeats": 2}, {"repeats": 3, "axis": -1}, {"repeats": [1, 0, 3], "axis": 0}),
    OpSpec("meshgrid", kind="custom", samples=rows, expected_failures=NOTHING),
    PAD,
    calls(
        "take", {"indices": [0, 0, -1]}, {"indices": [[0, 2]], "axis": 0}, {"indices": [9], "axis": -1, "mode": "wrap"}
    ),
    calls(
        "take_along_axis",
        {"indices": np.array([[0, 0], [1, 2], [3, 3]])},
        {"indices": np.array([1, 1]), "axis": None},
        {"indices": np.array([[0, 2, 1, 0]]), "axis": -2},
    ),
    calls("diagonal", *OFFSETS),
    calls("trace", *OFFSETS, {"dtype": np.float64}, {**OFFSETS[-1], "dtype": np.float64}),
    calls("linalg_diagonal", {}, {"offset": 1}, {"offset": -2}, shapes=((3, 4), (2, 3, 2))),
    calls("linalg_trace", {}, {"offset": 1}, {"offset": -1, "dtype": np.float64}, shapes=((3, 4), (2, 3, 2))),
    calls("diag", {}, {"k": 1}, {"k": -2}, shapes=((3, 4), (3,))),
    calls("diagflat", {}, {"k": 1}, {"k": -2}),
    calls("tril", {}, {"k": 1}, shapes=((3, 4), (2, 3, 3), (3,))),
    calls("triu", {}, {"k": -1}, shapes=((3, 4), (2, 3, 3), (3,))),
    calls("delete", {"obj": [0, 2]}, {"obj": slice(1, 3), "axis": -1}),
)
EQUIVALENT: Final = {
    "corelib_shape.axes:Transpose.backward: *": "an axis that is a number is that of a vector, which stays as it is",
    "corelib_shape.indexing:may_repeat: *": "what adds at indices that repeat is right for others too",
    "corelib_shape.indexing:placed: *": "makes a difference for numbers and for arrays of other libraries alone",
    "corelib_shape.joining:*.backward: *": "computes what nobody wants, or reshapes what has the shape already",
}
"""Faults of `corelib mutate` that change no gradient, by their names, and why."""

SPECS: Final = tuple(
    replace(spec, not_applicable=REASONS.get(spec.name, {}), equivalent=EQUIVALENT) for spec in DECLARED
)
