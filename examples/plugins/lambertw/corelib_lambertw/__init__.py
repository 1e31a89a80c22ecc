"""Lambert's W, the Faddeeva function and the Voigt profile of SciPy as ops of corelib.

SciPy is imported with the first of them: this file is run when corelib loads the plugin.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corelib_lambertw.lambert import lambertw
    from corelib_lambertw.voigt import voigt_profile, wofz
else:

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = "lambert" if name == "lambertw" else "voigt"
        return getattr(import_module(f"{__name__}.{home}"), name)


__all__ = ["lambertw", "voigt_profile", "wofz"]
