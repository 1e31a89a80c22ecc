"""`corelib fit` and `corelib predict`: what a run leaves behind, and what is said of input that cannot be used."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from corelib.cli.main import command

DATA = Path(__file__).parents[3] / "examples" / "data"
COPPER, SEA = str(DATA / "copper.csv"), str(DATA / "sea.csv")
FILES = ["fit.png", "log.csv", "loss.png", "model.npz"]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def corelib_run(*args: str) -> Result:
    return CliRunner().invoke(command, list(args), catch_exceptions=False)


def copper(*args: str) -> Result:
    """A run on a real table."""
    return corelib_run("fit", COPPER, "--x", "temperature", "--y", "expansion", *args)


def left() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*"))


# What a run leaves behind


def test_alone_it_learns_a_parabola_to_half_a_percent() -> None:
    done = corelib_run("fit")
    assert done.exit_code == 0, done.output
    assert left() == ["fit", *(f"fit/{name}" for name in FILES)]
    assert "learned: 99.9" in done.output
    part = re.search(r"root mean square\), (\S+) % of the standard deviation, over 80 rows", done.output)
    assert part is not None
    assert float(part[1]) < 0.5


def test_a_real_table_is_learned_to_within_the_noise_of_its_measurements() -> None:
    """NIST certifies that its own formula for these data leaves a residual standard deviation of 0.0818."""
    done = copper("--epochs", "400")
    assert done.exit_code == 0, done.output
    error = re.search(r"test error  (\S+) ", done.output)
    assert error is not None
    assert float(error[1]) < 0.15


def test_the_run_is_described_with_its_graph_its_losses_and_its_speed() -> None:
    done = copper("--epochs", "20", "--hidden", "5", "--activation", "relu")
    for line in (
        r"^fit         expansion \[1e-6/K\] from temperature \[K\] of copper.csv: 189 rows to learn from, 47 held",
        r"^network     1-5-1 relu; 16 numbers to learn$",
        r"^optimizer   adam \(lr=0.003\)$",
        r"^batches     20 epochs of 6 with 32 rows each$",
        r"W1 float64 \(1, 5\) <T>$",
        r"relu float64 \(32, 5\) <T>$",
        r"^epoch 20/20  loss \S+ +test \S+ +\S+ steps/s$",
        r"^loss        \S+ at first, \S+ at last",
        r"^speed       \S+ steps/s \(120 steps in",
    ):
        assert re.search(line, done.output, re.MULTILINE), f"{line} is not in:\n{done.output}"


def test_the_log_has_a_row_for_each_epoch_in_both_units() -> None:
    copper("--epochs", "12", "--out", "run")
    rows = list(csv.DictReader(Path("run/log.csv").read_text(encoding="utf-8").splitlines()))
    assert [int(row["epoch"]) for row in rows] == list(range(1, 13))
    for row in rows:
        ratio = float(row["train_rmse"]) ** 2 / float(row["train_loss"])
        assert ratio == pytest.approx(float(row["test_rmse"]) ** 2 / float(row["test_loss"]))
        assert ratio**0.5 == pytest.approx(5.8, rel=0.1), "the deviation of copper's expansion"


def test_the_pictures_are_pictures() -> None:
    copper("--epochs", "2")
    corelib_run("fit", SEA, "--x", "year", "month", "--y", "temperature", "--epochs", "2", "--out", "sea")
    for folder in ("fit", "sea"):
        for name in ("fit.png", "loss.png"):
            picture = Path(folder, name).read_bytes()
            assert picture.startswith(b"\x89PNG")
            assert len(picture) > 20_000, "an empty figure is smaller"


def test_the_same_seed_gives_the_same_model_and_another_seed_another() -> None:
    for seed, out in (("1", "a"), ("1", "b"), ("2", "c")):
        copper("--epochs", "3", "--seed", seed, "--out", out)
    a, b, c = (np.load(f"{out}/model.npz", allow_pickle=False)["W1"] for out in "abc")
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_a_second_run_takes_the_place_of_the_first_and_leaves_other_files_alone() -> None:
    copper("--epochs", "1")
    before = Path("fit/model.npz").read_bytes()
    Path("fit/notes.txt").write_text("mine")
    copper("--epochs", "2")
    assert left() == ["fit", *sorted(f"fit/{name}" for name in [*FILES, "notes.txt"])]
    assert Path("fit/model.npz").read_bytes() != before


def test_without_rows_held_back_there_is_no_test_error() -> None:
    done = copper("--epochs", "2", "--test-fraction", "0")
    assert done.exit_code == 0, done.output
    assert "no row was held back" in done.output
    assert Path("fit/log.csv").read_text().splitlines()[1].split(",")[2] == ""


@pytest.mark.parametrize(
    "columns",
    [["--x", "year", "month"], ["--x", "year,month"], ["--x", "year", "--x", "month"], ["--x=year", "--x", "month"]],
)
def test_several_columns_can_be_named_in_every_usual_way(columns: list[str]) -> None:
    done = corelib_run("fit", SEA, *columns, "--y", "temperature", "--epochs", "1")
    assert done.exit_code == 0, done.output
    assert "temperature [°C] from year, month of sea.csv" in done.output


def test_an_interrupted_run_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("corelib_fit.job.write_log", interrupted)
    done = CliRunner().invoke(command, ["fit", "--epochs", "1"])
    assert done.exit_code != 0
    assert left() == []


def test_files_without_header_or_with_other_delimiters_are_told_apart() -> None:
    Path("s.csv").write_text("a; b\n1; 2\n\n3; 5\n4; 6\n5; 7\n")
    assert corelib_run("fit", "s.csv", "--x", "a", "--y", "b", "--epochs", "1").exit_code == 0
    Path("n.csv").write_text("1,2\n3,4\n5,6\n")
    assert "the first line must name them" in corelib_run("fit", "n.csv", "--x", "1", "--y", "2").output


# predict


def test_a_model_is_loaded_again_and_predicts_the_column_it_learned() -> None:
    copper("--epochs", "300")
    done = corelib_run("predict", "fit/model.npz", COPPER)
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(done.output.splitlines()))
    measured = list(csv.DictReader(Path(COPPER).read_text().splitlines()))
    assert [float(row["temperature [K]"]) for row in rows] == [float(row["temperature [K]"]) for row in measured]
    names = ("expansion [1e-6/K]",) * len(rows)
    left_over = [float(p[n]) - float(m[n]) for p, m, n in zip(rows, measured, names, strict=True)]
    assert np.sqrt(np.mean(np.square(left_over))) < 0.2


def test_predictions_go_into_a_file_as_they_go_to_standard_output() -> None:
    copper("--epochs", "1")
    printed = corelib_run("predict", "fit/model.npz", COPPER).output
    assert corelib_run("predict", "fit/model.npz", COPPER, "--out", "p.csv").output == ""
    assert Path("p.csv").read_text() == printed


def test_a_table_to_predict_for_needs_the_inputs_only() -> None:
    copper("--epochs", "1")
    Path("t.csv").write_text("note,temperature [K]\nroom,293.15\n")
    lines = corelib_run("predict", "fit/model.npz", "t.csv").output.splitlines()
    assert lines[0] == "temperature [K],expansion [1e-6/K]"
    assert lines[1].startswith("293.15,")


# --compare torch


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad", "rmsprop", "adam", "adamw"])
def test_pytorch_goes_the_same_way_to_rounding(optimizer: str) -> None:
    pytest.importorskip("torch")
    settings = ["--set", "clip_norm=0.5", "--set", "l2=0.001", "--set", "weight_decay=0.01"]
    done = copper("--epochs", "20", "--optimizer", optimizer, "--compare", "torch", *settings)
    assert done.exit_code == 0, done.output
    difference = re.search(r"largest difference of the losses over 120 steps: (\S+);", done.output)
    assert difference is not None
    assert float(difference[1]) < 1e-12


def test_without_pytorch_there_is_one_line_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    refused("PyTorch cannot be imported", "fit", "--compare", "torch")


# What is refused: in one line, with exit status 2, and nothing written


def refused(expected: str, *args: str) -> None:
    before = left()
    done = corelib_run(*args)
    assert done.exit_code == 2, done.output
    assert expected in done.output
    assert len(done.output.splitlines()) == 1, done.output
    assert left() == before


TABLE = "a,b,t,c,t2\n1,2,x,7,1\n2,4,y,7,\n3,7,z,7,nan\n4,9,w,7,inf\n5,10,v,7,1e999\n"


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        (TABLE, ["--x", "z", "--y", "b"], "d.csv has no column 'z'; it has 'a', 'b', 't', 'c', 't2'"),
        (TABLE, ["--x", "a", "--y", "z"], "d.csv has no column 'z'"),
        (TABLE, ["--x", "t", "--y", "b"], "d.csv, line 2, column 't': 'x' is none; a finite number is wanted"),
        (TABLE, ["--x", "a", "--y", "t2"], "d.csv, line 3, column 't2': the cell is empty"),
        ("a,b\n1,2\n2,nan\n3,4\n", ["--x", "a", "--y", "b"], "d.csv, line 3, column 'b': 'nan' is none"),
        ("a,b\n1,2\n2,-inf\n3,4\n", ["--x", "a", "--y", "b"], "line 3, column 'b': '-inf' is none"),
        ("a,b\n1,2\n2,1_0\n3,4\n", ["--x", "a", "--y", "b"], "line 3, column 'b': '1_0' is none"),
        ("a,b\n1,2\n2,١٢\n3,4\n", ["--x", "a", "--y", "b"], "line 3, column 'b': '١٢' is none"),
        ("a,b\n1,2\n2,３\n3,4\n", ["--x", "a", "--y", "b"], "line 3, column 'b': '３' is none"),
        (TABLE, ["--x", "a", "--y", "c"], "column 'c': it is 7 in all 4 rows"),
        (TABLE, ["--x", "c", "--y", "a"], "column 'c': it is 7 in all 4 rows"),
        (TABLE, ["--x", "a", "a", "--y", "b"], "column 'a' is named twice"),
        (TABLE, ["--x", "a", "--y", "a"], "column 'a' is both --x and --y"),
        (TABLE, ["--x", "a"], "--y missing: name the columns"),
        (TABLE, ["--y", "a"], "--x missing: name the columns"),
        (TABLE, [], "--x and --y missing: name the columns to learn from and the one to learn; d.csv has 'a', 'b'"),
        (TABLE, ["--x"], "Option '--x' requires an argument"),
        (TABLE, ["--x", "a", "--y", "b", "--test-fraction", "0.8"], "at least 2 to learn from are wanted"),
        ("a,a,b\n1,2,3\n4,5,6\n", ["--x", "a", "--y", "b"], "2 columns are called 'a'"),
        ("a [m],a [s],b\n1,2,3\n4,5,6\n", ["--x", "a", "--y", "b"], "2 columns are called 'a'"),
        ("a,b\n1,2\n", ["--x", "a", "--y", "b"], "d.csv has 1 row, of which --test-fraction 0.2 holds 1 back"),
        ("a,b\n", ["--x", "a", "--y", "b"], "d.csv has no rows, only a header"),
        ("", ["--x", "a", "--y", "b"], "d.csv is empty"),
        ("\n\n", ["--x", "a", "--y", "b"], "d.csv is empty"),
        ("a,b\n1,2\n1,2,3\n", ["--x", "a", "--y", "b"], "d.csv, line 3: 3 cells, but the header has 2"),
        ("a,b\n1,2\n2,1e200\n3,-1e200\n4,1\n", ["--x", "a", "--y", "b"], "too large or too small"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_used_is_refused(text: str, args: list[str], expected: str) -> None:
    Path("d.csv").write_text(text)
    refused(expected, "fit", "d.csv", *args)


def test_files_that_are_no_tables_are_refused() -> None:
    refused("nowhere.csv: No such file or directory", "fit", "nowhere.csv", "--x", "a", "--y", "b")
    Path("folder").mkdir()
    refused("folder: Is a directory", "fit", "folder", "--x", "a", "--y", "b")
    Path("latin.csv").write_bytes(b"a,b\n1,\xe9\n")
    refused("latin.csv is no text in UTF-8 (line 2)", "fit", "latin.csv", "--x", "a", "--y", "b")


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--hidden", "64,x"], "--hidden '64,x': whole numbers above 0"),
        (["--hidden", "0"], "--hidden '0'"),
        (["--hidden", "9" * 5000], "--hidden '99999"),
        (["--hidden", "٣"], "--hidden '٣'"),
        (["--hidden", ""], "--hidden ''"),
        (["--hidden", "99999999,99999999"], "at most 50,000,000 are possible"),
        (["--activation", "swish"], "there is no activation 'swish'; there are sigmoid, tanh, relu, leaky_relu"),
        (["--optimizer", "sdg"], "there is no optimizer 'sdg'; there are "),
        (["--set", "lr"], "--set 'lr': a hyperparameter and its value are wanted, such as lr=0.01"),
        (["--set", "lr=fast"], "--set 'lr=fast': 'fast' is no value"),
        (["--set", "lr=-1"], "lr = -1.0 is no number in [0, inf)"),
        (["--set", "lr=nan"], "'nan' is no value"),
        (["--set", "lr=1_0"], "'1_0' is no value; a number is wanted"),
        (["--set", "lr=true"], "'true' is no value; a number is wanted"),
        (["--set", "lr=٣"], "'٣' is no value"),
        (["--set", "beta1=true"], "'true' is no value; a number is wanted"),
        (["--set", "momentum=0.9"], "adam has no hyperparameter 'momentum'; it has 'lr', 'weight_decay', 'l2',"),
        (["--set", "beta1=2"], "beta1 = 2.0 is no number in [0, 1)"),
        (["--set", "amsgrad=1"], "'1' is no value; true or false is wanted"),
        (["--set", "clip_norm=0"], "clip_norm"),
        (["--epochs", "-1"], "Invalid value for '--epochs': -1 is not in the range x>=1"),
        (["--epochs", "many"], "Invalid value for '--epochs'"),
        (["--batch", "0"], "Invalid value for '--batch'"),
        (["--seed", "-1"], "Invalid value for '--seed'"),
        (["--epochs", "1_0"], "Invalid value for '--epochs': '1_0' is not a valid integer"),
        (["--epochs", "١٠"], "Invalid value for '--epochs'"),
        (["--test-fraction", "1"], "Invalid value for '--test-fraction'"),
        (["--test-fraction", "nan"], "Invalid value for '--test-fraction': 'nan' is not a valid float"),
        (["--test-fraction", "0.1_0"], "Invalid value for '--test-fraction'"),
        (["--out", ""], "Invalid value for '--out': it is empty; name a place"),
        (["--test-fraction", "0.999"], "at least 2 to learn from are wanted"),
        (["--compare", "jax"], "Invalid value for '--compare'"),
        (["--learning-rate", "1"], "No such option"),
        (["--x", "a", "--y", "b"], "--x and --y name columns of a table; put it before them"),
    ],
)  # fmt: skip
def test_options_that_cannot_be_used_are_refused(args: list[str], expected: str) -> None:
    refused(expected, "fit", *args)


def test_a_learning_rate_that_makes_the_loss_grow_is_named() -> None:
    args = ["fit", "--optimizer", "sgd", "--set", "lr=1000", "--activation", "relu", "--epochs", "50"]
    done = corelib_run(*args)
    assert done.exit_code == 2
    assert "lr=1000 is too large for sgd here; try --set lr=100" in done.output.splitlines()[-1]
    assert left() == []


def test_a_place_that_cannot_be_written_to_is_refused_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").write_text("")
    refused("--out file: it is a file; name a folder", "fit", "--out", "file")
    refused("--out file/below: nothing can be written there (Not a directory)", "fit", "--out", "file/below")

    def denied(*args: object, **keywords: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("corelib_fit.output.tempfile.mkdtemp", denied)
    refused("--out fit: nothing can be written there (Permission denied)", "fit")


def changed(**arrays: object) -> Callable[[Path], object]:
    """Writes the model again, with other arrays in the place of some."""
    return lambda path: np.savez(path, **{**np.load(path), **arrays})


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda path: path.unlink(), "No such file or directory"),
        (lambda path: path.write_bytes(b""), "is no model of corelib fit"),
        (lambda path: path.write_bytes(b"text"), "is no model of corelib fit"),
        (lambda path: path.write_bytes(path.read_bytes()[:2000]), "is no model of corelib fit"),
        (lambda path: path.unlink() or path.mkdir(), "it is no regular file"),
        (lambda path: np.savez(path, W1=np.ones(3)), "it holds no text 'format'"),
        (lambda path: np.savez(path, W1=np.array([None])), "is no model of corelib fit"),
        (changed(format=np.array("corelib fit 2")), "its format is not 'corelib fit 1'"),
        (changed(W1=np.ones((2, 64))), "it does not name its 2 columns in 'x_names'"),
        (changed(W2=np.ones((2, 64))), "layer 2 does not fit: W2 is (2, 64), b2 is (64,)"),
        (changed(b1=np.full(64, np.nan)), "it has no finite numbers 'b1'"),
        (changed(b1=np.ones(64, complex)), "it has no finite numbers 'b1'"),
        (changed(y_deviation=np.zeros(1)), "the scaling of y is not that of 1 columns that vary"),
        (changed(activation=np.array("swish")), "there is no activation 'swish'"),
        (lambda path: np.savez(path, **{k: v for k, v in np.load(path).items() if k != "b2"}), "no finite numbers"),
        (lambda path: np.savez_compressed(path, **np.load(path)), "its arrays are compressed"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_model_is_refused(spoil: Callable[[Path], object], expected: str) -> None:
    copper("--epochs", "1")
    spoil(Path("fit/model.npz"))
    refused(expected, "predict", "fit/model.npz", COPPER)


def test_predict_refuses_tables_and_places_as_fit_does() -> None:
    copper("--epochs", "1")
    refused("sea.csv has no column 'temperature [K]'", "predict", "fit/model.npz", SEA)
    Path("t.csv").write_text("temperature [K]\n20\nwarm\n")
    refused("t.csv, line 3, column 'temperature [K]': 'warm' is none", "predict", "fit/model.npz", "t.csv")
    refused("--out no/p.csv: No such file or directory", "predict", "fit/model.npz", COPPER, "--out", "no/p.csv")
    refused("--out fit: Is a directory", "predict", "fit/model.npz", COPPER, "--out", "fit")
    refused("Missing argument 'DATA.CSV'", "predict", "fit/model.npz")
