"""`corelib fit` where something is wrong around it: consoles, disks, pipes, kills, tables without end."""

import errno
import os
import signal
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from corelib.cli.main import command
from corelib_fit import network, pictures, table
from corelib_fit.lock import hold
from corelib_fit.output import check_writable, hidden, unfinished
from corelib_fit.refusal import BadInput
from corelib_fit.samples import parabola

NAMES = ["fit.png", "log.csv", "loss.png", "model.npz"]
SMALL = ["fit", "--epochs", "1", "--hidden", "2", "--out", "run"]
COMMAND = "import sys; from corelib.cli import main; sys.argv[0] = 'corelib'; main()"

posix = pytest.mark.skipif(sys.platform == "win32", reason="what the systems offer differs")
full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def process(*args: str, before: str = "", **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """The command in a process of its own, where streams and limits are real."""
    return subprocess.run(
        [sys.executable, "-c", before + COMMAND, *args],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )


def one_line(done: "subprocess.CompletedProcess[bytes]", status: int) -> str:
    """What is said where something went wrong."""
    assert done.returncode == status, done
    (line,) = done.stderr.decode().splitlines()
    return line


def left() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*"))


# Consoles


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_every_console_can_be_printed_on(encoding: str) -> None:
    done = process(*SMALL, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    branch = "├── tanh" if encoding == "utf-8" else "|-- tanh"
    assert branch in done.stdout.decode(encoding)


@full
def test_a_full_standard_output_is_one_line_and_nothing_is_left() -> None:
    with open("/dev/full", "w") as nowhere:
        arguments = [sys.executable, "-c", COMMAND, *SMALL]
        done = subprocess.run(arguments, stdout=nowhere, stderr=subprocess.PIPE, check=False)
    assert one_line(done, 2) == f"Error: the output cannot be written: {os.strerror(errno.ENOSPC)}"
    assert left() == []


# Disks


LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)); "


@posix
def test_a_full_disk_is_one_line_and_nothing_is_half_written() -> None:
    said = one_line(process(*SMALL, before=LIMIT), 2)
    assert said.startswith("Error: --out run: nothing can be written there (")
    assert left() == []


@pytest.mark.parametrize("writer", ["draw_fit", "draw_loss", "write_log", "save_model"])
def test_a_disk_that_is_full_later_leaves_the_files_of_the_run_before(
    writer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    CliRunner().invoke(command, SMALL, catch_exceptions=False)
    before = {path: Path(path).read_bytes() for path in left() if Path(path).is_file()}

    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"corelib_fit.job.{writer}", full)
    done = CliRunner().invoke(command, SMALL, catch_exceptions=False)
    assert done.exit_code == 2
    assert done.output.splitlines()[-1].startswith("Error: --out run: nothing can be written there (No space left")
    assert {path: Path(path).read_bytes() for path in left() if Path(path).is_file()} == before


# Runs that end early, and runs side by side


KILLED = """
import os, signal, sys
from pathlib import Path
from corelib_fit.output import hidden
with hidden(Path(sys.argv[1])) as place:
    (place / "fit.png").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@posix
def test_what_a_killed_run_left_is_removed_by_the_next() -> None:
    Path("run").mkdir()
    done = subprocess.run([sys.executable, "-c", KILLED, "run"], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(left()) == 3, "the hidden folder, with what was written"
    check_writable(Path("run"))
    assert left() == ["run"]


@posix
def test_what_a_living_run_writes_is_left_alone() -> None:
    Path(".corelib-fit-backup").mkdir()  # not one of ours
    with hidden(Path("run")) as place:
        check_writable(Path("run"))
        assert place.is_dir()
    assert left() == [".corelib-fit-backup"]


def written(folder: Path, text: str) -> None:
    """A run whose files hold this text."""
    with unfinished(folder) as place:
        for name in NAMES:
            (place / name).write_text(text)


EXITING = """
import os, sys
from pathlib import Path
from corelib_fit.output import unfinished
rename, calls = os.rename, []
def exiting(*args):
    calls.append(args)
    if len(calls) == int(sys.argv[1]):
        os._exit(9)
    rename(*args)
with unfinished(Path("run")) as place:
    for name in ("fit.png", "log.csv", "loss.png", "model.npz"):
        (place / name).write_text("new")
    os.rename = exiting
"""


@posix
@pytest.mark.parametrize("call", range(1, 9))
def test_a_run_that_is_killed_while_its_files_are_moved_mixes_nothing(call: int) -> None:
    written(Path("run"), "old")
    done = subprocess.run([sys.executable, "-c", EXITING, str(call)], check=False)
    assert done.returncode == 9
    found = {name: Path("run", name).read_text() for name in NAMES if Path("run", name).exists()}
    assert len(set(found.values())) <= 1
    assert "model.npz" not in found or len(found) == len(NAMES), "a model stands only where all of its run does"
    written(Path("run"), "newer")
    assert left() == ["run", *sorted(f"run/{name}" for name in NAMES)]


@pytest.mark.parametrize("call", range(1, 9))
def test_where_a_file_cannot_be_moved_all_is_as_it_was(call: int, monkeypatch: pytest.MonkeyPatch) -> None:
    written(Path("run"), "old")
    rename, calls = os.rename, []

    def failing(*args: Path) -> None:
        calls.append(args)
        if len(calls) == call:
            raise PermissionError(errno.EACCES, "Permission denied")
        rename(*args)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(BadInput, match="Permission denied"):
        written(Path("run"), "new")
    assert left() == ["run", *sorted(f"run/{name}" for name in NAMES)]
    assert {Path("run", name).read_text() for name in NAMES} == {"old"}


def test_a_folder_that_has_the_name_of_a_file_is_kept() -> None:
    Path("run/model.npz").mkdir(parents=True)
    with pytest.raises(BadInput, match="Is a directory"):
        written(Path("run"), "new")
    assert left() == ["run", "run/model.npz"]


@posix
def test_a_run_waits_while_another_moves_its_files() -> None:
    written(Path("run"), "old")
    with hold(Path("run"), wait=True):
        thread = threading.Thread(target=written, args=(Path("run"), "new"))
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        assert Path("run/model.npz").read_text() == "old"
    thread.join(60)
    assert Path("run/model.npz").read_text() == "new"


# Tables


@posix
def test_a_table_may_come_from_a_pipe() -> None:
    text = "x;y\n1;2\n2;3\n3;5\n4;4\n"
    arguments = [sys.executable, "-c", COMMAND, "fit", "/dev/stdin", "--x", "x", "--y", "y", *SMALL[1:]]
    done = subprocess.run(arguments, input=text.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"y from x of stdin: 3 rows to learn from" in done.stdout


def test_the_text_of_a_long_table_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MANY", 1000)
    rows = 60_000
    Path("long.csv").write_text("a,b,c\n" + "0.123456789012345,2.5,note\n" * rows)
    tracemalloc.start()
    with table.open_table("long.csv") as opened:
        values = opened.matrix(["a", "b"])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert values.shape == (rows, 2)
    assert peak < 4 * values.nbytes, "each cell as text takes 60 bytes"


def test_the_last_row_of_a_long_table_is_checked_as_the_first_is() -> None:
    rows = table.MANY + 3
    Path("long.csv").write_text("a,b\n" + "1,2\n" * rows + "1,two\n")
    with table.open_table("long.csv") as opened, pytest.raises(BadInput, match=f"line {rows + 2}, column 'b': 'two'"):
        opened.matrix(["a", "b"])


def test_many_rows_are_predicted_in_parts() -> None:
    x = np.random.default_rng(0).normal(size=(network.MANY + 7, 2))
    made = network.make_network(network.initial((2, 3, 1), "tanh", np.random.default_rng(0)), "tanh")
    np.testing.assert_allclose(made.predict(x), made(x).data, rtol=1e-12)
    assert made.predict(x[:0]).shape == (0, 1)


# Pictures


def test_a_deep_network_and_strange_names_are_drawn_without_a_warning() -> None:
    Path("t.csv").write_text(
        "a$b$^,$x\\frac$ 日本 [$]\n" + "".join(f"{k},{k * k}\n" for k in range(9)), encoding="utf-8"
    )
    arguments = [
        "fit",
        "t.csv",
        "--x",
        "a$b$^",
        "--y",
        "$x\\frac$ 日本",
        "--epochs",
        "1",
        "--hidden",
        ",".join("2" * 300),
    ]
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "network     1-2-(298 more)-2-1 tanh" in done.output


def test_more_points_than_can_be_seen_are_thinned_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST", 100)
    samples = pictures.drawn(parabola(np.random.default_rng(0), 0.2))
    assert len(samples.train_x) == 80
    assert len(samples.test_x) == 80
    assert samples.title == "y = x² (1 in 4 rows drawn)"
