"""The command: draws cases until the time is over, and prints each kind of failure once, cut down to a line."""

import argparse
import sys
from itertools import islice
from time import monotonic

from tools.fuzz.cases import cases
from tools.fuzz.running import Failure, failures, minimised


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to look for failures")
    parser.add_argument("--seed", type=int, default=0, help="draws other cases")
    parser.add_argument("--batch", type=int, default=2000, help="cases in one child process")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds after which a case hangs")
    options = parser.parse_args()
    drawn, count, end = cases(options.seed), 0, monotonic() + options.seconds
    kinds: dict[str, Failure] = {}
    while monotonic() < end:
        batch = list(islice(drawn, options.batch))
        count += len(batch)
        for failure in failures(batch, options.limit):
            kinds.setdefault(failure.kind, failure)
    for failure in kinds.values():
        smallest = minimised(failure, options.limit)
        print(f"{smallest.what}\n    {smallest.case}\n    {smallest.reproducer}")
    print(f"{count} cases of seed {options.seed}: {len(kinds)} kinds of failure")
    return int(bool(kinds))


if __name__ == "__main__":
    sys.exit(main())
