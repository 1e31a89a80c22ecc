"""model.npz: a file that says something else than what was saved is refused, or makes no difference."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corelib_fit.model_file import Model, load_model, save_model
from corelib_fit.network import initial, make_network
from corelib_fit.refusal import BadInput
from corelib_fit.scaling import Scaling

RANDOM = np.random.default_rng(20)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with the model."""
    save_model(tmp_path / "model.npz", model())
    return tmp_path / "model.npz"


def model() -> Model:
    network = make_network(initial((2, 3, 1), "tanh", np.random.default_rng(0)), "tanh")
    return Model(network, ("a [m]", "b"), "y", Scaling(np.zeros(2), np.ones(2)), Scaling(np.zeros(1), np.ones(1)))


def outcome(path: Path) -> object:
    """What the file predicts, or nothing where it is refused."""
    try:
        found = load_model(path)
    except BadInput:
        return None
    return found.x_names, found.y_name, found.predict(np.array([[1.0, 2.0]])).tobytes()


def damaged(data: bytes) -> Iterator[bytes]:
    """The file with one bit flipped, and cut off at either end, at many places; half of them are in zip's headers."""
    begins = [k for k in range(len(data)) if data[k : k + 2] == b"PK"]
    headers = [k for begin in begins for k in range(begin, min(begin + 46, len(data)))]
    for place in (*RANDOM.choice(headers, 600), *RANDOM.integers(0, len(data), 600)):
        yield data[:place] + bytes([data[place] ^ 1 << RANDOM.integers(8)]) + data[place + 1 :]
    for length in RANDOM.integers(0, len(data), 40):
        yield data[:length]
        yield data[length:]


def test_a_damaged_model_is_refused_or_is_the_same_model(path: Path) -> None:
    data, right = path.read_bytes(), outcome(path)
    assert right is not None
    for each in damaged(data):
        path.write_bytes(each)
        assert outcome(path) in (None, right)


def test_fields_that_are_removed_or_of_another_type_are_refused(path: Path) -> None:
    with np.load(path) as arrays:
        fields = dict(arrays)
    others = [np.array(3), np.array("text"), np.ones(7), np.ones((0, 2)), np.array([[True]]), np.array(b"bytes")]
    for name, value in fields.items():
        for other in [None, *others]:
            if other is None or other.dtype.kind != value.dtype.kind or other.shape != value.shape:
                np.savez(path, **{k: v for k, v in {**fields, name: other}.items() if v is not None})
                assert outcome(path) is None, (name, other)
