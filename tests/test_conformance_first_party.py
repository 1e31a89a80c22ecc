"""Every first-party op and optimizer is counted in the manifest of the whole suite.

The tests of each plugin run the suite's quick profile. The default one over all of them takes some minutes, and is a
command of its own:

    corelib check --manifest tests/conformance_manifest.json
"""

from pathlib import Path
from typing import Final

from corelib.conformance import installed
from corelib.conformance.optimizers.installed_rules import installed_rules
from corelib.conformance.reporting.manifest import read

HERE: Final = Path(__file__).parent
FIRST_PARTY: Final = {f"corelib-{folder.name}" for folder in (HERE.parent / "plugins").iterdir()}


def test_the_manifest_has_every_op_and_optimizer_that_is_installed_and_no_other() -> None:
    ops = {one.name for one in installed() if one.distribution in FIRST_PARTY}
    rules = {one.name for one in installed_rules() if one.distribution in FIRST_PARTY}
    assert ops | rules == set(read(HERE / "conformance_manifest.json")["counts"])
