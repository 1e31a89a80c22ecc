"""Programs drawn at random, as entangled as they come: their derivatives are right to third order.

``python -m tools.random_programs --count 10000`` is the full profile; here are the first programs of it.
"""

from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pytest

import corelib
from tools.random_programs.__main__ import jax_peer, torch_peer
from tools.random_programs.comparing import Outcome, different, outcome
from tools.random_programs.drawing import drawn
from tools.random_programs.libraries import Corelib
from tools.random_programs.program import MODES, TRANSFORMS, Block, Program

pytestmark = pytest.mark.filterwarnings("ignore")  # what other libraries warn of is not ours to fix

PROGRAMS: Final = 60  # of each of 5 seeds
WITH_JAX: Final = 3  # which compiles each operation for each shape
ALONE: Final = 40
STEP: Final = 2.0**-12


def text(found: list[Outcome]) -> str:
    return "\n\n".join(f"{one.kind}: {one.detail}\n{one.program}" for one in found)


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is the ground truth here")
@pytest.mark.parametrize("seed", range(5))
def test_any_program_has_the_derivatives_of_pytorch(seed: int) -> None:
    found = [outcome(drawn(PROGRAMS * seed + i), [torch_peer()]) for i in range(PROGRAMS)]
    failed = [one for one in found if one.failed]
    assert not failed, text(failed)
    assert sum(one.kind == "same" for one in found) > PROGRAMS / 3


@pytest.mark.slow
@pytest.mark.skipif(find_spec("jax") is None, reason="JAX is the ground truth here")
def test_any_program_has_the_derivatives_of_jax() -> None:
    failed = [one for i in range(WITH_JAX) if (one := outcome(drawn(i), [jax_peer()])).failed]
    assert not failed, text(failed)


def smooth(program: Program) -> bool:
    """Whether no value is near a jump, or so large that it hides the others."""
    lib = Corelib()
    program.block.function(lib, ())(*program.inputs)
    return lib.nearest > 0.02 and lib.largest < 1e3


@cache
def programs(count: int) -> list[Program]:
    """Small programs that have derivatives everywhere around their inputs."""
    found: list[Program] = []
    seed = 10_000
    with np.errstate(all="ignore"):
        while len(found) < count:
            program = drawn(seed)
            seed += 1
            if all(x.size < 100 for x in program.inputs) and smooth(program):
                found.append(program)
    return found


def along(program: Program, t: float) -> float:
    """The program's number at its inputs, moved by t along its vectors."""
    moved = [x + t * v for x, v in zip(program.inputs, program.vectors, strict=True)]
    return float(np.asarray(program.block.function(Corelib(), ())(*moved)))


def slope(program: Program) -> tuple[float, float]:
    """The slope of a program along its vectors, by differences of three steps, and how far the last two are apart."""
    central = [(along(program, h) - along(program, -h)) / (2 * h) for h in (STEP, STEP / 2, STEP / 4)]
    first, second = ((4 * b - a) / 3 for a, b in pairwise(central))
    best = (16 * second - first) / 15
    return best, abs(best - second)


def test_without_peers_any_program_has_the_slope_of_its_differences() -> None:
    """A program contains gradients and Hessians: its differences make third derivatives of second ones."""
    with np.errstate(all="ignore"):
        for program in programs(ALONE):
            gradients = corelib.grad(program.block.function(Corelib(), ()), tuple(range(len(program.inputs))))(
                *program.inputs
            )
            found = sum(float(np.sum(g * v)) for g, v in zip(gradients, program.vectors, strict=True))
            expected, bound = slope(program)
            size = 1 + sum(float(np.sum(np.abs(g * v))) for g, v in zip(gradients, program.vectors, strict=True))
            assert found == pytest.approx(expected, abs=1e-7 * size + 10 * bound), str(program)
            assert bound < 1e-2 * size, str(program)


def function_of(program: Program) -> Any:
    """The program as a function of its first argument."""
    return lambda x: program.block.function(Corelib(), ())(x, *program.inputs[1:])


def test_without_peers_all_ways_to_a_second_derivative_agree() -> None:
    """Reverse over reverse, hvp, jvp of grad and the rows of the Hessian; the Hessian is symmetric."""
    with np.errstate(all="ignore"):
        for program in programs(ALONE):
            f, x, v = function_of(program), program.inputs[0], program.vectors[0]
            by_hvp = corelib.hvp(f)(x, v)
            nested = corelib.grad(lambda x, f=f, v=v: np.sum(corelib.grad(f)(x) * v))(x)
            forward = corelib.jvp(corelib.grad(f), (x,), (v,))[1]
            hessian = np.reshape(corelib.hessian(f)(x), (x.size, x.size))
            by_rows = np.reshape(hessian @ np.ravel(v), x.shape)
            for other in (nested, forward, by_rows):
                assert not different([by_hvp], [other]), str(program)
            assert not different([hessian], [hessian.T]), str(program)


@pytest.mark.parametrize("mode", MODES)
def test_without_peers_every_mode_gives_the_gradient(mode: str) -> None:
    with np.errstate(all="ignore"):
        for program in programs(ALONE)[:5]:
            one = Program(program.seed, program.inputs[:1], of_first(program), "grad", program.vectors[:1])
            other = Program(program.seed, one.inputs, one.block, mode, one.vectors)
            (gradient,) = Corelib().derivatives(one)
            assert consistent(mode, gradient, Corelib().derivatives(other), one), str(other)


def of_first(program: Program) -> Any:
    """A block that closes over all inputs but the first."""

    class Closed(Block):
        def function(self, lib: Any, around: Any) -> Any:
            return lambda x: program.block.function(lib, ())(x, *program.inputs[1:])

    return Closed(1, program.block.steps, program.block.summed)


def consistent(mode: str, gradient: Any, found: list[Any], program: Program) -> bool:
    f, x, v = program.block.function(Corelib(), ()), program.inputs[0], program.vectors[0]
    value = np.asarray(f(x))
    expected: dict[str, list[Any]] = {
        "value_and_grad": [value, gradient],
        "accumulate": [2 * gradient],
        "retain": [(1 + np.cos(value)) * gradient],
        "vjp": [gradient, -0.5 * gradient],
        "jvp": [value, np.sum(gradient * v)],
        "hvp": [corelib.grad(lambda x: np.sum(corelib.grad(f)(x) * v))(x)],
        "hessian": [corelib.jacobian(corelib.grad(f))(x)],
    }
    return not different(found, expected.get(mode, [gradient]))


def test_the_programs_have_what_they_are_for() -> None:
    """Every transform within every other, closures, values used again, and every way to differentiate the whole."""
    drawings = [drawn(seed) for seed in range(600)]
    assert {one.mode for one in drawings} == set(MODES)
    pairs = {pair for one in drawings for pair in nested(one.block, "")}
    assert {inner for _, inner in pairs} == set(TRANSFORMS)
    inside = {(outer, inner) for outer, inner in pairs if outer and inner in ("grad", "vjp", "jvp", "checkpoint")}
    assert {outer for outer, _ in inside} >= {"grad", "vjp", "jvp", "jacobian", "checkpoint", "thread"}
    assert any(x.size > 10_000 for one in drawings for x in one.inputs), "gradients are written in place above"


def nested(block: Block, within: str) -> set[tuple[str, str]]:
    found = {(within, step.name) for step in block.steps if step.block is not None}
    for step in block.steps:
        if step.block is not None:
            found |= nested(step.block, step.name)
    return found


def test_a_difference_is_seen() -> None:
    """The comparison itself can fail."""
    right = Corelib().derivatives(programs(ALONE)[0])
    assert not different(right, right)
    assert different([g + 1e-6 for g in right], right)
    assert different([np.append(g, 0.0) for g in right], right)


def test_an_error_of_corelib_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(lib: Corelib, program: Program) -> list[Any]:
        raise IndexError("tuple index out of range")

    monkeypatch.setattr(Corelib, "derivatives", broken)
    found = outcome(programs(ALONE)[0], [])
    assert found.failed
    assert found.kind == "IndexError"
