"""Speed and memory of corelib beside the same computation written by hand in NumPy, and beside its peers.

``python -m benchmarks`` prints, for each workload, the time of one run (loss and all gradients) by hand,
and of every other contender the ratio to it. The contenders take turns in one process, each turn long
enough to be timed, and the ratio printed is the median of the ratios of single rounds: whatever slows the
machine down slows a whole round. With one thread (the default) the clock is the processor's, else the
wall's. Before anything is timed, the loss and every gradient of each contender are compared with those
written by hand, to 1e-9 in float64 and to 1e-4 in float32, relative to the largest entry of each
gradient.

What "by hand" means: NumPy as somebody writes it who knows NumPy and calculus well. Constants are folded,
nothing is computed that no gradient needs, what both passes need is kept; but there is no ``out=`` into
arrays made ahead and no Numba. ``+=`` into a sum of gradients is used, because everybody does.

The parts: ``workload`` (what is measured), ``workloads`` (one to a file), ``contender`` (how each library
runs a workload), ``agreement``, ``timing``, ``memory``, ``table``, and ``compare`` with its ``worker``
(two checkouts). NumPy must not be imported before ``__main__`` has set the number of threads, so this
file imports nothing.
"""
