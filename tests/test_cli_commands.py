"""Commands that plugins add to `corelib`: found without being imported, and none takes another down."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import corelib
from corelib import errors
from corelib.cli.diagnosis import diagnose
from corelib.plugins.registry import find_command

pytest.importorskip("click")
from click.testing import CliRunner

from corelib.cli.main import command

Install = Callable[..., Path]

GREET = """
import click
@click.command()
@click.argument("name")
@click.option("--loud", is_flag=True)
def greet(name, loud):
    '''Say hello to NAME.'''
    click.echo(f"hello {name}" + "!" * loud)
@click.group()
def tools(): ...
@tools.command()
def saw(): click.echo("sawn")
"""


def provides(**commands: str) -> str:
    """The code of a plugin with these commands, each with its target."""
    listed = ", ".join(f"{name.replace('_', '-')!r}: Command({at!r}, 'Say {name}.')" for name, at in commands.items())
    return f"from corelib import Command\ndef corelib_commands(): return {{{listed}}}"


def said(*args: str, status: int = 0) -> str:
    result = CliRunner().invoke(command, args)
    assert result.exit_code == status, result.output
    return result.output


@pytest.fixture
def greet(install: Install) -> Path:
    """The plugin corelib-greet with the command `corelib greet` in a module of its own; returns where that is."""
    site = install("corelib-greet", code=provides(greet="corelib_greeting:greet", my_tools="corelib_greeting:tools"))
    module = site.parent / "corelib_greeting.py"
    module.write_text(GREET)
    return module


def test_a_command_of_a_plugin_runs(greet: Path) -> None:
    assert said("greet", "you", "--loud") == "hello you!\n"
    assert said("greet", "--help").startswith("Usage: corelib greet [OPTIONS] NAME\n\n  Say hello to NAME.\n")
    assert said("my-tools", "saw") == "sawn\n"


def test_what_is_wrong_with_its_input_is_one_line(greet: Path) -> None:
    assert said("greet", status=2) == "Error: Missing argument 'NAME'. (see corelib greet --help)\n"


def test_help_lists_it_and_does_not_import_it(greet: Path) -> None:
    lines = said("--help").splitlines()
    names = [line.split()[0] for line in lines[lines.index("Commands:") + 1 :]]
    assert "  greet       Say greet." in lines
    assert names == sorted(names)
    assert {"check", "greet", "my-tools"} <= set(names)
    assert "corelib_greeting" not in sys.modules


def test_plugins_and_doctor_count_it(greet: Path, tmp_path: Path) -> None:
    for text in (said("plugins"), said("doctor", "--typings", str(tmp_path))):
        assert ["corelib-greet", "1.0", "0", "0", "2", "0", "ok"] in [line.split() for line in text.splitlines()]
    (info,) = corelib.plugins.list()
    assert info.commands == ("greet", "my-tools")


def test_the_shell_completes_it_and_its_options(greet: Path) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(greet.parent)!r})
sys.argv = ["corelib"]
from corelib.cli import main
main()
"""

    def completed(words: str, at: int) -> list[str]:
        asked = {"_CORELIB_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at)}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ | asked
        )
        assert done.stderr == ""
        return done.stdout.split()

    assert completed("corelib gre", 1) == ["plain,greet"]
    assert completed("corelib greet --l", 2) == ["plain,--loud"]
    greet.write_text("raise RuntimeError('ill')")
    assert completed("corelib greet --l", 2) == []
    assert completed("corelib nothing --l", 2) == []


def test_a_command_of_a_plugin_in_a_notebook_is_found(greet: Path) -> None:
    class Mine(corelib.Plugin):
        @corelib.hookimpl
        def corelib_commands(self) -> dict[str, corelib.Command]:
            return {"mine": corelib.Command("corelib_greeting:greet", "Say it.")}

    with corelib.plugins.registered(Mine()):
        assert said("mine", "you") == "hello you\n"
    assert "no installed plugin provides command 'mine'" in said("mine", "you", status=2)


def test_a_command_of_a_first_party_plugin_says_what_to_install(install: Install) -> None:
    words = "Error: no installed plugin provides command '{0}'; pip install corelib-fit (see corelib --help)\n"
    assert said("fit", "--epochs", "3", status=2) == words.format("fit")
    assert said("predict", "--help", status=2) == words.format("predict")
    assert said("plugins") == "no plugin is installed; pip install corelib-elementwise is a beginning\n"


# What is wrong stays where it is


def test_a_broken_command_hides_no_other(install: Install, greet: Path) -> None:
    install(
        "corelib-gone", code=provides(gone="corelib_nowhere:gone", exits="corelib_exits:it", odd="corelib_greet:np")
    )
    (greet.parent / "corelib_exits.py").write_text("import sys; sys.exit(3)")
    assert said("greet", "you") == "hello you\n"
    assert {"gone", "greet", "exits"} <= {(line.split() or [""])[0] for line in said("--help").splitlines()}
    text = said("gone", status=2)
    assert text.startswith("Error: command 'gone' of plugin corelib-gone 1.0 (corelib_nowhere:gone) failed to import: ")
    assert "SystemExit: 3" in said("exits", status=2)
    assert "is no command" in said("odd", status=2)


def test_a_broken_plugin_hides_no_command_and_is_named_where_one_is_missing(install: Install, greet: Path) -> None:
    install("corelib-brk", code="raise RuntimeError('ill')")
    install("corelib-ill", code="def corelib_commands(): raise RuntimeError('ill')")
    assert said("greet", "you") == "hello you\n"
    text = said("wave", status=2)
    assert text == (
        "Error: no installed plugin provides command 'wave' (not loaded: corelib-brk 1.0, corelib-ill 1.0; "
        "see corelib doctor) (see corelib --help)\n"
    )


def test_ops_of_a_plugin_stay_where_its_commands_fail(install: Install) -> None:
    install(
        "corelib-a",
        code="def corelib_ops(): return {'erf': make('erf')}\ndef corelib_commands(): raise RuntimeError('ill')",
    )
    assert corelib.plugins.op_names() == ["erf"]


def test_two_providers_are_an_error_at_that_command_only(
    install: Install, greet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("corelib-wave", code=provides(greet="corelib_wave:greet", wave="corelib_greeting:greet"))
    text = said("greet", "you", status=2)
    assert text == (
        "Error: command 'greet' is provided by corelib-greet 1.0 (corelib_greeting:greet) and corelib-wave 1.0 "
        "(corelib_wave:greet); choose with CORELIB_PREFER=greet=corelib-greet\n"
    )
    with pytest.raises(errors.CommandConflict):
        find_command("greet")
    assert "Provided by corelib-greet 1.0 and corelib-wave 1.0" in said("--help")
    assert said("wave", "you") == "hello you\n"
    assert any("command 'greet' is provided by" in problem.message for problem in diagnose(greet.parent))
    monkeypatch.setenv("CORELIB_PREFER", "greet=corelib-greet")
    corelib.plugins.reload()
    assert said("greet", "you") == "hello you\n"
    assert "Say greet." in said("--help")


def test_a_plugin_cannot_take_the_name_of_a_built_in_command(install: Install, greet: Path, tmp_path: Path) -> None:
    install("corelib-sly", code=provides(plugins="corelib_greeting:greet", wave="corelib_greeting:greet"))
    assert "command 'plugins' is left out: corelib has a command of that name; choose another" in said("plugins")
    assert "command 'plugins' is left out" in said("doctor", "--typings", str(tmp_path), status=1)
    assert said("wave", "you") == "hello you\n"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("'-x': Command('a:b', '')", "command '-x' is left out: a name begins with a letter"),
        ("7: Command('a:b', '')", "command 7 is left out: a name begins with a letter"),
        ("'x': 'a:b'", "command 'x' is left out: 'a:b' is no corelib.Command(\"module:attribute\", \"what it does\")"),
        ("'x': Command('a.b', '')", "is no corelib.Command("),
        ("'x': Command('a:b', None)", "is no corelib.Command("),
    ],
)
def test_a_command_that_cannot_be_used_is_left_out(install: Install, entry: str, words: str) -> None:
    install("corelib-a", code=f"from corelib import Command\ndef corelib_commands(): return {{{entry}}}")
    (problem,) = corelib.plugins.problems()
    assert words in problem.message


def test_doctor_imports_every_command_and_says_which_it_cannot(install: Install, tmp_path: Path) -> None:
    install("corelib-gone", code=provides(gone="corelib_nowhere:gone"))
    text = said("doctor", "--typings", str(tmp_path), status=1)
    assert "command 'gone' of plugin corelib-gone 1.0 (corelib_nowhere:gone) failed to import" in text


def test_where_plugins_cannot_be_looked_for_the_built_in_commands_are_listed(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("corelib.plugins.finding.discover", full)
    text = said("--help")
    assert "Too many open files" in text
    assert "  doctor " in text
