"""What a version of a product changes against another: pure."""

import html
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

import nh3

from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.catalog.types import ProductWish, SaleAxisWish, SkuWish
from jishi.offering.catalog.types_facts import ORIGINS, UNITS, ProductFacts
from jishi.offering.catalog.types_kinds import KINDS
from jishi.offering.catalog.types_review import Part, VersionChange

TEXT_SHOWN_MAX, CONTEXT = 160, 20


def plain(text: str) -> str:
    """Return what people read of a text that may be HTML."""
    return html.unescape(nh3.clean(text, tags=set())).strip()


def changes(before: ProductWish, after: ProductWish) -> list[VersionChange]:
    """Return everything that `after` has and `before` had not, or the other way round, part by part.

    Categories and brands are named by their ids. A SKU is the same one by its id, or by its code where it has none.
    """
    return [
        *_texts(before, after),
        *_plain_parts(before, after),
        *_facts(before.facts, after.facts),
        *_pictures(before, after),
        *_axes(before.axes, after.axes),
        *_skus(before.skus, after.skus),
    ]


def _texts(before: ProductWish, after: ProductWish) -> Iterator[VersionChange]:
    for part, old, new in (
        (Part.TITLE, before.title, after.title),
        (Part.SUBTITLE, before.subtitle, after.subtitle),
        (Part.DESCRIPTION, before.description, after.description),
    ):
        for language, one, other in (("zh", old.zh, new.zh), ("en", old.en, new.en)):
            if one != other:
                yield _changed(part, language, *_where_they_differ(plain(one), plain(other)))


def _where_they_differ(before: str, after: str) -> tuple[str, str]:
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    start = max(0, common - CONTEXT)
    return _cut(before, start), _cut(after, start)


def _cut(text: str, start: int) -> str:
    end = start + TEXT_SHOWN_MAX
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"


def _plain_parts(before: ProductWish, after: ProductWish) -> Iterator[VersionChange]:
    pairs = (
        (Part.CATEGORY, before.category_id, after.category_id),
        (Part.BRAND, before.brand_id, after.brand_id),
        (Part.FREIGHT, before.freight_template_id, after.freight_template_id),
        (Part.BUYER_LIMIT, before.per_buyer_limit, after.per_buyer_limit),
        (Part.FILM, before.video_id, after.video_id),
        (Part.KIND, _kind(before), _kind(after)),
    )
    yield from (_changed(part, "", _text(old), _text(new)) for part, old, new in pairs if old != new)
    for code in sorted(before.attributes.keys() | after.attributes.keys()):
        old, new = before.attributes.get(code, ""), after.attributes.get(code, "")
        if old != new:
            yield _changed(Part.ATTRIBUTE, code, old, new)


def _kind(wish: ProductWish) -> str:
    days = f" · {wish.voucher_days} 天 / days" if wish.voucher_days else ""
    return f"{_both(KINDS[wish.kind])}{days}"


def _facts(before: ProductFacts, after: ProductFacts) -> Iterator[VersionChange]:
    for part, old, new in (
        (Part.UNIT, _named(UNITS, before.unit), _named(UNITS, after.unit)),
        (Part.ORIGIN, _named(ORIGINS, before.origin), _named(ORIGINS, after.origin)),
        (Part.WARRANTY, _warranty(before), _warranty(after)),
        (Part.TAGS, ", ".join(before.tags), ", ".join(after.tags)),
    ):
        if old != new:
            yield _changed(part, "", old, new)


def _named(names: Mapping[str, Text], code: str) -> str:
    return _both(names[code]) if code in names else code


def _warranty(facts: ProductFacts) -> str:
    return _both(facts.warranty)


def _pictures(before: ProductWish, after: ProductWish) -> Iterator[VersionChange]:
    gone = [one for one in before.media_ids if one not in after.media_ids]
    new = [one for one in after.media_ids if one not in before.media_ids]
    if gone or new:
        yield _changed(Part.PICTURES, "", f"−{len(gone)}" if gone else "", f"+{len(new)}" if new else "")
    elif before.media_ids != after.media_ids:
        moved = [after.media_ids.index(one) + 1 for one in before.media_ids]
        places = range(1, len(moved) + 1)
        yield _changed(
            Part.PICTURE_ORDER, "", _row(places), _row(sorted(places, key=lambda at: moved[at - 1]))
        )


def _row(places: Sequence[int] | range) -> str:
    return " ".join(map(str, places))


def _axes(before: Sequence[SaleAxisWish], after: Sequence[SaleAxisWish]) -> Iterator[VersionChange]:
    old, new = ({axis.code: axis for axis in axes} for axes in (before, after))
    for code in dict.fromkeys([*old, *new]):
        if old.get(code) != new.get(code):
            yield _changed(Part.AXIS, code, _axis(old.get(code)), _axis(new.get(code)))


def _axis(axis: SaleAxisWish | None) -> str:
    return f"{_both(axis.name)}: {', '.join(_both(value.name) for value in axis.values)}" if axis else ""


def _both(text: Text) -> str:
    return f"{text.zh} ({text.en})" if text.en and text.en != text.zh else text.zh


def _skus(before: Sequence[SkuWish], after: Sequence[SkuWish]) -> Iterator[VersionChange]:
    known = {sku.id or sku.code: sku for sku in before}
    codes = {sku.code: sku for sku in before}
    kept: set[str] = set()
    for sku in after:
        old = known.get(sku.id or sku.code) or (codes.get(sku.code) if sku.id is None else None)
        if old is None:
            yield VersionChange(
                part=Part.SKU, of=sku.code, after=_choice(sku.choice), price_after=_money(sku.price_minor)
            )
        else:
            kept.add(old.code)
            yield from _sku(old, sku)
    for sku in before:
        if sku.code not in kept:
            yield VersionChange(
                part=Part.SKU, of=sku.code, before=_choice(sku.choice), price_before=_money(sku.price_minor)
            )


def _sku(before: SkuWish, after: SkuWish) -> Iterator[VersionChange]:
    for part, old, new in (
        (Part.SKU_CODE, before.code, after.code),
        (Part.SKU, _choice(before.choice), _choice(after.choice)),
        (Part.WEIGHT, f"{before.weight_grams} g", f"{after.weight_grams} g"),
        (Part.VOLUME, f"{before.volume_cm3} cm³", f"{after.volume_cm3} cm³"),
        (Part.GTIN, before.gtin, after.gtin),
        (Part.MODEL, before.model, after.model),
        (Part.TIERS, _tiers(before), _tiers(after)),
    ):
        if old != new:
            yield _changed(part, after.code, old, new)
    for part, old_minor, new_minor in (
        (Part.PRICE, before.price_minor, after.price_minor),
        (Part.LIST_PRICE, before.list_price_minor, after.list_price_minor),
    ):
        if old_minor != new_minor:
            yield VersionChange(
                part=part, of=after.code, price_before=_money(old_minor), price_after=_money(new_minor)
            )


def _tiers(sku: SkuWish) -> str:
    return ", ".join(f"≥ {one.from_pieces}: ¥{one.price_minor / 100:.2f}" for one in sku.tiers)


def _changed(part: Part, of: str, before: str, after: str) -> VersionChange:
    return VersionChange(part=part, of=of, before=before, after=after)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _choice(choice: Mapping[str, str]) -> str:
    return " / ".join(choice.values())


def _money(amount_minor: int | None) -> Money | None:
    return None if amount_minor is None else Money(amount_minor, CURRENCY)
