"""Pure decisions of the catalogue: what may follow what, what a product must be, what may stand in a
description.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product as combinations

import msgspec
import nh3

from jishi.kernel.errors import Conflict, Invalid
from jishi.kernel.foreign import has_unstorable
from jishi.kernel.gtin import is_gtin_or_none, normal_gtin
from jishi.kernel.words import Text
from jishi.offering.catalog import rules_facts, rules_kinds, rules_tiers
from jishi.offering.catalog.types import (
    AttributeKind,
    AuthorisationStatus,
    CategoryAttribute,
    ListingStatus,
    ProductWish,
    SaleAxisWish,
    SkuWish,
)

TITLE_MAX = 120
SUBTITLE_MAX = 200
DESCRIPTION_MAX = 60_000
MEDIA_MAX = 15
AXES_MAX = 4
AXIS_VALUES_MAX = 100
SKUS_MAX = 600
CODE_MAX = 60
PRICE_MINOR_MAX = 10**12
PER_BUYER_MAX = 100_000
ATTRIBUTES_MAX = 100

LISTING_MOVES: Mapping[ListingStatus, tuple[ListingStatus, ...]] = {
    ListingStatus.DRAFT: (ListingStatus.IN_REVIEW,),
    ListingStatus.IN_REVIEW: (ListingStatus.LIVE, ListingStatus.OFF_SHELF, ListingStatus.REJECTED),
    ListingStatus.REJECTED: (ListingStatus.DRAFT,),
    ListingStatus.LIVE: (ListingStatus.OFF_SHELF, ListingStatus.BANNED),
    ListingStatus.OFF_SHELF: (ListingStatus.LIVE, ListingStatus.BANNED),
    ListingStatus.BANNED: (ListingStatus.DRAFT,),
}


class MoveNotAllowed(Conflict):
    """The listing is in a state from which that step does not exist."""

    code = "listing_move_not_allowed"


def require_move(status: ListingStatus, to: ListingStatus) -> None:
    """Raises: MoveNotAllowed (409) unless the listing may go from `status` to `to`."""
    if to not in LISTING_MOVES[status]:
        raise MoveNotAllowed(status=status.value, wanted=to.value)


AUTHORISATION_MOVES: Mapping[AuthorisationStatus, tuple[AuthorisationStatus, ...]] = {
    AuthorisationStatus.REQUESTED: (
        AuthorisationStatus.REQUESTED,
        AuthorisationStatus.GRANTED,
        AuthorisationStatus.REFUSED,
    ),
    AuthorisationStatus.GRANTED: (AuthorisationStatus.WITHDRAWN,),
    AuthorisationStatus.REFUSED: (AuthorisationStatus.REQUESTED,),
    AuthorisationStatus.WITHDRAWN: (AuthorisationStatus.REQUESTED,),
}


class AuthorisationMoveNotAllowed(Conflict):
    """The request is in a state from which that step does not exist."""

    code = "authorisation_move_not_allowed"


def require_authorisation_move(status: AuthorisationStatus, to: AuthorisationStatus) -> None:
    """Raises: AuthorisationMoveNotAllowed (409) unless a request may go from `status` to `to`."""
    if to not in AUTHORISATION_MOVES[status]:
        raise AuthorisationMoveNotAllowed(status=status.value, wanted=to.value)


def check_shape(wish: ProductWish) -> None:
    """Refuse what could not even be kept as a draft.

    Raises: Invalid (422), its field naming the first part that is wrong.
    """
    if has_unstorable(msgspec.to_builtins(wish)):
        raise Invalid(field="wish", reason="control characters")
    for passed, field in _shape(wish):
        if not passed:
            raise Invalid(field=f"wish.{field}")
    _check_axes(wish.axes)
    _check_skus(wish)


def check_complete(wish: ProductWish, attributes: Sequence[CategoryAttribute], *, is_leaf: bool) -> None:
    """Refuse what buyers could not be shown. Raises: Invalid (422), naming the field."""
    if not is_leaf:
        raise Invalid(field="wish.category_id", reason="choose a category without children")
    if not wish.media_ids:
        raise Invalid(field="wish.media_ids", reason="at least one picture")
    if not wish.skus:
        raise Invalid(field="wish.skus", reason="at least one SKU")
    for attribute in attributes:
        value = wish.attributes.get(attribute.code, "").strip()
        if attribute.is_required and not attribute.is_sale_axis and not value:
            raise Invalid(field=f"wish.attributes.{attribute.code}", reason="required")


def _shape(wish: ProductWish) -> Iterable[tuple[bool, str]]:
    title, subtitle = wish.title, wish.subtitle
    yield 0 < len(title.zh.strip()) <= TITLE_MAX, "title.zh"
    yield len(title.en) <= TITLE_MAX, "title.en"
    yield max(len(subtitle.zh), len(subtitle.en)) <= SUBTITLE_MAX, "subtitle"
    yield max(len(wish.description.zh), len(wish.description.en)) <= DESCRIPTION_MAX, "description"
    yield len(wish.media_ids) <= MEDIA_MAX and len(set(wish.media_ids)) == len(wish.media_ids), "media_ids"
    yield len(wish.axes) <= AXES_MAX, "axes"
    yield len(wish.skus) <= SKUS_MAX, "skus"
    yield len(wish.attributes) <= ATTRIBUTES_MAX, "attributes"
    yield all(len(code) <= 40 and len(value) <= 500 for code, value in wish.attributes.items()), "attributes"
    yield wish.per_buyer_limit is None or 1 <= wish.per_buyer_limit <= PER_BUYER_MAX, "per_buyer_limit"
    yield from rules_facts.facts_shape(wish.facts)
    yield from rules_kinds.kind_shape(wish)


def _check_axes(axes: Sequence[SaleAxisWish]) -> None:
    if len({axis.code for axis in axes}) < len(axes):
        raise Invalid(field="wish.axes", reason="an axis is named twice")
    for position, axis in enumerate(axes):
        codes = [value.code for value in axis.values]
        named = 0 < len(axis.code) <= 40 and axis.name.zh.strip()
        full = 1 <= len(codes) <= AXIS_VALUES_MAX and len(set(codes)) == len(codes)
        if not named or not full or not all(0 < len(v.code) <= 40 and v.name.zh.strip() for v in axis.values):
            raise Invalid(field=f"wish.axes.{position}")


def _check_skus(wish: ProductWish) -> None:
    axes = {axis.code: {value.code for value in axis.values} for axis in wish.axes}
    for position, sku in enumerate(wish.skus):
        for passed, field in _sku_shape(sku, axes):
            if not passed:
                raise Invalid(field=f"wish.skus.{position}.{field}")
    choices = {tuple(sorted(sku.choice.items())) for sku in wish.skus}
    if len(choices) < len(wish.skus):
        raise Invalid(field="wish.skus", reason="two SKUs are the same combination")
    if len({sku.code.strip() for sku in wish.skus}) < len(wish.skus):
        raise Invalid(field="wish.skus", reason="two SKUs have the same code")
    if not rules_facts.are_told_apart([sku.gtin for sku in wish.skus]):
        raise Invalid(field="wish.skus", reason="two SKUs have the same GTIN")
    ids = [sku.id for sku in wish.skus if sku.id]
    if len(set(ids)) < len(ids):
        raise Invalid(field="wish.skus", reason="two SKUs have the same id")


def _sku_shape(sku: SkuWish, axes: Mapping[str, set[str]]) -> Iterable[tuple[bool, str]]:
    yield 0 < len(sku.code.strip()) <= CODE_MAX, "code"
    yield sku.choice.keys() == axes.keys(), "choice"
    yield all(value in axes[code] for code, value in sku.choice.items()), "choice"
    yield 0 < sku.price_minor <= PRICE_MINOR_MAX, "price_minor"
    yield (
        sku.list_price_minor is None or sku.price_minor <= sku.list_price_minor <= PRICE_MINOR_MAX,
        "list_price_minor",
    )
    yield 0 <= sku.weight_grams <= 10_000_000, "weight_grams"
    yield 0 <= sku.volume_cm3 <= 100_000_000, "volume_cm3"
    yield is_gtin_or_none(sku.gtin), "gtin"
    yield len(sku.model.strip()) <= rules_facts.MODEL_MAX, "model"
    yield rules_tiers.are_tiers(sku.tiers, sku.price_minor), "tiers"


def normal_value(attribute: CategoryAttribute, value: str, codes: Mapping[str, str]) -> str:
    """Return an attribute's value as it is stored; `codes` maps a choice's code and both names to its code.

    A date is `2026-11-30`, a colour `#1e8e6e`, several choices their codes in the order of the list, with commas.

    Raises: Invalid (422) for a value the attribute's kind does not know.
    """
    text = value.strip()
    known = _NORMAL[attribute.kind](text, codes) if text else ""
    if known is None:
        raise Invalid(field=f"wish.attributes.{attribute.code}")
    return known


def chosen_codes(value: str) -> list[str]:
    """Return the codes of an attribute of several choices as it is stored."""
    return [code for code in value.split(",") if code]


def _several(text: str, codes: Mapping[str, str]) -> str | None:
    wanted = [part.strip() for part in _BETWEEN_CHOICES.split(text) if part.strip()]
    if not all(part in codes for part in wanted):
        return None
    chosen = {codes[part] for part in wanted}
    return ",".join(code for code in dict.fromkeys(codes.values()) if code in chosen)


def _number(text: str, _: Mapping[str, str]) -> str | None:
    digits = text.removeprefix("-").replace(".", "", 1)
    return text if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


def _date(text: str, _: Mapping[str, str]) -> str | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


_BETWEEN_CHOICES = re.compile(r"[,，、;；]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_NORMAL: Mapping[AttributeKind, Callable[[str, Mapping[str, str]], str | None]] = {
    AttributeKind.CHOICE: lambda text, codes: codes.get(text),
    AttributeKind.CHOICES: _several,
    AttributeKind.TEXT: lambda text, _: text,
    AttributeKind.NUMBER: _number,
    AttributeKind.FLAG: lambda text, _: text if text in {"true", "false"} else None,
    AttributeKind.DATE: _date,
    AttributeKind.COLOUR: lambda text, _: text.lower() if _COLOUR.fullmatch(text) else None,
}


def choice_name(axes: Sequence[SaleAxisWish], choice: Mapping[str, str]) -> Text:
    """Return the chosen values as people read them, in the order of the axes: 黑色 / 128 GB."""
    names = [next(value.name for value in axis.values if value.code == choice[axis.code]) for axis in axes]
    return Text(
        zh=" / ".join(name.of("zh") for name in names), en=" / ".join(name.of("en") for name in names)
    )


def all_choices(axes: Sequence[SaleAxisWish]) -> list[dict[str, str]]:
    """Return every combination of the axes' values; without axes the one empty combination."""
    codes = [[(axis.code, value.code) for value in axis.values] for axis in axes]
    return [dict(one) for one in combinations(*codes)]


def lowest_to_show(price_minor: int, list_price_minor: int | None, before_minor: int | None) -> int | None:
    """Return the lowest price in 30 days that is to be shown beside a price, None when nothing is.

    `before_minor` is the lowest of the 30 days before the present price, None when that has stood for 30 days or is
    the first one. It is shown beside a higher list price, and when the price has fallen below it (Directive 98/6/EC,
    article 6a).
    """
    lowest = price_minor if before_minor is None else before_minor
    is_reduced = (list_price_minor or 0) > price_minor or lowest > price_minor
    return lowest if is_reduced else None


# -- descriptions ----------------------------------------------------------------------------------

_TAGS = {
    "a", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "div", "em", "figcaption", "figure",
    "h2", "h3", "h4", "hr", "i", "img", "li", "ol", "p", "s", "small", "span", "strong", "sub", "sup",
    "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}


# No step upwards, written out or encoded, leads out of the store of pictures.
_OF_STORE = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*\.[a-z0-9]+")


def clean_html(html: str, *, media_url: str) -> str:
    """Return `html` without anything that runs, styles or loads from elsewhere; pictures only from our own
    store.
    """
    if not html:
        return ""

    def keep(tag: str, name: str, value: str) -> str | None:
        is_picture = value.startswith(media_url) and _OF_STORE.fullmatch(value.removeprefix(media_url))
        return value if (tag, name) != ("img", "src") or is_picture else None

    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"https"},
        link_rel="nofollow noopener",
    )


def cleaned(wish: ProductWish, *, media_url: str) -> ProductWish:
    """Return the wish with trimmed texts, descriptions made safe and facts in their one form."""
    return replace(
        wish,
        title=Text(zh=wish.title.zh.strip(), en=wish.title.en.strip()),
        subtitle=Text(zh=wish.subtitle.zh.strip(), en=wish.subtitle.en.strip()),
        description=Text(
            zh=clean_html(wish.description.zh, media_url=media_url),
            en=clean_html(wish.description.en, media_url=media_url),
        ),
        facts=rules_facts.normal_facts(wish.facts),
        skus=[
            replace(sku, code=sku.code.strip(), gtin=normal_gtin(sku.gtin), model=sku.model.strip())
            for sku in wish.skus
        ],
    )
