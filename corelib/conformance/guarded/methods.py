"""The methods of CuPy's array, with its parameters (``cupy/_core/core.pyx``)."""

from collections.abc import Callable
from typing import Any, Final

from corelib.conformance.guarded.contents import Holder, bare, hosts, wrap
from corelib.conformance.guarded.conventions import Convention, refusal
from corelib.conformance.guarded.looks import look
from corelib.conformance.guarded.signatures import bind

ROWS: Final = """\
all axis= out= keepdims=
any axis= out= keepdims=
argmax axis= out= dtype= keepdims=
argmin axis= out= dtype= keepdims=
argpartition kth axis=
argsort axis= kind=
astype dtype order= casting= subok= copy=
choose choices out= mode=
clip min= max= out=
compress condition axis= out=
conj
conjugate
copy order=
cumprod axis= dtype= out=
cumsum axis= dtype= out=
diagonal offset= axis1= axis2=
dot b out=
fill value
flatten order=
item
max axis= out= keepdims=
mean axis= dtype= out= keepdims=
min axis= out= keepdims=
nonzero
partition kth axis=
prod axis= dtype= out= keepdims=
put indices values mode=
ravel order=
repeat repeats axis=
reshape *shape order= copy=
round decimals= out=
searchsorted v side= sorter=
sort axis= kind=
squeeze axis=
std axis= dtype= out= ddof= keepdims=
sum axis= dtype= out= keepdims=
swapaxes axis1 axis2
take indices axis= out=
tobytes order=
tolist
trace offset= axis1= axis2= dtype= out=
transpose *axes
var axis= dtype= out= ddof= keepdims=
view dtype=
"""
METHODS: Final = {name: parameters for name, _, parameters in (row.partition(" ") for row in ROWS.splitlines())}
LOOKING: Final = {"item", "tolist", "tobytes", "nonzero", "compress"}
PLAIN: Final = {"item", "tolist", "tobytes"}  # these return numbers, as NumPy's do
FROM_HOST: Final = {"take": "indices", "repeat": "repeats", "reshape": "shape", "put": "indices", "transpose": "axes"}


def method(array: Holder, name: str) -> Callable[..., Any]:
    """The method of that name of an array: it takes what CuPy's takes."""

    def called(*args: Any, **keywords: Any) -> Any:
        for parameter, value in bind(f"ndarray.{name}", METHODS[name], args, keywords).items():
            if parameter != FROM_HOST.get(name) and next(hosts(value), None) is not None:
                raise refusal(Convention.MIXED, f"CuPy's ndarray.{name} takes no NumPy array as {parameter}")
        if name in LOOKING:
            look(name)
        result = getattr(array._held, name)(*bare(args), **bare(keywords))
        return result if name in PLAIN else wrap(result, type(array))

    return called
