"""How each library runs a workload: the loss and all gradients, as its users ask for them.

corelib, torch, mygrad and DeZero: trainable tensors made ahead, the loss, ``backward()``. autograd and jax: their
``value_and_grad``, made ahead. Arrays are converted ahead, and results only after the clock has stopped;
jax is waited for. mygrad runs with its memory guard off, which is its faster setting. DeZero 0.0.13 is of 2020: it
says ``np.int`` where it is imported, a name that NumPy has not had since 1.24, and is lent it for that long.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final
from unittest.mock import patch

import numpy as np

import corelib
from benchmarks.workload import Array, Inputs, Step, Workload


@dataclass(frozen=True)
class Contender:
    """A way to run a workload. ``prepare`` does all that is done once; the step that it returns is timed."""

    name: str
    module: str
    prepare: Callable[[Workload, Inputs], Step]
    compiles: bool = False
    """Whether the first run at a size is not like the others."""
    traced: bool = True
    """Whether its arrays are NumPy's, which tracemalloc sees."""

    def installed(self) -> bool:
        return find_spec(self.module) is not None

    def takes_part(self, workload: Workload) -> bool:
        """Whether it can run this workload, where it is installed."""
        if self.name == "torch fused" and workload.torch_fused is None:
            return False
        return self.name not in workload.without


def arrays_of(outcome: Any) -> list[Array]:
    """The loss, where there is one, and the gradients, as NumPy arrays."""
    value, gradients = outcome
    found = [*([] if value is None else [value]), *gradients]
    return [np.asarray(x.detach().numpy() if hasattr(x, "detach") else x) for x in found]


def function_at(path: str) -> Any:
    """What "module:attribute", or "module", names."""
    module, _, attribute = path.partition(":")
    return getattr(import_module(module), attribute) if attribute else import_module(module)


def loss_of(workload: Workload, library: str, numpy: Any) -> Callable[..., Any]:
    """The loss on a library's own NumPy and functions: what is left to give are parameters and data."""
    return partial(workload.loss, numpy, *map(function_at, workload.own.get(library, ())))


def by_hand(workload: Workload, inputs: Inputs) -> Step:
    return partial(workload.by_hand, *inputs.params, *inputs.data)


def with_corelib(workload: Workload, inputs: Inputs) -> Step:
    loss = loss_of(workload, "corelib", np)
    if workload.second_order:
        hessian = corelib.hessian(loss)
        return lambda: (None, (hessian(*inputs.params),))
    params = [corelib.Tensor(x, trainable=True) for x in inputs.params]

    def step() -> Any:
        for x in params:
            x.cleargrad()
        value = loss(*params, *inputs.data)
        value.backward()
        return value.data, [x.grad for x in params]

    return step


def with_torch(workload: Workload, inputs: Inputs, *, fused: bool = False) -> Step:
    torch = import_module("torch")
    loss = partial(workload.torch_fused if fused and workload.torch_fused else workload.torch_loss, torch)
    if workload.second_order:
        hessian, x = torch.func.hessian(loss), torch.tensor(inputs.params[0])
        return lambda: (None, (hessian(x),))
    params = [torch.tensor(x, requires_grad=True) for x in inputs.params]
    data = [torch.tensor(x) for x in inputs.data]

    def step() -> Any:
        for x in params:
            x.grad = None
        value = loss(*params, *data)
        value.backward()
        return value, [x.grad for x in params]

    return step


def with_jax(workload: Workload, inputs: Inputs, *, jit: bool = False) -> Step:
    jax = import_module("jax")
    jax.config.update("jax_enable_x64", True)  # else float64 is silently made float32
    loss = loss_of(workload, "jax", jax.numpy)
    argnums = tuple(range(len(inputs.params)))
    made = jax.hessian(loss) if workload.second_order else jax.value_and_grad(loss, argnums)
    differentiated = jax.jit(made) if jit else made
    arrays = [jax.numpy.asarray(x) for x in (*inputs.params, *inputs.data)]

    def step() -> Any:
        outcome = jax.block_until_ready(differentiated(*arrays))
        return (None, (outcome,)) if workload.second_order else outcome

    return step


def with_autograd(workload: Workload, inputs: Inputs) -> Step:
    autograd = import_module("autograd")
    loss = loss_of(workload, "autograd", import_module("autograd.numpy"))
    if workload.second_order:
        hessian = autograd.hessian(loss)
        return lambda: (None, (hessian(*inputs.params),))
    both = autograd.value_and_grad(loss, tuple(range(len(inputs.params))))
    return partial(both, *inputs.params, *inputs.data)


def with_mygrad(workload: Workload, inputs: Inputs) -> Step:
    mygrad = import_module("mygrad")
    mygrad.turn_memory_guarding_off()
    loss = loss_of(workload, "mygrad", mygrad)
    params = [mygrad.tensor(x) for x in inputs.params]

    def step() -> Any:
        for x in params:
            x.null_grad()
        value = loss(*params, *inputs.data)
        value.backward()
        return value.data, [x.grad for x in params]

    return step


def with_dezero(workload: Workload, inputs: Inputs) -> Step:
    with patch.object(np, "int", int, create=True):
        dezero = import_module("dezero")
    loss = partial(workload.dezero_loss or workload.loss, dezero.functions)
    params = [dezero.Variable(x) for x in inputs.params]

    def step() -> Any:
        for x in params:
            x.cleargrad()
        value = loss(*params, *inputs.data)
        value.backward()
        return value.data, [x.grad.data for x in params]

    return step


OURS: Final = (Contender("numpy", "numpy", by_hand), Contender("corelib", "corelib", with_corelib))
PEERS: Final = (
    Contender("torch", "torch", with_torch, traced=False),
    Contender("torch fused", "torch", partial(with_torch, fused=True), traced=False),
    Contender("jax", "jax", with_jax, compiles=True, traced=False),
    Contender("jax.jit", "jax", partial(with_jax, jit=True), compiles=True, traced=False),
    Contender("autograd", "autograd", with_autograd),
    Contender("mygrad", "mygrad", with_mygrad),
    Contender("dezero", "dezero", with_dezero),
)
CONTENDERS: Final = {contender.name: contender for contender in (*OURS, *PEERS)}


def chosen(peers: str) -> list[Contender]:
    """NumPy, corelib and the peers asked for: none, all, or names of libraries. Raises ValueError."""
    if peers in ("none", "all"):
        return [*OURS, *(PEERS if peers == "all" else ())]
    names = [name.strip() for name in peers.split(",")]
    return [*OURS, *(c for c in PEERS if any(_is(c, name) for name in _known(names)))]


def _is(contender: Contender, name: str) -> bool:
    return name in (contender.name, contender.module)


def _known(names: Sequence[str]) -> Sequence[str]:
    unknown = [name for name in names if not any(_is(c, name) for c in PEERS)]
    if unknown:
        allowed = ", ".join(c.name for c in PEERS)
        raise ValueError(f"no peer is called {', '.join(map(repr, unknown))}; there are none, all, {allowed}")
    return names
