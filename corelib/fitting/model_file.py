"""model.npz: a network with its columns and scaling, saved without pickle."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from corelib.fitting.network import Network, make_network
from corelib.fitting.refusal import BadInput
from corelib.fitting.scaling import Scaling
from corelib.tensor import Array

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
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            contents = {name: arrays[name] for name in arrays}
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}; a model.npz of corelib fit is wanted") from error
    except (ValueError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise BadInput(f"{path} is no model of corelib fit: it is no .npz of numbers and text") from error
    try:
        return made_of(contents)
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise BadInput(f"{path} is no model of corelib fit, or was damaged: {error}") from error


def made_of(contents: Mapping[str, Array]) -> Model:
    """The model that these arrays describe. Raises KeyError or ValueError where they fit nowhere."""
    if "format" not in contents or str(contents["format"]) != FORMAT:
        raise ValueError(f"it does not say that its format is {FORMAT!r}")
    count = sum(name.startswith("W") for name in contents)
    layers = [(contents[f"W{k}"], contents[f"b{k}"]) for k in range(1, count + 1)]
    model = Model(
        make_network(layers, str(contents["activation"])),
        tuple(map(str, contents["x_names"])),
        str(contents["y_name"]),
        Scaling(contents["x_mean"], contents["x_deviation"]),
        Scaling(contents["y_mean"], contents["y_deviation"]),
    )
    if model.predict(np.zeros((1, len(model.x_names)))).shape != (1, 1):
        raise ValueError("its layers do not fit its columns")
    return model
