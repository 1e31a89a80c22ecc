"""How PyTorch runs a program: torch.func inside, and torch.autograd where the whole program is a loss."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from tools.random_programs.libraries import weighted
from tools.random_programs.program import Program

Function = Callable[..., Any]


class Torch:
    """The names of NumPy over torch, in float64."""

    name = "torch"

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)

    def const(self, value: Any) -> Any:
        return torch.tensor(np.asarray(value), dtype=torch.float64)

    def index(self, places: list[int]) -> Any:
        return torch.tensor(places)

    def seen(self, value: Any) -> Any:
        return value

    def away(self, distance: Any) -> None:
        """corelib looks."""

    def to_step(self, x: Any) -> Any:
        return x

    def shape(self, x: Any) -> tuple[int, ...]:
        return tuple(x.shape)

    def transpose(self, x: Any) -> Any:
        return x.transpose(0, 1)

    def sum_last(self, x: Any) -> Any:
        return torch.sum(x, -1, keepdim=True)

    def mean_last(self, x: Any) -> Any:
        return torch.mean(x, -1, keepdim=True)

    def cumsum(self, x: Any) -> Any:
        return torch.cumsum(x, -1)

    def unstack(self, x: Any) -> Any:
        return torch.unbind(x)

    def split(self, x: Any, at: int) -> Any:
        return torch.tensor_split(x, [at])

    def modf(self, x: Any) -> Any:
        return x - torch.trunc(x), torch.trunc(x)

    def divmod(self, x: Any, y: float) -> Any:
        return torch.floor(x / y), x - y * torch.floor(x / y)

    def mod(self, x: Any, y: float) -> Any:
        return x - y * torch.floor(x / y)

    def rint(self, x: Any) -> Any:
        return torch.round(x)

    def heaviside(self, x: Any, at: float) -> Any:
        return torch.where(x > 0, 1.0, 0.0).to(torch.float64)

    def copysign(self, x: Any, y: Any) -> Any:
        return torch.abs(x) * torch.sign(y)

    def masked(self, f: Function, x: Any, inside: Any, safe: float) -> Any:
        """PyTorch multiplies a gradient of 0 by an infinite slope: there f is given another argument."""
        return torch.where(inside, f(torch.where(inside, x, safe)), 0.0)

    # Transforms

    def grad(self, f: Function, x: Any) -> Any:
        return torch.func.grad(f)(x)

    thread = elementwise_grad = grad

    def value_and_grad(self, f: Function, x: Any) -> Any:
        gradient, value = torch.func.grad_and_value(f)(x)
        return value * gradient

    def vjp(self, f: Function, x: Any, v: Any) -> Any:
        return torch.func.vjp(f, x)[1](v)[0]

    def jvp(self, f: Function, x: Any, v: Any) -> Any:
        """By two pullbacks: some functions of torch have no rule for a third derivative forwards."""
        start = torch.zeros_like(f(x))
        return torch.func.vjp(lambda u: torch.func.vjp(f, x)[1](u)[0], start)[1](v)[0]

    def hvp(self, f: Function, x: Any, v: Any) -> Any:
        return torch.func.vjp(torch.func.grad(f), x)[1](v)[0]

    def jacobian(self, f: Function, x: Any, weights: Any) -> Any:
        y, pullback = torch.func.vjp(f, x)
        units = torch.eye(y.numel(), dtype=torch.float64)
        rows = [pullback(unit.reshape(y.shape))[0] for unit in units]
        return weighted(self, torch.stack(rows), weights, tuple(x.shape))

    def hessian(self, f: Function, x: Any, weights: Any) -> Any:
        return self.jacobian(torch.func.grad(f), x, weights)

    def checkpoint(self, f: Function, *args: Any) -> Any:
        return f(*args)

    # The whole program

    def derivatives(self, program: Program) -> list[Any]:
        return [g.detach().numpy(force=True) for g in getattr(self, f"_{program.mode}")(program)]

    def _leaves(self, program: Program) -> list[Any]:
        return [self.const(x).requires_grad_() for x in program.inputs]

    def _of(self, program: Program, last: Function, times: float = 1.0) -> list[Any]:
        leaves = self._leaves(program)
        y = last(program.block.function(self, ())(*leaves))
        if not y.requires_grad:
            return [torch.zeros_like(x) for x in leaves]
        found = torch.autograd.grad(y, leaves, allow_unused=True)
        return [torch.zeros_like(x) if g is None else times * g for x, g in zip(leaves, found, strict=True)]

    def _grad(self, program: Program) -> Sequence[Any]:
        return self._of(program, lambda y: y)

    _backward = _thread = _grad

    def _value_and_grad(self, program: Program) -> Sequence[Any]:
        value = program.block.function(self, ())(*self._leaves(program))
        return [value, *self._grad(program)]

    def _accumulate(self, program: Program) -> Sequence[Any]:
        return self._of(program, lambda y: y, 2.0)

    def _retain(self, program: Program) -> Sequence[Any]:
        return self._of(program, lambda y: torch.sin(y) + y)

    def _vjp(self, program: Program) -> Sequence[Any]:
        return [*self._grad(program), *self._of(program, lambda y: y, -0.5)]

    def _jvp(self, program: Program) -> Sequence[Any]:
        value, *gradients = self._value_and_grad(program)
        pairs = zip(gradients, program.vectors, strict=True)
        return [value, torch.stack([torch.sum(g * self.const(v)) for g, v in pairs]).sum()]

    def _first(self, program: Program) -> tuple[Function, Any]:
        first, *others = map(self.const, program.inputs)
        return (lambda x: program.block.function(self, ())(x, *others)), first

    def _hvp(self, program: Program) -> Sequence[Any]:
        f, x = self._first(program)
        return [self.hvp(f, x, self.const(program.vectors[0]))]

    def _hessian(self, program: Program) -> Sequence[Any]:
        f, x = self._first(program)
        y, pullback = torch.func.vjp(torch.func.grad(f), x)
        units = torch.eye(y.numel(), dtype=torch.float64)
        rows = torch.stack([pullback(unit.reshape(y.shape))[0] for unit in units])
        return [torch.reshape(rows, (*x.shape, *x.shape))]
