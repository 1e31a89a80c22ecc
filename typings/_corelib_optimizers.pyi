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
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypedDict, Unpack, overload
from corelib import Tensor
from corelib.optimizing.optimizer import Optimizer
from corelib.optimizing.parameter import Tensors
class _Options(TypedDict, total=False):
    lr: float | Callable[[int], float] | None
    weight_decay: float | None
    l2: float
    decay: Callable[[Tensor], bool] | None
    maximize: bool
    clip_norm: float | None
    on_nonfinite: Literal['raise', 'skip', 'propagate']
    auto_zero: bool
@overload
def named(params: Tensors, name: Literal['adagrad'], /, *, lr_decay: float = ..., initial_accumulator_value: float = ..., eps: float = ..., **options: Unpack[_Options]) -> Optimizer: ...  # corelib-optimizers
@overload
def named(params: Tensors, name: Literal['adam'], /, *, beta1: float = ..., beta2: float = ..., eps: float = ..., amsgrad: bool = ..., **options: Unpack[_Options]) -> Optimizer: ...  # corelib-optimizers
@overload
def named(params: Tensors, name: Literal['adamw'], /, *, beta1: float = ..., beta2: float = ..., eps: float = ..., amsgrad: bool = ..., **options: Unpack[_Options]) -> Optimizer: ...  # corelib-optimizers
@overload
def named(params: Tensors, name: Literal['prodigy'], /, *, beta1: float = ..., beta2: float = ..., beta3: float | None = ..., eps: float = ..., d0: float = ..., d_coef: float = ..., bias_correction: bool = ..., safeguard_warmup: bool = ..., **options: Unpack[_Options]) -> Optimizer: ...  # corelib-optimizers
@overload
def named(params: Tensors, name: Literal['rmsprop'], /, *, alpha: float = ..., eps: float = ..., centered: bool = ..., momentum: float = ..., **options: Unpack[_Options]) -> Optimizer: ...  # corelib-optimizers
@overload
def named(params: Tensors, name: Literal['sgd'], /, *, momentum: float = ..., dampening: float = ..., nesterov: bool = ..., **options: Unpack[_Options]) -> Optimizer: ...  # corelib-optimizers
@overload
def named(params: Tensors, name: str, hyperparameters: Mapping[str, Any], /, **options: Unpack[_Options]) -> Optimizer: ...
