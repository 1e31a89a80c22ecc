"""einsum takes the subscripts that NumPy takes, returns what it returns, and refuses what it refuses."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import corelib
from corelib_matmul import einsum
from corelib_matmul.subscripts import spelt_out

NUMBERS = {"A": 0, "B": 1, "a": 26, "b": 27, "#": Ellipsis}


@pytest.mark.parametrize(
    ("subscripts", "shapes", "expected"),
    [
        ("ij,jk", [(2, 3), (3, 4)], "ij,jk->ik"),
        ("ba", [(2, 3)], "ba->ab"),
        ("bA", [(2, 3)], "bA->Ab"),
        ("iij->j", [(2, 2, 3)], "iij->j"),
        ("...ij,...jk", [(5, 2, 3), (4, 1, 3, 2)], "bij,abjk->abik"),
        ("i...->...", [(2, 3)], "ia->a"),
        ("a...,b...->...ba", [(2, 3), (4, 3)], "ac,bc->cba"),
        (" i j ,... -> ... i", [(2, 3), (4,)], "ij,a->ai"),
    ],
)
def test_subscripts_are_spelt_out(subscripts: str, shapes: Sequence[tuple[int, ...]], expected: str) -> None:
    operands = [np.ones(shape) for shape in shapes]
    assert spelt_out([subscripts, *operands])[0] == expected


def test_more_axes_than_letters_are_refused() -> None:
    labels = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXY"
    with pytest.raises(corelib.errors.InvalidOperand, match="leave no labels for the 2 axes"):
        einsum(f"{labels}...", np.ones((1,) * 53))


class Guesser:
    """Writes random subscripts, most of which make sense, with operands for them."""

    def __init__(self, seed: int, *, misspelt: bool) -> None:
        self.random = random.Random(seed)
        self.misspelt = misspelt

    def term(self, letters: str, *, output: bool = False) -> str:
        labels = [self.random.choice(letters) for _ in range(self.random.choice([0, 1, 2, 2, 3]))]
        if output and self.random.random() < 0.95:
            labels = list(dict.fromkeys(labels))
        if self.random.random() < 0.3:
            labels.insert(self.random.randint(0, len(labels)), "...")
        for mark, chance in ((" ", 0.05), (self.random.choice("1.->é"), 0.01)):
            if self.misspelt and self.random.random() < chance:
                labels.insert(self.random.randint(0, len(labels)), mark)
        return "".join(labels)

    def operand(self, term: str, sizes: dict[str, int], ellipsis: list[int]) -> Any:
        shape: list[int] = []
        for label in term.replace("...", "#"):
            if label == "#":
                kept = ellipsis[self.random.randint(0, 2) :]
                shape += [n if self.random.random() < 0.8 else 1 for n in kept]
            elif label in sizes:
                shape.append(sizes[label] if self.random.random() < 0.9 else 1)
        return np.arange(1.0, np.prod(shape) + 1).reshape(shape) if shape else np.asarray(1.5)

    def call(self) -> list[Any]:
        letters = "abAB"[: self.random.choice([2, 3, 4])]
        sizes = {label: self.random.choice([0, 1, 2, 3]) for label in letters}
        ellipsis = [self.random.choice([1, 2, 3]) for _ in range(2)]
        terms = [self.term(letters) for _ in range(self.random.choice([1, 1, 2, 2, 3]))]
        operands = [self.operand(term, sizes, ellipsis) for term in terms]
        output = f"->{self.term(letters, output=True)}" if self.random.random() < 0.6 else ""
        return [",".join(terms) + output, *operands]


def in_lists(subscripts: str, *operands: Any) -> list[Any]:
    """The same call with lists of numbers for labels."""
    inputs, arrow, output = subscripts.replace("...", "#").partition("->")
    pairs = zip(operands, inputs.split(","), strict=True)
    args = [part for x, term in pairs for part in (x, [NUMBERS[label] for label in term])]
    return [*args, [NUMBERS[label] for label in output]] if arrow else args


def outcome(function: Any, args: list[Any]) -> Any:
    try:
        result = function(*args)
    except ValueError:
        return "refused"
    return result.data if isinstance(result, corelib.Tensor) else np.asarray(result)


@pytest.mark.parametrize("in_letters", [True, False], ids=["letters", "lists"])
@pytest.mark.parametrize("seed", range(4))
def test_random_subscripts_are_taken_and_refused_as_numpy_does(seed: int, in_letters: bool) -> None:
    guesser = Guesser(seed, misspelt=in_letters)
    returned = 0
    for _ in range(300):
        call = guesser.call()
        args = call if in_letters else in_lists(*call)
        expected, found = outcome(np.einsum, args), outcome(einsum, args)
        assert type(expected) is type(found), args
        if not isinstance(expected, str):
            returned += 1
            np.testing.assert_array_equal(found, expected, err_msg=str(args))
    assert returned > 100
