"""model.npz: a network with its columns and scaling, saved without pickle."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from corelib import Array
from corelib.archive import read_arrays, text
from corelib_fit.network import Network, make_network
from corelib_fit.refusal import BadInput
from corelib_fit.scaling import Scaling

FORMAT: Final = "corelib fit 1"


class Model(NamedTuple):
    """What predicts a column from others, in their own units."""

    network: Network
    x_names: tuple[str, ...]
    y_name: str
    x: Scaling
    y: Scaling

    def predict(self, x: Array) -> Array:
        """Targets of shape (rows, 1) for inputs of shape (rows, columns)."""
        return self.y.restored(self.network.predict(self.x.standardised(x)))


def save_model(path: Path, model: Model) -> None:
    """Write an uncompressed .npz of numbers and text."""
    arrays: dict[str, Any] = {name: tensor.data for name, tensor in model.network.parameters().items()}
    np.savez(
        path,
        format=np.array(FORMAT),
        activation=np.array(model.network.activation),
        x_names=np.array(model.x_names),
        y_name=np.array(model.y_name),
        x_mean=model.x.mean,
        x_deviation=model.x.deviation,
        y_mean=model.y.mean,
        y_deviation=model.y.deviation,
        **arrays,
    )


def load_model(path: str | Path) -> Model:
    """Read what `save_model` wrote. Raises BadInput for a file that is none of these."""
    try:
        return made_of(read_arrays(path))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}; a model.npz of corelib fit is wanted") from error
    except ValueError as error:
        raise BadInput(f"{path} is no model of corelib fit, or was damaged: {error}") from error


def made_of(arrays: Mapping[str, Array]) -> Model:
    """The model that these arrays describe. Raises ValueError where they fit nowhere."""
    if text(arrays, "format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT!r}")
    layers = layers_of(arrays)
    inputs, outputs = len(layers[0][0]), len(layers[-1][1])
    model = Model(
        make_network(layers, text(arrays, "activation")),
        names(arrays, "x_names", inputs),
        text(arrays, "y_name"),
        scaling(arrays, "x", inputs),
        scaling(arrays, "y", outputs),
    )
    if outputs != 1:
        raise ValueError(f"it has {outputs} outputs in the place of 1")
    return model


def layers_of(arrays: Mapping[str, Array]) -> list[tuple[Array, Array]]:
    """The weights and biases, each layer fitting the one before it."""
    count = sum(name[0] == "W" for name in arrays if name)
    layers = [(numbers(arrays, f"W{k}", 2), numbers(arrays, f"b{k}", 1)) for k in range(1, count + 1)]
    if not layers:
        raise ValueError("it has no layer")
    for k, (weight, bias) in enumerate(layers, 1):
        follows = k == 1 or len(weight) == len(layers[k - 2][1])
        if not follows or weight.shape[1:] != bias.shape or not weight.size:
            raise ValueError(f"layer {k} does not fit: W{k} is {weight.shape}, b{k} is {bias.shape}")
    return layers


def scaling(arrays: Mapping[str, Array], name: str, count: int) -> Scaling:
    """The scaling of so many columns."""
    mean, deviation = numbers(arrays, f"{name}_mean", 1), numbers(arrays, f"{name}_deviation", 1)
    if not mean.shape == deviation.shape == (count,) or not (deviation > 0).all():
        raise ValueError(f"the scaling of {name} is not that of {count} columns that vary")
    return Scaling(mean, deviation)


def numbers(arrays: Mapping[str, Array], name: str, axes: int) -> Array:
    """The array of this name, of finite float64 numbers along so many axes."""
    array = arrays.get(name)
    if array is None or array.ndim != axes or array.dtype != np.float64 or not np.isfinite(array).all():
        raise ValueError(f"it has no finite numbers {name!r}")
    return array


def names(arrays: Mapping[str, Array], name: str, count: int) -> tuple[str, ...]:
    """So many names."""
    array = arrays.get(name)
    if array is None or array.shape != (count,) or array.dtype.kind != "U":
        raise ValueError(f"it does not name its {count} columns in {name!r}")
    return tuple(map(str, array))
