"""Damage to the files that are read again, at random: it is refused in one kind of error, or makes no difference."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corelib import Tensor, optimizers
from corelib.archive import read_arrays
from corelib.errors import StateMismatch
from corelib.optimizing.groups import Group, MultiOptimizer
from corelib.optimizing.state import StateDict

RANDOM = np.random.default_rng(20)


def archive(path: Path) -> None:
    """Write arrays of several kinds."""
    np.savez(path, W1=np.ones((2, 3)), b1=np.arange(3.0), name=np.array("a [m]"), flags=np.array([True, False]))


def outcome(path: Path) -> dict[str, object]:
    """What the file holds, or nothing where it is refused."""
    try:
        found = read_arrays(path)
    except ValueError:
        return {}
    return {name: (array.dtype, array.shape, array.tobytes()) for name, array in found.items()}


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
def test_a_damaged_archive_is_refused_or_holds_the_same_arrays(kind: str, tmp_path: Path) -> None:
    """Or fewer: where the number of its members is damaged. Who reads one asks for all that was written."""
    path = tmp_path / "arrays.npz"
    archive(path)
    data, right = path.read_bytes(), outcome(path)
    assert len(right) == 4
    places = zip_headers(data) if kind == "headers" else list(range(len(data)))
    for damaged in truncated(data) if kind == "truncated" else flipped(data, places):
        path.write_bytes(damaged)
        assert outcome(path).items() <= right.items()


@pytest.mark.parametrize(("compressed", "words"), [(False, "cannot reshape|buffer is too small"), (True, "compressed")])
def test_an_array_that_says_it_is_larger_than_the_file_is_refused(compressed: bool, words: str, tmp_path: Path) -> None:
    """Before anything is allocated for it: 8 PB here, and a gigabyte of zeros in a megabyte."""
    path = tmp_path / "arrays.npz"
    archive(path)
    with zipfile.ZipFile(path) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as opened:
        for name, member in members.items():
            opened.writestr(name, head.getvalue() + bytes(10**6) if name == "b1.npy" else member)
    with pytest.raises(ValueError, match=f"it is no intact .npz file of numbers and text: .*({words})"):
        read_arrays(path)


# The state of an optimizer


def trained() -> tuple[MultiOptimizer, list[Tensor]]:
    """Two groups after a step each."""
    tensors = [Tensor(np.ones(n), trainable=True, name=f"w{n}") for n in (2, 3)]
    rules = [optimizers.get("adam")(), optimizers.get("sgd")()]
    driver = MultiOptimizer([Group([tensor], rule) for tensor, rule in zip(tensors, rules, strict=True)], lr=0.1)
    stepped(driver, tensors)
    return driver, tensors


def stepped(driver: MultiOptimizer, tensors: list[Tensor]) -> None:
    for tensor in tensors:
        tensor.grad = np.ones(tensor.shape)
    driver.step()


def with_header(state: StateDict, header: bytes) -> StateDict:
    """The state with another header, and zeros in the place of its arrays: they show if they are loaded."""
    zeros = {key: np.zeros_like(value) for key, value in state.items()}
    return {**zeros, "header": np.frombuffer(header, np.uint8)}


def loaded(driver: MultiOptimizer, state: StateDict, *, accept_changes: bool) -> bool:
    """Whether the state is taken. If it is refused, it is by StateMismatch, and nothing was changed."""
    before = {key: value.tobytes() for key, value in driver.state_dict().items()}
    try:
        driver.load_state_dict(state, accept_changes=accept_changes)
    except StateMismatch:
        assert {key: value.tobytes() for key, value in driver.state_dict().items()} == before
        return False
    return True


def places_in(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every field of a JSON value, as what holds it and its key."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places_in(value[key])


NUMBERS = (True, -1, 0.5, 1e300, 2**63 - 1, 2**63, 10**400, float("nan"))
OTHERS: tuple[Any, ...] = (None, *NUMBERS, "text", [], {}, [-1], [[]], {"t": 1})


@pytest.mark.parametrize("accept_changes", [False, True])
def test_a_header_with_a_field_removed_or_of_another_type_loads_nothing_or_can_be_gone_on_with(
    accept_changes: bool,
) -> None:
    driver, _ = trained()
    state = driver.state_dict()
    whole = state["header"].tobytes()
    count = len([*places_in(json.loads(whole))])
    taken = 0
    for k in range(count):
        for other in (*OTHERS, "removed"):
            header = json.loads(whole)
            holder, key = [*places_in(header)][k]
            if other == "removed":
                del holder[key]
            else:
                holder[key] = other
            fresh, tensors = trained()
            if loaded(fresh, with_header(state, json.dumps(header).encode()), accept_changes=accept_changes):
                stepped(fresh, tensors)
                taken += 1
    assert taken < 0.1 * count * len(OTHERS) or accept_changes, "what is refused is the rule"


def test_a_header_that_is_cut_off_or_flipped_loads_nothing_or_can_be_gone_on_with() -> None:
    driver, tensors = trained()
    state = driver.state_dict()
    whole = state["header"].tobytes()
    nested = [b"[" * 100_000, b'{"format": 1, "groups": ' + b"[" * 100_000, b"9" * 5000]
    for header in (*truncated(whole), *flipped(whole, list(range(len(whole)))), *nested):
        if loaded(driver, with_header(state, header), accept_changes=True):
            stepped(driver, tensors)
    assert loaded(driver, state, accept_changes=False)


def test_a_parameter_in_two_groups_is_refused() -> None:
    driver, _ = trained()
    state = driver.state_dict()
    header = json.loads(state["header"].tobytes())
    header["groups"].append(header["groups"][0])
    with pytest.raises(StateMismatch, match="parameter 'w2' is in two groups"):
        driver.load_state_dict(with_header(state, json.dumps(header).encode()))


def test_a_file_that_cannot_be_read_to_its_end_loads_nothing() -> None:
    driver, _ = trained()

    state = driver.state_dict()
    damaged = [*state][-1]

    class Broken(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            if key == damaged:
                raise zipfile.BadZipFile("Bad CRC-32")
            return super().__getitem__(key)

    assert not loaded(driver, Broken(with_header(state, state["header"].tobytes())), accept_changes=False)
