"""What the public sees of products, as plain values ready to be encoded: what the types say, without making them.

A list of 24 is more than a hundred dataclasses; making those costs several times what PostgreSQL takes for the rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from jishi.kernel.words import chosen
from jishi.offering.catalog import attributes, categories, rules, shown_facts
from jishi.offering.catalog.categories import Step
from jishi.offering.catalog.types import AttributeKind
from jishi.offering.media import queries as media

Plain = dict[str, Any]
Row = tuple[Any, ...]


def card(row: Row, language: str) -> Plain:
    """Return a `ProductCard` of the columns of `queries.CARD`."""
    (
        product_id, title_zh, title_en, price_minor, list_price_minor, currency, picture, merchant_id,
        seller_zh, seller_en, logo, in_stock, sold_count, average, reviews, merchants,
    ) = row  # fmt: skip
    title = chosen(title_zh, title_en, language)
    return {
        "id": product_id,
        "title": title,
        "price": money(price_minor, currency),
        "list_price": money(list_price_minor, currency) if list_price_minor else None,
        "image": media.shown_image(msgspec.json.decode(picture), alt=title) if picture else None,
        "merchant": merchant(merchant_id, seller_zh, seller_en, logo, language),
        "in_stock": in_stock,
        "sold_count": sold_count,
        "rating": _rating(average, reviews),
        "merchants": merchants,
    }


def detail(row: Row, category: "CategoryShown", language: str) -> Plain:
    """Return a `ProductDetail` of the columns of `queries._DETAIL`."""
    (
        title_zh, title_en, subtitle_zh, subtitle_en, description_zh, description_en, _, brand_zh,
        brand_en, merchant_id, seller_zh, seller_en, logo, pictures, axes, values, currency, price_from,
        price_to, in_stock, sold_count, average, reviews, version, stated,
        skus, shared_id, product_id, kind, voucher_days,
    ) = row  # fmt: skip
    title = chosen(title_zh, title_en, language)
    shown = msgspec.json.decode(pictures)
    variants = msgspec.json.decode(skus or "[]")
    facts = shown_facts.decode(stated)
    return {
        "id": product_id,
        "title": title,
        "subtitle": chosen(subtitle_zh, subtitle_en, language),
        "description": chosen(description_zh, description_en, language),
        "breadcrumbs": category.breadcrumbs,
        "brand": chosen(brand_zh, brand_en or "", language) if brand_zh else None,
        "merchant": merchant(merchant_id, seller_zh, seller_en, logo, language),
        "images": [image for one in shown if (image := media.shown_image(one, alt=title))],
        "axes": [_axis(axis, language) for axis in msgspec.json.decode(axes)],
        "skus": [_sku(sku, currency) for sku in variants],
        "facts": shown_facts.table(category.facts(msgspec.json.decode(values)), facts, variants, language),
        "price_from": money(price_from, currency),
        "price_to": money(price_to, currency),
        "in_stock": in_stock,
        "sold_count": sold_count,
        "rating": _rating(average, reviews),
        "version": version,
        "video": next((video for one in shown if (video := media.video(one))), None),
        "shared_id": shared_id,
        "shared": None,
        "tags": facts.tags,
        "kind": kind,
        "voucher_days": voucher_days,
    }


class CategoryShown:
    """What the page of a product shows of its category, in one language: the same for all products in it."""

    __slots__ = ("_attributes", "_former", "_language", "breadcrumbs")

    def __init__(self, path: Sequence[Step], language: str) -> None:
        self.breadcrumbs = [{"id": step.id, "name": step.name.of(language)} for step in path]
        self._attributes = categories.effective(path)
        self._former = categories.former(path)
        self._language = language

    def facts(self, values: Mapping[str, str]) -> list[Plain]:
        """Return the specification table: the values given for the attributes in force, in their order.

        What no longer fits a definition that changed is read as it was before, and so is what is asked for no longer.
        """
        return [
            {
                "name": chosen(one["zh"], one["en"], self._language),
                "value": categories.value_name(one, values[code]).of(self._language),
                "colour": values[code] if one["kind"] == AttributeKind.COLOUR else None,
            }
            for code, one in self._definitions(values)
        ]

    def _definitions(self, values: Mapping[str, str]) -> Iterator[tuple[str, Plain]]:
        """Yield what each value is read by; a category that never changed is not looked into."""
        for code, one in self._attributes.items():
            if values.get(code):
                yield code, self._read_by(one, values[code]) if code in self._former else one
        for code in self._former.keys() - self._attributes.keys():
            if values.get(code) and (found := attributes.as_before(values[code], self._former[code])):
                yield code, dict(found)

    def _read_by(self, one: Plain, value: str) -> Plain:
        if attributes.fits(one, value):
            return one
        return dict(attributes.as_before(value, self._former[one["code"]]) or one)


def money(amount_minor: int, currency: str) -> Plain:
    return {"amount_minor": amount_minor, "currency": currency}


def merchant(merchant_id: UUID | str, zh: str, en: str, logo: str, language: str) -> Plain:
    return {"id": merchant_id, "name": chosen(zh, en, language), "logo": logo or None}


def _rating(average_hundredths: int, count: int) -> Plain | None:
    return {"average_hundredths": average_hundredths, "count": count} if count else None


def _axis(axis: Plain, language: str) -> Plain:
    return {
        "code": axis["code"],
        "name": chosen(axis["zh"], axis["en"], language),
        "values": [
            {
                "code": value["code"],
                "name": (name := chosen(value["zh"], value["en"], language)),
                "image": media.shown_image(value.get("media"), alt=name),
            }
            for value in axis["values"]
        ],
    }


def _sku(sku: Sequence[Any], currency: str) -> Plain:
    sku_id, code, choice, price_minor, list_price_minor, in_stock, before_minor, gtin, model, _, tiers = sku
    lowest_minor = rules.lowest_to_show(price_minor, list_price_minor, before_minor)
    return {
        "id": sku_id,
        "code": code,
        "choice": choice,
        "price": money(price_minor, currency),
        "list_price": money(list_price_minor, currency) if list_price_minor else None,
        "in_stock": in_stock,
        "lowest_price": money(lowest_minor, currency) if lowest_minor else None,
        "gtin": gtin,
        "model": model,
        "tiers": [{"from_pieces": pieces, "price": money(minor, currency)} for pieces, minor in tiers],
    }
