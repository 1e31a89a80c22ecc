"""How JAX runs a program, in 64 bits."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tools.random_programs.libraries import weighted
from tools.random_programs.program import Program

jax.config.update("jax_enable_x64", True)
Function = Callable[..., Any]


class Jax:
    """The names of NumPy over jax.numpy."""

    name = "jax"

    def __getattr__(self, name: str) -> Any:
        return getattr(jnp, name)

    def const(self, value: Any) -> Any:
        return jnp.asarray(value, jnp.float64)

    def index(self, places: list[int]) -> Any:
        return np.array(places)

    def seen(self, value: Any) -> Any:
        return value

    def away(self, distance: Any) -> None:
        """corelib looks."""

    def to_step(self, x: Any) -> Any:
        return x

    def sum_last(self, x: Any) -> Any:
        return jnp.sum(x, axis=-1, keepdims=True)

    def mean_last(self, x: Any) -> Any:
        return jnp.mean(x, axis=-1, keepdims=True)

    def cumsum(self, x: Any) -> Any:
        return jnp.cumsum(x, axis=-1)

    def split(self, x: Any, at: int) -> Any:
        return jnp.split(x, [at])

    def modf(self, x: Any) -> Any:
        return x - jnp.trunc(x), jnp.trunc(x)

    def divmod(self, x: Any, y: float) -> Any:
        return jnp.floor(x / y), x - y * jnp.floor(x / y)

    def mod(self, x: Any, y: float) -> Any:
        return x - y * jnp.floor(x / y)

    def copysign(self, x: Any, y: Any) -> Any:
        return jnp.abs(x) * jnp.sign(y)

    def masked(self, f: Function, x: Any, inside: Any, safe: float) -> Any:
        """JAX multiplies a gradient of 0 by an infinite slope: there f is given another argument."""
        return jnp.where(inside, f(jnp.where(inside, x, safe)), 0.0)

    # Transforms

    def grad(self, f: Function, x: Any) -> Any:
        return jax.grad(f)(x)

    thread = elementwise_grad = grad

    def value_and_grad(self, f: Function, x: Any) -> Any:
        value, gradient = jax.value_and_grad(f)(x)
        return value * gradient

    def vjp(self, f: Function, x: Any, v: Any) -> Any:
        return jax.vjp(f, x)[1](v)[0]

    def jvp(self, f: Function, x: Any, v: Any) -> Any:
        return jax.jvp(f, (x,), (v,))[1]

    def hvp(self, f: Function, x: Any, v: Any) -> Any:
        return jax.jvp(jax.grad(f), (x,), (v,))[1]

    def jacobian(self, f: Function, x: Any, weights: Any) -> Any:
        return weighted(self, jax.jacrev(f)(x), weights, jnp.shape(x))

    def hessian(self, f: Function, x: Any, weights: Any) -> Any:
        return weighted(self, jax.hessian(f)(x), weights, jnp.shape(x))

    def checkpoint(self, f: Function, *args: Any) -> Any:
        return jax.checkpoint(f)(*args)

    # The whole program

    def derivatives(self, program: Program) -> list[Any]:
        inputs = [self.const(x) for x in program.inputs]
        return [np.asarray(g) for g in getattr(self, f"_{program.mode}")(program, inputs)]

    def _value_and_grad(self, program: Program, inputs: Sequence[Any]) -> Sequence[Any]:
        numbers = tuple(range(len(inputs)))
        value, gradients = jax.value_and_grad(program.block.function(self, ()), numbers)(*inputs)
        return [value, *gradients]

    def _grad(self, program: Program, inputs: Sequence[Any]) -> Sequence[Any]:
        return self._value_and_grad(program, inputs)[1:]

    _backward = _thread = _grad

    def _accumulate(self, program: Program, inputs: Sequence[Any]) -> Sequence[Any]:
        return [2.0 * g for g in self._grad(program, inputs)]

    def _retain(self, program: Program, inputs: Sequence[Any]) -> Sequence[Any]:
        value, *gradients = self._value_and_grad(program, inputs)
        return [(1.0 + jnp.cos(value)) * g for g in gradients]

    def _vjp(self, program: Program, inputs: Sequence[Any]) -> Sequence[Any]:
        gradients = self._grad(program, inputs)
        return [*gradients, *[-0.5 * g for g in gradients]]

    def _jvp(self, program: Program, inputs: Sequence[Any]) -> Sequence[Any]:
        return list(jax.jvp(program.block.function(self, ()), tuple(inputs), tuple(map(self.const, program.vectors))))

    def _hvp(self, program: Program, inputs: Sequence[Any]) -> Sequence[Any]:
        first, *others = inputs
        return [self.hvp(lambda x: program.block.function(self, ())(x, *others), first, self.const(program.vectors[0]))]

    def _hessian(self, program: Program, inputs: Sequence[Any]) -> Sequence[Any]:
        return [jax.hessian(program.block.function(self, ()))(*inputs)]
