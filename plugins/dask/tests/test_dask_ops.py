"""Ops whose rules dask is most easily wrong in, by the suite's own check, on two chunks an axis."""

from typing import Any

import pytest

from corelib.conformance.running.whole import cases_of

da: Any = pytest.importorskip("dask.array", reason="dask is not installed")
KIND: Any = pytest.importorskip("corelib_dask.kind", reason="dask is not installed").DASK

REFUSED = {"getitem": "a mask that is not computed", "place": "a mask that is not computed", "kron": "reshape"}
"""In one sample each: an index that is a mask of dask's, and the product of an empty matrix."""
OPS = ["tril", "triu", "select", "inner", "take_along_axis", "ravel", "std", "relu", *REFUSED]


@pytest.mark.slow
@pytest.mark.parametrize("op", OPS)
def test_an_op_on_chunks_is_numpys_or_refused_in_words(op: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def halves(self: Any, array: Any) -> Any:
        return da.from_array(array, chunks=tuple([max(1, (n + 1) // 2) for n in array.shape]), name=False)

    monkeypatch.setattr(type(KIND), "from_host", halves)
    results = [case.run() for group in cases_of(None, op=op, array_kind="dask") for case in group]
    assert len(results) > 3
    assert [one.detail for one in results if one.status not in ("pass", "skip")] == []
    refused = [one.detail for one in results if "refused:" in one.detail]
    assert len(refused) == (op in REFUSED)
    assert all(REFUSED[op] in detail for detail in refused)
