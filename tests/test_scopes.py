"""no_grad: what it changes, and that nothing of it is left behind, whatever happens."""

import asyncio
import contextvars
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from corelib import Tensor, no_grad
from corelib.core.scope import open_scopes, recording
from corelib.errors import CorelibError


def test_no_grad_decorates_a_function() -> None:
    x = Tensor(2.0, trainable=True)

    @no_grad()
    def evaluated() -> Any:
        return x * x

    assert not evaluated().trainable
    assert not evaluated().trainable
    assert (x * x).trainable


def test_one_scope_is_open_once_at_a_time() -> None:
    scope = no_grad()
    for _ in range(2):
        with scope:
            assert not recording()
        assert recording()
    with scope, pytest.raises(CorelibError, match="open already"):
        scope.__enter__()
    assert recording()
    assert not open_scopes


def test_a_scope_that_was_never_closed_goes_with_its_object() -> None:
    scope: Any = no_grad()
    scope.__enter__()
    assert not recording()
    del scope  # as after an interrupt in front of __exit__
    assert recording()
    assert not open_scopes


def test_a_scope_that_was_never_made_whole_goes_in_silence() -> None:
    scope: Any = type(no_grad()).__new__(type(no_grad()))  # as where an interrupt strikes in __init__
    scope.close()
    del scope
    assert recording()


def test_a_generator_closed_in_another_context_leaves_nothing_behind() -> None:
    def inside() -> Iterator[int]:
        with no_grad():
            yield 1

    generator = inside()
    contextvars.Context().run(next, generator)
    assert recording()
    contextvars.Context().run(generator.close)  # type: ignore[attr-defined]  # an Iterator here, a generator there
    assert recording()
    assert not open_scopes


def test_an_async_generator_closed_by_another_task_leaves_nothing_behind() -> None:
    async def inside() -> Any:
        with no_grad():
            yield 1

    async def main() -> None:
        generator = inside()
        await asyncio.create_task(anext(generator))
        await asyncio.create_task(generator.aclose())

    asyncio.run(main())
    assert recording()
    assert not open_scopes


def test_what_was_open_outside_is_put_back_in_order() -> None:
    x = Tensor(np.ones(2), trainable=True)
    with no_grad():
        with no_grad():
            pass
        assert not (x * 2.0).trainable
    assert (x * 2.0).trainable
