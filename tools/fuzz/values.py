"""Bad and good arguments, each as the Python that makes it: a case is then its own reproducer."""

from typing import Any, Final

import numpy as np

import corelib
from corelib import Tensor


class Raises:
    """Whatever is asked of it, it raises an error of its own."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise Own(name)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise Own("__array__")

    def __bool__(self) -> bool:
        raise Own("__bool__")

    def __iter__(self) -> Any:
        raise Own("__iter__")


class Own(Exception):
    """What a user's own object raises: it may pass."""


class Sub(Tensor):
    """A subclass of Tensor."""


def endless(kind: type[Any]) -> Any:
    """A list or dict that contains itself."""
    made: Any = kind()
    made.append(made) if kind is list else made.update(inside=made)
    return made


def deep(count: int, kind: Any = list) -> Any:
    """A list or tuple nested so deep."""
    made: Any = 1.0
    for _ in range(count):
        made = kind([made])
    return made


def trainable(*shape: int, dtype: Any = float) -> Tensor:
    return Tensor(np.linspace(0.5, 2.5, int(np.prod(shape))).reshape(shape).astype(dtype), trainable=True)


def freed() -> Tensor:
    """A result whose graph was freed."""
    result: Any = np.sum(trainable(3) * 2.0)  # type: ignore[call-overload]  # of a Tensor
    result.backward()
    return result  # type: ignore[no-any-return]  # a Tensor


# No array has more entries than 2**12: numpy.triu makes a square of one that has a single axis, and takes its time.
DEEP_LIST: Final = deep(100_000)  # made once: it takes a while
DEEP_TUPLE: Final = deep(100_000, tuple)
GOOD: Final = (
    "trainable()", "trainable(3)", "trainable(2, 3)", "trainable(3, 3)", "trainable(0, 2)",
    "trainable(2, dtype='f4')", "trainable(2, dtype='c16')", "Tensor([1.0, 2.0, 3.0])", "Tensor(2.0)",
    "Sub([1.0, 2.0], trainable=True)", "np.ones(3)", "np.ones((3, 3))", "np.arange(3)", "1.5", "2", "True", "0",
    "-1", "None", "(0, 1)", "[0, 1]", "(1,)", "np.sum", "np.exp", "(lambda *x: x[0])", "(lambda *x: 1.0)", "'text'",
)  # fmt: skip
BAD: Final = (
    "2**70", "-2**70", "2**40", "10**400", "float('nan')", "float('inf')", "1e308", "1j", "''", "'\\0'",
    "'x' * 10_000", "b'x'", "()", "[]", "{}", "set()", "[[]]", "[[1.0], [1.0, 2.0]]", "[None]", "endless(list)",
    "endless(dict)", "deep(100)", "DEEP_LIST", "DEEP_TUPLE", "object()", "type", "Tensor", "Raises()",
    "Ellipsis", "NotImplemented", "slice(None)", "slice(2**70, None, -1)", "range(10)", "iter([1.0])",
    "np.array('text')", "np.array([None, 1])", "np.zeros((0,))", "np.zeros((2, 0, 3))", "np.ones((1,) * 64)",
    "np.array([2**62])", "np.float16(1)", "np.longdouble(1)", "np.array(1, 'M8[s]')",
    "np.array([(1, 2.0)], 'i4,f8')", "np.rec.array([(1, 2.0)])", "np.matrix([[1.0]])",
    "np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 0])", "np.broadcast_to(1.0, (2**12,))", "np.ones(3, '>f8')",
    "np.ones(6)[::-2]", "freed()", "Tensor.__new__(Tensor)", "Sub.__new__(Sub)", "corelib.errors.CorelibError",
    "corelib.ops.exp", "corelib.ops.sum.bind(axis=0)", "trainable(3)._node", "np.nan", "np.s_[::0]",
    "memoryview(b'ab')", "{'a': trainable(2)}", "[trainable(2), 1.0]", "(trainable(), trainable(3))",
    "np.dtype(float)", "'float32'", "len",
)  # fmt: skip
NAMESPACE: Final[dict[str, Any]] = {
    name: value for name, value in globals().items() if not name.startswith("_")
} | {"corelib": corelib, "ops": corelib.ops}  # fmt: skip
