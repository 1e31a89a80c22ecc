"""What corelib is told of this distribution."""

from collections.abc import Mapping

from corelib.extend import Command, hookimpl


@hookimpl
def corelib_commands() -> Mapping[str, Command]:
    return {"mutate": Command("corelib_selftest.mutate:mutate", "Count the wrong gradients that the suite finds.")}
