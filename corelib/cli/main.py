"""The group of subcommands. None is imported before it is run."""

from importlib import import_module
from typing import Any, Final

import click
from click.exceptions import NoArgsIsHelpError
from click.shell_completion import CompletionItem

from corelib import __version__
from corelib.errors import CorelibError

COMMANDS: Final = {
    "check": ("corelib.cli.check:check", "Prove the ops and optimizers of a plugin right."),
    "doctor": ("corelib.cli.doctor:doctor", "Say what is loaded, and what is wrong with it."),
    "fit": ("corelib.cli.fit:fit", "Fit a curve with a small network."),
    "new": ("corelib.cli.new:new", "Begin a plugin: a distribution that is green from the start."),
    "ops": ("corelib.cli.ops:ops", "List the installed ops, or describe one."),
    "optimizers": ("corelib.cli.optimizers:optimizers", "List the installed optimizers, or describe one."),
    "plugins": ("corelib.cli.plugins:plugins", "List the installed plugins."),
    "predict": ("corelib.cli.predict:predict", "Apply a network that `corelib fit` made."),
    "typings": ("corelib.cli.typings:typings", "Write what type checkers need to know of the installed plugins."),
}


class LazyGroup(click.Group):
    """A group that knows its subcommands by name, and imports the one that is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in ``corelib --help``, without importing what it lists."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in sorted(COMMANDS.items())])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        known = [
            CompletionItem(name, help=about)
            for name, (_, about) in sorted(COMMANDS.items())
            if name.startswith(incomplete)
        ]
        return [*known, *click.Command.shell_complete(self, ctx, incomplete)]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand. What is wrong with the input is said in one line, and the exit status is 2."""
        try:
            return super().invoke(ctx)
        except NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx is not None else ctx.command_path
            raise Refused(f"{error.format_message()} (see {path} --help)") from error
        except CorelibError as error:
            raise Refused(" ".join(str(error).split())) from error
        except OSError as error:
            if error.filename is None:
                raise
            raise Refused(f"{error.filename}: {error.strerror}") from error


class Refused(click.ClickException):
    """Input that cannot be used."""

    exit_code = 2


SETTINGS: Final[dict[str, Any]] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group("corelib", cls=LazyGroup, context_settings=SETTINGS)
@click.version_option(__version__, prog_name="corelib")
def command() -> None:
    """Automatic differentiation for NumPy in which every op and every optimizer is a plugin.

    Shell completion: eval "$(_CORELIB_COMPLETE=bash_source corelib)" in ~/.bashrc, with zsh_source or
    fish_source for those shells.
    """
