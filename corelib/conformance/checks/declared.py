"""The check of the declaration itself: what the suite was not told, it cannot have looked at."""

from corelib.class_op import ClassOp
from corelib.composed import Composed
from corelib.conformance.case import Check
from corelib.conformance.failure import Failure, Undeclared
from corelib.conformance.pick import whole
from corelib.conformance.sample import Sample
from corelib.conformance.subject import Subject
from corelib.conformance.tally import Tally


def declared(subject: Subject, sample: Sample, tally: Tally) -> None:
    """There is a spec where one is needed, every field is set by a sample, and what is declared exists."""
    from corelib.conformance.checks import CHECK_IDS

    unknown = [x.check for x in subject.spec.xfails if x.check not in CHECK_IDS]
    if unknown:
        raise Failure(f"expected_failures names {', '.join(unknown)}; checks are {', '.join(CHECK_IDS)}")
    foreign = [name for name in subject.spec.nondiff if name not in (*subject.argument_names, *subject.fields)]
    if foreign:
        raise Failure(f"nondiff names {', '.join(foreign)}; the arguments are {', '.join(subject.argument_names)}")
    derivable = subject.entrywise or (isinstance(subject.op, ClassOp) and subject.op.linear and not subject.fields)
    if not subject.declared and not derivable and isinstance(subject.op, (ClassOp, Composed)):
        raise Undeclared("no OpSpec: its samples are guesses")
    unset = [name for name in subject.fields if not _is_set(subject, name)]
    if unset:
        raise Undeclared(f"no sample sets {', '.join(unset)}: declare one that does")
    tally.assertions += 1 + len(subject.fields)


def _is_set(subject: Subject, name: str) -> bool:
    """Whether a sample, or an error sample, gives the field a value of its own."""
    if any(name in s.fields for s in subject.samples()) or any(name in e.fields for e in subject.spec.errors):
        return True
    position = len(subject.argument_names) + subject.fields.index(name)
    if subject.arity is None:
        position = 1 + subject.fields.index(name)
    return any(len(s.args) > position for s in subject.samples())


CHECKS = (Check("declared", whole, declared),)
