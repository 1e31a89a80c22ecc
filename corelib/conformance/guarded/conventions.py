"""The conventions of a rule that works on every kind of array, and the error that names the one that was broken."""

from enum import Enum
from typing import Final, NamedTuple

from corelib.conformance.guarded.lines import author_line


class Convention(Enum):
    """What a rule must not do to an array that may not be NumPy's, and what to do instead."""

    HOST_COPY = "no np.array, np.asarray or np.asanyarray of an operand, nor what calls them: use it as it is"
    MIXED = (
        "no NumPy array beside an operand of another kind: make new arrays by like=, ones and full of corelib.extend"
    )
    FUNCTION = "no function or attribute that CuPy lacks (matvec, vecdot, unstack, ...): write it in others"
    ARGUMENT = "pass on only arguments that are not default: functions of other kinds of array take fewer"
    METHOD = "no ufunc.reduce, accumulate, reduceat or at: use np.sum, np.cumsum, np.max, and the kind's place"
    DTYPE = "no dtype= of a ufunc, which Dask ignores: use astype"
    MASKED = "no where= and no initial=: use np.where before"
    LIKE = (
        "no like= of np.ones and np.full, which CuPy refuses (use ones and full of corelib.extend), nor beside a dtype "
        "by position, which Dask ignores"
    )
    IN_PLACE = "no NumPy array written into an array of another kind"
    READ_ONLY = "no writing to an array that another one shares: CuPy has no read-only flag that would refuse it"
    INDEX = "no index of a ufunc's at in a tuple or list, which CuPy refuses: use the place of the array's kind"
    OUTSIDE = "a ufunc that is not NumPy's takes NumPy's arrays alone"
    LOOK = "no branch on values, nor float() or int() of an array: on a GPU each waits; use may of corelib.extend"
    KIND = "a result, and each gradient, is of the kind of the operands"


class Broken(NamedTuple):
    """A convention that was broken: what was refused, and the line of the rule that asked for it."""

    convention: Convention
    refused: str
    line: str

    def __str__(self) -> str:
        return f"{self.convention.value}\n  {self.refused}\n  at {self.line or 'the op itself'}"


MARK: Final = "corelib_broken"


def refusal(convention: Convention, refused: str, kind: type[Exception] = TypeError) -> Exception:
    """The error that CuPy raises there (of the same type, so that an op wraps it alike), marked with the convention."""
    error = kind(f"{refused} ({convention.value})")
    setattr(error, MARK, Broken(convention, refused, author_line()))
    return error


def broken_by(error: BaseException) -> Broken | None:
    """The convention that the refusal behind an error names; None where no refusal is behind it."""
    one: BaseException | None = error
    while one is not None:
        found: Broken | None = getattr(one, MARK, None)
        if found is not None:
            return found
        one = one.__cause__ or one.__context__
    return None
