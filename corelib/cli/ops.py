"""`corelib ops [NAME]`: what there is, without importing it; or all that is known of one op."""

import click
from click.shell_completion import CompletionItem

from corelib.cli.console import show_table
from corelib.plugins.registry import find_op, op_names, registry


def complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names that begin with what was typed."""
    return [CompletionItem(name) for name in op_names() if name.startswith(incomplete)]


@click.command()
@click.argument("name", required=False, shell_complete=complete)
def ops(name: str | None) -> None:
    """List the installed ops and who provides them, or describe the op NAME."""
    if name is not None:
        describe(name)
        return
    table = registry.table("op")
    rows = [(op, str(one.distribution), one.where) for op in sorted(table) for one in table[op]]
    show_table(("OP", "PLUGIN", "WHERE"), rows)


def describe(name: str) -> None:
    """Print all that is known of one op. Raises OpNotFound, OpConflict or PluginLoadError."""
    from corelib.cli.describe import declared, signature, stands_for, summary, verdict, written

    op = find_op(name)
    provided = registry.choose("op", repr(name), registry.table("op")[name])
    facts = [("stands for", stands_for(op)), ("provided by", str(provided))]
    facts += [*declared(provided), ("conformance", verdict(provided))]
    click.secho(signature(op), bold=True)
    for text in filter(None, [summary(op), written(provided)]):
        click.echo("\n" + "\n".join(f"    {line}".rstrip() for line in text.splitlines()))
    click.echo()
    for about, fact in facts:
        click.echo(f"{about + ':':18} {fact}")
