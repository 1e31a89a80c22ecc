"""What an error says to install: the table of first-party ops is that of the plugins in this repository."""

import textwrap
import tomllib
from importlib import import_module
from pathlib import Path

from corelib.plugins import first_party
from corelib.plugins.loading import Loaded, adopted
from corelib.plugins.suggestions import owner_of

PROJECTS = sorted((Path(__file__).parent.parent / "plugins").glob("*/pyproject.toml"))


def test_the_table_of_ops_is_complete() -> None:
    assert current("ops") == first_party.OPS, f"first_party.py should say\n\n{table('OPS', current('ops'))}"


def test_the_table_of_optimizers_is_complete() -> None:
    now = current("optimizers")
    assert now == first_party.OPTIMIZERS, f"first_party.py should say\n\n{table('OPTIMIZERS', now)}"


def test_the_table_of_commands_is_complete() -> None:
    now = current("commands")
    assert now == first_party.COMMANDS, f"first_party.py should say\n\n{table('COMMANDS', now)}"


def test_an_owner_is_found_by_the_name_of_an_op() -> None:
    assert owner_of("matmul", "op") == "corelib-matmul"
    assert owner_of("adam", "optimizer") == "corelib-optimizers"
    assert owner_of("fit", "command") == "corelib-fit"
    assert owner_of("nothing", "op") is None


def current(kind: str) -> dict[str, str]:
    """The names that each plugin of this repository provides, installed or not."""
    plugins = [plugin for file in PROJECTS for plugin in plugins_of(file)]
    return {one.distribution.name: " ".join(sorted(getattr(one, kind))) for one in plugins if getattr(one, kind)}


def plugins_of(pyproject: Path) -> list[Loaded]:
    """The plugins of a distribution, by the entry points in its pyproject.toml."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    modules = project.get("entry-points", {}).get("corelib.v1", {}).values()
    return [adopted(import_module(module), project["name"]) for module in modules]


def table(name: str, content: dict[str, str]) -> str:
    """A table as corelib/plugins/first_party.py holds it."""
    lines = [f"{name}: Final[dict[str, str]] = {{"]
    for owner, names in content.items():
        wrapped = textwrap.wrap(names, 100)
        quoted = [f'"{line} "' for line in wrapped[:-1]] + [f'"{wrapped[-1]}"']
        several = "".join(f"        {line}\n" for line in quoted)
        body = f" {quoted[0]}," if len(quoted) == 1 and len(names) < 80 else f" (\n{several}    ),"
        lines.append(f'    "{owner}":{body}')
    return "\n".join([*lines, "}"])
