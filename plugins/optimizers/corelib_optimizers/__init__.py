"""Optimizers that most programs want, one rule a file; each equals PyTorch's of the same name, where that has it."""

from corelib_optimizers.adagrad import Adagrad
from corelib_optimizers.adam import Adam
from corelib_optimizers.adamw import AdamW
from corelib_optimizers.prodigy import Prodigy
from corelib_optimizers.rmsprop import RMSprop
from corelib_optimizers.sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Prodigy", "RMSprop"]
