"""Losses of classes: nll_loss and cross_entropy."""

from typing import Any, Final

import numpy as np

from corelib.extend import Tensor, composed, full, may, native
from corelib_nn.operands import entries, tensor
from corelib_nn.regression import Reduction, reduced
from corelib_nn.softmax import log_softmax


def class_axis(x: Tensor) -> int:
    """The axis of the classes: the second, or the only one. Raises ValueError for a single number."""
    if x.ndim == 0:
        raise ValueError("it takes (batch, classes, ...) or (classes,), not a single number")
    return min(x.ndim - 1, 1)


def checked(x: Tensor, target: Any, ignore_index: int) -> tuple[Any, Any]:
    """The classes, with 0 in the place of those to ignore, and where those are (None: nowhere).

    Raises ValueError for targets of another shape and dtype, and for a class that is not there.
    """
    axis = class_axis(x)
    if target.dtype.kind not in "iu" or target.shape != x.shape[:axis] + x.shape[axis + 1 :]:
        raise ValueError(f"targets of x of shape {x.shape} are integers of its shape without the classes (axis {axis})")
    ignored = target == ignore_index
    ignored = ignored if may(ignored) else None
    classes = target if ignored is None else np.where(ignored, 0, target)
    if native(classes) and classes.size and not 0 <= classes.min() <= classes.max() < x.shape[axis]:
        raise ValueError(f"targets are classes from 0 to {x.shape[axis] - 1}, or ignore_index={ignore_index}")
    return classes, ignored


def picked(x: Tensor, classes: Any) -> Any:
    """The entry of each class."""
    axis = class_axis(x)
    return np.squeeze(np.take_along_axis(x, np.expand_dims(classes, axis), axis), axis)  # type: ignore[arg-type]  # a Tensor


def weights_of(weight: Any, x: Tensor, classes: Any, ignored: Any) -> Any:
    """What each target weighs: 0 where it is ignored; None where all weigh 1."""
    if weight is None and ignored is None:
        return None
    if weight is None:
        each: Any = full(classes.shape, 1, x.dtype, x)
    elif np.shape(weight) != (x.shape[class_axis(x)],):
        raise ValueError(
            f"weight of shape {np.shape(weight)} has no entry for each of the {x.shape[class_axis(x)]} classes"
        )
    else:
        each = tensor(weight)[classes]
    return each if ignored is None else np.where(ignored, 0, each)


def averaged(losses: Any, weights: Any, reduction: Reduction) -> Tensor:
    """The losses, weighed already: their mean is that by the weights."""
    if reduction == "mean" and weights is not None:
        return np.sum(losses) / np.sum(weights)  # type: ignore[no-any-return]  # of a Tensor
    return reduced(losses, reduction)


def _nll_loss(
    x: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: Reduction = "mean"
) -> Tensor:
    """-x[i, target[i]] of log-probabilities x of shape (batch, classes, ...) or (classes,), times weight[target[i]].

    Targets that are ``ignore_index`` have no loss. The mean is that by the weights. Raises ValueError for targets that
    are no class.
    """
    x, target = tensor(x), entries(target)
    classes, ignored = checked(x, target, ignore_index)
    weights = weights_of(weight, x, classes, ignored)
    losses = -picked(x, classes)
    return averaged(losses if weights is None else losses * weights, weights, reduction)


def _cross_entropy(
    x: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:  # fmt: skip
    """The negative logarithm of the probability that softmax(x) gives to the target, times the weight of its class.

    x has shape (batch, classes, ...) or (classes,). Targets are classes (integers), or probabilities of the shape of x.
    With ``label_smoothing`` s they are mixed with equal probabilities, s of them. Raises ValueError for targets
    that are no class, and a smoothing outside of [0, 1].
    """
    x = tensor(x)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing={label_smoothing} must be in [0, 1]")
    axis = class_axis(x)
    logs = log_softmax(x, axis=axis)
    if getattr(target, "dtype", np.dtype(int)).kind == "f":
        return by_probabilities(logs, target, weight, reduction, label_smoothing)
    if label_smoothing == 0:
        return _nll_loss(logs, target, weight, ignore_index, reduction)
    classes, ignored = checked(logs, entries(target), ignore_index)
    weights = weights_of(weight, logs, classes, ignored)
    sharp = -picked(logs, classes)
    weighed: Any = logs if weight is None else logs * along(weight, logs)
    even = -np.mean(weighed, axis=axis)
    losses = (1 - label_smoothing) * (sharp if weights is None else sharp * weights)
    smooth = label_smoothing * (even if ignored is None else np.where(ignored, 0, even))
    return averaged(losses + smooth, weights, reduction)


def along(weight: Any, x: Tensor) -> Any:
    """The weight of each class, in a shape that broadcasts with x."""
    return np.reshape(weight, (-1, *[1] * (x.ndim - 1 - class_axis(x))))


def by_probabilities(logs: Tensor, target: Any, weight: Any, reduction: Reduction, smoothing: float) -> Tensor:
    axis = class_axis(logs)
    if np.shape(target) != logs.shape:
        raise ValueError(f"probabilities of shape {np.shape(target)} are not of the shape of x, {logs.shape}")
    if smoothing > 0:
        target = target * (1 - smoothing) + smoothing / logs.shape[axis]
    products: Any = logs * target
    losses = -np.sum(products if weight is None else products * along(weight, logs), axis=axis)
    return reduced(losses, reduction)


nll_loss: Final = composed(_nll_loss, name="nll_loss")
cross_entropy: Final = composed(_cross_entropy, name="cross_entropy")
