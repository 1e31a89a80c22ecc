"""What corelib is told of this distribution."""

from collections.abc import Iterable, Mapping
from typing import Any

from corelib.extend import AnyOp, hookimpl
from corelib_shape import axes, indexing, joining, repeating, reshaping, splitting, taking, turning


@hookimpl
def corelib_ops() -> Mapping[str, AnyOp | str]:
    return {
        "append": taking.append,
        "array_split": splitting.array_split,
        "astype": reshaping.astype,
        "atleast_1d": joining.atleast_1d,
        "atleast_2d": joining.atleast_2d,
        "atleast_3d": joining.atleast_3d,
        "block": joining.block,
        "column_stack": joining.column_stack,
        "concatenate": joining.concatenate,
        "copy": reshaping.copy,
        "delete": taking.delete,
        "diag": taking.diag,
        "diagflat": taking.diagflat,
        "diagonal": taking.diagonal,
        "dsplit": splitting.dsplit,
        "dstack": joining.dstack,
        "expand_dims": reshaping.expand_dims,
        "flip": turning.flip,
        "fliplr": turning.fliplr,
        "flipud": turning.flipud,
        "getitem": indexing.getitem,
        "hsplit": splitting.hsplit,
        "hstack": joining.hstack,
        "matrix_transpose": axes.matrix_transpose,
        "meshgrid": repeating.meshgrid,
        "moveaxis": axes.moveaxis,
        "pad": repeating.pad,
        "place": indexing.place,
        "ravel": reshaping.ravel,
        "repeat": repeating.repeat,
        "reshape": reshaping.reshape,
        "roll": turning.roll,
        "rollaxis": turning.rollaxis,
        "rot90": turning.rot90,
        "split": splitting.split,
        "squeeze": reshaping.squeeze,
        "stack": joining.stack,
        "swapaxes": axes.swapaxes,
        "take": taking.take,
        "take_along_axis": taking.take_along_axis,
        "tile": repeating.tile,
        "trace": taking.trace,
        "transpose": axes.transpose,
        "tril": taking.tril,
        "triu": taking.triu,
        "unstack": splitting.unstack,
        "vsplit": splitting.vsplit,
        "vstack": joining.vstack,
    }


@hookimpl
def corelib_conformance() -> Iterable[Any]:
    from corelib_shape.conformance import SPECS  # the suite alone needs them

    return SPECS
