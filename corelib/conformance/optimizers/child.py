"""The new process of the check fresh_process: ``python -m corelib.conformance.optimizers.child FOLDER MODULE NAME``."""

import json
import sys
from importlib import import_module
from pathlib import Path

import numpy as np

from corelib.conformance.optimizers.following import give, parameters
from corelib.optimizing.optimizer import Optimizer


def go_on(folder: Path, module: str, name: str) -> None:
    """Go on from each state in the folder, and write where the path ends."""
    kind = getattr(import_module(module), name)
    for i in range(len(list(folder.glob("state*.npz")))):
        hyperparameters = json.loads((folder / f"rule{i}.json").read_text(encoding="utf-8"))
        with np.load(folder / f"state{i}.npz", allow_pickle=False) as file:
            state = dict(file)
        with np.load(folder / f"rest{i}.npz", allow_pickle=False) as file:
            rest = dict(file)
        count = sum(key.startswith("p") for key in rest)
        tensors = parameters([rest[f"p{k}"] for k in range(count)])
        optimizer = Optimizer(tensors, kind(**hyperparameters), lr=0.05)
        optimizer.load_state_dict(state)
        for t in range(sum(key.startswith("g") for key in rest) // count):
            give(tensors, [rest[f"g{t}_{k}"] for k in range(count)])
            optimizer.step()
        ends = {f"p{k}": tensor.data for k, tensor in enumerate(tensors)}
        np.savez(folder / f"end{i}.npz", allow_pickle=False, **ends)


if __name__ == "__main__":
    go_on(Path(sys.argv[1]), *sys.argv[2:])
