"""Plugins that are hostile by mistake, and failures that pass: the others go on, and so does the next look-up."""

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import errors
from corelib.cli.diagnosis import diagnose
from corelib.plugins.finding import Search
from corelib.plugins.hooks import Plugin
from corelib.plugins.passing import is_passing
from corelib.plugins.problem import Problem
from corelib.plugins.registry import find_op, op_names, registry

Install = Callable[..., Path]

ERF = "def corelib_ops(): return {'erf': make('erf')}"

ON_A_THREAD = """
import threading
from corelib.plugins.registry import find_op
found = []
def work():
    try: found.append(find_op({name!r}))
    except Exception as error: found.append(error)
thread = threading.Thread(target=work)
thread.start()
thread.join()
def corelib_ops(): return {{'mine': make('mine')}}
"""


# Failures that pass


FAILING = """
import builtins
if builtins.corelib_test_failure is not None:
    raise builtins.corelib_test_failure
"""


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Iterator[None]:
    """Within it the import of plugins with FAILING raises the error."""
    with monkeypatch.context() as patch:
        patch.setattr("builtins.corelib_test_failure", error, raising=False)
        yield
    monkeypatch.setattr("builtins.corelib_test_failure", None, raising=False)


def wrapped(error: BaseException) -> ImportError:
    """The error, as a plugin hides it that tries an import."""
    outer = ImportError("cannot import")
    outer.__cause__ = error
    return outer


@pytest.mark.parametrize(
    "error",
    [RecursionError(), MemoryError(), OSError(errno.EMFILE, "Too many open files"), wrapped(RecursionError())],
)
def test_a_failure_that_passes_is_forgotten_at_the_next_look_up(
    install: Install, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    install("corelib-a", code=FAILING + ERF)
    install("corelib-b", code="def corelib_ops(): return {'mine': make('mine')}")
    with failing(monkeypatch, error):
        assert find_op("mine").name == "mine"
        with pytest.raises(errors.OpNotFound, match=rf"not loaded: corelib-a 1\.0: {type(error).__name__}"):
            find_op("erf")
    assert find_op("erf").name == "erf"
    assert corelib.plugins.problems() == []
    assert [plugin.distribution.name for plugin in registry.plugins] == ["corelib-a", "corelib-b"]


def test_a_failure_of_an_op_that_passes_is_forgotten_too(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    site = install("corelib-a", code="def corelib_ops(): return {'late': 'corelib_late:late'}").parent
    (site / "corelib_late.py").write_text(f"{FAILING}\nimport corelib_a\nlate = corelib_a.make('late')\n")
    with failing(monkeypatch, RecursionError()), pytest.raises(errors.PluginLoadError, match="RecursionError"):
        find_op("late")
    assert find_op("late").name == "late"


def test_another_failure_is_not_tried_again(install: Install) -> None:
    install("corelib-a", code="import builtins; builtins.corelib_test_tries.append(1); raise RuntimeError")
    builtins: Any = __import__("builtins")
    builtins.corelib_test_tries = []
    for _ in range(3):
        with pytest.raises(errors.OpNotFound):
            find_op("erf")
    assert builtins.corelib_test_tries == [1]
    del builtins.corelib_test_tries


def test_an_interrupted_plugin_is_loaded_by_the_next_look_up(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("corelib-a", code=FAILING + ERF)
    with failing(monkeypatch, KeyboardInterrupt()), pytest.raises(KeyboardInterrupt):
        find_op("erf")
    assert find_op("erf").name == "erf"


def test_no_file_handle_left_for_the_search_is_forgotten(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("corelib-a", code=ERF)

    def exhausted(path: str) -> list[str]:
        raise OSError(errno.EMFILE, "Too many open files", path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "listdir", exhausted)
        with pytest.raises(errors.PluginLoadError, match=r"cannot be looked for: .*Too many open files"):
            find_op("erf")
    assert find_op("erf").name == "erf"


@pytest.mark.parametrize("left", [30, 60, 70])
def test_the_first_op_deep_in_a_recursion_spoils_no_later_one(left: int) -> None:
    code = f"""
import sys, numpy as np
from corelib import Tensor
def deep(n): return deep(n - 1) if n else np.sin(Tensor(1.0))
try: deep(sys.getrecursionlimit() - {left})
except Exception as error: print(type(error).__name__)
print(type(np.sin(Tensor(1.0))).__name__, type(np.sum(Tensor([1.0]))).__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "Tensor Tensor", done


def test_what_led_to_an_error_is_looked_at_and_a_circle_ends() -> None:
    first, second = ValueError(), ValueError()
    first.__cause__, second.__cause__ = second, first
    assert not is_passing(first)
    assert not is_passing(OSError(errno.ENOENT, "no such file"))
    assert not is_passing(None)


# A plugin that waits for a thread which uses corelib


def in_time(work: Callable[[], Any]) -> Any:
    """What ``work`` returns on a thread of its own, which must not hang."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    thread.join(60)
    assert found, "it hangs"
    return found[0]


def test_a_plugin_that_waits_for_a_thread_is_loaded_and_the_thread_finds_the_others(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corelib.plugins.finding.PATIENCE", 0.05)
    install("corelib-a", code=ON_A_THREAD.format(name="erf"))
    install("corelib-b", code=ERF)
    assert in_time(lambda: find_op("mine")).name == "mine"
    assert sys.modules["corelib_a"].found == [find_op("erf")]
    assert op_names() == ["erf", "mine"]
    assert "an import must not wait for a thread that uses corelib" in str(corelib.plugins.problems()[0])


def test_a_plugin_that_waits_for_a_thread_that_wants_its_own_op_is_told_so(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corelib.plugins.finding.PATIENCE", 0.05)
    install("corelib-a", code=ON_A_THREAD.format(name="mine"))
    assert in_time(lambda: find_op("mine")).name == "mine"
    assert "still being imported by another thread: corelib-a 1.0" in str(sys.modules["corelib_a"].found[0])


def test_a_thread_waits_for_what_another_one_is_loading(install: Install) -> None:
    install("corelib-a", code="import builtins; builtins.corelib_test_gate.wait(60)\n" + ERF)
    builtins: Any = __import__("builtins")
    builtins.corelib_test_gate = threading.Event()
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(find_op("erf"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert found == []
    builtins.corelib_test_gate.set()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert len(set(map(id, found))) == 1
    del builtins.corelib_test_gate


def test_what_is_found_is_reported_once(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORELIB_DISABLE_PLUGINS", "corelib-nobody")
    search = Search()
    search.run()
    with pytest.warns(errors.PluginWarning):
        search.report()
    search.report()  # silent: warnings are errors here


# Whatever else a plugin does


UNPRINTABLE = """
class Unprintable(Exception):
    def __str__(self): raise ValueError
"""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (f"{UNPRINTABLE}\nraise Unprintable", "failed to load: Unprintable; uninstall it"),
        (f"{UNPRINTABLE}\ndef corelib_ops(): raise Unprintable", "failed to load: Unprintable; uninstall it"),
        ("def corelib_ops(): return {'a': elementwise(np.sinc, np.cos, numpy=[np.sinc])}", "InvalidOp: an op cannot"),
        ("def corelib_ops(): return {'a': elementwise(np.sinc, np.cos, numpy=np.ones(3))}", "stand for a ndarray"),
        (
            "class Odd:\n    functions = (np.ones(3),)\n    def __call__(self): ...\n    from_numpy = None\n"
            "def corelib_ops(): return {'a': Odd()}",
            "op 'a' is left out",
        ),
        (
            "class Odd:\n    def __repr__(self): raise ValueError('no words')\ndef corelib_ops(): return {'a': Odd()}",
            "ValueError: no words",
        ),
    ],
)
def test_a_plugin_that_is_hostile_by_mistake_is_reported_and_the_others_work(
    install: Install, code: str, said: str, tmp_path: Path
) -> None:
    install("corelib-bad", code=code)
    install("corelib-special", code="def corelib_ops(): return {'erf': make('erf', np.exp)}")
    assert isinstance(np.exp(corelib.Tensor(1.0)), corelib.Tensor)
    assert any(said in str(problem) for problem in corelib.plugins.problems()), corelib.plugins.problems()
    assert any(said in str(problem) for problem in diagnose(tmp_path))


def test_a_plugin_may_close_what_it_takes_for_its_standard_output(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install("corelib-a", code=f"import sys; sys.stdout.close()\n{ERF}")
    before = sys.stdout
    assert find_op("erf").name == "erf"
    assert sys.stdout is before
    print("still here")
    assert capsys.readouterr().out == "still here\n"


def test_threads_that_load_at_once_leave_the_standard_output_as_it_was() -> None:
    from corelib.plugins.loading import _listening

    before = sys.stdout
    first, second = _listening(), _listening()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert sys.stdout is before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("name", ["entry_points.txt", "METADATA"])
def test_metadata_that_is_a_pipe_is_not_waited_for(install: Install, name: str) -> None:
    metadata = install("corelib-a", code=ERF)
    (metadata / name).unlink()
    os.mkfifo(metadata / name)
    install("corelib-b", code=ERF)
    assert in_time(lambda: find_op("erf")).name == "erf"
    assert f"{name} is no regular file" in str(corelib.plugins.problems()[0])


def test_what_doctors_return_may_be_anything(install: Install, tmp_path: Path) -> None:
    install("corelib-a", code=f"{UNPRINTABLE}\ndef corelib_doctor(): return [Unprintable()]")
    install(
        "corelib-b",
        code="class Odd:\n    def __iter__(self): raise ValueError('no more')\ndef corelib_doctor(): return Odd()",
    )
    told = [str(problem) for problem in diagnose(tmp_path)]
    assert "corelib-a 1.0: a problem that says nothing" in told
    assert any(
        "corelib_doctor of plugin corelib-b 1.0 (corelib_b) failed: ValueError: no more" in each for each in told
    )
    assert all(isinstance(each, (Problem, list)) for _, each in corelib.plugins.call_all(Plugin.corelib_doctor))
