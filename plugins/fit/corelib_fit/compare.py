"""The same run in PyTorch: from the same weights, over the same batches, by the same optimizer."""

import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from corelib import Array, Optimizer, Tensor
from corelib.rule import hyperparameters
from corelib_fit.network import Network
from corelib_fit.refusal import BadInput
from corelib_fit.scaling import Scaled
from corelib_fit.solver import Solver
from corelib_fit.training import Batches


class Comparison(NamedTuple):
    """The losses of the other library at each step, and its steps per second."""

    losses: Array
    rate: float

    def difference(self, losses: Array) -> float:
        """The largest difference from these losses over the run.

        It is of the order of rounding, but for a rectifier as soon as rounding decides on which side of its kink a
        unit is.
        """
        return float(np.max(np.abs(self.losses - losses)))


class Peer:
    """A network and its optimizer in PyTorch, in float64."""

    def __init__(self, network: Network, solver: Solver, steps: int) -> None:
        self.torch: ModuleType = torch_module()
        copies = [array for layer in network.arrays() for array in layer]
        self.parameters: list[Any] = [self.torch.tensor(array, requires_grad=True) for array in copies]
        self.optimizer: Any = optimizer_of(self.torch, solver)(self.parameters)
        self.driver: Optimizer = solver.drive({"any": Tensor(0.0, trainable=True)}, steps)  # it knows all its options
        self.activate: Callable[[Any], Any] = activation_of(self.torch, network.activation)

    def loss(self, x: Any, y: Any) -> Any:
        """The mean squared error of a batch."""
        z = x
        for k in range(0, len(self.parameters), 2):
            z = self.activate(z) if k else z
            z = z @ self.parameters[k] + self.parameters[k + 1]
        return (z - y).square().mean()

    def step(self, x: Any, y: Any) -> float:
        """One step on a batch; returns the loss before it."""
        self.optimizer.zero_grad()
        loss = self.loss(x, y)
        loss.backward()
        rate = self.driver.rate()
        with self.torch.no_grad():
            self.prepare(rate)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.driver.iteration += 1
        return float(loss.item())

    def prepare(self, rate: float) -> None:
        """What corelib's driver does beside the rule, in its order: clip, regularise, decay."""
        gradients = [parameter.grad for parameter in self.parameters]
        limit = self.driver.clip_norm
        if limit is not None:
            norm = float(sum(gradient.square().sum() for gradient in gradients)) ** 0.5
            for gradient in gradients if norm > limit else ():
                gradient.mul_(limit / norm)
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            gradient.add_(parameter, alpha=self.driver.l2)
            parameter.mul_(1 - rate * self.driver.weight_decay)


def compare(peer: Peer, data: Scaled, batches: Batches) -> Comparison:
    """Train the peer as `train` trains the network that it was copied from."""
    losses: list[float] = []
    x, y = peer.torch.tensor(data.train_x), peer.torch.tensor(data.train_y)
    with one_thread(peer.torch):
        begin = time.perf_counter()
        for order in batches.orders():
            rows = peer.torch.tensor(order)
            losses += [peer.step(batch_x, batch_y) for batch_x, batch_y in batches.cut(x[rows], y[rows])]
        return Comparison(np.array(losses), len(losses) / (time.perf_counter() - begin))


@contextmanager
def one_thread(torch: Any) -> Iterator[None]:
    """PyTorch on one thread: with more it takes many times as long for matrices as small as these."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def torch_module() -> ModuleType:
    """PyTorch. Raises BadInput where it is not installed."""
    try:
        return import_module("torch")  # by name: type checkers need not have it either
    except ImportError as error:
        raise BadInput(f"--compare torch: PyTorch cannot be imported ({error}); pip install torch") from error


def activation_of(torch: Any, name: str) -> Callable[[Any], Any]:
    """The activation in PyTorch; its leaky_relu has the slope 0.01 below 0, as ours."""
    functions: dict[str, Callable[[Any], Any]] = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky_relu": torch.nn.functional.leaky_relu,
    }
    return functions[name]


def optimizer_of(torch: Any, solver: Solver) -> Callable[[Any], Any]:
    """What makes the optimizer of the rule's name and hyperparameters. Raises BadInput where PyTorch has none."""
    name = solver.rule.name
    kinds = {key.lower(): kind for key, kind in vars(torch.optim).items() if isinstance(kind, type)}
    kind = kinds.get(name.replace("_", ""))
    if kind is None:
        raise BadInput(f"--compare torch: torch.optim has no {name!r}; compare sgd, adagrad, rmsprop, adam or adamw")
    values = hyperparameters(solver.rule)
    if {"beta1", "beta2"} <= set(values):
        values["betas"] = (values.pop("beta1"), values.pop("beta2"))
    accepted = inspect.signature(kind).parameters
    unknown = [value for value in values if value not in accepted]
    if unknown:
        raise BadInput(f"--compare torch: torch.optim.{kind.__name__} has no {', '.join(unknown)}")
    decay = {"weight_decay": 0.0} if "weight_decay" in accepted else {}  # both decays are made by hand
    return lambda parameters: kind(parameters, lr=solver.lr, **values, **decay)
