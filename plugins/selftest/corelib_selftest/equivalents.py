"""Why first-party mutants survive that are no faults: a reason for each group of functions, held against `witness`.

A survivor counts as equivalent where a reason stands here and no call was found on which its gradients differ from
the original's. A reason alone is not enough; nor is it that no difference was found.
"""

from fnmatch import fnmatchcase
from typing import Final

REASONS: Final[tuple[tuple[str, str], ...]] = (
    ("corelib_matmul.products:*", "chooses among ways of computing one product, and both ways agree"),
    ("corelib_matmul.contraction:*", "chooses a shorter way for vectors, or for what nobody wants; the other agrees"),
    ("corelib_matmul.summation:*", "chooses the order of contraction, or a keyword of speed"),
    ("corelib_matmul.outer_products:*", "ravel and conj of what is flat, or real, already"),
    ("corelib_matmul.cross_product:*", "another spelling of the same axis, or a component that is multiplied by 0"),
    (
        "corelib_matmul.matrix:*",
        "computes what nobody wants, or conj of what is real, or chooses between dot and matmul",
    ),
    ("corelib_reduce.axes:*", "another spelling of the same axes, or a threshold between two ways that agree"),
    ("corelib_reduce.products:*", "chooses the quotient or the tree of products: they agree where nothing is 0"),
    ("corelib_reduce.spreads:*", "looks for constant arrays; the threshold is rounding, the answer is the same"),
    ("corelib_reduce.sums:*", "a count that matters for no entries only, to which there is no gradient"),
    ("corelib_reduce.averages:*", "skips work where no entry is NaN or ties"),
    ("corelib_elementwise.powers:*", "keeps a Python number, or skips work where no base is 0"),
    ("corelib_elementwise.sinc:*", "the switch between series and recurrence, which agree to rounding around it"),
    ("corelib_elementwise.trigonometric:*", "skips work away from the origin and from infinity"),
    ("corelib_elementwise.exponential:*", "replaces a difference of infinities, where there are any"),
    ("corelib_elementwise.arithmetic:*", "replaces a quotient 0 / 0, where there is one"),
    ("corelib_elementwise.sigmoid:*", "the sign of an argument of an even function"),
    ("corelib_elementwise.rounding:*", "the gradient is 0, whatever it is multiplied by"),
    ("corelib_elementwise.selection:*", "skips work where everything is finite"),
    ("corelib_maximum.*", "skips work where nothing ties or is NaN"),
    ("corelib_shape.*", "another spelling of the same axis or index, or of a keyword of speed"),
    ("corelib_broadcast.*", "chooses between a sum and a product with ones, or skips it where no axis was stretched"),
    ("backward ignores keepdims", "the gradient is reshaped to the length-1 axes, which it has already or not"),
    ("backward ignores dtype", "the core casts each gradient to the dtype of its argument"),
    ("backward ignores optimize", "the order of contraction changes speed and rounding alone"),
    (
        "corelib_optimizers.adam:Adam.update: (state.mean, state.mean_square) -> *",
        "the two states are equal at first, and merely change their names",
    ),
    (
        "corelib_optimizers.prodigy:Prodigy.measure: state.weighted += *",
        "the sum with the other sign, of which only absolute values are read",
    ),
    ("corelib_optimizers.prodigy:Prodigy.combine: max(*", "the larger of two numbers, in the other order"),
    ("corelib_optimizers.*.init: np.zeros_like(param) if *", "keeps an array that nobody reads"),
    ("corelib_optimizers.sgd:SGD.init: np.zeros_like(param) -> *", "overwritten by the first gradient"),
)


def reason_for(key: str) -> str:
    """Why a mutant of this key may be equivalent; "" where nobody said so."""
    plain = key.replace("[", "(").replace("]", ")")
    return next((reason for pattern, reason in REASONS if fnmatchcase(plain, pattern)), "")
