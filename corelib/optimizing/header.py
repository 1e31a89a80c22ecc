"""The header of a saved state: JSON in bytes, read without trusting any of it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import numpy as np

from corelib.core.tensor import Array
from corelib.errors import StateMismatch

Group: TypeAlias = dict[str, Any]  # what the header says of one optimizer
Fields: TypeAlias = dict[str, str]

HEADER: Final = "header"  # no key of a parameter: those have a slash
FORMAT: Final = 1
MOST: Final = 2**63  # counts are below it, so that beta**t stays a float

GROUP: Final[Fields] = {
    "rule": "a text",
    "class": "a text",
    "state_version": "a whole number",
    "hyperparameters": "an object",
    "options": "an object",
    "iteration": "a count",
    "parameters": "an object",
}
SHARED: Final[Fields] = {"shared": "an object"}
"""In a group whose rule is over all parameters together."""
PARAMETER: Final[Fields] = {"t": "a count", "shape": "a list of counts", "dtype": "a text"}


def header_of(groups: list[Group]) -> Array:
    """The header that says this of the optimizers."""
    return np.frombuffer(json.dumps({"format": FORMAT, "groups": groups}).encode(), np.uint8).copy()


def groups_of(saved: Mapping[str, Array]) -> list[Group]:
    """What the header says of each optimizer. Raises StateMismatch unless all of it is as `header_of` writes it."""
    try:
        header = json.loads(saved[HEADER].tobytes())
        version, groups = header["format"], header["groups"]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise StateMismatch(f"this is no state of an optimizer: it has no readable {HEADER!r}") from error
    if version != FORMAT:
        raise StateMismatch(f"the state was saved in format {version}, and this corelib reads {FORMAT}")
    faults = list(faults_of(groups))
    if faults:
        raise StateMismatch(f"the {HEADER!r} of this state is damaged: {'; '.join(faults)}")
    return list(groups)


def faults_of(groups: object) -> Iterator[str]:
    """What is wrong with the groups: a field that is missing or of another type, a parameter that is in two."""
    if not isinstance(groups, list):
        yield "groups is no list"
        return
    seen: set[str] = set()
    for i, group in enumerate(groups):
        wrong = [
            *wrong_fields(
                group, GROUP | (SHARED if isinstance(group, dict) and "shared" in group else {}), f"group {i}"
            )
        ]
        yield from wrong
        for name, parameter in () if wrong else group["parameters"].items():
            yield from wrong_fields(parameter, PARAMETER, f"parameter {name!r}")
            yield from (f"parameter {name!r} is in two groups",) if name in seen else ()
            seen.add(name)


def wrong_fields(value: object, fields: Fields, where: str) -> Iterator[str]:
    """The fields that are missing, or hold something else than they may."""
    if not isinstance(value, dict):
        yield f"{where} is no object"
        return
    for name, wanted in fields.items():
        if name not in value:
            yield f"{where} has no {name}"
        elif not fits(value[name], wanted):
            yield f"{where}: {name} is {value[name]!r:.80}, and {wanted} is wanted"


def fits(value: object, wanted: str) -> bool:
    """Whether the value is of the wanted kind; True and False are no numbers."""
    if wanted == "a list of counts":
        return isinstance(value, list) and all(fits(entry, "a count") for entry in value)
    if wanted == "a count":
        return type(value) is int and 0 <= value < MOST
    return type(value) is {"a text": str, "a whole number": int, "an object": dict}[wanted]
