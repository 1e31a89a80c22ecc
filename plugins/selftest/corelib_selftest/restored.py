"""What all programs of a process share, put back as it was after a mutant that changes it."""

import decimal
import locale
import os
import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def restored() -> Iterator[None]:
    """Random numbers, error settings, warnings, environment, folder, locale and formats are as before afterwards."""
    numbers, own = np.random.get_state(), random.getstate()
    environment, folder = dict(os.environ), os.getcwd()
    place, buffers = locale.setlocale(locale.LC_ALL), np.getbufsize()
    try:
        with warnings.catch_warnings(), np.errstate(), np.printoptions(), decimal.localcontext():
            yield
    finally:
        np.random.set_state(numbers)
        random.setstate(own)
        if environment != dict(os.environ):
            os.environ.clear()
            os.environ.update(environment)
        os.chdir(folder)
        locale.setlocale(locale.LC_ALL, place)
        np.setbufsize(buffers)
