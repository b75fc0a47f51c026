"""The specification table of a product's page: what its category asks for, then what its merchant states."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from jishi.kernel.words import Text
from jishi.offering.catalog.types_facts import ORIGINS, UNITS, ProductFacts

VALUES_MAX = 6  # of one row: what SKUs differ in
UNIT, ORIGIN = Text("销售单位", "Sold by"), Text("产地", "Origin")
WARRANTY, MODEL = Text("保修", "Warranty"), Text("型号", "Model")
GTIN, WEIGHT = Text("条码(GTIN)", "GTIN"), Text("毛重", "Gross weight")
_GTIN, _MODEL, _WEIGHT = 7, 8, 9  # where they stand among the columns of a SKU

decode = msgspec.json.Decoder(ProductFacts).decode


def table(
    of_category: list[dict[str, Any]], facts: ProductFacts, skus: Sequence[Sequence[Any]], language: str
) -> list[dict[str, Any]]:
    """Return the rows; where an attribute of the category has the same name, the attribute stands."""
    taken = {one["name"] for one in of_category}
    stated = ((name.of(language), value) for name, value in _stated(facts, skus, language) if value)
    return of_category + [
        {"name": name, "value": value, "colour": None} for name, value in stated if name not in taken
    ]


def _stated(facts: ProductFacts, skus: Sequence[Sequence[Any]], language: str) -> Iterator[tuple[Text, str]]:
    yield MODEL, _several((sku[_MODEL] for sku in skus), language)
    yield GTIN, _several((sku[_GTIN] for sku in skus), language)
    yield ORIGIN, _word(ORIGINS.get(facts.origin), language)
    yield UNIT, _word(UNITS.get(facts.unit), language)
    yield WEIGHT, _weight([sku[_WEIGHT] for sku in skus if sku[_WEIGHT]])
    yield WARRANTY, facts.warranty.of(language)


def _word(word: Text | None, language: str) -> str:
    return word.of(language) if word else ""


def _several(values: Iterable[str], language: str) -> str:
    """Return what SKUs say, each once."""
    found = list(dict.fromkeys(value for value in values if value))
    more = ["…"] if len(found) > VALUES_MAX else []
    return ("、" if language == "zh" else ", ").join([*found[:VALUES_MAX], *more])


def _weight(grams: Sequence[int]) -> str:
    if not grams:
        return ""
    least, most = min(grams), max(grams)
    return _mass(least) if least == most else f"{_mass(least)} – {_mass(most)}"


def _mass(grams: int) -> str:
    return f"{grams / 1000:g} kg" if grams >= 1000 else f"{grams} g"
