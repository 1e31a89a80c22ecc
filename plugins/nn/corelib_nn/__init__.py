"""The functions of neural networks: activations, softmax, convolutions, pooling and losses."""

from corelib_nn.activations import celu, elu, hardtanh, mish, selu, silu, softsign
from corelib_nn.convolution import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from corelib_nn.gelu import gelu, gelu_tanh
from corelib_nn.pooling import avg_pool1d, avg_pool2d, avg_pool3d, max_pool1d, max_pool2d, max_pool3d
from corelib_nn.softmax import log_softmax, softmax

__all__ = [
    "avg_pool1d", "avg_pool2d", "avg_pool3d", "celu", "conv1d", "conv2d", "conv3d", "conv_transpose1d",
    "conv_transpose2d", "conv_transpose3d", "elu", "gelu", "gelu_tanh", "hardtanh", "log_softmax", "max_pool1d",
    "max_pool2d", "max_pool3d", "mish", "selu", "silu", "softmax", "softsign",
]  # fmt: skip
