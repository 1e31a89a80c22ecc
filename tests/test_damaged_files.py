"""Damage to the files that are read again, at random: it is refused in one kind of error, or makes no difference."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corelib.fitting.model_file import Model, load_model, save_model
from corelib.fitting.network import initial, make_network
from corelib.fitting.refusal import BadInput
from corelib.fitting.scaling import Scaling

RANDOM = np.random.default_rng(20)


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


def truncated(data: bytes) -> Iterator[bytes]:
    """The beginning of the file, of many lengths, and without its beginning."""
    for length in RANDOM.integers(0, len(data), 40):
        yield data[:length]
        yield data[length:]


def flipped(data: bytes, places: list[int]) -> Iterator[bytes]:
    """The file with one bit of a byte at one of the places flipped."""
    for place in RANDOM.choice(places, 600):
        damaged = bytearray(data)
        damaged[place] ^= 1 << RANDOM.integers(8)
        yield bytes(damaged)


def zip_headers(data: bytes) -> list[int]:
    """The places of what an archive says of its members."""
    begins = [k for k in range(len(data)) if data[k : k + 4] in {b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"}]
    return [k for begin in begins for k in range(begin, min(begin + 46, len(data)))]


@pytest.mark.parametrize("kind", ["truncated", "flipped", "headers"])
def test_a_damaged_model_is_refused_or_is_the_same_model(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    save_model(path, model())
    data, right = path.read_bytes(), outcome(path)
    places = zip_headers(data) if kind == "headers" else list(range(len(data)))
    for damaged in truncated(data) if kind == "truncated" else flipped(data, places):
        path.write_bytes(damaged)
        assert outcome(path) in (None, right)


@pytest.mark.parametrize("compressed", [False, True])
def test_an_array_that_says_it_is_larger_than_the_file_is_refused(compressed: bool, tmp_path: Path) -> None:
    """Before anything is allocated for it: 8 PB here, and a gigabyte of zeros in a megabyte."""
    path = tmp_path / "model.npz"
    save_model(path, model())
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for name, member in members.items():
            archive.writestr(name, head.getvalue() + bytes(10**6) if name == "b1.npy" else member)
    with pytest.raises(BadInput, match=r"model\.npz is no model of corelib fit, or was damaged: "):
        load_model(path)


def test_fields_that_are_removed_or_of_another_type_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    save_model(path, model())
    with np.load(path) as arrays:
        fields = dict(arrays)
    others = [np.array(3), np.array("text"), np.ones(7), np.ones((0, 2)), np.array([[True]]), np.array(b"bytes")]
    for name, value in fields.items():
        for other in [None, *others]:
            if other is None or other.dtype.kind != value.dtype.kind or other.shape != value.shape:
                np.savez(path, **{k: v for k, v in {**fields, name: other}.items() if v is not None})
                assert outcome(path) is None, (name, other)
