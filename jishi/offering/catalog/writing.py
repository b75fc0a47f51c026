"""How a wish becomes rows: the parts of saving a product that `services` puts in order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings

from jishi.kernel.db import execute, lock, rows
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import MediaId, MerchantId, SkuId, new_id
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.catalog import categories, rules
from jishi.offering.catalog.models import Brand, Product
from jishi.offering.catalog.types import ProductWish, SaleAxisWish, SkuWish
from jishi.offering.media import queries as media

SAVED_FIELDS = [
    "category_id", "brand_id", "status", "title_zh", "title_en", "subtitle_zh", "subtitle_en",
    "description_zh", "description_en", "media", "axes", "attributes", "currency", "price_from_minor",
    "price_to_minor",
    "list_price_minor", "freight_template_id", "per_buyer_limit", "version", "live_number", "published_at",
    "updated_at",
]  # fmt: skip


class SkuCodeTaken(Conflict):
    """Another product of the merchant uses a code; `codes` lists them."""

    code = "sku_code_taken"
    message = Text(zh="商家编码已被其他商品使用", en="A SKU code is already used by another product")


def read(wish: Any) -> ProductWish:
    """Return a stored wish as its type."""
    return msgspec.convert(wish, ProductWish)


def checked(merchant_id: MerchantId, wish: ProductWish) -> ProductWish:
    """Return the wish with safe texts and attribute values as they are stored.

    Raises: Invalid for a category, brand, picture or attribute value that does not exist.
    """
    steps = categories.path(wish.category_id)
    if not steps or not all(step.is_active for step in steps):
        raise Invalid(field="wish.category_id")
    if wish.brand_id and not Brand.objects.filter(id=wish.brand_id, is_active=True).exists():
        raise Invalid(field="wish.brand_id")
    wanted = _media_ids(wish)
    if len(media.entries(merchant_id, wanted)) < len(set(wanted)):
        raise Invalid(field="wish.media_ids")
    return replace(
        rules.cleaned(wish, media_url=settings.MEDIA_URL),
        attributes=_normal_attributes(categories.effective(steps), wish.attributes),
    )


def _media_ids(wish: ProductWish) -> list[MediaId]:
    of_values = [value.media_id for axis in wish.axes for value in axis.values if value.media_id]
    return [*wish.media_ids, *of_values]


def _normal_attributes(
    in_force: Mapping[str, Mapping[str, Any]], values: Mapping[str, str]
) -> dict[str, str]:
    types = {one.code: one for one in categories.as_types(in_force, "zh")}
    unknown = [code for code in values if code not in types]
    if unknown:
        raise Invalid(field=f"wish.attributes.{unknown[0]}")
    normal = {
        code: rules.normal_value(types[code], value, categories.codes_of(in_force[code]))
        for code, value in values.items()
    }
    return {code: value for code, value in normal.items() if value}


def new_product(merchant_id: MerchantId, wish: ProductWish, now: datetime) -> Product:
    """Insert the row of a new draft."""
    product = Product(merchant_id=merchant_id, category_id=wish.category_id, updated_at=now, version=0)
    apply(product, wish)
    product.save(force_insert=True)
    return product


def apply(product: Product, wish: ProductWish) -> None:
    """Write the wish into the product's columns; the caller saves."""
    entries = media.entries(MerchantId(product.merchant_id), _media_ids(wish))
    prices = [sku.price_minor for sku in wish.skus] or [0]
    cheapest = min(wish.skus, key=lambda sku: sku.price_minor, default=None)
    product.category_id, product.brand_id = wish.category_id, wish.brand_id
    product.title_zh, product.title_en = wish.title.zh, wish.title.en
    product.subtitle_zh, product.subtitle_en = wish.subtitle.zh, wish.subtitle.en
    product.description_zh, product.description_en = wish.description.zh, wish.description.en
    product.media = [entries[media_id] for media_id in wish.media_ids if media_id in entries]
    product.axes = [_axis(axis, entries) for axis in wish.axes]
    product.attributes = wish.attributes
    product.currency = CURRENCY
    product.price_from_minor, product.price_to_minor = min(prices), max(prices)
    product.list_price_minor = cheapest.list_price_minor if cheapest else None
    product.freight_template_id, product.per_buyer_limit = wish.freight_template_id, wish.per_buyer_limit


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
    approved. Raises: NotFound for a SKU of another product, SkuCodeTaken (409).
    """
    known = _known_skus(product)
    if any(sku.id is not None and sku.id not in known for sku in wish.skus):
        raise NotFound
    numbered = replace(
        wish, skus=[replace(sku, id=sku.id or _same_code(known, sku) or SkuId(new_id())) for sku in wish.skus]
    )
    _refuse_taken_codes(product, numbered.skus)
    if is_draft:
        _retire_all(product)
        _write_skus(product, numbered, is_active=True)
    else:
        _write_skus(
            product,
            replace(numbered, skus=[sku for sku in numbered.skus if sku.id not in known]),
            is_active=False,
        )
    return numbered


def activate_skus(product: Product, wish: ProductWish) -> None:
    """Make the SKU rows what the approved wish says: those it names are on sale, the others are not."""
    _refuse_taken_codes(product, wish.skus)
    _retire_all(product)
    _write_skus(product, wish, is_active=True)
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
    # Codes are unique per merchant; two saves of one merchant that race for a code go one after the other.
    lock(f"catalog.sku_codes:{product.merchant_id}")
    taken = rows(
        "SELECT code FROM catalog_sku WHERE merchant_id = %s AND product_id <> %s AND is_active "
        "AND code = ANY(%s::text[]) ORDER BY code",
        [product.merchant_id, product.id, [sku.code for sku in skus]],
    )
    if taken:
        raise SkuCodeTaken(codes=[code for (code,) in taken])


def _retire_all(product: Product) -> None:
    # All of them before the new ones are written: a code may move from one SKU of the product to another.
    execute("UPDATE catalog_sku SET is_active = false WHERE product_id = %s AND is_active", [product.id])


_WRITE_SKUS = """
INSERT INTO catalog_sku (id, product_id, merchant_id, code, choice, choice_name_zh, choice_name_en, currency,
    price_minor, list_price_minor, weight_grams, volume_cm3, image_key, position, is_active, in_stock)
SELECT id, %(product)s, %(merchant)s, code, choice, zh, en, %(currency)s, price, list_price, weight, volume,
    image, position, %(active)s, false
FROM unnest(%(ids)s::uuid[], %(codes)s::text[], %(choices)s::jsonb[], %(zh)s::text[], %(en)s::text[],
            %(prices)s::bigint[], %(list_prices)s::bigint[], %(weights)s::int[], %(volumes)s::int[],
            %(images)s::text[])
    WITH ORDINALITY AS sku (id, code, choice, zh, en, price, list_price, weight, volume, image, position)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, choice = excluded.choice,
    choice_name_zh = excluded.choice_name_zh, choice_name_en = excluded.choice_name_en,
    price_minor = excluded.price_minor, list_price_minor = excluded.list_price_minor,
    weight_grams = excluded.weight_grams, volume_cm3 = excluded.volume_cm3, image_key = excluded.image_key,
    position = excluded.position, is_active = excluded.is_active
"""


def _write_skus(product: Product, wish: ProductWish, *, is_active: bool) -> None:
    if not wish.skus:
        return
    pictures = _pictures(product, wish)
    names = [rules.choice_name(wish.axes, sku.choice) for sku in wish.skus]
    execute(
        _WRITE_SKUS,
        {
            "product": product.id,
            "merchant": product.merchant_id,
            "currency": CURRENCY,
            "active": is_active,
            "ids": [sku.id for sku in wish.skus],
            "codes": [sku.code.strip() for sku in wish.skus],
            "choices": [msgspec.json.encode(sku.choice).decode() for sku in wish.skus],
            "zh": [name.zh for name in names],
            "en": [name.en for name in names],
            "prices": [sku.price_minor for sku in wish.skus],
            "list_prices": [sku.list_price_minor for sku in wish.skus],
            "weights": [sku.weight_grams for sku in wish.skus],
            "volumes": [sku.volume_cm3 for sku in wish.skus],
            "images": [pictures(sku) for sku in wish.skus],
        },
    )


def _pictures(product: Product, wish: ProductWish) -> Any:
    """Return a function from a SKU to the key of the picture of its chosen value, '' without one."""
    entries = media.entries(MerchantId(product.merchant_id), _media_ids(wish))
    of_value = {
        (axis.code, value.code): entries[value.media_id]["key"]
        for axis in wish.axes
        for value in axis.values
        if value.media_id in entries
    }
    return lambda sku: next((of_value[one] for one in sku.choice.items() if one in of_value), "")
