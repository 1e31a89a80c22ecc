"""Network: a multilayer perceptron of Tensors."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from corelib import Array, Tensor, TensorLike, no_grad
from corelib.plugins import find_op
from corelib_fit.refusal import BadInput


class Activation(NamedTuple):
    """What a first guess at the weights depends on: the gain of the weights, and the mean of what comes out.

    The gain keeps the spread of what runs through a layer: √2 for a rectifier, which lets half of it pass (He et
    al., 2015), 1 for tanh (Glorot and Bengio, 2010), 4 for the sigmoid, (1 + tanh(z/2))/2, whose slope is 1/4.
    """

    gain: float
    mean: float = 0.0


ACTIVATIONS: Final = {
    "sigmoid": Activation(4.0, mean=0.5),
    "tanh": Activation(1.0),
    "relu": Activation(math.sqrt(2)),
    "leaky_relu": Activation(math.sqrt(2)),
}

FIRST_OUTPUT: Final = 0.1
"""The last layer begins this much smaller: the first guess is near the mean of the targets, whatever the seed."""

MANY: Final = 8192
"""Rows that are predicted at a time."""


class Layer(NamedTuple):
    """z = x W + b, with W of shape (inputs, outputs)."""

    weight: Tensor
    bias: Tensor


@dataclass(frozen=True, slots=True)
class Network:
    """Layers with an activation between them: x (rows, inputs) -> (rows, outputs)."""

    layers: tuple[Layer, ...]
    activation: str
    activate: Callable[[TensorLike], Tensor]

    def __call__(self, x: TensorLike) -> Tensor:
        """What the network makes of standardised inputs, recorded."""
        z = x
        *hidden, last = self.layers
        for weight, bias in hidden:
            z = self.activate(z @ weight + bias)
        return z @ last.weight + last.bias

    def predict(self, x: Array) -> Array:
        """The same as an array, not recorded; many rows are taken in parts, or the hidden layers would fill memory."""
        with no_grad():
            parts = [self(x[begin : begin + MANY]).data for begin in range(0, max(len(x), 1), MANY)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def parameters(self) -> dict[str, Tensor]:
        """The weights and biases by name: W1, b1, W2, ..."""
        return {str(tensor.name): tensor for layer in self.layers for tensor in layer}

    def arrays(self) -> list[tuple[Array, Array]]:
        """Copies of the weights and biases, layer for layer."""
        return [(weight.data.copy(), bias.data.copy()) for weight, bias in self.layers]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, hidden units, outputs."""
        return (*(layer.weight.shape[0] for layer in self.layers), self.layers[-1].bias.shape[0])


def check_activation(name: str) -> None:
    """Raise BadInput for an activation that there is not."""
    if name not in ACTIVATIONS:
        raise BadInput(f"there is no activation {name!r}; there are {', '.join(ACTIVATIONS)}")


def make_network(arrays: Sequence[tuple[Array, Array]], activation: str) -> Network:
    """A network of these weights and biases. Raises BadInput for an activation that there is not."""
    check_activation(activation)
    layers = tuple(
        Layer(Tensor(weight, trainable=True, name=f"W{k}"), Tensor(bias, trainable=True, name=f"b{k}"))
        for k, (weight, bias) in enumerate(arrays, 1)
    )
    return Network(layers, activation, find_op(activation))


def initial(sizes: Sequence[int], activation: str, random: np.random.Generator) -> list[tuple[Array, Array]]:
    """Weights and biases to begin with.

    Weights are normal with deviation gain/√inputs, biases of hidden layers uniform in ±gain: as large as the spread
    of what they are added to, so that the units bend at different inputs. Where the outputs of a layer have a
    mean, the biases of the next take it away. Standardised inputs then stay so through any depth.
    """
    gain, mean = ACTIVATIONS[activation]
    arrays = []
    for k, (inputs, outputs) in enumerate(pairwise(sizes), 1):
        last = k == len(sizes) - 1
        deviation = (FIRST_OUTPUT if last else 1) * gain / math.sqrt(inputs)
        weight = random.normal(0, deviation, (inputs, outputs))
        bias = np.zeros(outputs) if last else random.uniform(-gain, gain, outputs)
        arrays.append((weight, bias if k == 1 else bias - mean * np.sum(weight, axis=0)))
    return arrays
