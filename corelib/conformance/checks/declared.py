"""The check of the declaration: what is not declared cannot be tested."""

from collections.abc import Sequence

from corelib.conformance.cases.op_case import Check
from corelib.conformance.checks.array_kinds import looks_of, select_paths
from corelib.conformance.checks.select import select_whole, select_whole_with_samples
from corelib.conformance.failure import Failure, Skip, Undeclared
from corelib.conformance.numerics.sets import lies_in
from corelib.conformance.sample import Sample
from corelib.conformance.sampling.demands import NAMES, missing, unknown
from corelib.conformance.sampling.samples import samples_of
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally
from corelib.primitives.class_op import ClassOp
from corelib.primitives.composed import Composed


def declared(subject: Subject, sample: Sample, tally: Tally) -> None:
    """There is a spec where one is needed, every field is set by a sample, and what is declared exists."""
    foreign = [name for name in subject.spec.nondiff if name not in (*subject.argument_names, *subject.fields)]
    if foreign:
        raise Failure(f"nondiff names {', '.join(foreign)}; the arguments are {', '.join(subject.argument_names)}")
    _in_their_sets(subject, tally)
    _looks(subject, tally)
    derivable = subject.entrywise or (isinstance(subject.op, ClassOp) and subject.op.linear and not subject.fields)
    if not subject.declared and not derivable and isinstance(subject.op, (ClassOp, Composed)):
        raise Undeclared("no OpSpec: its samples are guesses")
    unset = [name for name in subject.fields if not _is_set(subject, name)]
    if unset:
        raise Undeclared(f"no sample sets {', '.join(unset)}: declare one that does")
    tally.assertions += 1 + len(subject.fields)


def _in_their_sets(subject: Subject, tally: Tally) -> None:
    """``sets`` names arguments of the op, and the samples lie in the declared sets."""
    for name in subject.spec.sets:
        tally.require(name in subject.argument_names, f"sets names {name}; arguments: {subject.argument_names}")
    for s in samples_of(subject):
        for k, (kind, array) in enumerate(zip(s.sets, s.arrays, strict=False)):
            tally.require(lies_in(kind, array), f"arg{k} of {s.id} is declared {kind}, and is not: {s}")


def _looks(subject: Subject, tally: Tally) -> None:
    """A sample takes as many looks at the data as ``looks`` declares."""
    if subject.spec.looks:
        most = max([looks_of(subject, s) for s in select_paths(subject, 0)], default=0)
        if most < subject.spec.looks:
            raise Failure(f"looks={subject.spec.looks} is declared, and no sample takes more than {most}: lower it")


def _is_set(subject: Subject, name: str) -> bool:
    """Whether a sample, or an error sample, sets the field."""
    if any(name in s.fields for s in samples_of(subject)) or any(name in e.fields for e in subject.spec.errors):
        return True
    position = len(subject.argument_names) + subject.fields.index(name)
    if subject.arity is None:
        position = 1 + subject.fields.index(name)
    return any(len(s.args) > position for s in samples_of(subject))


def samples(subject: Subject, sample: Sample, tally: Tally) -> None:
    """There is a sample for each demand (see ``sampling.demands``), or a reason why there is none."""
    stray = unknown(subject)
    if stray:
        names = ", ".join(NAMES)
        raise Failure(
            f"not_applicable names {', '.join(stray)}; demands are {names}, and pairs as 'axis with keepdims'"
        )
    tally.require(all(subject.spec.not_applicable.values()), "not_applicable gives no reason")
    found = list(missing(subject))
    if found:
        raise Undeclared("; ".join(found))


def select_sampled(subject: Subject, seed: int) -> Sequence[Sample]:
    if subject.entrywise:
        raise Skip("entry by entry: its samples are derived")
    if subject.only is not None:
        raise Skip("the call that was given is checked, and no other")
    return select_whole_with_samples(subject, seed)


CHECKS = (Check("declared", select_whole, declared), Check("samples", select_sampled, samples, gradients=True))
