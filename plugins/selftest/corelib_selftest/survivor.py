"""A survivor as text: the op, what was changed, and what its author can do."""

import ast
from collections.abc import Iterator
from difflib import ndiff

from corelib.conformance.optimizers.subject import RuleSubject
from corelib_selftest.functions import tree_of
from corelib_selftest.mutant import Mutant, Verdict
from corelib_selftest.syntax import rewritings


def lines_of(verdict: Verdict) -> list[str]:
    """The first line names the ops that share the fault; those below it are indented."""
    mutant = verdict.mutant
    names = ", ".join(dict.fromkeys(host.subject.name for host in mutant.hosts))
    return [f"survives: {names} ({mutant.family})", *[f"  {line}" for line in (*change(mutant), *advice(verdict))]]


def change(mutant: Mutant) -> Iterator[str]:
    """The fault by its name; of one in source also where it is, and the lines as they were and as they became."""
    yield mutant.key
    if mutant.part is not None:
        code = mutant.part.__code__
        yield f"{code.co_filename}:{code.co_firstlineno}"
        yield from _changed_lines(mutant)


def _changed_lines(mutant: Mutant) -> Iterator[str]:
    tree = tree_of(mutant.part)
    if tree is not None:
        mutated = next(rewritten.tree for rewritten in rewritings(tree) if rewritten.change == mutant.text)
        compared = ndiff(ast.unparse(tree).splitlines(), ast.unparse(mutated).splitlines())
        yield from (line for line in compared if line.startswith(("- ", "+ ")))


def advice(verdict: Verdict) -> Iterator[str]:
    """A call that shows the fault, where one was found, and what to declare."""
    subject = verdict.mutant.hosts[0].subject
    is_rule = isinstance(subject, RuleSubject)
    spec = f'{"RuleSpec" if is_rule else "OpSpec"}("{subject.spec.name}"'
    if verdict.witness:
        yield f"its gradients differ for {verdict.witness}"
        yield f"hint: give the suite such a call, by samples=... or promises=... of {spec})"
    elif is_rule:
        yield f"hint: declare a reference, or hyperparameters that show it, by others=... or together=... of {spec})"
    else:
        yield "no call was found for which its gradients differ from those of the op"
    if not verdict.witness:
        yield f'hint: if both compute the same, declare {spec}, equivalent={{{verdict.mutant.key!r}: "why"}})'
