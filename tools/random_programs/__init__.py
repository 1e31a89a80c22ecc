"""Programs drawn at random, run by corelib and by its peers: their derivatives are the same, to third order.

A program is a description (`program.py`), drawn by `drawing.py` from the operations of `operations.py` and from the
transforms. A library (`libraries.py`, `of_torch.py`, `of_jax.py`) runs it, and `comparing.py` says whether two agree.
"""
