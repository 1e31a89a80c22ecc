"""What the command `corelib` does where its output cannot be written, or not in these characters."""

import errno
import os
import subprocess
import sys

import pytest

pytest.importorskip("click")
from corelib.cli.streams import replaced

COMMAND = "import sys; from corelib.cli import main; sys.argv[0] = 'corelib'; main()"


def test_characters_without_a_likeness_are_written_by_number() -> None:
    error = UnicodeEncodeError("ascii", "a├日b", 1, 3, "not in range")
    assert replaced(error) == (r"|\u65e5", 3)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_standard_output_is_one_line() -> None:
    with open("/dev/full", "w") as nowhere:
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, "ops"], stdout=nowhere, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == f"Error: the output cannot be written: {os.strerror(errno.ENOSPC)}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="what the systems offer differs")
def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", COMMAND, "ops"], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")
