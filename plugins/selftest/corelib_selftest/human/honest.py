"""An honest op as an outside author would write it, and the mistakes that a tired author makes in its backward."""

from collections.abc import Callable
from typing import Any, TypeAlias

from corelib.conformance.spec import OpSpec
from corelib.conformance.subject import Subject
from corelib.core.tensor import Tensor
from corelib.primitives.class_op import ClassOp
from corelib.primitives.factories import elementwise
from corelib_selftest.mutant import Host, Mutant

Method: TypeAlias = Callable[..., Any]
Methods: TypeAlias = dict[str, Method]


class Honest:
    """An op with its spec: ``mutants`` are the same op with one mistake each."""

    def __init__(self, op: Any, spec: OpSpec) -> None:
        self.op: Any = op
        self.subject: Subject = Subject(op, spec, "human")
        self.mutants: list[Mutant] = []

    def add(self, name: str, make: Callable[[], Any]) -> None:
        self.mutants.append(Mutant("human", name, (Host(self.subject, make),)))


class HonestSlopes(Honest):
    """An entry-by-entry op, given by its slopes."""

    def __init__(self, forward: Method, *slopes: Any, spec: OpSpec, singular: bool = False) -> None:
        self.forward: Method = forward
        self.slopes: tuple[Any, ...] = slopes
        self.singular: bool = singular
        super().__init__(self._made(slopes), spec)

    def _made(self, slopes: tuple[Any, ...], name: str | None = None) -> Any:
        make: Any = elementwise  # its overloads want the number of slopes spelt out
        return make(self.forward, *slopes, name="honest", numpy=(), singular=self.singular)

    def mistake(self, name: str, *slopes: Any) -> None:
        """The op with other slopes; None stands for the right one."""
        chosen = tuple([right if s is None else s for s, right in zip(slopes, self.slopes, strict=True)])
        self.add(name, lambda: self._made(chosen))


class HonestClass(Honest):
    """An op given by a class with forward and backward."""

    def __init__(self, cls: Any, spec: OpSpec, *, linear: bool = False) -> None:
        self.cls: Any = cls
        self.linear: bool = linear
        super().__init__(self._made(cls), spec)

    def _made(self, cls: Any) -> ClassOp:
        return ClassOp(cls, self.cls.__name__.lower(), (), linear=self.linear, broadcasts=False)

    def mistake(self, name: str) -> Callable[[Method], Method]:
        """A decorator: the op with another backward."""

        def add(backward: Method) -> Method:
            self.variant(name, backward=backward)
            return backward

        return add

    def variant(self, name: str, **methods: Method) -> None:
        """The op with other methods."""
        self.fresh(name, lambda: methods)

    def fresh(self, name: str, methods: Callable[[], Methods]) -> None:
        """The op with other methods, which keep something: made anew for each trial."""

        def make() -> ClassOp:
            names = {**methods(), "__module__": self.cls.__module__}
            return self._made(type(self.cls)(self.cls.__name__, (self.cls,), names))

        self.add(name, make)


def recordable(forward: Method, op: Callable[[], Any]) -> Method:
    """``forward`` on arrays and the op on Tensors: what a backward calls where no NumPy function stands for the op."""

    def function(*args: Any) -> Any:
        return op()(*args) if any(isinstance(a, Tensor) for a in args) else forward(*args)

    return function


def entries_of(value: Any) -> Any:
    """The array of a Tensor, and anything else as it is."""
    return value.data if isinstance(value, Tensor) else value
