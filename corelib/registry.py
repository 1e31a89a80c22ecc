"""TEMPORARY minimal registry."""
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any
_ops: dict[str, Any] = {}
def load():
    if not _ops:
        for ep in entry_points(group="corelib.v1"):
            m = ep.load()
            if hasattr(m, "corelib_ops"):
                for k, v in m.corelib_ops().items():
                    if isinstance(v, str):
                        mod, _, a = v.partition(":"); v = getattr(import_module(mod), a)
                    _ops[k] = v
    return _ops
def find_for(function):
    from corelib.plain import is_plain
    from corelib.call import Plain
    for op in load().values():
        if function in op.functions: return op
    if is_plain(function): return Plain(function)
    from corelib.errors import OpNotFound
    raise OpNotFound(f"no installed plugin differentiates {function}")
def find_op(name): return load()[name]
