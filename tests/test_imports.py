"""Imports point one way, and the core names no op."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import corelib

ROOT = Path(corelib.__file__).parent
ORDER = [
    "errors", "core.naming", "core.compiling", "core.array_like", "core.arrays", "core.dispatch", "core.graph",
    "core.nondifferentiable", "core.ufunc_calls", "core.tree", "core.tensor", "primitives.reads", "primitives.slope",
    "primitives.arguments", "primitives.op", "primitives.elementwise_op", "primitives.class_op", "primitives.composed",
    "primitives.introspection", "primitives.protocols", "primitives.op_types", "primitives.factories",
    "plugins.problem", "archive", "plugins.command", "plugins.hooks", "plugins.switches", "plugins.passing",
    "plugins.distribution", "plugins.provided", "plugins.loading", "plugins.finding", "plugins.registry",
    "core.backward", "transforms.transform_types", "transforms.derivatives", "transforms.checkpoint",
    "debugging.fingerprints", "debugging.anomaly", "rule", "optimizing.parameter", "optimizing.clipping",
    "optimizing.workspace", "optimizing.joint", "optimizing.packing", "optimizing.header", "optimizing.state",
    "optimizing.optimizer", "optimizing.groups",
]  # fmt: skip


def imports(file: Path, at_top_only: bool = True) -> set[str]:
    """The modules of corelib that a file imports when it is imported itself."""
    tree = ast.parse(file.read_text())
    nodes = tree.body if at_top_only else list(ast.walk(tree))
    names = [n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.module]
    return {name.removeprefix("corelib.") for name in names if name.startswith("corelib.")}


def file_of(name: str) -> Path:
    return ROOT.joinpath(*name.split(".")).with_suffix(".py")


def test_imports_point_from_above_to_below() -> None:
    for i, name in enumerate(ORDER):
        above = imports(file_of(name)) - set(ORDER[:i])
        assert not above, f"{name}.py imports {above}, which should stand below it"


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
                public = module in {"corelib", "corelib.conformance", "corelib.errors", "corelib.rule", "corelib.typed"}
                assert top != "corelib" or public, f"{file} imports an inside of corelib: {module}"


def test_the_core_names_no_plugin() -> None:
    for name in ORDER:
        found = re.findall(r"(?:from|import) (corelib_\w+)", file_of(name).read_text())
        assert not found, f"{name}.py imports {found}"


def test_importing_corelib_loads_no_plugin_and_no_pluggy() -> None:
    code = "import sys, corelib; print([m for m in sys.modules if m.startswith(('corelib_', 'pluggy', 'click'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
