# Written by `corelib typings`: the optimizers of the installed plugins. Do not edit; run it again.
# ruff: noqa
from corelib_optimizers import Adagrad as _adagrad  # corelib-optimizers
adagrad = _adagrad
from corelib_optimizers import Adam as _adam  # corelib-optimizers
adam = _adam
from corelib_optimizers import AdamW as _adamw  # corelib-optimizers
adamw = _adamw
from corelib_optimizers import Prodigy as _prodigy  # corelib-optimizers
prodigy = _prodigy
from corelib_optimizers import RMSprop as _rmsprop  # corelib-optimizers
rmsprop = _rmsprop
from corelib_optimizers import SGD as _sgd  # corelib-optimizers
sgd = _sgd
