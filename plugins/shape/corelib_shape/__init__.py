"""Ops that move entries, and make new ones between and beside them."""

from corelib_shape.applying import apply_along_axis, apply_over_axes
from corelib_shape.axes import matrix_transpose, moveaxis, swapaxes, transpose
from corelib_shape.choosing import choose, compress, extract, piecewise
from corelib_shape.indexing import getitem, place
from corelib_shape.inserting import insert
from corelib_shape.joining import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    block,
    column_stack,
    concatenate,
    dstack,
    hstack,
    stack,
    vstack,
)
from corelib_shape.padding import pad
from corelib_shape.powers import vander
from corelib_shape.ranges import full, geomspace, linspace, logspace
from corelib_shape.repeating import meshgrid, repeat, resize, tile
from corelib_shape.reshaping import astype, copy, expand_dims, ravel, reshape, squeeze
from corelib_shape.splitting import array_split, dsplit, hsplit, split, unstack, vsplit
from corelib_shape.taking import (
    append,
    delete,
    diag,
    diagflat,
    diagonal,
    linalg_diagonal,
    linalg_trace,
    take,
    take_along_axis,
    trace,
    tril,
    triu,
)
from corelib_shape.turning import flip, fliplr, flipud, roll, rollaxis, rot90
from corelib_shape.updating import index_add, index_set, put_along_axis
from corelib_shape.windows import sliding_window_view

__all__ = [
    "append", "apply_along_axis", "apply_over_axes", "array_split", "astype", "atleast_1d", "atleast_2d",
    "atleast_3d", "block", "choose", "column_stack", "compress", "concatenate", "copy", "delete", "diag",
    "diagflat", "diagonal", "dsplit", "dstack", "expand_dims", "extract", "flip", "fliplr", "flipud", "full",
    "geomspace", "getitem", "hsplit", "hstack", "index_add", "index_set", "insert", "linalg_diagonal",
    "linalg_trace", "linspace", "logspace", "matrix_transpose", "meshgrid", "moveaxis", "pad", "piecewise",
    "place", "put_along_axis", "ravel", "repeat", "reshape", "resize", "roll", "rollaxis", "rot90",
    "sliding_window_view", "split", "squeeze", "stack", "swapaxes", "take", "take_along_axis", "tile", "trace",
    "transpose", "tril", "triu", "unstack", "vander", "vsplit", "vstack",
]  # fmt: skip
