"""From products to the table that says the same: what `rules_wish` reads. No database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jishi.kernel.ids import MediaId
from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.catalog.types import ProductWish, SaleAxisWish, SkuWish
from jishi.offering.catalog.types_bulk import WrittenAxis, WrittenProduct
from jishi.offering.catalog.types_facts import ORIGINS, UNITS, ProductFacts
from jishi.offering.catalog.types_kinds import KINDS
from jishi.offering.imports.rules import (
    ATTRIBUTE,
    AXIS,
    OWN_AXIS,
    OWN_AXIS_HEAD,
    PLAIN,
    axis_name,
    proposed,
)
from jishi.offering.imports.rules_facts import tags_told
from jishi.offering.imports.rules_tiers import told
from jishi.offering.imports.rules_wish import AXIS_CODE_MAX, TEXTS, Lookups, path_of, picture_names, spellings
from jishi.offering.imports.types import COLUMNS_MAX

AXIS_NAME_MAX = 60
Cell = str | int | Money | None
# Stock is left out: in a table it is the first receipt of new variants, so of these it would say nothing.
KNOWN = [target for target in PLAIN if target != "stock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column: its head, and what it means."""

    head: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What things are called in cells: `attributes` by code, as they stand in the cells of this product."""

    lookups: Lookups
    pictures: Mapping[MediaId, str]
    attributes: Mapping[str, str]
    language: str


def columns_of(
    attributes: Sequence[str], axes: Sequence[WrittenAxis], named: Mapping[str, Text], language: str
) -> list[TableColumn]:
    """Return a column for all that tables know of products, for the attributes and for what buyers choose between;
    the least used are left out of what is too wide to be read again.
    """
    targets = [*KNOWN, *(f"{ATTRIBUTE}{code}" for code in attributes if f"{ATTRIBUTE}{code}" in named)]
    heads = [{**PLAIN, **named}[target].of(language) for target in targets]
    for axis in axes:
        target, head = _axis_column(axis, named, language)
        if _is_readable(axis_name(head)) and (target, head) not in zip(targets, heads, strict=True):
            targets.append(target)
            heads.append(head)
    # Where two meanings have one name, the name of the other is what it is called inside.
    meant = proposed(heads, named)
    return [
        TableColumn(head=head if found == target else target, target=target)
        for head, target, found in zip(heads, targets, meant, strict=True)
    ][:COLUMNS_MAX]


def _is_readable(name: str) -> bool:
    """Say whether a column so called is found to be about what it is called after."""
    return 0 < len(name) <= AXIS_NAME_MAX and name == name.strip()


def _axis_column(axis: WrittenAxis, named: Mapping[str, Text], language: str) -> tuple[str, str]:
    target = f"{AXIS}{axis.code}"
    if target in named:
        return target, named[target].of(language)
    return OWN_AXIS, OWN_AXIS_HEAD.of(language) + axis.name.of(language)


def rows_of(product: WrittenProduct, columns: Sequence[TableColumn], names: Names) -> list[list[Cell]]:
    """Return a row for each SKU; what is said of the whole product stands in the first."""
    whole = _of_product(product, names)
    axes = _axes_of(product.wish.axes, columns)
    found = []
    for number, sku in enumerate(product.wish.skus):
        said: dict[str, Cell] = {**(whole if number == 0 else {}), "product_key": str(product.id)}
        said |= _of_sku(sku)
        row = [said.get(column.target) for column in columns]
        for position, axis in axes.items():
            row[position] = _value_of(axis, sku, names.language)
        found.append(row)
    return found


def _of_product(product: WrittenProduct, names: Names) -> dict[str, Cell]:
    wish = product.wish
    texts = (wish.title, wish.subtitle, wish.description)
    said: dict[str, Cell] = dict(
        zip(TEXTS, (part for text in texts for part in (text.zh, text.en)), strict=True)
    )
    said |= _facts_of(product.wish.facts, names.language)
    said |= {f"{ATTRIBUTE}{code}": text for code, text in names.attributes.items()}
    said["category"] = _category_of(wish, names)
    said["brand"] = _brand_of(wish, names)
    said["pictures"] = "; ".join(_picture_of(one, names) for one in wish.media_ids)
    said["per_buyer_limit"] = wish.per_buyer_limit
    said["kind"] = KINDS[wish.kind].of(names.language)
    said["voucher_days"] = wish.voucher_days
    return said


def _of_sku(sku: SkuWish) -> dict[str, Cell]:
    return {
        "code": sku.code,
        "price": Money(sku.price_minor, CURRENCY),
        "list_price": None if sku.list_price_minor is None else Money(sku.list_price_minor, CURRENCY),
        "weight_grams": sku.weight_grams,
        "volume_cm3": sku.volume_cm3,
        "gtin": sku.gtin,
        "model": sku.model,
        "tiers": told(sku.tiers),
    }


def _facts_of(facts: ProductFacts, language: str) -> dict[str, Cell]:
    return {
        "unit": UNITS[facts.unit].of(language) if facts.unit else "",
        "origin": ORIGINS[facts.origin].of(language) if facts.origin else "",
        "warranty_months": facts.warranty_months,
        "warranty_zh": facts.warranty_note.zh,
        "warranty_en": facts.warranty_note.en,
        "tags": tags_told(facts.tags),
    }


def _category_of(wish: ProductWish, names: Names) -> str:
    rule = names.lookups.book.categories.get(wish.category_id)
    path = path_of(rule, names.language) if rule else ""
    return path if names.lookups.category(path) == wish.category_id else str(wish.category_id)


def _brand_of(wish: ProductWish, names: Names) -> str:
    if wish.brand_id is None:
        return ""
    spelling = names.lookups.book.brands.get(wish.brand_id)
    name = spelling.of(names.language) if spelling else ""
    return name if names.lookups.brand(name) == wish.brand_id else str(wish.brand_id)


def _picture_of(media_id: MediaId, names: Names) -> str:
    name = names.pictures.get(media_id, "")
    return name if picture_names(name) == [name] else str(media_id)


def _axes_of(axes: Sequence[SaleAxisWish], columns: Sequence[TableColumn]) -> dict[int, SaleAxisWish]:
    """Return which axis stands in which column, as a reader of the table would find it."""
    found: dict[int, SaleAxisWish] = {}
    for axis in axes:
        for position, column in enumerate(columns):
            is_own = column.target == OWN_AXIS and axis_name(column.head) in (axis.name.zh, axis.name.en)
            if position not in found and (column.target == f"{AXIS}{axis.code}" or is_own):
                found[position] = axis
                break
    return found


def _value_of(axis: SaleAxisWish, sku: SkuWish, language: str) -> str:
    """Return what a SKU's choice is called, '' where no name tells it: an empty cell leaves it as it is."""
    chosen = sku.choice.get(axis.code)
    value = next((one for one in axis.values if one.code == chosen), None)
    if value is None:
        return ""
    spelt = spellings(axis)
    return next(
        (
            name
            for name in (value.name.of(language), value.code)
            if spelt.get(name) == value.code and len(name) <= AXIS_CODE_MAX
        ),
        "",
    )
