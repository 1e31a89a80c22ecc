"""Looking at plugins from the command line: plugins, ops, optimizers, doctor, typings."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

import corelib

pytest.importorskip("click")
from click.testing import CliRunner, Result

from corelib.cli.main import command
from corelib.plugins.command import BUILT_IN
from corelib.stubs.overloads import written

Install = Callable[..., Path]

ERF = "def corelib_ops(): return {'erf': make('erf')}"
LATE = "def corelib_ops(): return {'late': 'corelib_late:late'}"
RULE = """
from dataclasses import dataclass
@dataclass(frozen=True)
class Lion:
    '''Follows the sign.'''
    beta: float = 0.9
    default_lr = 0.1
    def init(self, p): ...
    def update(self): ...
def corelib_optimizers(): return {'lion': Lion}
"""


def corelib_command(*args: str) -> Result:
    return CliRunner().invoke(command, args)


def said(*args: str, status: int = 0) -> str:
    result = corelib_command(*args)
    assert result.exit_code == status, result.output
    return result.output


def test_plugins_lists_what_is_installed_and_why_the_rest_is_not(install: Install) -> None:
    install("corelib-a", "1.2", ERF)
    install("corelib-b", "2.0", "raise RuntimeError('ill')")
    lines = said("plugins").splitlines()
    assert lines[0].split() == ["PLUGIN", "VERSION", "OPS", "OPTIMIZERS", "COMMANDS", "ARRAYS", "STATE"]
    assert lines[1].split() == ["corelib-a", "1.2", "1", "0", "0", "0", "ok"]
    assert lines[2].split() == ["corelib-b", "2.0", "0", "0", "0", "0", "broken"]
    assert any(
        line.startswith("error: plugin corelib-b 2.0 (corelib_b) failed to load: RuntimeError: ill") for line in lines
    )


def test_plugins_as_json_holds_all_there_is_to_know(install: Install) -> None:
    install("corelib-a", "1.2", "print('hello')\n" + ERF)
    (info,) = json.loads(said("plugins", "--json"))
    assert info["seconds"] > 0
    assert info["problems"][0]["message"] == "prints when it is loaded: 'hello'"
    assert {key: info[key] for key in ("distribution", "version", "module", "ops", "optimizers", "commands")} == {
        "distribution": "corelib-a", "version": "1.2", "module": "corelib_a", "ops": ["erf"], "optimizers": [],
        "commands": [],
    }  # fmt: skip


def test_without_plugins_it_says_what_to_install(install: Install) -> None:
    assert said("plugins") == "no plugin is installed; pip install corelib-elementwise is a beginning\n"


def test_listing_ops_imports_none(install: Install) -> None:
    install("corelib-a", code=LATE)
    assert said("ops").splitlines()[1].split() == ["late", "corelib-a", "1.0", "corelib_late:late"]
    assert "corelib_late" not in sys.modules


def test_an_op_is_described(install: Install) -> None:
    install("corelib-a", code="erf: object = make('erf')\ndef corelib_ops(): return {'erf': erf}")
    text = said("ops", "erf")
    assert text.startswith("erf(x, /)\n")
    assert "stands for:        nothing but itself" in text
    assert "provided by:       corelib-a 1.0 (corelib_a:erf)" in text
    assert "    erf: object = make('erf')" in text


def test_what_its_author_declares_of_an_op_is_shown(install: Install) -> None:
    specs = "[OpSpec('erf', domain=(0, None), edge='closed', kinks=(1.0,), at_kink='left')]"
    install(
        "corelib-a",
        code=f"{ERF}\ndef corelib_conformance():\n    from corelib.conformance import OpSpec\n    return {specs}",
    )
    text = said("ops", "erf")
    assert "domain:            [0, ∞)\n" in text
    assert "kinks:             1.0; the slope there: left\n" in text


def test_an_installed_op_is_described_by_its_class_and_fields() -> None:
    text = said("ops", "broadcast_to")
    assert text.startswith("broadcast_to(array, /, shape: int | tuple[int, ...], subok: bool = False)\n")
    assert "``array`` broadcast to ``shape`` by NumPy's rules" in text
    assert "stands for:        numpy.broadcast_to" in text
    assert "conformance:" in text


def test_an_optimizer_is_described(install: Install) -> None:
    install("corelib-a", code=RULE)
    assert said("optimizers").splitlines()[1].split() == ["lion", "corelib-a", "1.0", "corelib_a:lion"]
    text = said("optimizers", "lion")
    assert text.startswith("Lion(beta: float = 0.9)\n\n    Follows the sign.\n")
    assert "default lr:        0.1" in text


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("ops", "erff"), "Error: no installed plugin provides op 'erff'; did you mean 'erf' (corelib-a 1.0)?"),
        (("optimizers", "adom"), "Error: no installed plugin provides optimizer 'adom'"),
        (("nonsense",), "Error: no installed plugin provides command 'nonsense' (see corelib --help)"),
        (("plugins", "--yaml"), "Error: No such option '--yaml'. (see corelib plugins --help)"),
        (("ops", "a", "b"), "Error: Got unexpected extra argument (b) (see corelib ops --help)"),
    ],
)
def test_bad_input_is_one_line_and_status_two(install: Install, args: tuple[str, ...], words: str) -> None:
    install("corelib-a", code=ERF)
    output = said(*args, status=2)
    assert output.startswith(words)
    assert len(output.splitlines()) == 1


def test_doctor_is_content_where_nothing_is_wrong(install: Install, tmp_path: Path) -> None:
    install("corelib-a", code=ERF)
    text = said("doctor", "--typings", str(tmp_path))
    assert "no errors, no warnings" in text
    for fact in ("corelib:", "Python:", "NumPy:", "BLAS:", "threads:"):
        assert fact in text


def test_doctor_names_all_that_is_wrong(install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corelib.plugins.loading.SLOW", 0.01)
    install("corelib-broken", code="raise RuntimeError('ill')")
    install("corelib-exits", code="import sys; sys.exit(1)")
    install("corelib-future", code=ERF, group="corelib.v7")
    install("corelib-late", code="def corelib_ops(): return {'late': 'corelib_nowhere:late'}")
    install("corelib-one", code="def corelib_ops(): return {'exp': make('exp', np.exp), 'mine': make('mine', np.log)}")
    install("corelib-prints", code="print('hi')\n" + ERF)
    install("corelib-says", code="def corelib_doctor(): return ['no scipy']")
    install("corelib-slow", code="import time; time.sleep(0.02)\ndef corelib_ops(): return {}")
    install("corelib-two", code="def corelib_ops(): return {'exp': make('exp', np.exp), 'log': make('log', np.log)}")
    (tmp_path / "_corelib_ops.pyi").write_text("from corelib_gone import erf as erf  # corelib-gone\n")
    text = said("doctor", "--typings", str(tmp_path), status=1)
    for words in (
        "plugin corelib-broken 1.0 (corelib_broken) failed to load: RuntimeError: ill",
        "plugin corelib-exits 1.0 (corelib_exits) failed to load: SystemExit: 1",
        "corelib-future 1.0 targets plugin API v7",
        "op 'late' of plugin corelib-late 1.0 (corelib_nowhere:late) failed to import",
        "op 'exp' is provided by corelib-one 1.0 (corelib_one:exp) and corelib-two 1.0 (corelib_two:exp)",
        "op numpy.log is provided by corelib-one 1.0 (corelib_one:mine) and corelib-two 1.0 (corelib_two:log)",
        "corelib-prints 1.0: prints when it is loaded: 'hi'",
        "corelib-says 1.0: no scipy",
        "corelib-slow 1.0: slow: takes 0.0 s to load",
        "_corelib_ops.pyi is stale: ",
        "_corelib_optimizers.pyi is missing; run corelib typings",
    ):
        assert words in text, words


def test_doctor_imports_a_kind_of_array_where_its_library_is_installed(install: Install, tmp_path: Path) -> None:
    install("corelib-a", code="def corelib_array_kinds(): return {'corelib_nowhere.Array': 'corelib_late:KIND'}")
    install("corelib-b", code="def corelib_array_kinds(): return {'numpy.Array': 'corelib_late:KIND'}")
    text = said("doctor", "--typings", str(tmp_path), status=1)
    assert "array kind 'numpy.Array' of plugin corelib-b 1.0 (corelib_late:KIND) failed to import" in text
    assert "corelib_nowhere" not in text
    assert "1 error," in text


def test_doctor_repeats_what_the_environment_has_wrong(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORELIB_DISABLE_PLUGINS", "corelib-z")
    install("corelib-a", code=ERF)
    with pytest.warns(corelib.errors.PluginWarning):
        text = said("doctor", "--typings", str(tmp_path))
    assert "warning: CORELIB_DISABLE_PLUGINS names 'corelib-z', which is no installed plugin" in text


def test_typings_reexport_what_is_installed_from_where_it_is_public(install: Install, tmp_path: Path) -> None:
    site = install(
        "corelib-a", code="erf = make('erf')\ndef corelib_ops(): return {'erf': erf, 'late': 'corelib_late:it'}"
    ).parent
    (site / "corelib_late.py").write_text(
        "from corelib import elementwise\nit = elementwise(lambda x: x, 1, name='late')\n"
    )
    install("corelib-b", code=RULE)
    assert "wrote" in said("typings", "--dir", str(tmp_path / "typings"))
    ops = (tmp_path / "typings" / "_corelib_ops.pyi").read_text().splitlines()
    assert ops[2:] == [
        "from corelib_a import erf as erf  # corelib-a",
        "from corelib_late import it as _late  # corelib-a",
        "late = _late",
    ]
    rules = (tmp_path / "typings" / "_corelib_optimizers.pyi").read_text().splitlines()
    assert rules[2:4] == ["from corelib_b import Lion as _lion  # corelib-b", "lion = _lion"]
    assert [line for line in rules if "Literal['lion'], /, *, beta: float = ..., **options" in line]
    assert "fit what is installed" in said("typings", "--check", "--dir", str(tmp_path / "typings"))


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (float, "float"),
        (float | None, "float | None"),
        (tuple[float, float], "tuple[float, float]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (Literal["a", 2], "Literal['a', 2]"),
        (None, "None"),
        (Path, "Any"),
        (list[int], "Any"),
    ],
)
def test_typings_write_out_the_type_of_a_hyperparameter(hint: Any, text: str) -> None:
    assert written(hint) == text


def test_typings_leave_out_what_is_contested_broken_or_has_no_home(install: Install, tmp_path: Path) -> None:
    install("corelib-a", code="erf = make('erf')\ndef corelib_ops(): return {'erf': erf, 'lost': make('lost')}")
    install("corelib-b", code="def corelib_ops(): return {'erf': make('erf'), 'gone': 'corelib_gone:gone'}")
    text = said("typings", "--dir", str(tmp_path))
    assert "left out: op 'erf' is provided by" in text
    assert "left out: op 'gone' of plugin corelib-b 1.0 (corelib_gone:gone) failed to import" in text
    assert "left out: op 'lost' of corelib-a 1.0 is left out: no module of corelib_a exports it" in text
    assert " as " not in (tmp_path / "_corelib_ops.pyi").read_text()


def test_typings_that_are_stale_fail_the_check_and_name_what_changed(install: Install, tmp_path: Path) -> None:
    install("corelib-a", code="erf = make('erf')\ndef corelib_ops(): return {'erf': erf}")
    said("typings", "--dir", str(tmp_path))
    install("corelib-b", code="log = make('log')\ndef corelib_ops(): return {'log': log}")
    corelib.plugins.reload()
    text = said("typings", "--check", "--dir", str(tmp_path), status=1)
    assert text.startswith("typings are stale; run corelib typings\n")
    assert "_corelib_ops.pyi is stale: +log" in text


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_subcommand_has_help(name: str) -> None:
    assert said(name, "--help").startswith(f"Usage: corelib {name} ")


def test_help_imports_no_subcommand() -> None:
    code = """
import sys
from corelib.cli import main
sys.argv = ["corelib", "--help"]
try:
    main()
except SystemExit:
    pass
allowed = {"corelib.cli", "corelib.cli.main", "corelib.cli.streams"}
print([m for m in sys.modules if m.startswith(("corelib.cli", "rich", "matplotlib")) and m not in allowed])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in BUILT_IN:
        assert f"  {name} " in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_the_extra_one_line_says_what_to_install(missing: str) -> None:
    hide = f"import sys; sys.modules[{missing!r}] = None"
    code = f"{hide}; sys.argv = ['corelib', 'plugins']; from corelib.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"corelib: the command needs {missing}, which is not installed: pip install 'corelib[cli]'\n"


def test_names_are_completed_by_the_shell() -> None:
    code = "import sys; sys.argv = ['corelib']; from corelib.cli import main; main()"
    environment = {"_CORELIB_COMPLETE": "bash_complete", "COMP_WORDS": "corelib ops broadcast_", "COMP_CWORD": "2"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.split() == ["plain,broadcast_arrays", "plain,broadcast_to"]
    environment["COMP_WORDS"], environment["COMP_CWORD"] = "corelib pl", "1"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.split() == ["plain,plugins"]
