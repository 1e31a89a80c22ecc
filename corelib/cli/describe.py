"""What can be said of an op or a rule: its signature, its fields, how it is written, what its author declares."""

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from corelib.core.naming import described
from corelib.plugins.hooks import Plugin
from corelib.plugins.provided import Provided, reason
from corelib.plugins.registry import registry
from corelib.primitives.introspection import is_readable
from corelib.stubs.files import source_of

if TYPE_CHECKING:
    from corelib.conformance.spec import OpSpec


def signature(op: Any) -> str:
    """How the op is called, such as "exp(x, /)"; all but its name is what ``inspect`` finds."""
    return f"{op.name}{inspect.signature(op)}"


def summary(value: Any) -> str:
    """The docstring, without what NumPy puts around that of a ufunc."""
    text = value.doc if hasattr(value, "doc") else value.__doc__
    paragraphs = inspect.cleandoc(text or "").split("\n\n")
    if paragraphs[0].startswith(f"{getattr(value, 'name', '')}("):  # a ufunc's begins with its signature
        return paragraphs[1] if len(paragraphs) > 1 else ""
    return "\n\n".join(part for part in paragraphs if not part.startswith("Parameters\n"))


def written(provided: Provided) -> str:
    """The statement that made an entry-by-entry op, which shows its slopes; else the docstring of backward."""
    op = provided.get()
    if not hasattr(op, "slopes"):
        return inspect.cleandoc(getattr(getattr(getattr(op, "cls", None), "backward", None), "__doc__", None) or "")
    module, _, attribute = provided.where.partition(":")
    for name in [module, *sorted(name for name in sys.modules if name.startswith(module.partition(".")[0] + "."))]:
        text = _assignment(sys.modules.get(name), {provided.name, attribute}, op)
        if text:
            return text
    return ""


def _assignment(module: ModuleType | None, names: set[str], op: Any) -> str:
    """The statement of ``module`` that gives ``op`` one of the names."""
    if module is None or not any(getattr(module, name, None) is op for name in names):
        return ""
    source = source_of(module)
    for node in ast.parse(source).body:
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        if any(isinstance(target, ast.Name) and target.id in names for target in targets):
            return ast.get_source_segment(source, node) or ""
    return ""


def stands_for(op: Any) -> str:
    """The functions that find the op when they are called on a Tensor."""
    return ", ".join(described(function) for function in op.functions) or "nothing but itself"


def declared(provided: Provided) -> Iterator[tuple[str, str]]:
    """What the plugin declares to the conformance suite: the op's domain, its kinks, where its slope is infinite."""
    for plugin in registry.plugins:
        if plugin.distribution is not provided.distribution:
            continue
        for returned in plugin.asked(Plugin.corelib_conformance):
            for spec in returned if isinstance(returned, Iterable) else ():
                # known by its attributes: the suite need not be imported to print them
                if getattr(spec, "name", None) == provided.name and hasattr(spec, "domain"):
                    yield from _facts(spec)


def verdict(provided: Provided) -> str:
    """The verdict of the conformance suite in its quick profile, which takes milliseconds."""
    owner = provided.distribution.name
    try:
        from corelib.conformance import run, subject_of
        from corelib.conformance.installed_ops import installed

        (subject,) = installed(f"{owner}.{provided.name}") or [subject_of(provided.get(), distribution=owner)]
        report = run([subject], "quick")
    except Exception as error:  # whatever is wrong with the plugin or the suite, the other facts are printed
        return f"not known: {reason(error)}"
    return f"{'green' if report.green else 'NOT GREEN'}: {report.summary()}; corelib check {owner} --op {provided.name}"


def _facts(spec: "OpSpec") -> Iterator[tuple[str, str]]:
    if spec.domain is not None:
        domains = spec.domain if isinstance(spec.domain[0], tuple) else (spec.domain,)
        yield "domain", " × ".join(interval(*domain, closed=spec.edge == "closed") for domain in domains)
    if spec.kinks:
        yield "kinks", f"{', '.join(map(str, spec.kinks))}; the slope there: {spec.at_kink}"
    if spec.singular:
        yield "infinite slope at", ", ".join(map(str, spec.singular))
    if spec.nondiff:
        yield "no slope in", ", ".join(spec.nondiff)
    if not spec.twice:
        yield "second order", "no"


def interval(low: float | None, high: float | None, *, closed: bool) -> str:
    """An interval as mathematics writes it, such as "[0, ∞)"."""
    left = "(-∞" if low is None else f"{'[' if closed else '('}{low:g}"
    right = "∞)" if high is None else f"{high:g}{']' if closed else ')'}"
    return f"{left}, {right}"


def hyperparameters(rule: type) -> list[str]:
    """The fields of a rule with their types and defaults."""
    return _fields(rule)


def _fields(cls: Any) -> list[str]:
    if not is_dataclass(cls):
        return list(inspect.signature(cls.__init__).parameters)[1:]
    return [_field(field) for field in fields(cls) if field.init]


def _field(field: Any) -> str:
    annotation = field.type if isinstance(field.type, str) else inspect.formatannotation(field.type)
    typed = f"{field.name}: {annotation}" if is_readable(field.type) else field.name
    return typed if field.default is MISSING else f"{typed} = {field.default!r}"
