"""`corelib typings`: so that mypy and pyright see the ops of the installed plugins."""

from pathlib import Path

import click

from corelib.cli.values import Place
from corelib.stubs.files import stale, stubs


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where the files are missing or stale.")
@click.option(
    "--dir", "folder", type=Place(file_okay=False), default=Path("typings"), show_default=True,
    help="Where to write.",
)  # fmt: skip
def typings(check: bool, folder: Path) -> None:
    """Write _corelib_ops.pyi and _corelib_optimizers.pyi, which re-export what the installed plugins provide.

    The second has the overloads of corelib.optimizers.named, too.

    pyright looks into typings/ by itself; mypy needs mypy_path = "$MYPY_CONFIG_FILE_DIR/typings".
    """
    if check:
        _check(folder)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for stub in stubs():
        (folder / stub.file).write_text(stub.text, encoding="utf-8")
        click.echo(f"wrote {folder / stub.file}")
        for reason in stub.left_out:
            click.echo(f"left out: {reason}", err=True)


def _check(folder: Path) -> None:
    found = list(stale(folder))
    if found:
        click.echo("typings are stale; run corelib typings", err=True)
        for line in found:
            click.echo(f"  {line}", err=True)
        raise SystemExit(1)
    click.echo(f"the typings in {folder} fit what is installed")
