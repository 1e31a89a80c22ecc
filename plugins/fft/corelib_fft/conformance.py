"""What the conformance suite is told of transforms: lengths, axes and norms of each, and what they refuse."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from corelib.conformance import ErrorSample, OpSample, OpSpec
from corelib.errors import CorelibError

Generator = np.random.Generator
Calls = Sequence[dict[str, Any]]

ONE_AXIS: Final[Calls] = (
    {}, {"n": 5, "axis": 0}, {"n": 3}, {"n": 4, "axis": -2, "norm": "ortho"}, {"norm": "forward"}, {"n": 1},
    {"n": 7, "norm": "backward"},
)  # fmt: skip
SEVERAL: Final[Calls] = (
    {}, {"axes": (0,)}, {"axes": (-1, 0), "norm": "ortho"}, {"s": (4, 3), "axes": (0, 1), "norm": "forward"},
    {"s": (-1, 5), "axes": (0, 1)}, {"s": (2, -1), "axes": (-2, -1)},
)  # fmt: skip
TWO: Final[Calls] = (
    {}, {"axes": (-1, 0), "norm": "ortho"}, {"s": (4, 5)}, {"s": (2, 3), "axes": (0, 1), "norm": "forward"},
)  # fmt: skip
SAME: Final = {
    "backward ignores n": "the gradient has n entries",
    "corelib_fft.one_axis:fitted: n > length -> n >= length": "a slice of all entries",
    "corelib_fft.one_axis:fitted: like(x) -> x": "NumPy's arrays are like themselves",
    "corelib_fft.one_axis:scaled: type(spectrum) -> spectrum": "the general way is right for NumPy's arrays too",
    "corelib_fft.one_axis:scaled: spectrum -> axis": "the general way is right for NumPy's arrays too",
    "corelib_fft.one_axis:scaled: 1 -> 2 #2": "to NumPy -2 is a length to be found as well",
    "corelib_fft.one_axis:in_place: (0, n // 2) -> (n // 2, 0)": "the order of two entries",
    "returns an array that it keeps": "a linear op keeps shapes alone",
}
"""Faults of `corelib mutate` that change no gradient, by their names, and why."""
NO_AXES: Final = {"0-d": "it transforms along an axis"}
SHIFTS: Final[Calls] = ({}, {"axes": 0}, {"axes": (1,)}, {"axes": (-1, 0)})


def transform(name: str, each: Calls, *, of_real: bool = False, wrong: Calls = (), **known: Any) -> OpSpec:
    """The spec of a transform, of even and odd lengths and of a stack of matrices."""

    def samples(generator: Generator) -> Iterator[OpSample]:
        for shape in ((3, 4), (4, 5), (2, 3, 3)):
            for fields in each:
                yield OpSample(np.asarray(generator.normal(size=shape)), **fields)

    errors = [ErrorSample(np.ones((3, 4)), raises=CorelibError, **fields) for fields in wrong]
    return OpSpec(
        name,
        kind="custom",
        samples=samples,
        errors=errors,
        complex=False if of_real else None,
        equivalent=SAME,
        **known,
    )


WRONG: Final[Calls] = ({"n": 0}, {"norm": "unitary"}, {"axis": 2})
WRONG_SEVERAL: Final[Calls] = ({"s": (2,)}, {"s": (None, 2), "axes": (0, 1)}, {"s": (2,), "axes": (0, 1)}, {"norm": 2})

SPECS: Final = (
    transform("fft", ONE_AXIS, wrong=WRONG, not_applicable=NO_AXES),
    transform("ifft", ONE_AXIS, wrong=WRONG, not_applicable=NO_AXES),
    transform("rfft", ONE_AXIS, of_real=True, wrong=WRONG, not_applicable=NO_AXES),
    transform("irfft", ONE_AXIS, wrong=WRONG, not_applicable=NO_AXES),
    transform("hfft", ONE_AXIS, wrong=WRONG, not_applicable=NO_AXES),
    transform("ihfft", ONE_AXIS, of_real=True, wrong=WRONG, not_applicable=NO_AXES),
    transform("fftn", SEVERAL, wrong=WRONG_SEVERAL),
    transform("ifftn", SEVERAL, wrong=WRONG_SEVERAL),
    transform("rfftn", SEVERAL, of_real=True, wrong=(*WRONG_SEVERAL, {"axes": ()}), not_applicable=NO_AXES),
    transform("irfftn", SEVERAL, wrong=(*WRONG_SEVERAL, {"axes": ()}), not_applicable=NO_AXES),
    transform("fft2", TWO, not_applicable=NO_AXES),
    transform("ifft2", TWO, not_applicable=NO_AXES),
    transform("rfft2", TWO, of_real=True, not_applicable=NO_AXES),
    transform("irfft2", TWO, not_applicable=NO_AXES),
    transform("fftshift", SHIFTS, not_applicable=NO_AXES),
    transform("ifftshift", SHIFTS, not_applicable=NO_AXES),
)
