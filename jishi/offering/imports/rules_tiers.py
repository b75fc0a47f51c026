"""Wholesale steps in one cell: `10: 95.00; 50: 90` is 95.00 from ten pieces on, 90.00 from fifty. No database."""

import re
from collections.abc import Sequence
from typing import Protocol

from jishi.kernel.words import Text
from jishi.offering.catalog.types_facts import TierWish

STEPS = Text(
    "应写作「件数:单价」,如 10:95.00; 50:90.00;件数递增(2 起)、单价递减且低于售价,至多 5 级",
    "Write it as pieces:price, such as 10:95.00; 50:90.00: pieces rising from 2 on, prices falling below the "
    "price, 5 steps at most",
)
_BETWEEN_STEPS = re.compile(r"[;|\n\uff1b]")
_STEP = re.compile(r"([0-9]{1,9})\s*[:\uff1a]\s*[\u00a5\uffe5]?\s*([0-9]{1,10})(?:\.([0-9]{1,2}))?")


class Cells(Protocol):
    """The cells of one product's rows; what is wrong with one is noted."""

    def cell(self, place: int, target: str) -> str:
        """Return what stands in a cell."""

    def refuse(self, place: int, target: str | None, reason: Text) -> None:
        """Note what is wrong with a row."""


def tiers_of(cells: Cells, place: int) -> list[TierWish]:
    """Return the steps that a row's cell holds, none where it is empty or not written as steps."""
    found = []
    for part in filter(None, (one.strip() for one in _BETWEEN_STEPS.split(cells.cell(place, "tiers")))):
        step = _STEP.fullmatch(part)
        if step is None:
            cells.refuse(place, "tiers", STEPS)
            return []
        pieces, whole, cents = step.groups(default="")
        found.append(
            TierWish(from_pieces=int(pieces), price_minor=int(whole) * 100 + int(cents.ljust(2, "0")))
        )
    return found


def told(tiers: Sequence[TierWish]) -> str:
    """Return the cell that reads as these steps."""
    return "; ".join(
        f"{one.from_pieces}:{one.price_minor // 100}.{one.price_minor % 100:02}" for one in tiers
    )
