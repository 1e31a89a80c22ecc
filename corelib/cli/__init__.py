"""The command `corelib`. It needs the extra ``corelib[cli]``; each subcommand is a file of its own."""

import sys
from typing import Final, NoReturn

EXTRA: Final = frozenset({"click", "rich"})


def main() -> None:
    """Run the command; without the extra, say in one line what to install, and exit with 2."""
    try:
        from corelib.cli.main import command
        from corelib.cli.streams import streams

        with streams():
            command()
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRA:
            raise
        _refuse(missing)


def _refuse(missing: str) -> NoReturn:
    print(f"corelib: the command needs {missing}, which is not installed: pip install 'corelib[cli]'", file=sys.stderr)
    raise SystemExit(2)
