"""The conformance suite over every optimizer of the distribution."""

from collections.abc import Callable

from corelib.conformance import parametrize_conformance


@parametrize_conformance("corelib-optimizers", "quick")
def test_every_optimizer_conforms(conformance_case: Callable[[], None]) -> None:
    conformance_case()
