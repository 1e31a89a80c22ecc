"""The values of options: numbers in the digits 0 to 9, and places that have a name.

Public: commands of plugins may use these types.
"""

import math
from pathlib import Path
from typing import Any

import click


class Whole(click.IntRange):
    """A whole number. Python reads "1_0" and the digits of other scripts too, which are refused here."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and not is_non_differentiable(value):
            self.fail(f"{value!r:.80} is not a valid integer.", param, ctx)
        return super().convert(value, param, ctx)


class Fraction(click.FloatRange):
    """A number from 0 on, less than 1. NaN is below nothing and above nothing, and so click takes it."""

    def __init__(self) -> None:
        super().__init__(0, 1, max_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number) or (isinstance(value, str) and not is_non_differentiable(value)):
            self.fail(f"{value!r:.80} is not a valid float.", param, ctx)
        return number


class Place(click.Path):
    """A path. An empty one is none: pathlib takes it for the current folder."""

    def __init__(self, *, file_okay: bool = True) -> None:
        super().__init__(file_okay=file_okay, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("it is empty; name a place.", param, ctx)
        return super().convert(value, param, ctx)


def is_non_differentiable(text: str) -> bool:
    """Whether a number is written as everybody writes it."""
    return text.isascii() and "_" not in text
