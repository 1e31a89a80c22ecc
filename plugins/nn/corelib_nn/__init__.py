"""The functions of neural networks: activations and softmax."""

from corelib_nn.activations import celu, elu, hardtanh, mish, selu, silu, softsign
from corelib_nn.gelu import gelu, gelu_tanh
from corelib_nn.softmax import log_softmax, softmax

__all__ = ["celu", "elu", "gelu", "gelu_tanh", "hardtanh", "log_softmax", "mish", "selu", "silu", "softmax", "softsign"]
