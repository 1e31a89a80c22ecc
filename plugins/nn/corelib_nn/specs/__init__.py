"""What the conformance suite is told of these ops, a module a family."""

from typing import Final

from corelib.conformance import OpSpec
from corelib_nn.specs import activations, convolution, pooling, softmax

SPECS: Final[tuple[OpSpec, ...]] = (*activations.SPECS, *softmax.SPECS, *convolution.SPECS, *pooling.SPECS)
