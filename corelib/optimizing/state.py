"""What optimizers remember, as a flat dict of arrays: "<parameter>/<field>", and a header in JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from corelib.core.array_kinds import from_host, to_host
from corelib.core.tensor import Array
from corelib.errors import OptimizerError, StateMismatch
from corelib.optimizing.header import HEADER, Group, fits, groups_of, header_of
from corelib.optimizing.options import ADDED
from corelib.optimizing.parameter import Parameter, readonly, real
from corelib.rule import hyperparameters, joint

if TYPE_CHECKING:
    from corelib.optimizing.optimizer import Optimizer

StateDict: TypeAlias = dict[str, Array]
States: TypeAlias = dict[Parameter, Any]


def save(optimizers: Sequence["Optimizer"]) -> StateDict:
    """A snapshot in arrays of NumPy's: it shares no memory with the optimizers."""
    state = {HEADER: header_of([describe(optimizer) for optimizer in optimizers])}
    for optimizer in optimizers:
        optimizer.unpack()
        for parameter in optimizer.parameters:
            state |= {key: np.array(on_host(value)) for key, value in entries(parameter, parameter.state)}
    return state


def describe(optimizer: "Optimizer") -> Group:
    """What the header says of an optimizer, as JSON gives it back."""
    rule = optimizer.rule
    group = {
        "rule": rule.name,
        "class": f"{type(rule).__module__}:{type(rule).__qualname__}",
        "state_version": rule.state_version,
        "hyperparameters": hyperparameters(rule),
        "options": optimizer.options.saved(),
        "iteration": optimizer.iteration,
        "parameters": {
            parameter.name: {"t": parameter.t, "shape": parameter.shape, "dtype": parameter.dtype.name}
            for parameter in optimizer.parameters
        },
    }
    if optimizer.shared is not None:
        group["shared"] = vars_of(optimizer.shared)
    try:
        return dict(json.loads(json.dumps(group)))
    except TypeError as error:
        raise OptimizerError(f"a hyperparameter of {rule!r} cannot be saved as JSON: {error}") from error


def vars_of(shared: Any) -> dict[str, Any]:
    """The fields of what a rule knows of all parameters together."""
    return {field.name: getattr(shared, field.name) for field in fields(shared)}


def entries(parameter: Parameter, state: object) -> Iterator[tuple[str, Any]]:
    """The keys and values of a parameter's state that are saved."""
    if is_dataclass(state):
        for field in fields(state):
            value = getattr(state, field.name)
            if value is not None and not field.metadata.get("transient"):
                yield f"{parameter.name}/{field.name}", value


def is_array(value: object) -> bool:
    """Whether a field of a state holds an array, of whatever kind, and no number."""
    return hasattr(value, "__array_function__")


def on_host(value: Any) -> Any:
    """An array of NumPy's with the entries of an array; a number as it is."""
    return to_host(value) if is_array(value) else value


def load(optimizers: Sequence["Optimizer"], saved: Mapping[str, Array], *, accept_changes: bool) -> None:
    """Go on from a saved state: from all of it, or StateMismatch that lists whatever differs."""
    arrays = arrays_of(saved)
    groups = groups_of(arrays)
    matched = [match(optimizer, groups) for optimizer in optimizers]
    states = [fresh_states(optimizer, group) for optimizer, group in zip(optimizers, matched, strict=True)]
    differences = compare_groups(groups, matched, optimizers, accept_changes)
    for optimizer, group in zip(optimizers, matched, strict=True):
        differences += compare_shared(optimizer, group)
    differences += compare_arrays(arrays, groups, {p: state for each in states for p, state in each.items()})
    if differences:
        listed = "".join(f"\n  {difference}" for difference in differences)
        raise StateMismatch(f"the saved state does not fit, and nothing was loaded:{listed}")
    filled = [{p: fill(p, state, arrays) for p, state in each.items()} for each in states]
    for optimizer, group, full in zip(optimizers, matched, filled, strict=True):
        install(optimizer, group, full)


def arrays_of(saved: Mapping[str, Array]) -> StateDict:
    """All that was saved, read at once: a file is read here, and not when half of it is loaded."""
    try:
        arrays = {key: np.asarray(saved[key]) for key in saved}
    except Exception as error:  # of whatever stands behind the mapping
        raise StateMismatch(f"the saved state cannot be read: {error}") from error
    if not all(isinstance(key, str) for key in arrays):
        raise StateMismatch("this is no state of an optimizer: its keys are not all text")
    return arrays


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


def fill(parameter: Parameter, state: Any, saved: StateDict) -> Any:
    """The state with what was saved in the place of its arrays and numbers."""
    values = {}
    for key, value in entries(parameter, state):
        array = saved[key]
        kept = from_host(array.astype(value.dtype, order="C"), value) if is_array(value) else array.item()
        values[key.rpartition("/")[2]] = kept
    return replace(state, **values) if values else state


def install(optimizer: "Optimizer", group: Group, states: States) -> None:
    """Let the optimizer go on with these states."""
    optimizer.unpack()
    for parameter, state in states.items():
        parameter.state = state
        parameter.t = group["parameters"][parameter.name]["t"]
    optimizer.iteration = group["iteration"]
    rule = joint(optimizer.rule)
    optimizer.shared = replace(rule.begin(), **group["shared"]) if rule and "shared" in group else None


# Comparing


def compare(saved: dict[str, object], here: dict[str, object]) -> list[str]:
    """A line for each difference."""
    both = ((what, saved.get(what, "nothing"), here.get(what, "nothing")) for what in saved | here)
    return [f"{what}: {there} was saved, {now} is here" for what, there, now in both if there != now]


def compare_groups(saved: list[Group], matched: list[Group], here: Sequence["Optimizer"], accept: bool) -> list[str]:
    """How each group differs from the optimizer it was matched with; those matched with none, from nothing."""
    differences = []
    for there, now in zip(matched, here, strict=True):
        differences += compare(facts(completed(there, now), accept), facts(describe(now), accept))
    for group in saved:
        if group not in matched:
            differences += compare(facts(group, accept), {})
    return differences


def completed(group: Group, optimizer: "Optimizer") -> Group:
    """The group, with the default of each option and hyperparameter that was added after it was saved."""
    rule = optimizer.rule
    new = {
        f.name: f.default for f in fields(cast(Any, rule)) if rule.name == group["rule"] and f.default is not MISSING
    }
    return {
        **group,
        "hyperparameters": {**dict(json.loads(json.dumps(new))), **group["hyperparameters"]},
        "options": {**ADDED, **group["options"]},
    }


def facts(group: Group, accept_changes: bool) -> dict[str, object]:
    """What must agree between a saved optimizer and this one."""
    found = {"rule": group["rule"], "state_version": group["state_version"]}
    for name, parameter in group["parameters"].items():
        found[f"parameter {name!r}"] = kind(parameter["dtype"], parameter["shape"])
    if not accept_changes:
        found |= {f"hyperparameter {name}": value for name, value in group["hyperparameters"].items()}
        found |= {f"option {name}": value for name, value in group["options"].items()}
    return found


def compare_shared(optimizer: "Optimizer", group: Group) -> list[str]:
    """How what was saved of all parameters together differs in kind from what the rule keeps of them."""
    rule = joint(optimizer.rule)
    if (optimizer.rule.name, optimizer.rule.state_version) != (group["rule"], group["state_version"]):
        return []
    fresh = vars_of(rule.begin()) if rule and group["iteration"] else {}
    return compare(types(group.get("shared", {})), types(fresh))


def types(shared: Group) -> dict[str, object]:
    """The kind of each field, by name."""
    wrong = {name: repr(value) for name, value in shared.items() if type(value) is int and not fits(value, "a count")}
    return {f"shared {name}": wrong.get(name, type(value).__name__) for name, value in shared.items()}


def compare_arrays(saved: StateDict, groups: list[Group], states: States) -> list[str]:
    """How the arrays differ from those that the states want, where the parameters themselves agree."""
    names = {parameter.name for parameter in states}
    disagreeing = {name for group in groups for name in group["parameters"]} - names
    keys = [key for key in saved if key != HEADER and key.rpartition("/")[0] not in disagreeing]
    wanted = {key: value for parameter, state in states.items() for key, value in entries(parameter, state)}
    return compare(kinds({key: saved[key] for key in keys}), kinds(wanted))


def kinds(values: dict[str, Any]) -> dict[str, object]:
    arrays = {key: value if is_array(value) else np.asarray(value) for key, value in values.items()}
    return {key: kind(array.dtype.name, array.shape) for key, array in arrays.items()}


def kind(dtype: str, shape: Sequence[int]) -> str:
    return f"{dtype}{list(shape)}"
