"""Job: the whole of `corelib fit`, from samples to the files it leaves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from corelib import Array, graph
from corelib_fit.compare import Peer, compare
from corelib_fit.log_file import write_log
from corelib_fit.model_file import Model, save_model
from corelib_fit.network import Network, check_activation, initial, make_network
from corelib_fit.output import check_writable, unfinished
from corelib_fit.pictures import draw_fit, draw_loss
from corelib_fit.progress import progress
from corelib_fit.refusal import BadInput
from corelib_fit.samples import Samples, measured, parabola
from corelib_fit.scaling import Scaled, scaled
from corelib_fit.solver import Solver
from corelib_fit.table import open_table
from corelib_fit.training import Batches, History, train
from corelib_fit.verdict import compared, root_mean_square, verdict

STEPS: Final = 10_000
"""How many steps a run makes that is not told how many epochs."""

MOST_WEIGHTS: Final = 50_000_000
"""More would need gigabytes, with their gradients and what the optimizer remembers of each."""

DEEP: Final = 12
"""Layers: of a network that has more, the sizes in the middle are left out where it is described."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What to fit, by which network and optimizer, and where to leave the results."""

    table: Path | None
    x: tuple[str, ...]
    y: str
    hidden: tuple[int, ...]
    activation: str
    solver: Solver
    epochs: int | None
    batch: int
    seed: int
    test_fraction: float
    compare: bool
    out: Path


class Prepared(NamedTuple):
    """All that a run needs before its first step."""

    samples: Samples
    data: Scaled
    network: Network
    batches: Batches


def prepare(job: Job) -> Prepared:
    """The samples, standardised, the first network and the batches. Raises BadInput for what cannot be used."""
    for_samples, for_weights, for_batches = np.random.SeedSequence(job.seed).spawn(3)
    samples = samples_of(job, np.random.default_rng(for_samples))
    sizes = (len(samples.x_names), *job.hidden, 1)
    network = first_network(sizes, job.activation, np.random.default_rng(for_weights))
    return Prepared(samples, scaled(samples), network, batches_of(job, len(samples.train_x), for_batches))


def run(job: Job, say: Say) -> None:
    """Do it all. Raises BadInput for input that cannot be used; nothing is written then."""
    check_writable(job.out)
    prepared = prepare(job)
    samples, data, network, batches = prepared
    peer = Peer(network, job.solver, batches.steps) if job.compare else None
    introduce(job, prepared, say)
    with progress(batches.epochs) as watch:
        history = train(network, job.solver, data, batches, watch)
    model = Model(network, samples.x_names, samples.y_name, data.x, data.y)
    residuals = samples.test_y - model.predict(samples.test_x)
    lines = ["", *verdict(samples, history, residuals)]
    if peer is not None:
        lines.append(compared(compare(peer, data, batches), history))
    files = leave(job, samples, model, history, residuals)
    say("\n".join([*lines, f"files       {', '.join(files)}"]))


def first_network(sizes: Sequence[int], activation: str, random: np.random.Generator) -> Network:
    """The network before training. Raises BadInput for one that has too many weights."""
    check_activation(activation)
    weights = sum(inputs * outputs for inputs, outputs in pairwise(sizes))
    if weights > MOST_WEIGHTS:
        raise BadInput(f"--hidden: this network has {weights:,} weights; at most {MOST_WEIGHTS:,} are possible")
    return make_network(initial(sizes, activation, random), activation)


def samples_of(job: Job, random: np.random.Generator) -> Samples:
    """The columns of the table, or the parabola where there is none."""
    if job.table is None:
        return parabola(random, job.test_fraction)
    with open_table(job.table) as table:
        return measured(table, job.x, job.y, random, job.test_fraction)


def batches_of(job: Job, rows: int, seed: np.random.SeedSequence) -> Batches:
    """The batches, in as many epochs as make STEPS steps where the job does not say."""
    size = min(job.batch, rows)
    each = -(-rows // size)
    return Batches(rows, size, -(-STEPS // each) if job.epochs is None else job.epochs, seed)


def introduce(job: Job, prepared: Prepared, say: Say) -> None:
    """Say what is about to be done, and draw the network's graph on the first rows."""
    samples, data, network, batches = prepared
    numbers = sum(parameter.size for parameter in network.parameters().values())
    rows = f"{len(samples.train_x)} rows to learn from, {len(samples.test_x)} held back"
    say(f"fit         {samples.y_name} from {', '.join(samples.x_names)} of {samples.title}: {rows}")
    say(f"network     {described(network)}; {numbers:,} numbers to learn")
    say(f"optimizer   {job.solver}")
    say(f"batches     {batches.epochs:,} epochs of {batches.each:,} with {batches.size} rows each")
    say("\n" + graph(network(data.train_x[: batches.size])) + "\n")


def described(network: Network) -> str:
    """Such as "1-64-64-1 sigmoid"."""
    sizes = [str(size) for size in network.sizes]
    if len(sizes) > DEEP:
        sizes[2:-2] = [f"({len(sizes) - 4} more)"]
    return f"{'-'.join(sizes)} {network.activation}"


def leave(job: Job, samples: Samples, model: Model, history: History, residuals: Array) -> Sequence[str]:
    """Write the four files; returns their paths."""
    subtitle = f"{described(model.network)}, {job.solver.rule.name}, {len(history.epochs):,} epochs, seed {job.seed}"
    if len(residuals):
        subtitle += f"; root mean square of the test residuals: {root_mean_square(residuals):.3g}"
    with unfinished(job.out) as folder:
        draw_fit(folder / "fit.png", samples, model.predict, subtitle)
        draw_loss(folder / "loss.png", samples, history, subtitle)
        write_log(folder / "log.csv", history, model.y)
        save_model(folder / "model.npz", model)
        names = sorted(file.name for file in folder.iterdir())
    return [str(job.out / name) for name in names]
