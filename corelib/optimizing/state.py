"""What optimizers remember, as a flat dict of arrays: "<parameter>/<field>", and a header in JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from corelib.errors import OptimizerError, StateMismatch
from corelib.optimizing.parameter import Parameter, readonly, real
from corelib.rule import hyperparameters
from corelib.tensor import Array

if TYPE_CHECKING:
    from corelib.optimizer import Optimizer

StateDict: TypeAlias = dict[str, Array]
Group: TypeAlias = dict[str, Any]  # what the header says of one optimizer
States: TypeAlias = dict[Parameter, Any]

HEADER: Final = "header"  # no key of a parameter: those have a slash
FORMAT: Final = 1


def save(optimizers: Sequence["Optimizer"]) -> StateDict:
    """A snapshot: it shares no memory with the optimizers."""
    text = json.dumps({"format": FORMAT, "groups": [describe(optimizer) for optimizer in optimizers]})
    state = {HEADER: np.frombuffer(text.encode(), np.uint8).copy()}
    for optimizer in optimizers:
        optimizer.unpack()
        for parameter in optimizer.parameters:
            state |= {key: np.array(value) for key, value in entries(parameter, parameter.state)}
    return state


def describe(optimizer: "Optimizer") -> Group:
    """What the header says of an optimizer, as JSON gives it back."""
    rule = optimizer.rule
    group = {
        "rule": rule.name,
        "class": f"{type(rule).__module__}:{type(rule).__qualname__}",
        "state_version": rule.state_version,
        "hyperparameters": hyperparameters(rule),
        "options": optimizer.options(),
        "iteration": optimizer.iteration,
        "parameters": {
            parameter.name: {"t": parameter.t, "shape": parameter.shape, "dtype": parameter.dtype.name}
            for parameter in optimizer.parameters
        },
    }
    try:
        return dict(json.loads(json.dumps(group)))
    except TypeError as error:
        raise OptimizerError(f"a hyperparameter of {rule!r} cannot be saved as JSON: {error}") from error


def entries(parameter: Parameter, state: object) -> Iterator[tuple[str, Any]]:
    """The keys and values of a parameter's state that are saved."""
    if is_dataclass(state):
        for field in fields(state):
            value = getattr(state, field.name)
            if value is not None and not field.metadata.get("transient"):
                yield f"{parameter.name}/{field.name}", value


def load(optimizers: Sequence["Optimizer"], saved: Mapping[str, Array], *, accept_changes: bool) -> None:
    """Go on from a saved state: from all of it, or StateMismatch that lists whatever differs."""
    groups = saved_groups(saved)
    matched = [match(optimizer, groups) for optimizer in optimizers]
    states = [fresh_states(optimizer, group) for optimizer, group in zip(optimizers, matched, strict=True)]
    differences = compare_groups(groups, matched, [describe(each) for each in optimizers], accept_changes)
    differences += compare_arrays(saved, groups, {p: state for each in states for p, state in each.items()})
    if differences:
        listed = "".join(f"\n  {difference}" for difference in differences)
        raise StateMismatch(f"the saved state does not fit, and nothing was loaded:{listed}")
    for optimizer, group, fresh in zip(optimizers, matched, states, strict=True):
        install(optimizer, group, fresh, saved)


def saved_groups(saved: Mapping[str, Array]) -> list[Group]:
    """What the header says."""
    try:
        header = json.loads(np.asarray(saved[HEADER]).tobytes())
        version, groups = header["format"], header["groups"]
    except (KeyError, TypeError, ValueError) as error:
        raise StateMismatch(f"this is no state of an optimizer: it has no readable {HEADER!r}") from error
    if version != FORMAT:
        raise StateMismatch(f"the state was saved in format {version}, and this corelib reads {FORMAT}")
    return list(groups)


def match(optimizer: "Optimizer", groups: list[Group]) -> Group:
    """The saved group that has parameters of the optimizer; where none has, an empty one."""
    names = {parameter.name for parameter in optimizer.parameters}
    empty = {**describe(optimizer), "parameters": {}}
    return next((group for group in groups if names & set(group["parameters"])), empty)


def fresh_states(optimizer: "Optimizer", group: Group) -> States:
    """A new state for each parameter that has one in the file; none if the file is of another rule."""
    rule, saved = optimizer.rule, group["parameters"]
    if (rule.name, rule.state_version) != (group["rule"], group["state_version"]):
        return {}
    shared = [parameter for parameter in optimizer.parameters if parameter.name in saved]
    return {p: rule.init(readonly(real(p.tensor.data))) if saved[p.name]["t"] else None for p in shared}


def install(optimizer: "Optimizer", group: Group, states: States, saved: Mapping[str, Array]) -> None:
    """Let the optimizer go on with these states, filled with what was saved."""
    optimizer.unpack()
    for parameter, state in states.items():
        values = {}
        for key, value in entries(parameter, state):
            array = np.asarray(saved[key])
            values[key.rpartition("/")[2]] = array.copy() if isinstance(value, np.ndarray) else array.item()
        parameter.state = replace(state, **values) if values else state
        parameter.t = group["parameters"][parameter.name]["t"]
    optimizer.iteration = group["iteration"]


# Comparing


def compare(saved: dict[str, object], here: dict[str, object]) -> list[str]:
    """A line for each difference."""
    both = ((what, saved.get(what, "nothing"), here.get(what, "nothing")) for what in saved | here)
    return [f"{what}: {there} was saved, {now} is here" for what, there, now in both if there != now]


def compare_groups(saved: list[Group], matched: list[Group], here: list[Group], accept: bool) -> list[str]:
    """How each group differs from the one it was matched with; those matched with none, from nothing."""
    differences = []
    for there, now in zip(matched, here, strict=True):
        differences += compare(facts(there, accept), facts(now, accept))
    for group in saved:
        if group not in matched:
            differences += compare(facts(group, accept), {})
    return differences


def facts(group: Group, accept_changes: bool) -> dict[str, object]:
    """What must agree between a saved optimizer and this one."""
    found = {"rule": group["rule"], "state_version": group["state_version"]}
    for name, parameter in group["parameters"].items():
        found[f"parameter {name!r}"] = kind(parameter["dtype"], parameter["shape"])
    if not accept_changes:
        found |= {f"hyperparameter {name}": value for name, value in group["hyperparameters"].items()}
        found |= {f"option {name}": value for name, value in group["options"].items()}
    return found


def compare_arrays(saved: Mapping[str, Array], groups: list[Group], states: States) -> list[str]:
    """How the arrays differ from those that the states want, where the parameters themselves agree."""
    names = {parameter.name for parameter in states}
    disagreeing = {name for group in groups for name in group["parameters"]} - names
    keys = [key for key in saved if key != HEADER and key.rpartition("/")[0] not in disagreeing]
    wanted = {key: value for parameter, state in states.items() for key, value in entries(parameter, state)}
    return compare(kinds({key: saved[key] for key in keys}), kinds(wanted))


def kinds(values: dict[str, Any]) -> dict[str, object]:
    return {key: kind(np.asarray(value).dtype.name, np.shape(value)) for key, value in values.items()}


def kind(dtype: str, shape: Sequence[int]) -> str:
    return f"{dtype}{list(shape)}"
