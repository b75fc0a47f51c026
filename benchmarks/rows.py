"""The table: one row for each piece of work, its figure, its limit of the same run, its budget."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

LATEST = Path(__file__).parent / "latest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured figure. Its budgets are a share of the limit, a least and a most, or some of them, or none."""

    work: str
    measured: float
    unit: str
    limit: float | None = None
    share_min: float | None = None
    measured_min: float | None = None
    measured_max: float | None = None
    errors: int = 0
    note: str = ""
    products: int | None = None  # how large the market was, where sizes are compared

    @property
    def ratio(self) -> float | None:
        """The share of the limit that was reached."""
        return self.measured / self.limit if self.limit else None

    @property
    def margin(self) -> float | None:
        """How often the budget is kept, of several the one that is kept least: 2 is twice as good as wanted, 0.5
        half; None without a budget.
        """
        margins = []
        if self.share_min and self.ratio is not None:
            margins.append(self.ratio / self.share_min)
        if self.measured_min:
            margins.append(self.measured / self.measured_min)
        if self.measured_max and self.measured > 0:
            margins.append(self.measured_max / self.measured)
        return min(margins, default=None)

    @property
    def budget(self) -> str:
        """The budget as people read it; of several each."""
        told = [f">= {self.share_min:.0%}"] if self.share_min is not None else []
        if self.measured_min is not None and self.measured_min == self.measured_max:
            told.append(f"= {_plain(self.measured_min)}")
        else:
            told += [f">= {_plain(self.measured_min)}"] if self.measured_min is not None else []
            told += [f"<= {_plain(self.measured_max)}"] if self.measured_max is not None else []
        return ", ".join(told)

    @property
    def verdict(self) -> str:
        """`ok`, `short`, `errors`, or nothing where there is no budget."""
        if self.errors:
            return "errors"
        kept = [
            measured >= least
            for measured, least in ((self.ratio, self.share_min), (self.measured, self.measured_min))
            if measured is not None and least is not None
        ]
        if self.measured_max is not None:
            kept.append(self.measured <= self.measured_max)
        return ("ok" if all(kept) else "short") if kept else ""


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table for a terminal."""
    wide = max(len(row.work) for row in rows)
    room = max(8, *(len(row.budget) for row in rows))
    lines = [f"{'work':<{wide}} {'measured':>9} {'unit':<8} {'of limit':>8} {'budget':>{room}}"]
    size = None
    for row in rows:
        if row.products != size:
            size = row.products
            lines.append(f"-- {size:,} products" if size else "--")
        ratio = f"{row.ratio:.1%}" if row.ratio is not None else ""
        measured = _plain(row.measured)
        line = (
            f"{row.work:<{wide}} {measured:>9} {row.unit:<8} {ratio:>8} {row.budget:>{room}} {row.verdict:<6}"
        )
        lines.append(f"{line} {row.note}".rstrip())
    return "\n".join(lines)


def _plain(measured: float) -> str:
    if measured >= 100 or measured == int(measured):
        return f"{measured:,.0f}"
    return f"{measured:,.1f}" if measured >= 1 else f"{measured:.3f}"


def keep(rows: Sequence[Row], path: Path) -> None:
    """Write the rows down as JSON."""
    kept = [asdict(row) | {"ratio": row.ratio, "verdict": row.verdict} for row in rows]
    at = datetime.now(UTC).isoformat(timespec="seconds")
    path.write_text(
        json.dumps({"at": at, "rows": kept}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
