"""The registry finds what is installed, and no plugin can take the others down."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import corelib
from corelib import errors
from corelib.core.dispatch import ops_for
from corelib.plugins.registry import find_for, find_op, find_optimizer, op_names, registry

Install = Callable[..., Path]

ERF = "def corelib_ops(): return {'erf': make('erf')}"
RULE = """
class R:
    def init(self, p): ...
    def update(self): ...
def corelib_optimizers(): return {'r': R}
"""


def test_an_installed_op_is_found_by_name(install: Install) -> None:
    install("corelib-special", code=ERF)
    assert find_op("erf").name == "erf"
    assert op_names() == ["erf"]


def test_a_name_in_a_string_is_imported_when_it_is_first_used(install: Install) -> None:
    site = install("corelib-lazy", code="def corelib_ops(): return {'late': 'corelib_late:late'}").parent
    (site / "corelib_late.py").write_text(
        "from corelib import elementwise\nlate = elementwise(lambda x: x, 1, name='late')\n"
    )
    assert op_names() == ["late"]
    assert "corelib_late" not in sys.modules
    assert find_op("late") is find_op("late")
    assert "corelib_late" in sys.modules


def test_a_function_finds_the_op_that_stands_for_it(install: Install) -> None:
    install("corelib-a", code="def corelib_ops(): return {'doubled': make('doubled', np.exp)}")
    assert find_for(np.exp) is find_op("doubled")


def test_a_function_finds_an_op_that_is_not_imported_yet_whatever_its_name(install: Install) -> None:
    site = install(
        "corelib-a", code="def corelib_ops(): return {'x': 'corelib_b:x', 'other': 'corelib_broken:other'}"
    ).parent
    (site / "corelib_b.py").write_text("import corelib_a, numpy as np\nx = corelib_a.make('x', np.exp)\n")
    assert find_for(np.exp) is find_op("x")


def test_of_several_ops_of_one_plugin_for_a_function_that_of_its_name_is_meant(install: Install) -> None:
    install("corelib-a", code="def corelib_ops(): return {'a': make('a', np.exp), 'exp': make('exp', np.exp)}")
    assert find_for(np.exp) is find_op("exp")


def test_a_function_without_a_slope_needs_no_plugin(install: Install) -> None:
    x: Any = corelib.Tensor([1.0, 3.0, 2.0])  # NumPy's stubs know no Tensor
    assert np.argmax(x) == 1


def test_an_unknown_name_is_returned_with_what_may_be_meant(install: Install) -> None:
    install("corelib-special", "1.0.0", ERF)
    message = r"^no installed plugin provides op 'erff'; did you mean 'erf' \(corelib-special 1\.0\.0\)\?$"
    with pytest.raises(errors.OpNotFound, match=message):
        find_op("erff")


def test_a_name_of_a_first_party_plugin_is_returned_with_what_to_install(install: Install) -> None:
    with pytest.raises(
        errors.OpNotFound, match=r"^no installed plugin provides op 'broadcast_to'; pip install corelib-broadcast$"
    ):
        find_op("broadcast_to")


def test_a_function_of_a_first_party_plugin_is_returned_with_what_to_install(install: Install) -> None:
    with pytest.raises(errors.OpNotFound, match=r"differentiates numpy\.broadcast_to; pip install corelib-broadcast$"):
        find_for(np.broadcast_to)


def test_a_function_of_nobody_is_named(install: Install) -> None:
    with pytest.raises(errors.OpNotFound, match=r"^no installed plugin differentiates numpy\.poly$"):
        find_for(np.poly)


def test_an_unknown_optimizer_is_named(install: Install) -> None:
    with pytest.raises(errors.OptimizerNotFound, match="no installed plugin provides optimizer 'adom'"):
        find_optimizer("adom")


def test_two_providers_are_an_error_at_that_name_only(install: Install) -> None:
    install("corelib-special", "1.0.0", ERF)
    install("corelib-brk", code="def corelib_ops(): return {'erf': make('erf'), 'mine': make('mine')}")
    message = (
        r"^op 'erf' is provided by corelib-brk 1\.0 \(corelib_brk:erf\) "
        r"and corelib-special 1\.0\.0 \(corelib_special:erf\); "
        r"choose with corelib\.plugins\.prefer\('erf', \.\.\.\) or import it from its package$"
    )
    with pytest.raises(errors.OpConflict, match=message):
        find_op("erf")
    assert find_op("mine").name == "mine"


def test_two_providers_of_an_optimizer_are_an_error_too(install: Install) -> None:
    install("corelib-a", code=RULE)
    assert find_optimizer("r").__name__ == "R"
    install("corelib-b", code=RULE)
    registry.change(forget=True)
    with pytest.raises(
        errors.OptimizerConflict, match=r"optimizer 'r' is provided by corelib-a 1\.0 .* and corelib-b 1\.0"
    ):
        find_optimizer("r")


def test_two_providers_of_one_function_are_an_error_at_that_function(install: Install) -> None:
    install("corelib-a", code="def corelib_ops(): return {'a': make('a', np.exp)}")
    install("corelib-b", code="def corelib_ops(): return {'b': make('b', np.exp)}")
    with pytest.raises(
        errors.OpConflict, match=r"op numpy\.exp is provided by corelib-a 1\.0 \(corelib_a:a\) and corelib-b 1\.0"
    ):
        np.exp(corelib.Tensor(1.0))
    corelib.plugins.prefer("b", "corelib-b")
    assert find_for(np.exp) is find_op("b")


def test_one_op_that_two_distributions_share_is_no_conflict(install: Install) -> None:
    install("corelib-a", code="shared = make('a', np.exp)\ndef corelib_ops(): return {'a': shared}")
    install("corelib-b", code="import corelib_a\ndef corelib_ops(): return {'a': corelib_a.shared}")
    assert find_op("a") is find_for(np.exp)


def test_what_was_looked_up_is_looked_up_again_after_a_change(install: Install) -> None:
    install("corelib-a", code="def corelib_ops(): return {'exp': make('exp', np.exp)}")
    first = ops_for[np.exp]
    install("corelib-b", code="def corelib_ops(): return {'exp': make('exp', np.exp)}")
    corelib.plugins.reload()
    with pytest.raises(errors.OpConflict):
        _ = ops_for[np.exp]
    corelib.plugins.prefer("exp", "corelib-b")
    assert ops_for[np.exp] is not first


def test_an_op_that_cannot_be_imported_is_an_error_at_its_name(install: Install) -> None:
    install("corelib-brk", code="def corelib_ops(): return {'boom': 'corelib_missing:boom', 'fine': make('fine')}")
    message = (
        r"^op 'boom' of plugin corelib-brk 1\.0 \(corelib_missing:boom\) failed to import: ModuleNotFoundError: "
        r"No module named 'corelib_missing'; uninstall it \(pip uninstall corelib-brk\) or set "
        r"CORELIB_DISABLE_PLUGINS=corelib-brk$"
    )
    for _ in range(2):
        with pytest.raises(errors.PluginLoadError, match=message):
            find_op("boom")
    assert find_op("fine").name == "fine"


def test_an_op_named_as_a_function_that_cannot_be_imported_is_the_error_of_that_function(install: Install) -> None:
    install("corelib-brk", code="def corelib_ops(): return {'exp': 'corelib_missing:exp'}")
    with pytest.raises(errors.PluginLoadError, match="op 'exp' of plugin corelib-brk"):
        np.exp(corelib.Tensor(1.0))


def test_an_attribute_that_is_no_op_is_an_error_at_its_name(install: Install) -> None:
    install(
        "corelib-brk", code="number = 3\ndef corelib_ops(): return {'n': 'corelib_brk:number', 'm': 'corelib_brk:m'}"
    )
    with pytest.raises(errors.PluginLoadError, match="failed to import: TypeError: 3 is no op"):
        find_op("n")
    with pytest.raises(errors.PluginLoadError, match="failed to import: AttributeError: module 'corelib_brk' has no"):
        find_op("m")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise RuntimeError('no\\nway')", "failed to load: RuntimeError: no way"),
        ("import corelib_nowhere", "ModuleNotFoundError: No module named 'corelib_nowhere'"),
        ("import sys; sys.exit(3)", "failed to load: SystemExit: 3"),
        ("def corelib_ops(): return 7", "corelib_ops returns a int, not a mapping of names to ops"),
        ("def corelib_ops(): return {'a b': 1}", "op 'a b' is left out: a name is a Python identifier"),
        ("def corelib_ops(): return {7: 1}", "op 7 is left out: a name is a Python identifier"),
        ("def corelib_ops(): return {'a': 'nothing'}", "op 'a' is left out: 'nothing' is no op"),
        ("def corelib_ops(): return {'a': np.exp}", "op 'a' is left out: <ufunc 'exp'> is no op"),
        ("def corelib_optimizers(): return {'a': 3}", "optimizer 'a' is left out: 3 is no optimizer"),
        ("def corelib_commands(): return 7", "corelib_commands returns a int, not a mapping of names to commands"),
        ("def corelib_ops(): raise SystemExit", "failed to load: SystemExit; uninstall it"),
        ("def corelib_opps(): return {}", "implements corelib_opps; hooks are corelib_array_kinds, corelib_commands"),
        ("def corelib_ops(names): return {}", "PluginValidationError"),
        ("x = 1", "implements no hook: no function such as corelib_ops is marked @corelib.hookimpl"),
    ],
)
def test_a_plugin_that_fails_is_reported_and_the_others_work(install: Install, code: str, said: str) -> None:
    install("corelib-bad", code=code)
    install("corelib-special", code=ERF)
    assert find_op("erf").name == "erf"
    assert any(said in str(problem) for problem in corelib.plugins.problems()), corelib.plugins.problems()


def test_a_plugin_that_failed_is_named_to_whoever_asks_for_what_is_not_there(install: Install) -> None:
    install("corelib-bad", code="raise RuntimeError")
    with pytest.raises(
        errors.OpNotFound, match=r"provides op 'erf'.* \(not loaded: corelib-bad 1\.0; see corelib doctor\)"
    ):
        find_op("erf")


def test_an_entry_point_that_names_a_class_is_told_to_name_an_instance(install: Install) -> None:
    metadata = install("corelib-bad", code="import corelib\nclass My(corelib.Plugin): pass")
    (metadata / "entry_points.txt").write_text("[corelib.v1]\nbad = corelib_bad:My\n")
    assert "corelib_bad:My is a class; an entry point names a module, or an instance" in str(
        corelib.plugins.problems()[0]
    )


def test_an_entry_point_may_name_an_instance(install: Install) -> None:
    code = """
import corelib
class My(corelib.Plugin):
    @corelib.hookimpl
    def corelib_ops(self):
        return {"erf": corelib.elementwise(lambda x: x, 1, name="erf")}
my = My()
"""
    metadata = install("corelib-special")
    (metadata.parent / "corelib_special.py").write_text(code)
    (metadata / "entry_points.txt").write_text("[corelib.v1]\nspecial = corelib_special:my\n")
    assert find_op("erf").name == "erf"


def test_what_a_plugin_prints_when_it_is_loaded_goes_to_the_doctor(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install("corelib-loud", code="print('hello')\n" + ERF)
    assert find_op("erf").name == "erf"
    assert capsys.readouterr().out == ""
    assert str(corelib.plugins.problems()[0]) == "corelib-loud 1.0: prints when it is loaded: 'hello'"


def test_a_slow_plugin_is_named(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corelib.plugins.loading.SLOW", 0.01)
    install("corelib-slow", code="import time; time.sleep(0.02)\n" + ERF)
    assert "corelib-slow 1.0: slow: takes 0.0 s to load" in map(str, corelib.plugins.problems())


def test_a_plugin_for_another_interface_is_reported_with_the_command_that_mends_it(install: Install) -> None:
    install("corelib-x", "3.0", ERF, group="corelib.v2")
    install("corelib-y", "0.1", ERF, group="corelib.v0")
    supports = f"corelib {corelib.__version__} supports v1"
    assert [str(problem) for problem in corelib.plugins.problems()] == [
        f"corelib-x 3.0 targets plugin API v2; {supports}: pip install -U corelib",
        f"corelib-y 0.1 targets plugin API v0; {supports}: pip install -U corelib-y",
    ]
    assert isinstance(registry.plugins[0].failure, errors.PluginApiError)


def test_a_plugin_for_several_interfaces_is_loaded_by_the_one_we_have(install: Install) -> None:
    metadata = install("corelib-x", code=ERF)
    text = (metadata / "entry_points.txt").read_text()
    (metadata / "entry_points.txt").write_text(text + "[corelib.v2]\nx = corelib_x_for_v2\n")
    assert find_op("erf").name == "erf"
    assert corelib.plugins.problems() == []


def test_a_distribution_that_is_there_twice_counts_once(install: Install) -> None:
    install("corelib-special", "1.0", ERF)
    stale = install("corelib-special", "0.9", ERF)
    assert find_op("erf").name == "erf"
    assert len(registry.plugins) == 1
    said = str(corelib.plugins.problems()[0])
    assert said.startswith("installed twice: corelib-special 0.9 in ")
    assert str(stale) in said


def test_one_folder_by_two_paths_is_one_distribution(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    from corelib.plugins.distribution import discover

    site = install("corelib-special", code=ERF).parent
    link = site.parent / "lib64"
    link.symlink_to(site)
    (found,) = discover([str(site), str(link), str(site)])
    assert found.problems == ()


def test_a_half_uninstalled_distribution_is_reported(install: Install) -> None:
    metadata = install("corelib-special", "1.0", ERF)
    (metadata / "METADATA").unlink()
    install("corelib-fine", code="def corelib_ops(): return {'mine': make('mine')}")
    assert find_op("mine").name == "mine"
    assert "half uninstalled?): pip install --force-reinstall corelib-special" in str(corelib.plugins.problems()[0])


def test_metadata_that_pip_left_behind_is_passed_over(install: Install) -> None:
    metadata = install("corelib-special", "1.0", ERF)
    metadata.rename(metadata.with_name("~orelib_special-1.0.dist-info"))
    assert registry.plugins == ()


def test_metadata_that_cannot_be_read_stops_nobody_else(install: Install) -> None:
    metadata = install("corelib-brk", code=ERF)
    (metadata / "entry_points.txt").write_bytes(b"[corelib.v1]\n\xff = \xfe\n")
    install("corelib-special", code=ERF)
    assert find_op("erf").name == "erf"
    assert "cannot be read: UnicodeDecodeError" in str(corelib.plugins.problems()[0])


def test_an_archive_on_the_path_is_searched_too(tmp_path: Path) -> None:
    from zipfile import ZipFile

    from corelib.plugins.distribution import discover

    with ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.writestr("corelib_zip-1.0.dist-info/METADATA", "Name: corelib-zip\nVersion: 1.0\n")
        archive.writestr("corelib_zip-1.0.dist-info/entry_points.txt", "[corelib.v1]\nzip = corelib_zip\n")
    assert [str(one) for one in discover([str(tmp_path / "packed.zip")])] == ["corelib-zip 1.0"]


def test_the_order_does_not_depend_on_the_order_of_installation(install: Install) -> None:
    for name in ("corelib-c", "corelib-a", "corelib-b"):
        install(name, code=ERF)
    assert [plugin.distribution.name for plugin in registry.plugins] == ["corelib-a", "corelib-b", "corelib-c"]


def test_a_plugin_that_uses_an_op_while_it_is_imported_finds_those_that_come_after_it(install: Install) -> None:
    install("corelib-a", code="from corelib.ops import erf\ndef corelib_ops(): return {'mine': make('mine')}")
    install("corelib-b", code=ERF)
    assert find_op("mine").name == "mine"
    assert [plugin.distribution.name for plugin in registry.plugins] == ["corelib-a", "corelib-b"]


def test_threads_that_ask_at_once_load_the_plugins_once(install: Install) -> None:
    install("corelib-special", code="import time, builtins; time.sleep(0.05)\nloads = []\nloads.append(1)\n" + ERF)
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(find_op("erf"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(map(id, found))) == 1


def test_the_ops_of_fifty_distributions_are_found(install: Install) -> None:
    for i in range(50):
        ops = ", ".join(f"'op{i}_{j}': 'corelib_fake{i}:op{j}'" for j in range(10))
        install(f"corelib-fake{i}", code=f"def corelib_ops(): return {{{ops}}}\nop3 = make('op3')")
    assert find_op("op7_3").name == "op3"
    assert len(op_names()) == 500


def test_the_finder_of_a_backport_is_not_asked(tmp_path: Path) -> None:
    pytest.importorskip("importlib_metadata", reason="Dask and others bring it")
    from corelib.plugins.distribution import discover

    assert discover([str(tmp_path)]) == []
