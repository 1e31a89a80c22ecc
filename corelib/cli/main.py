"""The group of subcommands: those of corelib and those of plugins. None is imported before it is run."""

from importlib import import_module
from typing import Any, Final

import click
from click.exceptions import NoArgsIsHelpError
from click.shell_completion import CompletionItem

from corelib._version import __version__
from corelib.errors import CommandConflict, CommandNotFound, CorelibError
from corelib.plugins.command import BUILT_IN
from corelib.plugins.provided import Provided
from corelib.plugins.registry import find_command, registry


class LazyGroup(click.Group):
    """The commands of corelib and of the plugins. It imports the one that is run, and no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(known())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Raises CommandConflict, PluginLoadError, or UsageError where there is none; completion gets None."""
        if cmd_name in BUILT_IN:
            module, _, attribute = BUILT_IN[cmd_name].target.partition(":")
            command: click.Command = getattr(import_module(module), attribute)
            return command
        try:
            return find_command(cmd_name)
        except CommandNotFound as error:
            if ctx.resilient_parsing:
                return None
            raise click.UsageError(str(error), ctx) from error
        except CorelibError:
            if ctx.resilient_parsing:
                return None
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in ``corelib --help``, without importing what it lists."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(known().items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        items = sorted(known().items())
        found = [CompletionItem(name, help=about) for name, about in items if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

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


def known() -> dict[str, str]:
    """All commands by name, each with what it does. No command is imported, and no plugin hides the others."""
    commands = {name: command.help for name, command in BUILT_IN.items()}
    try:
        provided = registry.table("command")
    except CorelibError as error:  # no file handle is left to look for plugins
        click.echo(f"Error: {error}", err=True)
        return commands
    return commands | {name: about(name, providers) for name, providers in provided.items()}


def about(name: str, providers: list[Provided]) -> str:
    """What a command of a plugin does; of a contested one, who provides it."""
    try:
        return registry.choose("command", repr(name), providers).about
    except CommandConflict:
        return f"Provided by {' and '.join(str(one.distribution) for one in providers)}: see corelib doctor."


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
