"""`corelib optimizers [NAME]`: what there is, without importing it; or all that is known of one rule."""

import click
from click.shell_completion import CompletionItem

from corelib.cli.console import show_table
from corelib.plugins.registry import find_optimizer, optimizer_names, registry


def complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names that begin with what was typed."""
    return [CompletionItem(name) for name in optimizer_names() if name.startswith(incomplete)]


@click.command()
@click.argument("name", required=False, shell_complete=complete)
def optimizers(name: str | None) -> None:
    """List the installed optimizers and who provides them, or describe the optimizer NAME."""
    if name is not None:
        describe(name)
        return
    table = registry.table("optimizer")
    rows = [(rule, str(one.distribution), one.where) for rule in sorted(table) for one in table[rule]]
    show_table(("OPTIMIZER", "PLUGIN", "WHERE"), rows)


def describe(name: str) -> None:
    """Print all that is known of one rule. Raises OptimizerNotFound, OptimizerConflict or PluginLoadError."""
    from corelib.cli.describe import hyperparameters, summary

    rule = find_optimizer(name)
    provided = registry.choose("optimizer", repr(name), registry.table("optimizer")[name])
    click.secho(f"{rule.__name__}({', '.join(hyperparameters(rule))})", bold=True)
    click.echo("\n" + "\n".join(f"    {line}".rstrip() for line in summary(rule).splitlines()))
    click.echo(f"\ndefault lr:        {rule.default_lr}\nprovided by:       {provided}")
