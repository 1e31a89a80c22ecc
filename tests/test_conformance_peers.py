"""The table of peers: which mutants are drawn, which samples a peer gets, what it finds, and what is printed."""

import os
from collections import Counter
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
import pytest

from benchmarks import conformance_peers
from benchmarks.conformance_peers import Column, Peer, drawn, kind, measure, passes, samples_of, table
from corelib.conformance.installed_ops import installed
from corelib.conformance.numerics.calls import Call
from corelib.conformance.sample import Sample
from corelib.conformance.subject import Subject
from corelib_selftest import command
from corelib_selftest.behaviours import behavioural_mutants
from corelib_selftest.mutant import FAMILIES, Host, Mutant
from corelib_selftest.restored import restored
from corelib_selftest.situations import situated_mutants

# What other libraries warn of when they are imported is not ours to fix.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::SyntaxWarning")

STATE: Final = "seeds numpy.random at its first call"


@pytest.fixture(params=["torch gradcheck", "torch gradcheck, fast", "jax check_grads"])
def peer(request: pytest.FixtureRequest) -> Peer:
    if find_spec(request.param.split()[0]) is None:
        pytest.skip(f"{request.param.split()[0]} is not installed")
    return conformance_peers.peers()[request.param]


def sigmoid() -> Subject:
    return installed("corelib-elementwise.sigmoid")[0]


def named(subject: Subject, name: str) -> Mutant:
    return next(m for m in (*behavioural_mutants(subject), *situated_mutants(subject)) if m.key == name)


def accepts(op: Any, sample: Sample) -> None:
    """A peer that finds nothing."""


def rejects(op: Any, sample: Sample) -> None:
    raise AssertionError


def test_a_peer_accepts_an_op_that_is_right_and_finds_a_wrong_slope(peer: Peer) -> None:
    column, subject = Column("peer", peer), sigmoid()
    assert column.finds(named(subject, "the middle entry halved"))
    assert column.alarms == 0
    assert column.tried == len(samples_of(subject)) > 0


@pytest.mark.parametrize("fault", [STATE, "the second derivative is doubled"])
def test_a_peer_that_looks_at_first_slopes_misses_the_rest(peer: Peer, fault: str) -> None:
    assert not Column("peer", peer).finds(named(sigmoid(), fault))


def test_a_mutant_that_cannot_be_made_is_found() -> None:
    def make() -> Any:
        raise TypeError

    assert Column("peer", accepts).finds(Mutant("behaviour", "none", (Host(sigmoid(), make),)))


def test_a_sample_that_a_peer_rejects_of_the_right_op_is_left_out_and_counted() -> None:
    def of_numbers(op: Any, sample: Sample) -> None:
        assert sample.arrays[0].ndim

    column, subject = Column("peer", of_numbers), sigmoid()
    assert not column.finds(named(subject, STATE))
    assert column.alarms == sum(not sample.arrays[0].ndim for sample in samples_of(subject)) > 0


def test_a_loop_is_found_and_what_a_mutant_changes_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def disturbing(op: Any, sample: Sample) -> None:
        np.random.seed(0)
        np.seterr(all="raise")
        os.chdir(os.sep)
        while True:
            pass

    monkeypatch.setattr(conformance_peers, "LIMIT", 0.05)
    before = np.geterr(), os.getcwd(), str(np.random.get_state())
    assert not passes(disturbing, sigmoid().op, samples_of(sigmoid())[0])
    assert (np.geterr(), os.getcwd(), str(np.random.get_state())) == before


def test_peers_get_real_samples_of_all_shapes_before_a_second_one_of_any() -> None:
    (subject,) = installed("corelib-elementwise.multiply")
    samples = samples_of(subject)
    assert len(samples) == conformance_peers.MOST
    assert {a.dtype for s in samples for a in s.arrays} == {np.dtype(float)}
    shapes = [tuple(a.shape for a in s.arrays) for s in samples]
    different = len(set(shapes))
    assert different > conformance_peers.MOST / 2
    assert len(set(shapes[:different])) == different


@pytest.mark.parametrize("family", FAMILIES)
def test_a_draw_follows_from_its_seed_and_has_ops_alone(family: str) -> None:
    first, again = drawn(family, 5, 0), drawn(family, 5, 0)
    assert [m.id for m in first] == [m.id for m in again]
    assert all(isinstance(host.subject, Subject) for m in first for host in m.hosts)
    assert len(first) == 5 or family in conformance_peers.WHOLE
    assert {kind(m).split(",")[0] for m in first} == {family}


def test_of_hand_written_mistakes_all_are_drawn() -> None:
    assert [m.id for m in drawn("human", 5, 0)] == [m.id for m in drawn("human", 10**6, 1)]


def test_what_counts_as_state_has_right_gradients() -> None:
    state = [m for m in [*drawn("human", 0, 0), *situated_mutants(sigmoid())] if kind(m).endswith(", state")]
    assert {m.family for m in state} == {"human", "situation"}
    for mutant in state:
        (host,) = mutant.hosts
        with restored():
            made = host.make()
            for sample in samples_of(host.subject):
                np.testing.assert_array_equal(slope(made, sample), slope(host.subject.op, sample), mutant.id)


def slope(op: Any, sample: Sample) -> Any:
    call = Call(op, sample)
    return call.gradients([np.ones(r.shape) for r in call.results])[0]


def test_counts_are_kept_by_kind_and_equivalent_mutants_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "reason_for", lambda mutant: "declared" if mutant.key == "same" else "")
    subject = sigmoid()
    unchanged = [Mutant("behaviour", key, (Host(subject, lambda: subject.op),)) for key in ("same", "missed")]
    mutants = [*unchanged, *(named(subject, name) for name in ("negated", "wrong at the first call", STATE))]
    columns = [Column("never", accepts), Column("always", rejects)]
    assert measure(mutants, columns) == {
        "behaviour": Counter(mutants=2, corelib=1, never=0, always=0),
        "situation, numbers": Counter(mutants=1, corelib=1, never=0, always=0),
        "situation, state": Counter(mutants=1, corelib=1, never=0, always=0),
    }
    assert (columns[1].alarms, columns[1].tried) == (len(samples_of(subject)),) * 2


def test_the_table_has_a_row_of_each_kind_and_a_column_of_each_checker() -> None:
    mutants, samples = [named(sigmoid(), name) for name in ("negated", STATE)], len(samples_of(sigmoid()))
    assert list(table([mutants[:1], mutants[1:]], [Column("never", accepts), Column("always", rejects)])) == [
        "| family | mutants | corelib | never | always |",
        "| --- | --- | --- | --- | --- |",
        "| behaviour | 1 | 1 | 0 | 0 |",
        "| situation, state | 1 | 1 | 0 | 0 |",
        f"never: rejects 0 of {2 * samples} samples of unmutated ops",
        f"always: rejects {2 * samples} of {2 * samples} samples of unmutated ops",
    ]


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance_peers, "peers", lambda: {"peer": accepts})
    conformance_peers.main(["--sample", "1", "--family", "behaviour"])
    assert "| family | mutants | corelib | peer |" in capsys.readouterr().out
