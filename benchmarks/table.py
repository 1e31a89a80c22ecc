"""The tables: with rich where it is installed, else in plain columns."""

from collections.abc import Sequence
from typing import TypeAlias

from benchmarks.measured import Measured
from benchmarks.memory import Memory

Row: TypeAlias = Sequence[str]


def time_rows(found: Sequence[Measured], contenders: Sequence[str]) -> list[Row]:
    """Time by hand, then each contender's ratio to it; corelib's beside what it is to reach."""
    peers = [name for name in contenders if name not in ("numpy", "corelib")]
    rows: list[Row] = [["workload", "by hand", "corelib", "us/call", "target", "reached", *peers]]
    for one in found:
        call = one.per_call("corelib")
        rows.append([
            one.workload.title, duration(one.times["numpy"].typical), ratio_text(one.ratio("corelib")),
            "" if call is None else f"{call:.2f}", str(one.workload.target or ""),
            {True: "yes", False: "no", None: ""}[one.reached()],
            *(ratio_text(one.ratio(name), one.failed.get(name, "")) for name in peers),
        ])  # fmt: skip
    return rows


def memory_rows(found: Sequence[Measured], contenders: Sequence[str]) -> list[Row]:
    """Peak memory in MB: resident, and traced for those whose arrays are NumPy's."""
    rows: list[Row] = [["peak MB: resident (traced)", *contenders]]
    for one in found:
        rows.append([one.workload.title, *(memory_text(one.memory.get(name)) for name in contenders)])
    return rows


def duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} us"


def ratio_text(ratio: float | None, otherwise: str = "") -> str:
    if ratio is None:
        return otherwise.partition(":")[0] or "-"
    return f"{ratio:.2f}" if ratio < 100 else f"{ratio:.0f}"


def memory_text(memory: Memory | None) -> str:
    if memory is None:
        return "-"
    traced = "" if memory.traced is None else f" ({megabytes(memory.traced)})"
    return megabytes(memory.resident) + traced


def megabytes(size: int) -> str:
    return f"{size / 1e6:.3g}" if size < 1e8 else f"{size / 1e6:.0f}"


def show(rows: Sequence[Row]) -> None:
    """Print a table whose first row is its header."""
    try:
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table
    except ImportError:
        print(as_text(rows))
        return
    table = Table(box=SIMPLE_HEAD)
    for i, name in enumerate(rows[0]):
        table.add_column(name, justify="right" if i else "left", no_wrap=True)
    for row in rows[1:]:
        table.add_row(*row)
    console = Console()
    Console(width=console.width if console.is_terminal else 200).print(table)


def as_text(rows: Sequence[Row]) -> str:
    """The table in columns: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)
