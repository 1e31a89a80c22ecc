"""What this distribution provides to corelib."""

from collections.abc import Mapping

from corelib.extend import Command, hookimpl


@hookimpl
def corelib_commands() -> Mapping[str, Command]:
    return {
        "fit": Command("corelib_fit.commands.fit:fit", "Fit a curve with a small network."),
        "predict": Command("corelib_fit.commands.predict:predict", "Apply a network that `corelib fit` made."),
    }
