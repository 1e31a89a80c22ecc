"""The score: how many mutants of each family the suite finds, which check finds them, and who survives."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from corelib_selftest.mutant import FAMILIES, Family, Verdict
from corelib_selftest.survivor import lines_of


@dataclass(frozen=True)
class Score:
    """All verdicts of a run."""

    verdicts: Sequence[Verdict]

    def of(self, family: Family) -> list[Verdict]:
        return [v for v in self.verdicts if v.mutant.family == family]

    def survivors(self, family: Family) -> list[Verdict]:
        """Those that are neither found nor equivalent."""
        return [v for v in self.of(family) if not v.killed and not v.equivalent]

    def rate(self, family: Family) -> float:
        """The share of those found among those that are not equivalent; 1 where there are none."""
        counted = [v for v in self.of(family) if not v.equivalent]
        return sum(v.killed for v in counted) / len(counted) if counted else 1.0

    def killers(self) -> list[tuple[str, int]]:
        """The checks, and how many mutants each was the first to find."""
        return Counter(v.killer for v in self.verdicts if v.killed).most_common()

    def lines(self) -> list[str]:
        """The score as text, each survivor with what is known of it."""
        found = []
        for family in FAMILIES:
            mine = self.of(family)
            if mine:
                killed, same = sum(v.killed for v in mine), sum(v.equivalent for v in mine)
                rate = self.rate(family)
                found.append(f"{family}: {killed} of {len(mine) - same} found ({rate:.1%}); {same} more are equivalent")
                found += [f"  {line}" for v in self.survivors(family) for line in lines_of(v)]
                found += [f"  equivalent: {v.mutant.id}\n    {v.reason}" for v in mine if v.equivalent]
        found.append("found first by: " + ", ".join(f"{check} {n}" for check, n in self.killers()))
        found.append(f"{sum(v.seconds for v in self.verdicts):.0f} s")
        return found
