"""Command: a subcommand of `corelib`, as a plugin declares it; and those that corelib has itself."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Command:
    """A click command at ``target``, a "module:attribute" that is imported when the command is run.

    ``help`` is its line in `corelib --help`, which imports no command.
    """

    target: str
    help: str


# No plugin can take one of these names: `corelib doctor` has to run whatever is installed.
BUILT_IN: Final = {
    "check": Command("corelib.cli.check:check", "Prove the ops and optimizers of a plugin right."),
    "doctor": Command("corelib.cli.doctor:doctor", "Say what is loaded, and what is wrong with it."),
    "new": Command("corelib.cli.new:new", "Begin a plugin: a distribution that is green from the start."),
    "ops": Command("corelib.cli.ops:ops", "List the installed ops, or describe one."),
    "optimizers": Command("corelib.cli.optimizers:optimizers", "List the installed optimizers, or describe one."),
    "plugins": Command("corelib.cli.plugins:plugins", "List the installed plugins."),
    "typings": Command(
        "corelib.cli.typings:typings", "Write what type checkers need to know of the installed plugins."
    ),
}
