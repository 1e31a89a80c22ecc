"""The functions of neural networks: activations, layers, convolutions, pooling, normalization, attention, losses."""

from corelib_nn.activations import celu, elu, hardtanh, mish, selu, silu, softsign
from corelib_nn.attention import scaled_dot_product_attention
from corelib_nn.classification import cross_entropy, nll_loss
from corelib_nn.convolution import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from corelib_nn.gelu import gelu, gelu_tanh
from corelib_nn.layers import dropout, embedding, linear
from corelib_nn.normalization import batch_norm, batch_statistics, layer_norm
from corelib_nn.pooling import avg_pool1d, avg_pool2d, avg_pool3d, max_pool1d, max_pool2d, max_pool3d
from corelib_nn.regression import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    huber_loss,
    l1_loss,
    mse_loss,
    smooth_l1_loss,
)
from corelib_nn.softmax import log_softmax, softmax

__all__ = [
    "avg_pool1d", "avg_pool2d", "avg_pool3d", "batch_norm", "batch_statistics", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "celu", "conv1d", "conv2d", "conv3d", "conv_transpose1d",
    "conv_transpose2d", "conv_transpose3d", "cross_entropy", "dropout", "elu", "embedding", "gelu", "gelu_tanh",
    "hardtanh", "huber_loss", "l1_loss", "layer_norm", "linear", "log_softmax", "max_pool1d", "max_pool2d",
    "max_pool3d", "mish", "mse_loss", "nll_loss", "scaled_dot_product_attention", "selu", "silu",
    "smooth_l1_loss", "softmax", "softsign",
]  # fmt: skip
