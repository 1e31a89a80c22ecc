"""Imports point one way, function-level ones included; docs/reading-the-core.md lists the files in that order."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parent.parent / "corelib"
# The rooms, from the bottom up. A module imports from its own room and from those before it. The namespace `corelib`
# itself stands above all: nothing in it imports from it.
ROOMS = [
    "_version", "errors", "archive", "core", "typed", "rule", "primitives", "transforms", "plugins", "extend",
    "debugging", "optimizing", "ops", "optimizers", "stubs", "conformance", "cli", "",
]  # fmt: skip
# What imports upward all the same, and why.
UPWARD: dict[tuple[str, str], str] = {}
# Two files that import each other, and why.
PAIRS = {("core.copying", "core.tensor"): "a Tensor is copied by functions that make Tensors"}
# The modules of `conformance`, from the bottom up: each imports from those before it. "" is the package itself.
SUITE = [
    "profile", "spec", "operands", "sample", "failure", "tally", "isolation", "isolation.trace", "isolation.limits",
    "isolation.ambient", "isolation.fresh", "guarded.lines", "guarded.conventions", "guarded.looks",
    "guarded.signatures", "guarded.contents", "guarded.ufuncs", "guarded.functions", "guarded.methods",
    "guarded.array", "guarded.kind", "guarded", "numerics", "numerics.domain", "numerics.calls", "numerics.differences",
    "numerics.relative", "numerics.precise", "numerics.sets", "numerics.jacobians", "numerics.gradients", "subject",
    "sampling", "sampling.cotangents", "sampling.shapes", "sampling.forms", "sampling.large", "sampling.samples",
    "sampling.demands", "sampling.magnitudes", "installed_ops", "cases", "cases.result", "cases.case",
    "cases.op_case", "cases.expected", "reporting", "reporting.causes", "reporting.report", "reporting.html",
    "reporting.manifest", "checks.select", "checks.reference", "checks.state", "checks.protocol", "checks.values",
    "checks.types", "checks.mixed", "checks.broadcast", "checks.arriving", "checks.boundary", "checks.beyond",
    "checks.kinks", "checks.promised", "checks.extreme", "checks.second", "checks.array_kinds",
    "checks.magnitudes", "checks.interface",
    "checks.refused", "checks.typed", "checks.fuzz", "checks.perf", "checks.declared", "checks", "optimizers",
    "optimizers.spec", "optimizers.course", "optimizers.loose", "optimizers.subject", "optimizers.following",
    "optimizers.child", "optimizers.installed_rules", "optimizers.case", "optimizers.declaration",
    "optimizers.memory", "optimizers.numbers", "optimizers.driven", "optimizers.together", "optimizers.saving",
    "optimizers.array_kinds",
    "optimizers.descent", "optimizers.perf", "optimizers.checks", "optimizers.plan", "running", "running.plan",
    "running.whole", "running.runner", "running.items", "running.parametrized", "pytest_plugin", "",
]  # fmt: skip
READ_IN_ORDER = set(ROOMS) - {"conformance", "cli", ""}

INSIDERS = {"corelib_selftest"}  # it mutates the core and the suite, and is pinned to their version: decisions/0018
PUBLIC = {
    "corelib", "corelib.archive", "corelib.cli.values", "corelib.conformance", "corelib.errors", "corelib.extend",
    "corelib.plugins", "corelib.rule", "corelib.typed",
}  # fmt: skip
"""The modules that a plugin may import from."""


@cache
def modules() -> dict[str, Path]:
    """Each module of corelib, named without ``corelib.``; the package itself is ""."""
    files = [file for file in ROOT.rglob("*.py") if "templates" not in file.parts]
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return {name.removesuffix("__init__").removesuffix("."): file for name, file in zip(names, files, strict=True)}


def imported(node: ast.AST) -> Iterator[str]:
    """The modules that an import statement names, whole: ``from corelib import x`` may name a module or a name."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        assert node.level == 0, "relative imports are not looked at here"
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            yield whole if whole.removeprefix("corelib.") in modules() else node.module


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """All statements, function-level ones too, but for those that only a type checker sees."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            for other in child.orelse:
                yield other
                yield from statements(other)
            continue
        yield child
        yield from statements(child)


@cache
def imports(module: str) -> frozenset[str]:
    """The modules of corelib that a module imports, at its top or in a function."""
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    names = {name for node in statements(tree) for name in imported(node)}
    ours = {name.removeprefix("corelib").removeprefix(".") for name in names if name.split(".")[0] == "corelib"}
    return frozenset(ours & modules().keys()) - {module}


def room(module: str) -> int:
    return ROOMS.index(module.split(".", maxsplit=1)[0])


def circles() -> list[set[str]]:
    """The largest sets of modules in which each reaches each other by imports."""
    reach = {module: set(imports(module)) for module in modules()}
    for via in modules():
        for found in reach.values():
            if via in found:
                found.update(reach[via])
    loops = {frozenset({m, *(o for o in reach[m] if m in reach[o])}) for m in reach if m in reach[m]}
    return [set(loop) for loop in loops]


def test_every_room_is_named() -> None:
    assert {module.split(".")[0] for module in modules()} == set(ROOMS)


def test_the_root_has_at_most_twelve_files() -> None:
    assert len([file for file in ROOT.iterdir() if file.is_file()]) <= 12


def test_imports_point_downward() -> None:
    upward = {(m, other) for m in modules() for other in imports(m) if room(other) > room(m)}
    assert upward == set(UPWARD)


def test_no_circle_is_over_two_files() -> None:
    assert sorted(tuple(sorted(circle)) for circle in circles()) == sorted(PAIRS)


def suite(module: str) -> str:
    """The name of a module of the suite, in the suite."""
    return module.removeprefix("conformance").removeprefix(".")


def test_every_module_of_the_suite_has_a_place_in_its_room() -> None:
    assert sorted(suite(m) for m in modules() if m.split(".")[0] == "conformance") == sorted(SUITE)
    rooms = [module.split(".")[0] for module in SUITE if "." in module]
    assert len(list(groupby(rooms))) == len(set(rooms)), "the modules of a room stand together"


def test_modules_of_the_suite_import_from_those_before_them() -> None:
    inside = [m for m in modules() if m.split(".")[0] == "conformance"]
    place = {module: SUITE.index(suite(module)) for module in inside}
    upward = {(m, other) for m in inside for other in imports(m) & set(inside) if place[other] > place[m]}
    assert not upward - set(UPWARD)


def read_in_order() -> list[str]:
    """The files in the tables of docs/reading-the-core.md."""
    page = (ROOT.parent / "docs" / "reading-the-core.md").read_text(encoding="utf-8")
    tables = page.partition("## One call")[0]
    rows = [row.split("|")[1] for row in tables.splitlines() if row.startswith("| `")]
    files = [name for row in rows for name in re.findall(r"`([\w/]+)\.py`", row)]
    return [name.removesuffix("/__init__").replace("/", ".") for name in files]


def test_the_page_lists_what_there_is() -> None:
    empty = {module for module, file in modules().items() if file.name == "__init__.py" and not imports(module)}
    expected = {module for module in modules() if module.split(".")[0] in READ_IN_ORDER} - empty
    assert sorted(read_in_order()) == sorted(expected)


def test_each_file_of_the_page_imports_only_from_those_before_it() -> None:
    order = read_in_order()
    for i, module in enumerate(order):
        later = imports(module) & set(order[i:])
        assert not {o for o in later if tuple(sorted((module, o))) not in PAIRS}, (
            f"{module} imports {later}, which stand later"
        )


def test_plugins_import_public_names_only_and_each_other_never() -> None:
    plugins = ROOT.parent / "plugins"
    for file in sorted(plugins.glob("*/corelib_*/**/*.py")):
        own = file.relative_to(plugins).parts[1]
        for node in ast.walk(ast.parse(file.read_text())):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                top = module.split(".")[0]
                assert not top.startswith("corelib_") or top == own, f"{file} imports another plugin: {module}"
                public = module in PUBLIC or own in INSIDERS
                assert top != "corelib" or public, f"{file} imports an inside of corelib: {module}"


def test_corelib_imports_no_plugin() -> None:
    for module, file in modules().items():
        found = {n for node in statements(ast.parse(file.read_text(encoding="utf-8"))) for n in imported(node)}
        assert not [name for name in found if name.startswith("corelib_")], module


def test_importing_corelib_loads_no_plugin_and_no_pluggy() -> None:
    code = "import sys, corelib; print([m for m in sys.modules if m.startswith(('corelib_', 'pluggy', 'click'))"
    code += " and m != 'corelib__mypyc'])"  # of the compiled core
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_corelib_imports_little_of_the_standard_library() -> None:
    code = "import sys, numpy; known = set(sys.modules); import corelib; print(*sorted(set(sys.modules) - known))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    costly = {"pathlib", "urllib", "importlib.util", "json", "logging", "subprocess", "tempfile", "asyncio"}
    assert not costly & set(done.stdout.split())


def test_no_module_is_hidden_by_another_object_of_its_name() -> None:
    names = [f"corelib.{name}" for name in modules() if name and not name.startswith(("conformance", "cli"))]
    code = f"import sys, importlib\nfor n in {names!r}: importlib.import_module(n)\nprint([n for n in {names!r} if " \
        "vars(sys.modules[n.rpartition('.')[0]]).get(n.rpartition('.')[2]) is not sys.modules[n]])"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
