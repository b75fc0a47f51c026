"""How a wish becomes rows: the parts of saving a product that `services` puts in order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings

from jishi.kernel.db import execute, lock, rows
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import MediaId, MerchantId, ProductId, SkuId, new_id
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.catalog import attributes, categories, rules, rules_tiers
from jishi.offering.catalog.models import Brand, Product
from jishi.offering.catalog.types import ProductWish, SaleAxisWish, SkuWish
from jishi.offering.media import queries as media

SAVED_FIELDS = [
    "category_id", "brand_id", "status", "title_zh", "title_en", "subtitle_zh", "subtitle_en",
    "description_zh", "description_en", "media", "axes", "attributes", "currency", "price_from_minor",
    "price_to_minor",
    "list_price_minor", "freight_template_id", "per_buyer_limit", "facts", "kind", "voucher_days",
    "version", "live_number", "published_at",
    "updated_at",
]  # fmt: skip


class SkuCodeTaken(Conflict):
    """Another product of the merchant uses a code; `codes` lists them."""

    code = "sku_code_taken"
    message = Text(zh="商家编码已被其他商品使用", en="A SKU code is already used by another product")


class GtinTaken(Conflict):
    """Another product of the merchant has a bar code; `gtins` lists them."""

    code = "gtin_taken"
    message = Text(zh="条码(GTIN)已被其他商品使用", en="A bar code (GTIN) is already used by another product")


def read(wish: Any) -> ProductWish:
    """Return a stored wish as its type."""
    return msgspec.convert(wish, ProductWish)


def checked(merchant_id: MerchantId, wish: ProductWish) -> ProductWish:
    """Return the wish with safe texts and attribute values as they are stored.

    Raises: Invalid for a category, brand, picture or attribute value that does not exist.
    """
    steps = categories.path(wish.category_id)
    _check_place(steps)
    _check_brands([wish])
    _check_pictures([wish], pictures_of(merchant_id, [wish]))
    return normal(wish, categories.effective(steps), media_url=settings.MEDIA_URL)


def checked_complete(
    wishes: Sequence[ProductWish], entries: Mapping[MediaId, dict[str, Any]]
) -> list[ProductWish]:
    """Return complete wishes as they are stored; `entries` are the merchant's pictures among theirs.

    Raises: Invalid as `checked` does, and for what buyers could not be shown.
    """
    _check_brands(wishes)
    _check_pictures(wishes, entries)
    paths = {category_id: categories.path(category_id) for category_id in {one.category_id for one in wishes}}
    stored = []
    for wish in wishes:
        steps = paths[wish.category_id]
        _check_place(steps)
        in_force = categories.effective(steps)
        stored.append(normal(wish, in_force, media_url=settings.MEDIA_URL))
        rules.check_complete(stored[-1], categories.as_types(in_force, "zh"), is_leaf=steps[-1].is_leaf)
    return stored


def pictures_of(merchant_id: MerchantId, wishes: Sequence[ProductWish]) -> dict[MediaId, dict[str, Any]]:
    """Return the entries of the pictures that the wishes name, as far as they are the merchant's."""
    return media.entries(merchant_id, [media_id for wish in wishes for media_id in _media_ids(wish)])


def _check_place(steps: Sequence[categories.Step]) -> None:
    if not steps or not all(step.is_active for step in steps):
        raise Invalid(field="wish.category_id")


def _check_brands(wishes: Sequence[ProductWish]) -> None:
    wanted = {wish.brand_id for wish in wishes if wish.brand_id}
    if wanted and Brand.objects.filter(id__in=wanted, is_active=True).count() < len(wanted):
        raise Invalid(field="wish.brand_id")


def _check_pictures(wishes: Sequence[ProductWish], entries: Mapping[MediaId, dict[str, Any]]) -> None:
    if not all(media_id in entries for wish in wishes for media_id in _media_ids(wish)):
        raise Invalid(field="wish.media_ids")
    if any(media.is_video(entries[media_id]) for wish in wishes for media_id in wish.media_ids):
        raise Invalid(field="wish.media_ids")
    if not all(media.is_video(entries[wish.video_id]) for wish in wishes if wish.video_id):
        raise Invalid(field="wish.video_id")


def normal(wish: ProductWish, in_force: Mapping[str, Mapping[str, Any]], *, media_url: str) -> ProductWish:
    """Return a wish as it is stored, given the attributes in force. Raises: Invalid for values that do not exist."""
    return with_normal_attributes(rules.cleaned(wish, media_url=media_url), in_force)


def with_normal_attributes(wish: ProductWish, in_force: Mapping[str, Mapping[str, Any]]) -> ProductWish:
    """Return the wish with its attribute values as a category stores them. Raises: Invalid for unknown values."""
    return replace(wish, attributes=_normal_attributes(in_force, wish.attributes))


def _media_ids(wish: ProductWish) -> list[MediaId]:
    of_values = [value.media_id for axis in wish.axes for value in axis.values if value.media_id]
    return [*wish.media_ids, *of_values, *([wish.video_id] if wish.video_id else [])]


def _normal_attributes(
    in_force: Mapping[str, Mapping[str, Any]], values: Mapping[str, str]
) -> dict[str, str]:
    wrong = [
        code
        for code, value in values.items()
        if code not in in_force or (value.strip() and not attributes.fits(in_force[code], value))
    ]
    if wrong:
        fields = [f"wish.attributes.{code}" for code in wrong]
        raise Invalid(field=fields[0], fields=fields)
    types = categories.as_types({code: in_force[code] for code in values}, "zh")
    found = {
        one.code: rules.normal_value(one, values[one.code], categories.codes_of(in_force[one.code]))
        for one in types
    }
    return {code: value for code, value in found.items() if value}


def new_product(merchant_id: MerchantId, wish: ProductWish, now: datetime) -> Product:
    """Insert the row of a new draft."""
    product = Product(merchant_id=merchant_id, category_id=wish.category_id, updated_at=now, version=0)
    apply(product, wish, pictures_of(merchant_id, [wish]))
    product.save(force_insert=True)
    return product


def apply(product: Product, wish: ProductWish, entries: Mapping[MediaId, dict[str, Any]]) -> None:
    """Write the wish into the product's columns, with the entries of its pictures; the caller saves."""
    prices = [sku.price_minor for sku in wish.skus] or [0]
    cheapest = min(wish.skus, key=lambda sku: sku.price_minor, default=None)
    product.category_id, product.brand_id = wish.category_id, wish.brand_id
    product.title_zh, product.title_en = wish.title.zh, wish.title.en
    product.subtitle_zh, product.subtitle_en = wish.subtitle.zh, wish.subtitle.en
    product.description_zh, product.description_en = wish.description.zh, wish.description.en
    # The film stands last, so that what shows one picture shows the first.
    shown = [*wish.media_ids, *([wish.video_id] if wish.video_id else [])]
    product.media = [entries[media_id] for media_id in shown if media_id in entries]
    product.axes = [_axis(axis, entries) for axis in wish.axes]
    product.attributes = wish.attributes
    product.currency = CURRENCY
    product.price_from_minor, product.price_to_minor = min(prices), max(prices)
    product.list_price_minor = cheapest.list_price_minor if cheapest else None
    product.freight_template_id, product.per_buyer_limit = wish.freight_template_id, wish.per_buyer_limit
    product.facts = msgspec.to_builtins(wish.facts)
    product.kind, product.voucher_days = wish.kind.value, wish.voucher_days


def _axis(axis: SaleAxisWish, entries: Mapping[MediaId, dict[str, Any]]) -> dict[str, Any]:
    return {
        "code": axis.code,
        "zh": axis.name.zh,
        "en": axis.name.en,
        "values": [
            {
                "code": value.code,
                "zh": value.name.zh,
                "en": value.name.en,
                "media": entries.get(value.media_id) if value.media_id else None,
            }
            for value in axis.values
        ],
    }


def with_sku_rows(product: Product, wish: ProductWish, *, is_draft: bool) -> ProductWish:
    """Give every SKU of the wish a row, so that stock can arrive before it is on sale; return the wish with
    the ids.

    While the product is a draft the rows follow the wish; else they keep what is live until the version is
    approved. Raises: NotFound for a SKU of another product, SkuCodeTaken, GtinTaken (409).
    """
    known = _known_skus(product)
    if any(sku.id is not None and sku.id not in known for sku in wish.skus):
        raise NotFound
    numbered = replace(
        wish, skus=[replace(sku, id=sku.id or _same_code(known, sku) or SkuId(new_id())) for sku in wish.skus]
    )
    _refuse_taken_codes(product, numbered.skus)
    entries = pictures_of(MerchantId(product.merchant_id), [wish])
    if is_draft:
        _retire_all(product)
        write_skus([(product, numbered)], entries, is_active=True)
    else:
        new = replace(numbered, skus=[sku for sku in numbered.skus if sku.id not in known])
        write_skus([(product, new)], entries, is_active=False)
    return numbered


def activate_skus(product: Product, wish: ProductWish) -> None:
    """Make the SKU rows what the approved wish says: those it names are on sale, the others are not."""
    _refuse_taken_codes(product, wish.skus)
    _retire_all(product)
    write_skus([(product, wish)], pictures_of(MerchantId(product.merchant_id), [wish]), is_active=True)
    execute(
        "UPDATE catalog_product SET in_stock = coalesce((SELECT bool_or(in_stock) FROM catalog_sku "
        "WHERE product_id = %s AND is_active), false) WHERE id = %s",
        [product.id, product.id],
    )


def _known_skus(product: Product) -> dict[SkuId, tuple[str, bool]]:
    return {
        SkuId(sku_id): (code, is_active)
        for sku_id, code, is_active in rows(
            "SELECT id, code, is_active FROM catalog_sku WHERE product_id = %s ORDER BY id FOR NO KEY UPDATE",
            [product.id],
        )
    }


def _same_code(known: Mapping[SkuId, tuple[str, bool]], sku: SkuWish) -> SkuId | None:
    # A client that does not send ids back still means the SKU of that code.
    return next((sku_id for sku_id, (code, _) in known.items() if code == sku.code), None)


def _refuse_taken_codes(product: Product, skus: Sequence[SkuWish]) -> None:
    refuse_taken_codes(MerchantId(product.merchant_id), skus, but_of=ProductId(product.id))


def refuse_taken_codes(
    merchant_id: MerchantId, skus: Sequence[SkuWish], *, but_of: ProductId | None = None
) -> None:
    """Refuse codes and GTINs that products of the merchant use already, `but_of` one of them, or that are used twice.

    Raises: SkuCodeTaken, GtinTaken (409).
    """
    # Codes are unique per merchant; two saves of one merchant that race for a code go one after the other.
    lock(f"catalog.sku_codes:{merchant_id}")
    codes, gtins = [sku.code for sku in skus], [sku.gtin for sku in skus if sku.gtin]
    if taken := _used(merchant_id, but_of, "code", codes) or _twice(codes):
        raise SkuCodeTaken(codes=taken)
    if gtins and (taken := _used(merchant_id, but_of, "gtin", gtins) or _twice(gtins)):
        raise GtinTaken(gtins=taken)


def _used(merchant_id: MerchantId, but_of: ProductId | None, column: str, values: Sequence[str]) -> list[str]:
    found = rows(
        f"SELECT {column} FROM catalog_sku WHERE merchant_id = %s AND product_id IS DISTINCT FROM %s "
        f"AND is_active AND {column} = ANY(%s::text[]) AND {column} <> '' ORDER BY 1",
        [merchant_id, but_of, list(values)],
    )
    return [value for (value,) in found]


def _twice(values: Sequence[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


def _retire_all(product: Product) -> None:
    # All of them before the new ones are written: a code may move from one SKU of the product to another.
    execute("UPDATE catalog_sku SET is_active = false WHERE product_id = %s AND is_active", [product.id])


_WRITE_SKUS = """
INSERT INTO catalog_sku (id, product_id, merchant_id, code, choice, choice_name_zh, choice_name_en, currency,
    price_minor, list_price_minor, weight_grams, volume_cm3, gtin, model, tiers,
    image_key, position, is_active, in_stock)
SELECT id, product, %(merchant)s, code, choice, zh, en, %(currency)s, price, list_price, weight, volume,
    gtin, model, tiers, image, position, %(active)s, false
FROM unnest(%(ids)s::uuid[], %(products)s::uuid[], %(codes)s::text[], %(choices)s::jsonb[], %(zh)s::text[],
            %(en)s::text[], %(prices)s::bigint[], %(list_prices)s::bigint[], %(weights)s::int[],
            %(volumes)s::int[], %(gtins)s::text[], %(models)s::text[], %(tiers)s::jsonb[],
            %(images)s::text[], %(positions)s::int[])
    AS sku (id, product, code, choice, zh, en, price, list_price, weight, volume, gtin, model, tiers, image,
            position)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, choice = excluded.choice,
    choice_name_zh = excluded.choice_name_zh, choice_name_en = excluded.choice_name_en,
    price_minor = excluded.price_minor, list_price_minor = excluded.list_price_minor,
    weight_grams = excluded.weight_grams, volume_cm3 = excluded.volume_cm3, gtin = excluded.gtin,
    model = excluded.model, tiers = excluded.tiers, image_key = excluded.image_key,
    position = excluded.position, is_active = excluded.is_active
"""


def write_skus(
    written: Sequence[tuple[Product, ProductWish]],
    entries: Mapping[MediaId, dict[str, Any]],
    *,
    is_active: bool,
) -> None:
    """Make the rows of SKUs of one merchant's products what the wishes say; every SKU has its id."""
    found = [
        (product, place, sku, rules.choice_name(wish.axes, sku.choice), _picture(wish, sku, entries))
        for product, wish in written
        for place, sku in enumerate(wish.skus, start=1)
    ]
    if not found:
        return
    execute(
        _WRITE_SKUS,
        {
            "merchant": written[0][0].merchant_id,
            "currency": CURRENCY,
            "active": is_active,
            "ids": [sku.id for _, _, sku, _, _ in found],
            "products": [product.id for product, _, _, _, _ in found],
            "codes": [sku.code.strip() for _, _, sku, _, _ in found],
            "choices": [msgspec.json.encode(sku.choice).decode() for _, _, sku, _, _ in found],
            "zh": [name.zh for _, _, _, name, _ in found],
            "en": [name.en for _, _, _, name, _ in found],
            "prices": [sku.price_minor for _, _, sku, _, _ in found],
            "list_prices": [sku.list_price_minor for _, _, sku, _, _ in found],
            "weights": [sku.weight_grams for _, _, sku, _, _ in found],
            "volumes": [sku.volume_cm3 for _, _, sku, _, _ in found],
            "gtins": [sku.gtin for _, _, sku, _, _ in found],
            "models": [sku.model for _, _, sku, _, _ in found],
            "tiers": [
                msgspec.json.encode(rules_tiers.stored(sku.tiers)).decode() for _, _, sku, _, _ in found
            ],
            "images": [picture for _, _, _, _, picture in found],
            "positions": [place for _, place, _, _, _ in found],
        },
    )


def _picture(wish: ProductWish, sku: SkuWish, entries: Mapping[MediaId, dict[str, Any]]) -> str:
    """Return the key of the picture of the SKU's chosen value, '' without one."""
    of_value = {
        (axis.code, value.code): str(entries[value.media_id]["key"])
        for axis in wish.axes
        for value in axis.values
        if value.media_id and value.media_id in entries
    }
    return next((of_value[one] for one in sku.choice.items() if one in of_value), "")
