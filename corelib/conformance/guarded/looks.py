"""Looks at the data of guarded arrays: on a GPU each waits until all that was asked of it is computed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from corelib.conformance.guarded.lines import author_line


class Look(NamedTuple):
    """How the data were looked at, ``bool``, and the line of the rule that did it."""

    how: str
    line: str

    def __str__(self) -> str:
        return f"{self.how} at {self.line or 'the op itself'}"


_counting: Final[list[list[Look]]] = []


def look(how: str) -> None:
    """Note one look, where looks are counted."""
    if _counting:
        _counting[-1].append(Look(how, author_line()))


@contextmanager
def counted() -> Iterator[list[Look]]:
    """The looks that are taken inside. One thread at a time."""
    looks: list[Look] = []
    _counting.append(looks)
    try:
        yield looks
    finally:
        _counting.pop()
