"""The slope of an entry-by-entry op in one of its arguments, and its product with a gradient."""

from collections.abc import Callable
from math import isfinite
from typing import Any, Final, NamedTuple

import numpy as np

from corelib.core.arrays import LARGE, array_of_numbers
from corelib.core.compiling import mypyc_attr
from corelib.core.tensor import Tensor
from corelib.errors import InvalidOp
from corelib.primitives.portable import full, may, native
from corelib.primitives.reads import only_returns, parameters, reads, takes, unknown_keywords

Slopelike = Callable[..., Any] | int | float | None
Product = tuple[Any, bool]
ndarray: Final = np.ndarray
FACTORS: Final = frozenset({ndarray, int, float})
ONE: Final = 1
VDOT_LIMIT: Final = 10_000  # entries above which BLAS wakes its threads for a dot product


@mypyc_attr(allow_interpreted_subclasses=True)
class Slope:
    """A slope, of which the subclasses give the product with a gradient; what they read of a call is kept for them."""

    def __init__(self, arity: int) -> None:
        self.reads: tuple[bool, ...] = (False,) * arity
        self.reads_result = False
        self.exact = True  # the product has the shape and dtype of the gradient, where all arguments have them

    def times(self, propagated: Any, args: tuple[Any, ...], result: Any) -> Any:
        """The cotangent of the argument: ``propagated`` times the slope."""
        raise NotImplementedError

    def product(self, propagated: Any, args: tuple[Any, ...], result: Any, owned: bool) -> Product:
        """The same of a large array, and whether it is a new one; where ``owned``, propagated may be overwritten."""
        return self.times(propagated, args, result), False


class One(Slope):
    """The slope 1: the gradient passes as it is."""

    def times(self, propagated: Any, args: tuple[Any, ...], result: Any) -> Any:
        return propagated

    def product(self, propagated: Any, args: tuple[Any, ...], result: Any, owned: bool) -> Product:
        return propagated, owned


class Constant(Slope):
    """A slope that is the same number everywhere."""

    def __init__(self, value: float, arity: int) -> None:
        super().__init__(arity)
        self.value = value

    def times(self, propagated: Any, args: tuple[Any, ...], result: Any) -> Any:
        if self.value == 0:  # and no 0 * inf: a step has no slope, whatever arrives
            return np.zeros_like(propagated)
        if type(propagated) is ndarray and propagated.base is not None and is_spread(propagated):
            return np.broadcast_to(propagated.flat[0] * self.value, propagated.shape)
        return -propagated if self.value == -1 else propagated * self.value

    def product(self, propagated: Any, args: tuple[Any, ...], result: Any, owned: bool) -> Product:
        if owned and self.value != 0:
            return scaled(propagated, self.value, owned)
        entry = self.times(propagated, args, result)
        return entry, entry.base is None


class Nondifferentiable(Slope):
    """No slope: asking for that gradient is an error of the op."""

    def times(self, propagated: Any, args: tuple[Any, ...], result: Any) -> Any:
        return None


def is_spread(gradient: Any) -> bool:
    """Whether a large gradient is one number, seen at each entry: what a sum or a mean sends back takes no memory."""
    return bool(gradient.size > LARGE) and not any(gradient.strides)


class Argument(Slope):
    """A slope that is one of the arguments: multiply has two."""

    def __init__(self, index: int, arity: int) -> None:
        super().__init__(arity)
        self.index = index
        self.reads: tuple[bool, ...] = tuple([i == index for i in range(arity)])

    def times(self, propagated: Any, args: tuple[Any, ...], result: Any) -> Any:
        return propagated * args[self.index]

    def product(self, propagated: Any, args: tuple[Any, ...], result: Any, owned: bool) -> Product:
        return scaled(propagated, args[self.index], owned)


class Result(Slope):
    """A slope that is the result itself, as of exp."""

    def __init__(self, arity: int) -> None:
        super().__init__(arity)
        self.reads_result = True

    def times(self, propagated: Any, args: tuple[Any, ...], result: Any) -> Any:
        return propagated * result

    def product(self, propagated: Any, args: tuple[Any, ...], result: Any, owned: bool) -> Product:
        return scaled(propagated, result, owned)


class Function(Slope):
    """A slope computed from the arguments and, where it takes ``result``, from the result."""

    def __init__(self, function: Callable[..., Any], arity: int) -> None:
        super().__init__(arity)
        self.function = function
        self.is_unary: bool = arity == 1
        self.reads: tuple[bool, ...] = reads(function, arity)
        self.reads_result: bool = takes(function, "result")
        self.exact: bool = isinstance(function, np.ufunc)

    def at(self, args: tuple[Any, ...], result: Any) -> Any:
        """The slope itself."""
        return self.function(*args, result=result) if self.reads_result else self.function(*args)

    def times(self, propagated: Any, args: tuple[Any, ...], result: Any) -> Any:
        if not self.is_unary:
            return propagated * self.at(args, result)
        # Written out: with result, a call with a tuple takes twice as long interpreted, and three times compiled
        # (python -m timeit -s "f = lambda x, *, result: 0; args = (1,)" "f(*args, result=2)").
        x = args[0]
        return propagated * (self.function(x, result=result) if self.reads_result else self.function(x))

    def product(self, propagated: Any, args: tuple[Any, ...], result: Any, owned: bool) -> Product:
        return scaled(propagated, self.at(args, result), owned)


def scaled(gradient: Any, factor: Any, owned: bool) -> Product:
    """A gradient times a factor, written into the gradient where that is owned and has the product's shape and dtype.

    The product with an array of NumPy's or a number is a new array. That with anything else may be anything.
    """
    if type(factor) is ndarray:
        if not owned or factor.dtype is not gradient.dtype or factor.shape != gradient.shape:
            return gradient * factor, True
    elif type(factor) is not float and type(factor) is not int:
        return gradient * factor, isinstance(factor, np.generic)
    elif not owned:
        return gradient * factor, True
    gradient *= factor
    return gradient, True


class Ratio(NamedTuple):
    """The slope above / below, which is not computed: the cotangent is divided by the one, and multiplied by the other.

    So 1 / (2 sqrt(x)) costs one division. Where the quotient is not finite the slope is computed, and a cotangent of
    zero stays zero. It is returned by the slope of ``elementwise(..., singular=True)``.

    >>> import numpy as np
    >>> from corelib.extend import elementwise
    >>> sqrt = elementwise(np.sqrt, lambda x, *, result: Ratio(0.5, result), singular=True)
    """

    above: Any
    below: Any


class Singular(Function):
    """A slope that is infinite or undefined somewhere: a gradient of exactly zero stays zero there."""

    def __init__(self, function: Callable[..., Any], arity: int) -> None:
        super().__init__(function, arity)
        self.exact: bool = False

    def times(self, propagated: Any, args: tuple[Any, ...], result: Any) -> Any:
        return singular_product(propagated, self, args, result)[0]

    def product(self, propagated: Any, args: tuple[Any, ...], result: Any, owned: bool) -> Product:
        return singular_product(propagated, self, args, result)  # never in place: it looks at propagated twice


# As a decorator errstate takes half the time: python -m timeit -s "import numpy as np" "with np.errstate(): pass"
@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def singular_product(propagated: Any, singular: Function, args: tuple[Any, ...], result: Any) -> Product:
    """The gradient times a slope, but zero where the gradient is, even if the slope is infinite or undefined.

    And whether it is a new array, which is known of what is made of NumPy's arrays alone.
    """
    slope = singular.at(args, result)
    if type(slope) is Ratio:
        entry = divided(propagated, slope)
        if all_finite(entry):
            return entry, type(slope.below) is ndarray and type(slope.above) in FACTORS
        if not isinstance(entry, Tensor) and not native(entry):
            return np.where(propagated == 0, 0, entry), False
        slope = np.divide(slope.above, slope.below)
    if all_finite(slope):
        return propagated * slope, type(slope) is ndarray
    masked = (values(propagated) == 0) & ~np.isfinite(values(slope))
    if isinstance(slope, Tensor) and may(masked):
        slope = elsewhere(singular, masked, args, result)
    return propagated * np.where(masked, 0, slope), not isinstance(slope, Tensor)


def elsewhere(singular: Function, masked: Any, args: tuple[Any, ...], result: Any) -> Any:
    """The slope, computed at the place of an unmasked entry where ``masked`` holds.

    It is differentiated again, and the factors that it is made of may be infinite where it is: 0 * inf there would
    be NaN in the gradient of the whole (https://github.com/tensorflow/probability/blob/main/discussion/where-nan.pdf).
    In an array that is not NumPy's nobody looks for an unmasked entry. There the numbers stay, and are constants
    where ``masked`` holds: the NaN ends at them, as np.where passes no gradient on to what it did not take.
    """
    if not native(masked):
        slope = singular.at(tuple([held(arg, masked) for arg in args]), held(result, masked))
        return np.divide(slope.above, slope.below) if type(slope) is Ratio else slope
    if np.all(masked):
        return 0.0
    place = np.argmin(masked)

    def moved(array: Any) -> Any:
        if array is None:
            return None
        entries = np.broadcast_to(values(array), masked.shape)
        return np.where(masked, entries.reshape(-1)[place], array)

    slope = singular.at(tuple([moved(arg) for arg in args]), moved(result))
    return np.divide(slope.above, slope.below) if type(slope) is Ratio else slope


def held(array: Any, masked: Any) -> Any:
    """The same numbers, which are constants where ``masked`` holds."""
    tensor: Any = array if isinstance(array, Tensor) else None
    return array if tensor is None else np.where(masked, tensor._entries, tensor)


def divided(propagated: Any, slope: Ratio) -> Any:
    """The gradient times a ratio; NaN where a number is divided by the Python number 0, as NumPy would."""
    if type(slope.below) in (int, float) and slope.below == 0:
        return full(propagated.shape, np.nan, None, propagated)
    entry = propagated / slope.below
    return entry if type(slope.above) is int and slope.above == ONE else entry * slope.above


def values(array: Any) -> Any:
    """The numbers of an array, or of a Tensor."""
    return array._entries if isinstance(array, Tensor) else array


def all_finite(slope: Any) -> bool:
    """Whether no entry of an array, a Tensor or a number is infinite or NaN; False of arrays that are not NumPy's.

    Nobody looks at the entries of those: see ``may``. Raises InvalidOperandType for what holds no numbers. Up to 10,000
    entries it costs one dot product, which takes a fourth of the time: python -m timeit -s "import numpy as np; x =
    np.ones(100)" "np.all(np.isfinite(x))", and "np.vdot(x, x)". Of 10,000 it takes half.

    >>> import numpy as np
    >>> all_finite(np.array([1.0, np.inf]))
    False
    """
    if type(slope) is float:
        return isfinite(slope)
    numbers = values(slope)
    try:
        if type(numbers) is ndarray and numbers.size <= VDOT_LIMIT and isfinite(np.vdot(numbers, numbers).real):
            return True
        if not native(numbers) and hasattr(numbers, "__array_function__"):
            return False
        return bool(np.all(np.isfinite(numbers)))
    except Exception:
        array_of_numbers(numbers)  # raises InvalidOperandType for what holds no numbers
        raise


class SingularResult(Result):
    """A slope that is the result, and may be infinite: exp(1000) overflows."""

    def __init__(self, function: Callable[..., Any], arity: int) -> None:
        super().__init__(arity)
        self.exact: bool = False
        self.singular: Singular = Singular(function, arity)

    def times(self, propagated: Any, args: tuple[Any, ...], result: Any) -> Any:
        return propagated * result if all_finite(result) else self.singular.times(propagated, args, result)

    def product(self, propagated: Any, args: tuple[Any, ...], result: Any, owned: bool) -> Product:
        if all_finite(result):
            return scaled(propagated, result, owned)
        return self.singular.product(propagated, args, result, owned)


class Conjugate(Slope):
    """A slope in complex numbers: the steepest ascent is along the conjugate of a holomorphic slope."""

    def __init__(self, slope: Slope) -> None:
        super().__init__(len(slope.reads))
        self.slope = slope
        self.reads: tuple[bool, ...] = slope.reads
        self.reads_result: bool = slope.reads_result

    def times(self, propagated: Any, args: tuple[Any, ...], result: Any) -> Any:
        if isinstance(self.slope, Nondifferentiable):
            return None
        return np.conj(self.slope.times(np.conj(propagated), args, result))


def slope_of(slope: Slopelike, arity: int, singular: bool) -> Slope:
    """What an author gave as a slope: a number, a ufunc, or a function of the arguments."""
    if slope is None:
        return Nondifferentiable(arity)
    if isinstance(slope, (int, float)):
        return One(arity) if slope == ONE else Constant(slope, arity)
    if not callable(slope):
        raise InvalidOp(f"a slope is a number or a function of the arguments (None: there is none), not {slope!r}")
    _check_arity(slope, arity)
    returned = only_returns(slope)
    if singular:
        return SingularResult(slope, arity) if returned == arity else Singular(slope, arity)
    if returned is None:
        return Function(slope, arity)
    return Result(arity) if returned == arity else Argument(returned, arity)


def _check_arity(slope: Callable[..., Any], arity: int) -> None:
    if unknown := unknown_keywords(slope, ("result",)):
        raise InvalidOp(f"a slope may name `result` keyword-only, and not {', '.join(unknown)}")
    taken = [p for p in parameters(slope) if p.kind is not p.KEYWORD_ONLY]
    if taken and not any(p.kind is p.VAR_POSITIONAL for p in taken) and len(taken) != arity:
        raise InvalidOp(f"an op of {arity} arguments needs slopes of {arity} arguments, not of {len(taken)}")
