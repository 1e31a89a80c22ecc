"""A click command of which some options take several words."""

from collections.abc import Iterator, Sequence
from typing import Any

import click


class SeveralWords(click.Command):
    """``--x a b c`` is ``--x a --x b --x c`` for the options in ``several``."""

    def __init__(self, *args: Any, several: Sequence[str], **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.several: frozenset[str] = frozenset(several)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments, each option of several words repeated before each of them."""
        return super().parse_args(ctx, list(spread(args, self.several)))


def spread(args: Sequence[str], several: frozenset[str]) -> Iterator[str]:
    """The words, with an option of several words repeated before each of them; they end at the next option."""
    waiting = repeated = ""
    for word in args:
        if word.startswith("-") and len(word) > 1:
            yield from filter(None, [waiting])  # an option without a word: click says so
            waiting = repeated = word if word in several else ""
            yield from () if waiting else (word,)
        else:
            yield from (repeated, word) if repeated else (word,)
            waiting = ""
    yield from filter(None, [waiting])
