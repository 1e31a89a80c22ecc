"""The functions of SciPy as ops of corelib, by module: ``from corelib_scipy.special import gammaln``.

SciPy is imported when one of its ops is first used.
"""
