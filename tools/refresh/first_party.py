"""The text of corelib/plugins/first_party.py: which plugin of this repository has which name."""

import textwrap
from collections.abc import Iterable
from typing import Final

from tools.refresh.projects import Project

HEAD: Final = '''\
"""Who has which op, optimizer or command among the first-party plugins, so that an error can say what to install.

Written by `python -m tools.refresh`. Do not edit; run it again.
"""

from typing import Final

# fmt: off
'''
WIDTH: Final = 100


def text(projects: Iterable[Project]) -> str:
    """The whole module."""
    owners = list(projects)
    return HEAD + "".join(_table(kind, owners) for kind in ("ops", "optimizers", "commands"))


def _table(kind: str, owners: list[Project]) -> str:
    lines = [f"\n{kind.upper()}: Final[dict[str, str]] = {{\n"]
    for owner in owners:
        words = textwrap.wrap(" ".join(owner.provides(kind)), WIDTH)
        texts = [f'        "{line} "\n' for line in words[:-1]] + [f'        "{line}",\n' for line in words[-1:]]
        lines += [f'    "{owner.name}":\n', *texts] if words else []
    return "".join([*lines, "}\n"])
