"""Where results go: complete, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corelib.fitting.refusal import BadInput


@contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """A new folder to write into, whose files take their place in ``folder`` when all are written.

    If anything goes wrong before, it vanishes, and ``folder`` is as it was. Raises BadInput where nothing can be
    written.
    """
    place = made(folder)
    try:
        yield place
        move(place, folder)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def beside(folder: Path) -> Path:
    """A new hidden folder on the same disk as ``folder``: in it if it is there, else in the nearest that is."""
    near = folder
    while not os.path.lexists(near) and near != near.parent:
        near = near.parent
    return Path(tempfile.mkdtemp(prefix=".corelib-fit-", dir=near))


def move(place: Path, folder: Path) -> None:
    """Bring the files of ``place`` into ``folder``: with one rename where it is not there yet."""
    if folder.exists():
        for file in sorted(place.iterdir()):
            os.replace(file, folder / file.name)
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    place.chmod(0o777 & ~umask())  # a temporary folder is its owner's alone
    os.rename(place, folder)


def umask() -> int:
    """The permissions that new files of this process do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def check_writable(folder: Path) -> None:
    """Raise BadInput where nothing can be written: said before the work, not after it."""
    made(folder).rmdir()


def made(folder: Path) -> Path:
    """What `beside` makes. Raises BadInput where nothing can be made."""
    if os.path.lexists(folder) and not folder.is_dir():
        raise BadInput(f"--out {folder}: it is a file; name a folder")
    try:
        return beside(folder)
    except OSError as error:
        raise BadInput(
            f"--out {folder}: nothing can be written there ({error.strerror}); name a folder that can be written to"
        ) from error
