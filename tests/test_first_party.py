"""What an error says to install is in a generated list, and nothing else in corelib names an op or an optimizer."""

import ast
from collections.abc import Iterator
from pathlib import Path

import corelib
from corelib.plugins import first_party
from corelib.plugins.suggestions import owner_of

ROOT = Path(corelib.__file__).parent
TABLES = (first_party.OPS, first_party.OPTIMIZERS)
OWNERS = {owner for table in TABLES for owner in table}
NAMES = {name for table in TABLES for names in table.values() for name in names.split()}
GENERATED = ROOT / "plugins" / "first_party.py"
GUARDED = ROOT / "conformance" / "guarded"  # names NumPy's functions, as CuPy has them
# Strings that are an op's name by chance, or that name what is NumPy's.
ALLOWED = {
    ("conformance/checks/interface.py", "where"): "a keyword of ufuncs",
    ("conformance/checks/kinks.py", "mean"): "a value of OpSpec.at_kink",
    ("conformance/numerics/precise.py", "imag"): "an attribute of numbers",
    ("conformance/sampling/forms.py", "square"): "a shape",
    ("conformance/sampling/samples.py", "matmul"): "a value of OpSpec.kind",
    ("conformance/sampling/shapes.py", "square"): "a shape",
    ("conformance/spec.py", "matmul"): "a value of OpSpec.kind",
    ("conformance/spec.py", "mean"): "a value of OpSpec.at_kink",
    ("core/backward.py", "floor"): "a field",
    **{("core/ufunc_calls.py", name): "NumPy's function, to be called in place of a method of a ufunc"
       for name in ("cumprod", "cumsum", "max", "min", "outer", "prod", "sum")},
    **{("typed.py", name): "NumPy's function, with its type"
       for name in ("dot", "einsum", "matmul", "max", "mean", "min", "prod", "sum", "take")},
    ("extend.py", "full"): "a helper of rules",
    ("extend.py", "linear"): "a factory of ops",
    ("__init__.py", "linear"): "a factory of ops",
    ("optimizing/parameter.py", "gradient"): "what an error calls an array",
    ("plugins/provided.py", "place"): "a method of an ArrayKind",
    ("plugins/loading.py", "corelib-optimizers"): "the hook corelib_optimizers",
    ("cli/plugins.py", "corelib-elementwise"): "what to install first, where nothing is installed",
}  # fmt: skip


def test_an_owner_is_found_by_the_name_of_an_op() -> None:
    assert owner_of("matmul", "op") == "corelib-matmul"
    assert owner_of("adam", "optimizer") == "corelib-optimizers"
    assert owner_of("fit", "command") == "corelib-fit"
    assert owner_of("nothing", "op") is None


def test_corelib_names_no_op_and_no_plugin() -> None:
    files = [
        file
        for file in ROOT.rglob("*.py")
        if file != GENERATED and "templates" not in file.parts and file.parent != GUARDED
    ]
    found = {
        (file.relative_to(ROOT).as_posix(), name)
        for file in files
        for name in named(ast.parse(file.read_text("utf-8")))
    }
    assert found == set(ALLOWED)


def named(tree: ast.Module) -> Iterator[str]:
    """The ops, optimizers and plugins that code names: in a string that is no docstring, or among corelib.ops."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield from {node.value} & NAMES
            yield from (owner for owner in OWNERS if mentions(node.value, owner))
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value).split(".")[-1] in ("ops", "optimizers"):
            yield from {node.attr} & NAMES - {"append"}  # a list of optimizers has a method of that name
        elif isinstance(node, ast.ImportFrom) and node.module in ("corelib.ops", "corelib.optimizers"):
            yield from {alias.name for alias in node.names} & NAMES


def mentions(text: str, distribution: str) -> bool:
    """Whether ``text`` names a plugin, by its distribution or its package."""
    words = text.replace(".", " ").replace(":", " ").replace(";", " ").replace("/", " ").split()
    return distribution in words or distribution.replace("-", "_") in words


def test_a_name_is_seen_in_a_string_an_attribute_and_an_import() -> None:
    code = '"""exp"""\nx = "exp"\ny = corelib.ops.tanh\nfrom corelib.ops import sin\nz = "corelib_elementwise.powers"\n'
    assert sorted(named(ast.parse(code))) == ["corelib-elementwise", "exp", "sin", "tanh"]
