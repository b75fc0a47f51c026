"""What a proposed version of a product changes, line by line; pure but for the words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.html import strip_tags

from jishi.entry.console.columns import NOTHING, money
from jishi.entry.console.words import both, language
from jishi.kernel.words import Text
from jishi.offering.catalog.types import ProductWish, SaleAxisWish, SkuWish
from jishi.offering.catalog.types_facts import ORIGINS, UNITS, ProductFacts
from jishi.offering.catalog.types_kinds import KINDS

GRAMS_PER_KILOGRAM = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the ids and codes inside versions are called."""

    categories: Mapping[UUID, str] = field(default_factory=dict)
    brands: Mapping[UUID, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the comparison."""

    title: str
    before: str
    after: str

    @property
    def is_change(self) -> bool:
        """Whether the two sides differ."""
        return self.before != self.after


def compare(live: ProductWish | None, proposed: ProductWish, names: Names) -> list[Change]:
    """Return every line of either version, those that differ first."""
    before = dict(_lines(live, names)) if live else {}
    after = dict(_lines(proposed, names))
    titles = list(dict.fromkeys([*after, *before]))
    found = [Change(title, before.get(title, NOTHING), after.get(title, NOTHING)) for title in titles]
    told = (one for one in found if (one.before, one.after) != (NOTHING, NOTHING))
    return sorted(told, key=lambda one: not one.is_change)


def _lines(wish: ProductWish, names: Names) -> Iterator[tuple[str, str]]:
    for title, text in (
        (both("标题", "Title"), wish.title),
        (both("副标题", "Subtitle"), wish.subtitle),
        (both("详情", "Description"), wish.description),
    ):
        yield f"{title} · 中文", _plain(text.zh)
        yield f"{title} · English", _plain(text.en)
    yield str(both("类目", "Category")), names.categories.get(wish.category_id, str(wish.category_id))
    yield str(both("品牌", "Brand")), _named(wish.brand_id, names.brands)
    days = f" · {both('券有效天数', 'voucher days')} {wish.voucher_days}" if wish.voucher_days else ""
    yield str(both("商品类型", "Kind")), f"{KINDS[wish.kind].of(language())}{days}"
    limit = wish.per_buyer_limit
    yield str(both("每人限购", "Limit per buyer")), NOTHING if limit is None else str(limit)
    yield str(both("运费模板", "Freight template")), wish.freight_template_id or NOTHING
    yield str(both("视频", "Film")), str(wish.video_id) if wish.video_id else NOTHING
    yield from _facts(wish.facts)
    for code, value in sorted(wish.attributes.items()):
        yield f"{both('属性', 'Attribute')} · {names.attributes.get(code, code)}", value
    for axis in wish.axes:
        yield f"{both('销售属性', 'Sale axis')} · {axis.name.of(language())}", _values(axis)
    for sku in wish.skus:
        yield f"SKU · {sku.code}", _sku(sku, wish.axes)


def _facts(facts: ProductFacts) -> Iterator[tuple[str, str]]:
    spoken = language()
    unit, origin = UNITS.get(facts.unit), ORIGINS.get(facts.origin)
    warranty = facts.warranty.of(spoken)
    yield str(both("销售单位", "Unit of sale")), unit.of(spoken) if unit else NOTHING
    yield str(both("产地", "Origin")), origin.of(spoken) if origin else NOTHING
    yield str(both("保修", "Warranty")), warranty or NOTHING
    yield str(both("标签", "Tags")), ", ".join(facts.tags) or NOTHING


def _plain(text: str) -> str:
    return strip_tags(text).strip() or NOTHING


def _named(wanted: UUID | None, names: Mapping[UUID, str]) -> str:
    return NOTHING if wanted is None else names.get(wanted, str(wanted))


def _values(axis: SaleAxisWish) -> str:
    return " / ".join(value.name.of(language()) for value in axis.values)


def _sku(sku: SkuWish, axes: Sequence[SaleAxisWish]) -> str:
    chosen = [_choice(axis, sku.choice.get(axis.code)) for axis in axes]
    parts = [" / ".join(chosen), money(sku.price_minor)]
    if sku.list_price_minor is not None:
        parts.append(f"{both('划线价', 'list price')} {money(sku.list_price_minor)}")
    parts += [f"≥ {one.from_pieces}: {money(one.price_minor)}" for one in sku.tiers]
    if sku.volume_cm3:
        parts.append(f"{sku.volume_cm3} cm³")
    if sku.weight_grams:
        parts.append(f"{sku.weight_grams / GRAMS_PER_KILOGRAM:g} kg")
    if sku.model:
        parts.append(f"{both('型号', 'model')} {sku.model}")
    if sku.gtin:
        parts.append(f"GTIN {sku.gtin}")
    return " · ".join(part for part in parts if part)


def _choice(axis: SaleAxisWish, code: str | None) -> str:
    name: Text | None = next((value.name for value in axis.values if value.code == code), None)
    return name.of(language()) if name else (code or NOTHING)
