"""The exceptions of corelib. Each message says what went wrong, where, and what to do.

CorelibError
├── OpNotFound (ImportError)            no installed plugin provides the op
├── NoSuchOp (AttributeError)           the same of an attribute of corelib.ops
├── OpConflict (ImportError)            two plugins provide the op
├── OptimizerConflict (ImportError)     two plugins provide the optimizer
├── CommandNotFound (LookupError)       no installed plugin provides the command
├── CommandConflict (LookupError)       two plugins provide the command
├── ArrayKindConflict (LookupError)     two plugins describe the kind of array
├── InvalidOp (TypeError)               a class or slope that does not follow the protocol of an op
├── InvalidOperand (ValueError)         shapes or values that an op cannot take
├── InvalidOperandType (TypeError)      data that is no array of numbers, or a dtype that an op cannot take
├── InvalidIndex (IndexError)           an index that an array does not have
├── InvalidAxis (InvalidOperand, InvalidIndex, numpy.exceptions.AxisError)   an axis that the array does not have
├── InvalidMatrix (InvalidOperand, numpy.linalg.LinAlgError)   a matrix that is singular, or not positive definite
├── UnsupportedArgument (TypeError)     a keyword of a NumPy function that the op does not know
├── NotDifferentiable (TypeError)       a gradient requested of an integer, a boolean or a constant
├── GradientShape (ValueError)          a gradient of another shape than its argument
├── GradientType (TypeError)            a backward that returns something else than gradients
├── GraphFreed (RuntimeError)           a second walk over a graph that the first one freed
├── NonFinite (FloatingPointError)      a NaN or an infinity, found under anomaly() or by an optimizer
├── StaleArray (RuntimeError)           an array changed in place before its backward read it, found under anomaly()
├── PluginError
│   ├── PluginLoadError (ImportError)   a plugin, or an op of it, that cannot be imported
│   └── PluginApiError (ImportError)    a plugin for another version of the plugin interface
└── OptimizerError
    ├── OptimizerNotFound (ImportError) no installed plugin provides the optimizer
    ├── InvalidHyperparameter (ValueError)
    ├── UnknownHyperparameter (TypeError)
    └── StateMismatch (ValueError)      a saved state that does not fit the parameters

PluginWarning (UserWarning)             the environment names a plugin that is not installed
"""

from typing import Any

import numpy as np


class CorelibError(Exception):
    """The root: ``except CorelibError`` catches whatever corelib raises by itself."""


class OpNotFound(CorelibError, ImportError):
    """No installed plugin provides the op, or differentiates the NumPy function."""


class NoSuchOp(CorelibError, AttributeError):
    """No installed plugin provides the op that was requested as an attribute of ``corelib.ops``."""


class OpConflict(CorelibError, ImportError):
    """Several plugins provide the op, and none was chosen."""


class OptimizerConflict(CorelibError, ImportError):
    """Several plugins provide the optimizer, and none was chosen."""


class CommandNotFound(CorelibError, LookupError):
    """No installed plugin provides the command."""


class CommandConflict(CorelibError, LookupError):
    """Several plugins provide the command, and none was chosen."""


class ArrayKindConflict(CorelibError, LookupError):
    """Several plugins describe a kind of array, and none was chosen."""


class InvalidOp(CorelibError, TypeError):
    """A class, slope or option that does not follow the protocol of an op."""


class InvalidOperand(CorelibError, ValueError):
    """Shapes or values that an op cannot take."""


class InvalidOperandType(CorelibError, TypeError):
    """Data that is no array of numbers, or of a dtype that an op cannot take."""


class InvalidIndex(CorelibError, IndexError):
    """An index that the array does not have."""


class InvalidAxis(InvalidOperand, InvalidIndex, np.exceptions.AxisError):
    """An axis that the array does not have: a ValueError and an IndexError, as NumPy's AxisError is."""


class InvalidMatrix(InvalidOperand, np.linalg.LinAlgError):
    """A matrix that is singular, or not positive definite, where the op needs one that is."""


class UnsupportedArgument(CorelibError, TypeError):
    """A keyword of a NumPy function that the op does not know."""


class NotDifferentiable(CorelibError, TypeError):
    """A gradient requested of what has none: integers, booleans, constants."""


class GradientShape(CorelibError, ValueError):
    """A gradient whose shape is not that of its argument."""


class GradientType(CorelibError, TypeError):
    """A backward that returns something else than one gradient per argument."""


class GraphFreed(CorelibError, RuntimeError):
    """A second walk over a graph that the first one freed."""


class NonFinite(CorelibError, FloatingPointError):
    """A NaN or an infinity where none may be. ``call`` is the FailedCall that made it, under ``anomaly()``."""

    call: Any = None


class StaleArray(CorelibError, RuntimeError):
    """An array that was changed in place between forward and the backward that reads it."""


class PluginError(CorelibError):
    """A plugin that cannot be used."""


class PluginLoadError(PluginError, ImportError):
    """A plugin, or one of its ops, that failed to import."""


class PluginApiError(PluginError, ImportError):
    """A plugin written for another version of the plugin interface."""


class OptimizerError(CorelibError):
    """An optimizer that was given something it cannot work with."""


class OptimizerNotFound(OptimizerError, ImportError):
    """No installed plugin provides the optimizer."""


class InvalidHyperparameter(OptimizerError, ValueError):
    """A hyperparameter outside the range in which the method is defined."""


class UnknownHyperparameter(OptimizerError, TypeError):
    """A hyperparameter that the rule does not have."""


class StateMismatch(OptimizerError, ValueError):
    """A saved state that does not fit the parameters it is loaded into."""


class PluginWarning(UserWarning):
    """The environment names a plugin that is not installed."""


def note(error: Exception, where: str) -> None:
    """Add a note that says where it was raised to an error of another library; the message of corelib's own says it."""
    if not isinstance(error, CorelibError):
        error.add_note(where)
