"""The table as a picture: how far each figure lies from its budget, at each size of the market."""

import math
from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path

from benchmarks.rows import Row

PICTURE = Path(__file__).parents[1] / "docs" / "bench.svg"
LABEL, PLOT, RIGHT, LINE, TOP, BOTTOM = 300, 460, 40, 26, 74, 66
LOW, HIGH = 0.1, 100.0  # times the budget; what lies beyond stands at the edge
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .small { font-size: 11px; fill: #57606a }
.title { font-size: 17px; font-weight: 600 } .ground { fill: #ffffff } .rule { stroke: #d0d7de }
.budget { stroke: #1f2328; stroke-width: 1.5 } .size0 { fill: #0a7ea4 } .size1 { fill: #b35900 }
.size2 { fill: #8250df } .short { stroke: #cf222e; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #9198a1 } .ground { fill: #0d1117 } .rule { stroke: #3d444d }
  .budget { stroke: #e6edf3 } .size0 { fill: #56c2e6 } .size1 { fill: #f0a35e } .size2 { fill: #c297ff }
  .short { stroke: #ff7b72 }
}
"""


def draw(rows: Sequence[Row], *, machine: str, on: date) -> str:
    """Return the picture (SVG) of all rows that have a budget; a mark for each size of the market."""
    sizes = sorted({row.products for row in rows if row.products})
    judged = [row for row in rows if row.margin is not None]
    works = list(dict.fromkeys(row.work for row in judged))
    height = TOP + LINE * len(works) + BOTTOM
    wide = LABEL + PLOT + RIGHT
    caption = f"{machine}, {on}. 1× is the budget, further right is better; a red ring is short of it."
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {height}" role="img">',
        "<title>Every measured budget and how far it is kept</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{wide}" height="{height}"/>',
        '<text class="title" x="16" y="28">How far each budget is kept</text>',
        *_legend(sizes),
        *_scale(len(works)),
        *(_label(work, place) for place, work in enumerate(works)),
        *(_mark(row, works.index(row.work), sizes) for row in judged),
        f'<text class="small" x="16" y="{height - 16}">{escape(caption)}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(margin: float) -> float:
    kept = min(max(margin, LOW), HIGH)
    return LABEL + PLOT * math.log(kept / LOW) / math.log(HIGH / LOW)


def _y(place: int) -> float:
    return TOP + LINE * (place + 0.5)


def _legend(sizes: Sequence[int]) -> list[str]:
    found = []
    for place, size in enumerate(sizes):
        x = LABEL + place * 150
        found.append(f'<circle class="size{place % 3}" cx="{x}" cy="48" r="5"/>')
        found.append(f'<text class="small" x="{x + 10}" y="52">{size:,} products</text>')
    return found


def _scale(works: int) -> list[str]:
    bottom = TOP + LINE * works
    found = []
    for margin in (0.1, 1, 10, 100):
        name = "budget" if margin == 1 else "rule"
        x = _x(margin)
        found.append(f'<line class="{name}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{bottom}"/>')
        found.append(
            f'<text class="small" x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{margin:g}×</text>'
        )
    return found


def _label(work: str, place: int) -> str:
    return f'<text x="{LABEL - 12}" y="{_y(place) + 4:.1f}" text-anchor="end">{escape(work)}</text>'


def _mark(row: Row, place: int, sizes: Sequence[int]) -> str:
    margin = row.margin or 0.0
    size = sizes.index(row.products) if row.products in sizes else 0
    short = " short" if row.verdict != "ok" else ""
    told = f"{row.work}: {row.measured:,.1f} {row.unit}, budget {row.budget}, {margin:.2g}× of it"
    return (
        f'<circle class="size{size % 3}{short}" cx="{_x(margin):.1f}" cy="{_y(place):.1f}" r="5.5">'
        f"<title>{escape(told)}</title></circle>"
    )
