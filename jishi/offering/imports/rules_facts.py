"""From cells to the facts of a product: units and origins by their names, tags between commas. No database."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from jishi.kernel.words import Text
from jishi.offering.catalog.types_facts import ORIGINS, UNITS, ProductFacts

NO_UNIT = Text(
    "没有这个单位,可写 件、双、盒、千克 等", "No such unit; write piece, pair, box, kg or another one"
)
NO_ORIGIN = Text(
    "没有这个产地,可写省份或国家,如 广东、日本",
    "No such place; write a province or a country, such as Guangdong or Japan",
)
_BETWEEN_TAGS = re.compile(r"[,，、;；|\n]")


class Cells(Protocol):
    """The cells of one product's rows; what is wrong with one is noted."""

    def shared(self, target: str) -> tuple[str, int]:
        """Return what the rows say of the whole product, and where."""

    def whole(self, place: int, target: str) -> int | None:
        """Return a whole number of a cell."""

    def refuse(self, place: int, target: str | None, reason: Text) -> None:
        """Note what is wrong with a row."""


def facts_of(cells: Cells, known: ProductFacts) -> ProductFacts:
    """Return a product's facts; what no cell says stays as it is known."""
    months = cells.whole(cells.shared("warranty_months")[1], "warranty_months")
    tags, note = cells.shared("tags")[0], known.warranty_note
    return ProductFacts(
        unit=_code(cells, "unit", UNITS, NO_UNIT) or known.unit,
        origin=_code(cells, "origin", ORIGINS, NO_ORIGIN) or known.origin,
        warranty_months=known.warranty_months if months is None else months,
        warranty_note=Text(
            cells.shared("warranty_zh")[0] or note.zh, cells.shared("warranty_en")[0] or note.en
        ),
        tags=_BETWEEN_TAGS.split(tags) if tags else known.tags,
    )


def tags_told(tags: Sequence[str]) -> str:
    """Return the cell that reads as these tags, '' where a tag holds what stands between tags: an empty cell
    leaves them as they are.
    """
    text = ",".join(tags)
    return text if not tags or _BETWEEN_TAGS.split(text) == [*tags] else ""


def _code(cells: Cells, target: str, names: Mapping[str, Text], unknown: Text) -> str:
    """Return the code that a cell names, by itself or in either language."""
    text, place = cells.shared(target)
    wanted = text.lower()
    found = next(
        (code for code, name in names.items() if wanted in (code.lower(), name.zh, name.en.lower())), ""
    )
    if text and not found:
        cells.refuse(place, target, unknown)
    return found
