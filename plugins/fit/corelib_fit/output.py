"""Where results go: complete, or not at all; and never those of two runs beside each other."""

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from corelib_fit.lock import hold
from corelib_fit.refusal import BadInput

PREFIX: Final = ".corelib-fit-"
SUFFIX: Final = ".part"
HIDDEN: Final = re.compile(rf"{re.escape(PREFIX)}\w+{re.escape(SUFFIX)}")
"""The folders that `hidden` makes. One that nobody holds was left by a process that was killed."""
BEFORE: Final = "before"


@contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """A new folder to write into, whose files take their place in ``folder`` when all are written.

    If anything goes wrong before, it vanishes, and ``folder`` is as it was. Raises BadInput where nothing can be
    written.
    """
    with refusing(folder), hidden(folder) as place:
        yield place
        move(place, folder)


def check_writable(folder: Path) -> None:
    """Raise BadInput where nothing can be written: said before the work, not after it."""
    if os.path.lexists(folder) and not folder.is_dir():
        raise BadInput(f"--out {folder}: it is a file; name a folder")
    with refusing(folder), hidden(folder):
        pass


@contextmanager
def refusing(folder: Path) -> Iterator[None]:
    """Say in one error what the system has against writing there."""
    try:
        yield
    except OSError as error:
        raise BadInput(
            f"--out {folder}: nothing can be written there ({error.strerror or error}); "
            "name a folder that can be written to"
        ) from error


@contextmanager
def hidden(folder: Path) -> Iterator[Path]:
    """A new hidden folder on the same disk as ``folder``: in it if it is there, else in the nearest that is.

    It vanishes at the end of ``with``, or when another run finds that the process that held it is gone.
    """
    near = folder
    while not os.path.lexists(near) and near != near.parent:
        near = near.parent
    sweep(near)
    with ExitStack() as locks:
        place = held(near, locks)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)


def held(near: Path, locks: ExitStack) -> Path:
    """A new folder in ``near``, locked."""
    while True:
        place = Path(tempfile.mkdtemp(SUFFIX, PREFIX, near))
        with suppress(FileNotFoundError):  # another run may sweep it away before it is locked
            locks.enter_context(hold(place, wait=True))
            if place.exists():
                return place


def sweep(near: Path) -> None:
    """Remove the hidden folders that killed processes left."""
    with suppress(OSError):
        for place in near.iterdir():
            if HIDDEN.fullmatch(place.name):
                with hold(place, wait=False) as abandoned:
                    if abandoned:
                        shutil.rmtree(place, ignore_errors=True)


def move(place: Path, folder: Path) -> None:
    """Bring the files of ``place`` into ``folder``: with one rename where it is not there yet."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        place.chmod(0o777 & ~umask())  # a temporary folder is its owner's alone
        try:
            os.rename(place, folder)
        except OSError:
            if not folder.is_dir():  # else another run has made it meanwhile
                raise
        else:
            return
    with hold(folder, wait=True):
        exchange(place, folder, sorted(file.name for file in place.iterdir()))


def exchange(place: Path, folder: Path, names: Sequence[str]) -> None:
    """Put the files in the place of those that have their names; these are moved aside before the first comes in.

    So at every moment, whenever the process is killed, the folder holds files of one run only, and its last name
    stands only where the others do. Where a file cannot be moved, all is as it was.
    """
    aside = place / BEFORE
    aside.mkdir()
    try:
        for name in reversed(names):
            if (folder / name).is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(folder / name))
            if os.path.lexists(folder / name):
                os.rename(folder / name, aside / name)
        for name in names:
            os.rename(place / name, folder / name)
    except BaseException:
        for name in names:
            if not (place / name).exists():
                os.rename(folder / name, place / name)
        for old in aside.iterdir():
            os.rename(old, folder / old.name)
        raise


def umask() -> int:
    """The permissions that new files of this process do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
