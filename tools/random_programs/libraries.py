"""How corelib runs a program: NumPy's functions, and corelib's transforms."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np

import corelib
from corelib import Tensor
from tools.random_programs.program import Program

Function = Callable[..., Any]


class Library(Protocol):
    """What runs a program: derivatives(program) are arrays, in an order that depends on the program's mode."""

    name: str

    def derivatives(self, program: Program) -> list[Any]: ...


def entries_of(value: Any) -> Any:
    return np.asarray(value.data if isinstance(value, Tensor) else value)


class Corelib:
    """The library under test. It also sees how near the values come to a jump, and how large they are."""

    name = "corelib"

    def __init__(self) -> None:
        self.nearest = np.inf
        self.largest = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    def const(self, value: Any) -> Any:
        return np.asarray(value)

    def index(self, places: list[int]) -> Any:
        return np.array(places)

    def seen(self, value: Any) -> Any:
        self.largest = max(self.largest, float(np.max(np.abs(entries_of(value)), initial=0)))
        return value

    def away(self, distance: Any) -> None:
        self.nearest = min(self.nearest, float(np.min(np.abs(entries_of(distance)), initial=np.inf)))

    def to_step(self, x: Any) -> Any:
        values = entries_of(x)
        return values - np.rint(values)

    def sum_last(self, x: Any) -> Any:
        return np.sum(x, axis=-1, keepdims=True)

    def mean_last(self, x: Any) -> Any:
        return np.mean(x, axis=-1, keepdims=True)

    def cumsum(self, x: Any) -> Any:
        return np.cumsum(x, axis=-1)

    def split(self, x: Any, at: int) -> Any:
        return np.split(x, [at])

    def masked(self, f: Function, x: Any, inside: Any, safe: float) -> Any:
        with np.errstate(all="ignore"):
            return np.where(inside, f(x), 0.0)

    # Transforms

    def grad(self, f: Function, x: Any) -> Any:
        return corelib.grad(f)(x)

    def value_and_grad(self, f: Function, x: Any) -> Any:
        value, gradient = corelib.value_and_grad(f)(x)
        return value * gradient

    def elementwise_grad(self, f: Function, x: Any) -> Any:
        return corelib.elementwise_grad(f)(x)

    def vjp(self, f: Function, x: Any, v: Any) -> Any:
        return corelib.vjp(f, x)[1](v)

    def jvp(self, f: Function, x: Any, v: Any) -> Any:
        return corelib.jvp(f, (x,), (v,))[1]

    def hvp(self, f: Function, x: Any, v: Any) -> Any:
        return corelib.hvp(f)(x, v)

    def jacobian(self, f: Function, x: Any, weights: Any) -> Any:
        return weighted(self, corelib.jacobian(f)(x), weights, np.shape(x))

    def hessian(self, f: Function, x: Any, weights: Any) -> Any:
        return weighted(self, corelib.hessian(f)(x), weights, np.shape(x))

    def checkpoint(self, f: Function, *args: Any) -> Any:
        return corelib.checkpoint(f)(*args)

    def thread(self, f: Function, x: Any) -> Any:
        return on_a_thread(lambda: corelib.grad(f)(x))

    # The whole program

    def derivatives(self, program: Program) -> list[Any]:
        with np.errstate(all="ignore"):
            return [np.asarray(entries_of(g)) for g in getattr(self, f"_{program.mode}")(program)]

    def _numbers(self, program: Program) -> tuple[list[Any], tuple[int, ...]]:
        """The arguments as a user passes them: a number is a number of Python."""
        args = [float(x) if np.ndim(x) == 0 else x for x in program.inputs]
        return args, tuple(range(len(args)))

    def _grad(self, program: Program) -> Sequence[Any]:
        args, numbers = self._numbers(program)
        found: Sequence[Any] = corelib.grad(program.block.function(self, ()), numbers)(*args)
        return found

    def _value_and_grad(self, program: Program) -> Sequence[Any]:
        args, numbers = self._numbers(program)
        value, gradients = corelib.value_and_grad(program.block.function(self, ()), numbers)(*args)
        return [value, *gradients]

    def _thread(self, program: Program) -> Sequence[Any]:
        found: Sequence[Any] = on_a_thread(lambda: self._grad(program))
        return found

    def _leaves(self, program: Program) -> list[Tensor]:
        return [Tensor(x, trainable=True) for x in program.inputs]

    def _backward(self, program: Program) -> Sequence[Any]:
        leaves = self._leaves(program)
        result = program.block.function(self, ())(*leaves)
        if isinstance(result, Tensor):  # and no constant
            result.backward()
        return gradients_of(leaves)

    def _accumulate(self, program: Program) -> Sequence[Any]:
        """Two runs and a step in between: gradients add up."""
        leaves = self._leaves(program)
        for _ in range(2):
            result = program.block.function(self, ())(*leaves)
            if isinstance(result, Tensor):
                result.backward()
        return gradients_of(leaves)

    def _retain(self, program: Program) -> Sequence[Any]:
        """One graph, passed twice, of a number and of its sine."""
        leaves = self._leaves(program)
        result = program.block.function(self, ())(*leaves)
        if isinstance(result, Tensor):
            np.sin(result).backward(retain_graph=True)
            result.backward()
        return gradients_of(leaves)

    def _vjp(self, program: Program) -> Sequence[Any]:
        _, pullback = corelib.vjp(program.block.function(self, ()), *program.inputs)
        both = pullback(np.array(1.0)), pullback(np.array(-0.5))
        return [g for found in both for g in (found if isinstance(found, tuple) else (found,))]

    def _jvp(self, program: Program) -> Sequence[Any]:
        return list(corelib.jvp(program.block.function(self, ()), program.inputs, program.vectors))

    def _hvp(self, program: Program) -> Sequence[Any]:
        first, *others = program.inputs
        return [corelib.hvp(program.block.function(self, ()))(first, *others, program.vectors[0])]

    def _hessian(self, program: Program) -> Sequence[Any]:
        return [corelib.hessian(program.block.function(self, ()))(*program.inputs)]


def gradients_of(leaves: Sequence[Tensor]) -> list[Any]:
    return [np.zeros(x.shape) if x.grad is None else x.grad for x in leaves]


def weighted(lib: Any, matrix: Any, weights: Any, shape: tuple[int, ...]) -> Any:
    """The rows of a Jacobian, for which others are shaped as its argument is, weighted and summed."""
    rows = lib.reshape(matrix, (len(weights), -1))
    return lib.reshape(lib.matmul(weights, rows), shape)


def on_a_thread(run: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()
