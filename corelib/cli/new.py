"""`corelib new op NAME` and `corelib new optimizer NAME`: the beginning of a plugin."""

import keyword
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import click

from corelib.cli.values import Place
from corelib.errors import CorelibError

Option: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]


def name_of(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    """NAME, where it is one that an op can have."""
    if not value.isidentifier() or value.startswith("_") or value != value.lower() or keyword.iskeyword(value):
        raise click.BadParameter(f"{value!r} is no lower-case Python identifier, such as soft_clip")
    return value


ARGUMENT: Final[Option] = click.argument("name", callback=name_of)
OPTION: Final[Option] = click.option(
    "--dir", "folder", type=Place(file_okay=False), default=Path(),
    help="The folder in which the distribution is made; by default the current one.",
)  # fmt: skip


@click.group()
def new() -> None:
    """Begin a plugin: pyproject, typed module, conformance test, README and CI, green from the start."""


@new.command()
@ARGUMENT
@OPTION
def op(name: str, folder: Path) -> None:
    """Make the distribution corelib-NAME with the op NAME."""
    make("op", name, folder)


@new.command()
@ARGUMENT
@OPTION
def optimizer(name: str, folder: Path) -> None:
    """Make the distribution corelib-NAME with the optimizer NAME."""
    make("optimizer", name, folder)


def make(kind: str, name: str, folder: Path) -> None:
    """Write the distribution, and print the next command."""
    from corelib.cli.template import write

    target = folder / f"corelib-{name.replace('_', '-')}"
    if target.exists():
        raise CorelibError(f"{target} exists already; give another name or another --dir")
    for file in write(kind, name, target):
        click.echo(f"wrote {target / file}")
    click.echo(f"\nnext:  cd {target} && pip install -e '.[test]' && pytest && mypy")
