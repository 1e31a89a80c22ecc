"""The subscripts of einsum, as NumPy takes them, spelt out: no ellipsis, no spaces, an explicit output."""

from collections.abc import Sequence
from functools import lru_cache
from string import ascii_letters, ascii_lowercase, ascii_uppercase
from typing import Any, Final

import numpy as np

# NumPy's own order of labels that are numbers; so an output that is left out has them in ascending order
NUMBERED: Final = ascii_uppercase + ascii_lowercase
DOTS: Final = "..."


def spelt_out(args: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """The subscripts of a call of einsum, like "abij,bjk->aik", and its operands.

    Raises ValueError for what NumPy would not take.
    """
    if not args:
        raise TypeError("takes subscripts and at least one array")
    subscripts, operands = (args[0], args[1:]) if isinstance(args[0], str) else _joined(args)
    return _spelt_out(subscripts, tuple([np.ndim(x) for x in operands])), operands


@lru_cache(maxsize=512)  # a program has few subscripts and meets each of them many times
def _spelt_out(subscripts: str, ndims: tuple[int, ...]) -> str:
    """The subscripts of operands of so many axes."""
    inputs, arrow, output = subscripts.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ndims):
        raise ValueError(f"the subscripts {subscripts!r} are of {len(terms)} operands, and {len(ndims)} were given")
    counts = [_ellipsis_axes(term, ndim) for term, ndim in zip(terms, ndims, strict=True)]
    width = max(counts)
    free = [letter for letter in ascii_letters if letter not in subscripts]
    if width > len(free):
        raise ValueError(f"the subscripts {subscripts!r} leave no labels for the {width} axes of their ellipsis")
    ellipsis = "".join(free[:width])
    full = [_filled(term, ellipsis[width - count :]) for term, count in zip(terms, counts, strict=True)]
    result = _explicit(output, ellipsis) if arrow else ellipsis + _implicit("".join(full), ellipsis)
    return f"{','.join(full)}->{result}"


def _joined(args: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """Subscripts in a string, from operands that each have a list of labels behind them."""
    pairs = len(args) // 2
    inputs = ",".join(_lettered(labels) for labels in args[1 : 2 * pairs : 2])
    output = f"->{_lettered(args[-1])}" if len(args) % 2 else ""
    return inputs + output, args[0 : 2 * pairs : 2]


def _lettered(labels: Sequence[Any]) -> str:
    """Labels that are numbers from 0 to 51, or an ellipsis, as letters."""
    if not all(label is Ellipsis or 0 <= label < len(NUMBERED) for label in labels):
        raise ValueError(f"a label is a number from 0 to {len(NUMBERED) - 1} or an ellipsis, not as in {labels!r}")
    return "".join(DOTS if label is Ellipsis else NUMBERED[label] for label in labels)


def _ellipsis_axes(term: str, ndim: int) -> int:
    """How many axes of an operand its ellipsis stands for."""
    letters = _filled(term, "")
    if len(letters) > ndim or (len(letters) < ndim and DOTS not in term):
        raise ValueError(f"the subscripts {term.strip()!r} do not fit an operand of {ndim} axes")
    return ndim - len(letters)


def _filled(term: str, ellipsis: str) -> str:
    """A term with labels in the place of its ellipsis."""
    letters = ellipsis.join(part.replace(" ", "") for part in term.split(DOTS, 1))
    if letters and not (letters.isascii() and letters.isalpha()):
        raise ValueError(f"the subscripts {term.strip()!r} are not letters and at most one ellipsis")
    return letters


def _explicit(output: str, ellipsis: str) -> str:
    if ellipsis and DOTS not in output:
        raise ValueError(f"the output {output.strip()!r} needs an ellipsis, as the operands have one")
    return _filled(output, ellipsis)


def _implicit(labels: str, ellipsis: str) -> str:
    """The labels that appear once, in alphabetical order: the output where none is given."""
    return "".join(sorted(label for label in labels if labels.count(label) == 1 and label not in ellipsis))
