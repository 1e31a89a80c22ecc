"""A compiled core behaves as an interpreted one: one program, run over both, says the same."""

import json
import os
import subprocess
import sys
from inspect import getdoc
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from corelib import Tensor

Both: TypeAlias = dict[str, Any]
OUTCOMES = Path(__file__).parent / "outcomes.py"

pytestmark = pytest.mark.slow


def outcomes(core: Path, interpreted: str) -> dict[str, Any]:
    """What outcomes.py says of the core in this folder."""
    environment = {**os.environ, "PYTHONPATH": str(core), "CORELIB_INTERPRETED": interpreted}
    command = [sys.executable, "-P", "-W", "ignore", str(OUTCOMES)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    reply: dict[str, Any] = json.loads(done.stdout)
    assert reply["compiled"] is (interpreted == "0")
    return reply["sections"]  # type: ignore[no-any-return]  # of JSON


@pytest.fixture(scope="module")
def both(compiled_core: Path) -> Both:
    return {"compiled": outcomes(compiled_core, "0"), "interpreted": outcomes(compiled_core, "1")}


def differing(both: Both, section: str, at_least: int) -> dict[str, tuple[str, str]]:
    """What the two cores say where they differ, of so many outcomes at least."""
    compiled, interpreted = both["compiled"][section], both["interpreted"][section]
    assert len(interpreted) >= at_least
    names = [*compiled, *(name for name in interpreted if name not in compiled)]
    pairs = {name: (compiled.get(name, "-"), interpreted.get(name, "-")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def test_subclasses_of_tensor_are_alike(both: Both) -> None:
    assert differing(both, "subclasses", 7) == {}


def test_copies_and_pickles_are_alike_and_may_be_exchanged(both: Both) -> None:
    assert differing(both, "copies", 49) == {}


def test_names_docstrings_signatures_and_texts_are_alike(both: Both) -> None:
    assert differing(both, "texts", 120) == {}


def test_the_errors_of_corelib_are_alike_to_the_letter_and_so_are_their_causes(both: Both) -> None:
    assert differing(both, "errors", 350) == {}


def test_wrong_calls_raise_errors_of_one_type(both: Both) -> None:
    assert differing(both, "calls", 30) == {}
    assert {"TypeError", "AttributeError"} <= set(both["compiled"]["calls"].values())


def printed(core: Path, code: str) -> list[str]:
    """The lines that ``code`` prints over the compiled core in this folder."""
    environment = {**os.environ, "PYTHONPATH": str(core), "CORELIB_INTERPRETED": "0"}
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_nodes_of_a_compiled_core_are_not_tracked_by_the_garbage_collector(compiled_core: Path) -> None:
    code = """
import gc
import numpy as np
from corelib import Tensor, ops
x = Tensor([1.0, 2.0], trainable=True)
for y in (x * 2.0, ops.split(x, 2)[0], x * np.ones((3, 2))):
    node = y.creator
    print(any(map(gc.is_tracked, (node, node.args, node.parents, *filter(None, node.parents)))))
y = x
for _ in range(300_000):
    y = y * 1.0
del y, node
print("freed without recursion")
"""
    assert printed(compiled_core, code) == ["False", "False", "False", "freed without recursion"]


def test_deleting_a_property_of_a_compiled_core_is_an_error(compiled_core: Path) -> None:
    code = """
from corelib import Tensor
x = Tensor([1.0], trainable=True)
for name in ("data", "grad", "trainable", "name"):
    try:
        delattr(x, name)
    except AttributeError as error:
        print(error)
"""
    names = ("data", "grad", "trainable", "name")
    assert printed(compiled_core, code) == [f"property {name!r} of 'Tensor' object has no deleter" for name in names]


def test_a_property_of_a_compiled_core_takes_any_truth_value(compiled_core: Path) -> None:
    code = """
import numpy as np
from corelib import Tensor
x = Tensor([1.0])
for value in (np.True_, np.False_, 1, 0):
    x.trainable = value
    print(x.trainable)
"""
    assert printed(compiled_core, code) == ["True", "False", "True", "False"]


def test_positional_only_arguments_of_a_compiled_core_are_refused_by_keyword(compiled_core: Path) -> None:
    code = """
from corelib import ops
for op, args, keywords in ((ops.exp, (), {"x": 1.0}), (ops.add, (1.0,), {"y": 2.0})):
    try:
        print(op(*args, **keywords))
    except TypeError:
        print("refused")
"""
    assert printed(compiled_core, code) == ["refused", "refused"]


def test_help_shows_the_docstrings_of_a_compiled_core(compiled_core: Path) -> None:
    code = """
import inspect
from corelib import Tensor
for one in (Tensor, Tensor.backward, Tensor.grad, Tensor.detach):
    print(inspect.getdoc(one).splitlines()[0])
"""
    shown = printed(compiled_core, code)
    assert shown == [str(getdoc(one)).splitlines()[0] for one in (Tensor, Tensor.backward, Tensor.grad, Tensor.detach)]


def test_the_setup_method_of_mypyc_is_not_a_method_of_any_class(compiled_core: Path) -> None:
    code = """
import gc
from corelib import Tensor, no_grad
class Named(Tensor):
    pass
print(Named([1.0, 2.0]) * 2.0)
context = no_grad()
seen = [c for c in gc.get_objects() if isinstance(c, type) and str(c.__module__).startswith("corelib")]
print(len(seen) > 40, [c for c in seen if hasattr(c, "__internal_mypyc_setup")])
"""
    assert printed(compiled_core, code) == ["Tensor([2., 4.], dtype=float64)", "True []"]


def test_lists_without_end_do_not_overflow_the_stack_of_c(compiled_core: Path) -> None:
    code = """
import os
from corelib import Tensor
from corelib.errors import InvalidOperandType
endless = []
endless.append(endless)
deep = 0
for _ in range(100_000):
    deep = [deep]
for nested in (endless, deep):
    for use in (Tensor([1.0]).__eq__, Tensor([1.0]).__getitem__):
        try:
            use(nested)
        except InvalidOperandType as error:
            print("refused")
"""
    assert printed(compiled_core, code) == ["refused"] * 4
