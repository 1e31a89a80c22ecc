"""The same mutants before corelib's suite, torch's gradcheck and jax's check_grads, side by side.

``python benchmarks/conformance_peers.py [--sample N] [--seed S]`` draws N behavioural and N syntax mutants of the
first-party ops, and prints how many of them each checker finds on the suite's own samples: all real ones at which the
op is smooth. A sample that a peer rejects of the unmutated op is left out for that peer (and counted as a false alarm).
A checker that is not installed has no column. Equivalent mutants are left out for all.
"""

import argparse
import logging
import random
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Final

import numpy as np

from corelib.conformance.calls import Call
from corelib.conformance.sample import Sample
from corelib.conformance.selftest.command import all_mutants, judged
from corelib.conformance.selftest.mutant import Mutant
from corelib.conformance.selftest.trial import PROFILE, unharmed
from corelib.conformance.subject import Subject

Peer = Callable[[Any, Sample], None]
MOST: Final = 6
"""Samples of one op: a peer takes 10 to 100 times as long as the suite."""


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
    """Real float64 samples at which the op is smooth, with numbers in them."""
    found = [s for s in subject.tagged("interior", 0, "complex", "kink", "empty") if s.arrays and s.numbers <= 64]
    return [s for s in found if all(a.dtype == np.float64 for a in s.arrays)][:MOST]


def passes(peer: Peer, op: Any, sample: Sample) -> bool:
    """Whether the peer finds nothing wrong. An error is a finding."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer(op, sample)
    except Exception:  # gradcheck, jax and mutants raise what they like
        return False
    return True


class Column:
    """One peer: which samples it accepts of the unmutated ops, and how many mutants it finds."""

    def __init__(self, name: str, peer: Peer) -> None:
        self.name = name
        self.peer = peer
        self.found = {"behaviour": 0, "syntax": 0}
        self.alarms = 0
        self._good: dict[str, list[Sample]] = {}

    def look(self, mutant: Mutant) -> None:
        self.found[mutant.family] += any(self._finds(host.subject, host.make) for host in mutant.hosts)

    def _finds(self, subject: Subject, make: Callable[[], Any]) -> bool:
        try:
            op = make()
        except Exception:  # a mutant that cannot be made is found by whoever tries
            return True
        with unharmed(subject, PROFILE):  # a mutant that writes to its arguments must not spoil them for others
            return not all(passes(self.peer, op, sample) for sample in self._samples(subject))

    def _samples(self, subject: Subject) -> list[Sample]:
        if subject.name not in self._good:
            tried = samples_of(subject)
            good = self._good[subject.name] = [s for s in tried if passes(self.peer, subject.op, s)]
            self.alarms += len(tried) - len(good)
        return self._good[subject.name]


def measure(mutants: Sequence[Mutant]) -> tuple[dict[str, int], dict[str, int], list[Column]]:
    """How many mutants there are, how many the suite finds, and the columns of the peers."""
    columns = [Column(name, peer) for name, peer in peers().items()]
    counted, ours = {"behaviour": 0, "syntax": 0}, {"behaviour": 0, "syntax": 0}
    for mutant in mutants:
        verdict = judged(mutant)
        if verdict.equivalent:
            continue
        counted[mutant.family] += 1
        ours[mutant.family] += verdict.killed
        if not verdict.killed:
            print(f"the suite misses {mutant.id}: {verdict.detail[:200]}")
        for column in columns:
            column.look(mutant)
    return counted, ours, columns


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=200, help="mutants of each family")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chosen: list[Mutant] = []
    for family in ("behaviour", "syntax"):
        mutants = [m for m in all_mutants(families=[family]) if isinstance(m.hosts[0].subject, Subject)]
        chosen += random.Random(given.seed).sample(mutants, min(given.sample, len(mutants)))
    counted, ours, columns = measure(chosen)
    print(f"| | behavioural (n={counted['behaviour']}) | syntax (n={counted['syntax']}) | false alarms (samples) |")
    print("| --- | --- | --- | --- |")
    for name, found, alarms in [("corelib", ours, 0), *[(c.name, c.found, c.alarms) for c in columns]]:
        shares = [f"{found[f] / max(counted[f], 1):.1%}" for f in ("behaviour", "syntax")]
        print(f"| {name} | {shares[0]} | {shares[1]} | {alarms} |")


if __name__ == "__main__":
    main()
