"""The conformance suite over every op of the distribution."""

from collections.abc import Callable

from corelib.conformance import parametrize_conformance


@parametrize_conformance("corelib-broadcast", "quick")
def test_every_op_conforms(conformance_case: Callable[[], None]) -> None:
    conformance_case()
