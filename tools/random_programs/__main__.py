"""``python -m tools.random_programs``: draw programs, run them with corelib and its peers, and show what differs."""

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

from tools.random_programs.comparing import Outcome, outcome
from tools.random_programs.drawing import drawn
from tools.random_programs.libraries import Library

JAX_EVERY: Final = 50  # programs: JAX compiles each operation for each shape, which takes a second or two a program


def torch_peer() -> Library:
    from tools.random_programs.of_torch import Torch

    return Torch()


def jax_peer() -> Library:
    from tools.random_programs.of_jax import Jax

    return Jax()


def outcomes(seeds: Sequence[int], jax_every: int) -> list[Outcome]:
    """What became of the programs of these seeds, with the peers that are installed."""
    torch = [torch_peer()] if find_spec("torch") is not None else []
    jax = [jax_peer()] if jax_every and find_spec("jax") is not None else []
    if not torch and not jax:
        raise SystemExit("neither torch nor jax is installed: pip install torch")
    return [outcome(drawn(seed), torch + (jax if seed % (jax_every or 1) == 0 else [])) for seed in seeds]


def smallest(found: Sequence[Outcome]) -> list[Outcome]:
    """Of each kind of failure the program with the fewest steps."""
    kinds: dict[str, Outcome] = {}
    for one in sorted(found, key=lambda one: one.program.block.size):
        if one.failed:
            kinds.setdefault(one.kind, one)
    return list(kinds.values())


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("tools.random_programs", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, metavar="N", help="how many programs")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first; the others follow")
    parser.add_argument("--jax-every", type=int, default=JAX_EVERY, metavar="N", help="0: JAX runs none")
    given = parser.parse_args(arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of peers
        found = outcomes(range(given.seed, given.seed + given.count), given.jax_every)
    for one in smallest(found):
        print(f"{one.kind}: {one.detail}\n{one.program}\n")
    counts = Counter(one.kind for one in found)
    print(", ".join(f"{kind} {n}" for kind, n in counts.most_common()))
    return int(any(one.failed for one in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
