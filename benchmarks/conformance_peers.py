"""The same mutants before corelib's suite, torch's gradcheck and jax's check_grads, side by side.

``python -m benchmarks.conformance_peers [--sample N] [--seed S] [--family F]`` draws N mutants of each family of the
self-test (of hand-written ones it takes all), and prints how many of them each checker finds. Peers get float64 samples
of the suite at which the op is smooth. A sample that a peer rejects of the unmutated op is left out for that peer, and
counted. A checker that is not installed has no column. Equivalent mutants are left out for all. Mutants of optimizers
are not drawn: no peer examines those.
"""

import argparse
import logging
import random
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any, Final

import numpy as np

from corelib.conformance.isolation.limits import OutOfTime, time_limit
from corelib.conformance.numerics.calls import Call
from corelib.conformance.sample import Sample, Tag
from corelib.conformance.sampling.samples import tagged
from corelib.conformance.subject import Subject
from corelib_selftest.command import all_mutants, judged
from corelib_selftest.mutant import FAMILIES, Mutant
from corelib_selftest.restored import restored
from corelib_selftest.trial import LIMIT, PROFILE, unharmed

Peer = Callable[[Any, Sample], None]
MOST: Final = 8
"""Samples of one op: a peer takes 10 to 100 times as long as the suite."""
WHOLE: Final = ("human",)
"""Families of which all mutants are tried."""
STATE: Final = ("seeds", "draws from", "sets", "ignores", "changes", "keeps something")
"""How the faults begin whose gradients are right, and that change or keep something besides."""


def torch_peer(fast: bool) -> Peer:
    """torch.autograd.gradcheck, with its own tolerances."""
    torch: Any = import_module("torch")

    class Numpy(torch.autograd.Function):  # type: ignore[misc]  # torch is not always there to be typed
        @staticmethod
        def forward(ctx: Any, op: Any, sample: Sample, *tensors: Any) -> Any:
            ctx.call = Call(op, sample, [np.array(t.detach().numpy()) for t in tensors])
            return tuple(torch.from_numpy(np.array(r.data)) for r in ctx.call.results)

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> Any:
            gradients = ctx.call.gradients([np.asarray(g.detach().numpy()) for g in cotangents])
            return (None, None, *[torch.from_numpy(np.array(g)) for g in gradients])

    def check(op: Any, sample: Sample) -> None:
        tensors = tuple(torch.from_numpy(np.array(a)).requires_grad_() for a in sample.arrays)
        torch.autograd.gradcheck(lambda *given: Numpy.apply(op, sample, *given), tensors, fast_mode=fast)

    return check


def jax_peer() -> Peer:
    """jax.test_util.check_grads in reverse mode, first order, with its own tolerances."""
    jax: Any = import_module("jax")
    check_grads: Any = import_module("jax.test_util").check_grads
    jax.config.update("jax_enable_x64", True)
    logging.getLogger("jax").setLevel(logging.CRITICAL)  # a mutant that raises is no news

    def check(op: Any, sample: Sample) -> None:
        shapes = [jax.ShapeDtypeStruct(r.shape, r.dtype) for r in Call(op, sample).results]
        inputs = [jax.ShapeDtypeStruct(a.shape, a.dtype) for a in sample.arrays]

        def forward(*arrays: Any) -> Any:
            return [np.asarray(r.data) for r in Call(op, sample, [np.array(a) for a in arrays]).results]

        def backward(arrays: Any, cotangents: Any) -> Any:
            return Call(op, sample, [np.array(a) for a in arrays]).gradients([np.array(g) for g in cotangents])

        @jax.custom_vjp  # type: ignore[untyped-decorator]  # as above
        def function(*arrays: Any) -> Any:
            return jax.pure_callback(forward, shapes, *arrays)

        function.defvjp(
            lambda *arrays: (function(*arrays), arrays),
            lambda arrays, cotangents: tuple(jax.pure_callback(backward, inputs, arrays, cotangents)),
        )
        check_grads(function, tuple(map(np.array, sample.arrays)), order=1, modes=["rev"])

    return check


def peers() -> dict[str, Peer]:
    """Those that are installed."""
    found: dict[str, Peer] = {}
    try:
        found |= {"torch gradcheck": torch_peer(fast=False), "torch gradcheck, fast": torch_peer(fast=True)}
    except ImportError:
        print("torch is not installed: no column")
    try:
        found["jax check_grads"] = jax_peer()
    except ImportError:
        print("jax is not installed: no column")
    return found


def samples_of(subject: Subject) -> list[Sample]:
    """Real float64 samples at which the op is smooth, with numbers in them: of different shapes first."""
    found = [
        s for s in tagged(subject, Tag.INTERIOR, 0, Tag.COMPLEX, Tag.KINK, Tag.EMPTY) if s.arrays and s.numbers <= 64
    ]
    real = [s for s in found if all(a.dtype == np.float64 for a in s.arrays)]
    first = {tuple(a.shape for a in s.arrays): s for s in reversed(real)}
    return sorted(real, key=lambda s: first[tuple(a.shape for a in s.arrays)] is not s)[:MOST]


def passes(peer: Peer, op: Any, sample: Sample) -> bool:
    """Whether the peer finds nothing wrong. An error is a finding, and so is a loop, as they are for the suite."""
    try:
        with restored(), np.errstate(all="ignore"), time_limit(LIMIT):
            warnings.simplefilter("ignore")
            peer(op, sample)
    except (Exception, OutOfTime):  # gradcheck, jax and mutants raise what they like
        return False
    return True


class Column:
    """One peer: which samples it accepts of the unmutated ops."""

    def __init__(self, name: str, peer: Peer) -> None:
        self.name = name
        self.peer = peer
        self.tried = 0
        self.alarms = 0
        self._good: dict[Subject, list[Sample]] = {}

    def finds(self, mutant: Mutant) -> bool:
        """Whether the peer rejects the mutant on any sample, in any host."""
        return any(self._rejects(host.subject, host.make) for host in mutant.hosts)

    def _rejects(self, subject: Subject, make: Callable[[], Any]) -> bool:
        try:
            op = make()
        except Exception:  # a mutant that cannot be made is found by whoever tries
            return True
        with unharmed(subject, PROFILE):  # a mutant that writes to its arguments must not spoil them for others
            return not all(passes(self.peer, op, sample) for sample in self._samples(subject))

    def _samples(self, subject: Subject) -> list[Sample]:
        if subject not in self._good:
            tried = samples_of(subject)
            good = self._good[subject] = [s for s in tried if passes(self.peer, subject.op, s)]
            self.tried += len(tried)
            self.alarms += len(tried) - len(good)
        return self._good[subject]


def kind(mutant: Mutant) -> str:
    """The row of a mutant: its family; where that has both, whether its numbers are wrong or what it leaves behind."""
    if mutant.family not in ("human", "situation"):
        return mutant.family
    fault = mutant.key.rpartition(": ")[2]
    return f"{mutant.family}, {'state' if fault.startswith(STATE) else 'numbers'}"


def drawn(family: str, sample: int, seed: int) -> list[Mutant]:
    """So many mutants of ops, or all of them."""
    of_ops = [m for m in all_mutants(families=[family]) if isinstance(m.hosts[0].subject, Subject)]
    if family not in WHOLE and sample < len(of_ops):
        of_ops = random.Random(seed).sample(of_ops, sample)
    return sorted(of_ops, key=kind)


def measure(mutants: Sequence[Mutant], columns: Sequence[Column]) -> dict[str, Counter[str]]:
    """Of each kind: how many mutants there are ("mutants"), and how many each checker finds, by its name."""
    counts: dict[str, Counter[str]] = {}
    for mutant in mutants:
        verdict = judged(mutant)
        if verdict.equivalent:
            continue
        if not verdict.killed:
            print(f"the suite misses {mutant.id}: {verdict.witness[:200]}")
        counted = counts.setdefault(kind(mutant), Counter())
        counted.update({"mutants": 1, "corelib": int(verdict.killed)})
        counted.update({column.name: int(column.finds(mutant)) for column in columns})
    return counts


def table(families: Iterable[Sequence[Mutant]], columns: Sequence[Column]) -> Iterator[str]:
    """The table, each row as soon as it is known, and how many samples of unmutated ops each peer rejects."""
    names = ["corelib", *(c.name for c in columns)]
    yield f"| family | mutants | {' | '.join(names)} |"
    yield "| --- " * (len(names) + 2) + "|"
    for mutants in families:
        for row, counted in measure(mutants, columns).items():
            yield f"| {row} | {counted['mutants']} | {' | '.join(str(counted[name]) for name in names)} |"
    for column in columns:
        yield f"{column.name}: rejects {column.alarms} of {column.tried} samples of unmutated ops"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("benchmarks.conformance_peers", description=__doc__)
    parser.add_argument("--sample", type=int, default=100, help="mutants of each family; of hand-written ones all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--family", action="append", choices=FAMILIES)
    given = parser.parse_args(arguments)
    columns = [Column(name, peer) for name, peer in peers().items()]
    families = (drawn(family, given.sample, given.seed) for family in given.family or FAMILIES)
    for line in table(families, columns):
        print(line, flush=True)


if __name__ == "__main__":
    main()
