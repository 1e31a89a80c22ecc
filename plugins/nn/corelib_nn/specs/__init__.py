"""What the conformance suite is told of these ops, a module a family."""

from typing import Final

from corelib.conformance import OpSpec
from corelib_nn.specs import activations, attention, convolution, layers, losses, normalization, pooling, softmax

FAMILIES: Final = (activations, attention, convolution, layers, losses, normalization, pooling, softmax)
SPECS: Final[tuple[OpSpec, ...]] = tuple(spec for family in FAMILIES for spec in family.SPECS)
