"""The arrays of an .npz file from any source: nothing is unpickled, and no more is read than it holds."""

import io
import os
import stat
import zipfile
from collections.abc import Mapping
from os import PathLike
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

HEADERS: Final = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
SUFFIX: Final = ".npy"


def read_arrays(path: str | PathLike[str]) -> dict[str, npt.NDArray[Any]]:
    """The arrays by name, as ``np.savez`` wrote them, not compressed: they take no more memory than the file.

    Raises OSError where the file cannot be opened, and ValueError for one that is no such archive or is damaged.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise ValueError("it is no regular file")  # a pipe would be waited for, and a device never ends
    with open(path, "rb") as file:
        try:
            return _arrays(file)
        except Exception as error:  # zipfile and NumPy raise a dozen kinds of errors for bytes that are no archive
            raise ValueError(f"it is no intact .npz file of numbers and text: {error}") from error


def _arrays(file: BinaryIO) -> dict[str, npt.NDArray[Any]]:
    size = file.seek(0, os.SEEK_END)
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise ValueError("its arrays are compressed")
        if sum(member.file_size for member in members) > size:
            raise ValueError("its header declares arrays larger than the file")
        if len({member.filename for member in members}) < len(members):
            raise ValueError("two of its arrays have one name")
        return {member.filename.removesuffix(SUFFIX): _array(archive.read(member)) for member in members}


def _array(data: bytes) -> npt.NDArray[Any]:
    """The array that an .npy file holds. NumPy refuses a shape for which there are too few bytes."""
    head = io.BytesIO(data)
    shape, fortran, dtype = HEADERS[np.lib.format.read_magic(head)](head)
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    return np.ndarray(shape, dtype, data, head.tell(), order="F" if fortran else "C").copy()


def text(arrays: Mapping[str, npt.NDArray[Any]], name: str) -> str:
    """The text that an array of the archive holds. Raises ValueError where there is none."""
    array = arrays.get(name)
    if array is None or array.shape != () or array.dtype.kind != "U":
        raise ValueError(f"it holds no text {name!r}")
    return str(array)
