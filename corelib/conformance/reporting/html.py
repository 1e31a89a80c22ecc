"""The report as one HTML page: a heat map of how near each check of each op came to its tolerance."""

from collections.abc import Sequence
from html import escape
from math import log10
from string import Template
from typing import Final

from corelib.conformance.reporting.causes import by_cause
from corelib.conformance.reporting.report import Cell, Report, versions

COLORS: Final = {"fail": "#d62728", "undeclared": "#f2c14e", "xfail": "#b39ddb", "skip": "#eceff1"}
PAGE: Final = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>conformance: $summary</title><style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem; color: #222 }
table { border-collapse: collapse; font-size: 12px }
th { text-align: left; font-weight: 500; padding: 1px 6px }
thead th { height: 9em; vertical-align: bottom; padding: 0 }
thead span { writing-mode: vertical-rl; transform: rotate(180deg) }
td { width: 3.2em; height: 1.6em; text-align: center; border: 1px solid #fff }
pre { background: #f6f6f6; padding: 0.8em; overflow-x: auto }
tbody tr:hover th { background: #eef }
</style></head><body>
<h1>$verdict</h1><p>$summary, $assertions assertions, profile $profile. $versions</p>
<p>A cell is the decimal logarithm of the largest error over its tolerance: 0 fails, −6 is a millionth of what is
allowed, · is exact. <b style="color:#d62728">Red</b> failed, <b style="color:#b8860b">yellow</b> is undeclared,
<b style="color:#7e57c2">violet</b> fails as expected, grey was skipped (hover for the reason).</p>
<table><thead><tr><th></th>$heads</tr></thead><tbody>
$rows
</tbody></table>
$details
</body></html>
""")


def page(report: Report) -> str:
    """The whole page, with nothing to load from elsewhere."""
    cells, checks = report.cells(), report.checks
    rows = [_row(op, [cells.get((op, check)) for check in checks]) for op in report.ops]
    return PAGE.substitute(
        verdict="Green" if report.green else "Not green",
        summary=escape(report.summary()),
        assertions=f"{report.assertions:,}",
        profile=escape(report.profile),
        versions=escape(", ".join(f"{name} {number}" for name, number in versions().items())),
        heads="".join(f"<th><span>{escape(check)}</span></th>" for check in checks),
        rows="\n".join(rows),
        details=_details(report),
    )


def _row(op: str, cells: Sequence[Cell | None]) -> str:
    return f"<tr><th>{escape(op)}</th>{''.join(map(_cell, cells))}</tr>"


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "<td></td>"
    if cell.status != "pass":
        mark = {"fail": "F", "undeclared": "?", "xfail": "x", "skip": ""}[cell.status]
        return f'<td style="background:{COLORS[cell.status]}" title="{escape(cell.reason, quote=True)}">{mark}</td>'
    if cell.margin <= 0:
        return f'<td style="background:#2e8b57;color:#fff" title="{_measured(cell)}">·</td>'
    depth = log10(cell.margin)
    title = f"{cell.assertions} assertions, {cell.margin:.2g} of the tolerance"
    return f'<td style="background:{_heat(depth)}" title="{title}">{depth:.0f}</td>'


def _measured(cell: Cell) -> str:
    return escape(cell.reason or f"{cell.assertions} assertions", quote=True)


def _heat(depth: float) -> str:
    """From green, far inside the tolerance, to orange, at it."""
    return f"hsl({int(40 + 100 * min(max(-depth / 6, 0), 1))} 55% 62%)"


def _details(report: Report) -> str:
    texts = [*report.complaints, *by_cause(report.failures)]
    texts += [r.message for r in report.undeclared]
    texts += [f"warning {r.op}: {r.detail}" for r in report.warnings]
    skips = sorted({(r.detail, r.check, r.op) for r in report.skips})
    listed = "".join(f"<li>{escape(op)}::{escape(check)}: {escape(reason)}</li>" for reason, check, op in skips)
    blocks = "".join(f"<pre>{escape(text)}</pre>" for text in texts)
    return f"{blocks}<details><summary>{len(skips)} skips</summary><ul>{listed}</ul></details>"
