"""The benchmarks run, their contenders agree, and what they print follows from what they measured."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import imports
from benchmarks.agreement import Disagreement, check, relative
from benchmarks.compare import HERE, CompareError, checkout, compare, rows, slowest
from benchmarks.contender import CONTENDERS, Contender, arrays_of, chosen
from benchmarks.measured import Measured, agreeing
from benchmarks.memory import Memory, high_water, measure, traced_peak
from benchmarks.table import as_text, memory_rows, time_rows
from benchmarks.timing import Times, in_turns, rotated
from benchmarks.workload import Inputs, Step, Target, Workload
from benchmarks.workloads import WORKLOADS

# What other libraries warn of when they are imported is not ours to fix.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::SyntaxWarning")

PAIRS = [(w.name, c.name) for w in WORKLOADS.values() for c in CONTENDERS.values() if c.takes_part(w)]


def small_inputs(workload: Workload) -> Inputs:
    return workload.make(**workload.sizes(small=True))


@pytest.mark.parametrize(("name", "library"), PAIRS)
def test_a_contender_agrees_with_the_computation_by_hand(name: str, library: str) -> None:
    workload, contender = WORKLOADS[name], CONTENDERS[library]
    if not contender.installed():
        pytest.skip(f"{contender.module} is not installed")
    inputs = small_inputs(workload)
    by_hand = arrays_of(CONTENDERS["numpy"].prepare(workload, inputs)())
    step = contender.prepare(workload, inputs)
    step()
    check(name, library, arrays_of(step()), by_hand)  # the second run: nothing is left of the first


@pytest.mark.parametrize("name", [n for n, w in WORKLOADS.items() if not w.second_order])
def test_the_gradients_by_hand_are_those_of_differences(name: str) -> None:
    workload = WORKLOADS[name]
    inputs = small_inputs(workload)
    params, data = [x.astype(float) for x in inputs.params], [x.astype(float) for x in inputs.data]
    direction = [np.random.default_rng(1).normal(size=x.shape) for x in params]

    def along(t: float) -> float:
        return float(workload.by_hand(*[x + t * d for x, d in zip(params, direction, strict=True)], *data)[0])

    _, gradients = workload.by_hand(*params, *data)
    slope = sum(float(np.sum(g * d)) for g, d in zip(gradients, direction, strict=True))
    assert (along(1e-5) - along(-1e-5)) / 2e-5 == pytest.approx(slope, rel=1e-6)


def test_a_wrong_gradient_is_found() -> None:
    right = [np.asarray(1.0), np.array([1.0, 2.0])]
    check("w", "c", right, right)
    for wrong in (
        [np.asarray(1.0), np.array([1.0, 2.0 + 1e-8])],
        [np.asarray(1.0), np.array([1.0, np.nan])],
        [np.asarray(1.0), np.array([[1.0, 2.0]])],
        [np.asarray(1.0), np.array([1.0, 2.0], np.float32)],
        [np.asarray(1.0)],
    ):
        with pytest.raises(Disagreement, match=r"^w: .*\bc\b"):
            check("w", "c", wrong, right)


def test_differences_are_relative_to_the_largest_entry() -> None:
    assert relative(np.array([100.0, 1.0]), np.array([100.0, 0.0])) == 0.01
    assert relative(np.zeros(3), np.zeros(3)) == 0


def test_a_contender_that_disagrees_is_an_error_and_a_peer_that_raises_is_noted() -> None:
    workload = WORKLOADS["arithmetic"]

    def half(workload: Workload, inputs: Inputs) -> Step:
        return lambda: (np.asarray(0.5), [x / 2 for x in inputs.params])

    def none(workload: Workload, inputs: Inputs) -> Step:
        raise RecursionError("too deep")

    by_hand = CONTENDERS["numpy"]
    found = Measured(workload, small=True)
    assert list(agreeing(found, [by_hand, Contender("peer", "numpy", none)])) == ["numpy"]
    assert found.failed == {"peer": "RecursionError: too deep"}
    with pytest.raises(Disagreement, match="arithmetic: result 0 of peer"):
        agreeing(found, [by_hand, Contender("peer", "numpy", half)])


def test_contenders_run_equally_often_and_take_turns_at_being_first() -> None:
    steps: dict[str, Step] = {"a": lambda: None, "b": lambda: None, "c": lambda: None}
    times = in_turns(steps, rounds=4)
    assert {name: len(t.seconds) for name, t in times.items()} == {"a": 4, "b": 4, "c": 4}
    assert [rotated(["a", "b", "c"], i)[0] for i in range(4)] == ["a", "b", "c", "a"]


def test_the_ratio_is_the_median_over_rounds() -> None:
    a, b = Times([3.0, 40.0, 6.0]), Times([1.0, 20.0, 1.5])
    assert a.ratios(b) == [3, 2, 4]
    assert a.ratio(b) == 3
    assert a.spread(b) == (2.5, 3.5)


def test_one_that_takes_long_drops_out_of_later_rounds() -> None:
    steps: dict[str, Step] = {"a": lambda: None, "b": lambda: None}
    times = in_turns(steps, rounds=5, budget=0.0)
    assert len(times["a"].seconds) == 3


def test_the_peak_counts_what_is_alive_at_once() -> None:
    megabyte = np.ones(125_000)
    assert 2e6 < traced_peak(lambda: (megabyte + 1, megabyte + 2)) < 2.1e6
    assert 1e6 < traced_peak(lambda: np.sum(megabyte + 1) + np.sum(megabyte + 2)) < 1.1e6
    before, peak = high_water()
    assert peak() >= before > 0


@pytest.mark.parametrize("library", ["numpy", "corelib"])
def test_memory_is_measured_in_a_child(library: str) -> None:
    measured = measure(WORKLOADS["fit-step"], CONTENDERS[library], small=True)
    assert measured.resident >= 0
    assert measured.traced
    assert measured.traced > 100


def test_a_child_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="fit-step, nobody: KeyError: 'nobody'"):
        measure(WORKLOADS["fit-step"], Contender("nobody", "numpy", lambda workload, inputs: lambda: None))


def test_the_tables_say_the_ratio_the_target_and_whether_it_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corelib.core.interpreting.is_compiled", lambda: False)
    one = Measured(WORKLOADS["fit-step"])
    one.times = {"numpy": Times([1e-3, 1e-3]), "corelib": Times([1.2e-3, 1.2e-3])}
    one.memory = {"numpy": Memory(2_000_000, 1_500_000), "torch": Memory(150_000_000, None)}
    one.failed = {"torch": "RecursionError: too deep"}
    header, row = time_rows([one], ["numpy", "corelib", "torch", "jax"])
    shown = dict(zip(header, row, strict=True))
    assert shown["by hand"] == "1 ms"
    assert (shown["corelib"], shown["target"], shown["reached"]) == ("1.20", "1.3", "yes")
    assert (shown["torch"], shown["jax"]) == ("RecursionError", "-")
    assert memory_rows([one], ["numpy", "corelib", "torch"])[1][1:] == ["2 (1.5)", "-", "150"]
    assert as_text([["ab", "c"], ["a", "bcd"]]) == "ab    c\na   bcd"


def test_a_contender_that_is_left_out_is_named_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--small", "--rounds", "2", "--no-memory", "--only", "million", "hessian"]
    assert command.main([*options, "--peers", "none"]) == 0
    assert "million:" not in capsys.readouterr().out
    found = [Measured(WORKLOADS["million"], small=True), Measured(WORKLOADS["hessian"], failed={"torch": "E: why"})]
    assert command.notes(found, ["numpy", "torch", "autograd", "dezero"]) == [
        "million: autograd takes 20 seconds for one run",
        "hessian: dezero has no Hessian of its own",
        "hessian: torch failed: E: why",
    ]


def test_dezero_is_lent_what_numpy_no_longer_has_and_no_longer() -> None:
    if not CONTENDERS["dezero"].installed():
        pytest.skip("dezero is not installed")
    CONTENDERS["dezero"].prepare(WORKLOADS["arithmetic"], small_inputs(WORKLOADS["arithmetic"]))
    assert not hasattr(np, "int")


def test_a_target_per_call_is_met_in_microseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corelib.core.interpreting.is_compiled", lambda: False)
    one = Measured(WORKLOADS["scalar-chain"])
    one.times = {"numpy": Times([0.02]), "corelib": Times([0.05])}
    assert one.per_call("corelib") == 2.5
    assert one.reached() is True
    one.times["corelib"] = Times([0.07])
    assert one.reached() is False


def test_a_target_is_that_of_the_core_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corelib.core.interpreting.is_compiled", lambda: False)
    assert str(Target(compiled=1.5, interpreted=3.0, per_call=True)) == "3 us/call"
    monkeypatch.setattr("corelib.core.interpreting.is_compiled", lambda: True)
    assert str(Target(compiled=1.5, interpreted=3.0, per_call=True)) == "1.5 us/call"
    assert str(Target(compiled=0.25, interpreted=0.5, beside="autograd")) == "0.25 of autograd"


def test_peers_are_chosen_by_name() -> None:
    assert [c.name for c in chosen("none")] == ["numpy", "corelib"]
    assert [c.name for c in chosen("jax")] == ["numpy", "corelib", "jax", "jax.jit"]
    assert len(chosen("all")) == len(CONTENDERS)
    with pytest.raises(ValueError, match="no peer is called 'tourch'"):
        chosen("tourch")


def test_the_command_prints_tables_and_writes_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out.json"
    options = ["--small", "--rounds", "2", "--peers", "none", "--no-memory"]
    assert command.main([*options, "--only", "fit-step", "hessian", "--json", str(file)]) == 0
    assert "sigmoid fit step" in capsys.readouterr().out
    found = json.loads(file.read_text())
    assert [w["workload"] for w in found["workloads"]] == ["fit-step", "hessian"]
    assert len(found["workloads"][0]["seconds"]["corelib"]) == 2
    assert found["machine"]["numpy"] == np.__version__


def test_the_command_refuses_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--only", "fit"]) == 2
    assert "no workload is called fit; there are small-ops, small-ops-attributes, fit-step" in capsys.readouterr().err


def test_a_checkout_is_compared_with_itself(capsys: pytest.CaptureFixture[str]) -> None:
    found = compare(str(HERE), [WORKLOADS["arithmetic"]], rounds=3, small=True)
    assert len(found["arithmetic"]["base"].seconds) == 3
    assert slowest(found) > 0
    assert [row[0] for row in rows(found)] == ["workload", "arithmetic"]
    said = r"base: .*, (\w+); here: this checkout as it lies there, \1\n"
    assert re.fullmatch(said, capsys.readouterr().out)


def test_a_slower_core_is_seen() -> None:
    found = {"w": {"base": Times([1.0, 2.0, 4.0]), "here": Times([1.1, 2.2, 4.4])}, "v": "base: AttributeError: x"}
    table = rows(found)
    assert table[1][3:] == ["1.100", "1.100 1.100", "slower"]
    assert table[2][-1] == "base: AttributeError: x"
    assert slowest(found) == pytest.approx(1.1)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_base_may_be_a_git_revision(tmp_path: Path) -> None:
    (tmp_path / "corelib").mkdir()
    (tmp_path / "corelib" / "a.py").write_text("old\n")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Old"]):
        subprocess.run([*git, *arguments], check=True)
    (tmp_path / "corelib" / "a.py").write_text("new\n")
    with checkout("HEAD", tmp_path) as root:
        assert (root / "corelib" / "a.py").read_text() == "old\n"
    with pytest.raises(CompareError, match="neither a checkout nor a git revision"), checkout("HEAT", tmp_path):
        pass


def test_what_an_import_costs_is_printed(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["imports", "--runs", "1"])
    assert imports.main() == 0
    lines = capfd.readouterr().out.splitlines()
    assert [line.split("ms   ")[1] for line in lines] == [what for what, *_ in imports.STATEMENTS]
    assert all(float(line.split()[0]) > 0 for line in lines)
