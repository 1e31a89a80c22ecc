"""How thorough a run is."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Profile:
    """How many seeds a run takes, the most samples of one check, and how many examples hypothesis draws."""

    name: str
    seeds: int
    samples: int = 1000
    examples: int = 0


PROFILES: Final = {
    "quick": Profile("quick", 1, 3),
    "default": Profile("default", 3),
    "deep": Profile("deep", 10, examples=200),
}


def profile_of(name: str) -> Profile:
    """The profile called ``name``. Raises LookupError for any other name."""
    if name not in PROFILES:
        raise LookupError(f"no profile {name!r}; profiles are {', '.join(PROFILES)}")
    return PROFILES[name]
