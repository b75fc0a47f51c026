"""The demo market's goods: categories, products through the listing review, stock."""

import random
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from jishi.entry.demo import films
from jishi.entry.demo.content import COLOURS, DemoCategory, DemoMerchant, DemoProduct
from jishi.entry.demo.painting import Shot, Studio, shots
from jishi.entry.demo.stores import Store
from jishi.kernel.db import atomic, row, rows
from jishi.kernel.gtin import check_digit
from jishi.kernel.ids import BrandId, CategoryId, MediaId, MerchantId, SkuId
from jishi.kernel.quiet import quietly
from jishi.kernel.words import Text
from jishi.offering.catalog import services_tree as tree
from jishi.offering.catalog.services_bulk import Listing, introduce
from jishi.offering.catalog.types import AttributeKind, AxisValueWish, ProductWish, SaleAxisWish, SkuWish
from jishi.offering.catalog.types_facts import ProductFacts
from jishi.offering.inventory import queries as inventory
from jishi.offering.inventory import services as stock
from jishi.offering.inventory import services_merchant as receiving
from jishi.offering.inventory.types import CountLine, CountWish, ReceiptLine, ReceiptWish
from jishi.offering.media import services as media

LISTED_BEFORE_DAYS = (95, 118)  # before the first of the orders that are written down
SOLD_OUT_SHARE = 0.06
JUST_LISTED_SHARE = 0.06  # these came in the last three weeks, and nobody has bought them yet
COLOUR_ATTRIBUTE = ("colour", Text("颜色", "Colour"))


# -- categories ------------------------------------------------------------------------------------


def ensure_categories(written: Sequence[DemoCategory]) -> dict[str, CategoryId]:
    """Make the tree with its attributes where it is missing; return the ids by code."""
    ids: dict[str, CategoryId] = {}
    for sort, top in enumerate(written):
        ids[top.code] = top_id = tree.ensure_category(name=top.name, sort=sort, icon=top.icon)
        for place, (code, name) in enumerate(top.children):
            ids[code] = tree.ensure_category(name=name, parent_id=top_id, sort=place)
        _ensure_attributes(top, top_id)
    return ids


def _ensure_attributes(top: DemoCategory, category_id: CategoryId) -> None:
    for sort, one in enumerate(top.attributes):
        tree.ensure_attribute(
            category_id=category_id,
            code=one.code,
            name=one.name,
            kind=AttributeKind(one.kind),
            unit=one.unit,
            choices=one.choices,
            is_required=one.is_required,
            is_filterable=one.is_filterable,
            sort=sort,
        )
    code, name = COLOUR_ATTRIBUTE
    tree.ensure_attribute(
        category_id=category_id,
        code=code,
        name=name,
        choices=[{"code": one.code, "zh": one.name.zh, "en": one.name.en} for one in COLOURS.values()],
        is_filterable=True,
        is_sale_axis=True,
        sort=99,
    )


# -- products --------------------------------------------------------------------------------------


def missing(merchant: DemoMerchant) -> list[DemoProduct]:
    """Return the merchant's products that are not in the market yet."""
    known = {code for (code,) in rows("SELECT DISTINCT code FROM catalog_sku WHERE is_active")}
    return [product for product in merchant.products if sku_codes(product)[0] not in known]


def ensure_products(
    products: Sequence[DemoProduct],
    store: Store,
    category_ids: Mapping[str, CategoryId],
    studio: Studio,
    *,
    seed: int,
    now: datetime,
) -> None:
    """Put the products of one merchant on the shelf, and receive their stock."""
    if not products:
        return
    opened_at = now - timedelta(days=LISTED_BEFORE_DAYS[1])
    wanted = dict.fromkeys(shot for product in products for shot in shots(product))
    kept = {shot: _keep(store, shot, studio, opened_at) for shot in wanted}
    brands = {name: tree.ensure_brand(name=name) for name in {one.brand for one in products if one.brand}}
    with quietly():
        made = introduce(
            merchant_id=store.merchant_id,
            listings=[
                Listing(
                    wish=_wish(
                        one,
                        category_ids[one.category],
                        brands,
                        kept,
                        film=_keep_film(store, one, studio, opened_at) if one.has_film else None,
                    ),
                    at=listing_time(one, seed=seed, now=now),
                )
                for one in products
            ],
            staff_id=store.owner_id,
            reviewer_id=None,
            now=now,
        )
    sku_ids = {code: sku_id for one in made for code, sku_id in one.sku_ids.items()}
    _receive(store, products, sku_ids, seed, opened_at)


def listing_time(product: DemoProduct, *, seed: int, now: datetime) -> datetime:
    """Return when a product came into the market: most of them before its history begins."""
    chance = random.Random(f"{seed}:{product.code}:listed")
    days = range(1, 22) if chance.random() < JUST_LISTED_SHARE else range(*LISTED_BEFORE_DAYS)
    return now - timedelta(days=chance.choice(days), minutes=chance.randrange(24 * 60))


def _wish(
    product: DemoProduct,
    category_id: CategoryId,
    brands: Mapping[Text, BrandId],
    kept: Mapping[Shot, MediaId],
    *,
    film: MediaId | None,
) -> ProductWish:
    taken = shots(product)
    return ProductWish(
        title=product.title,
        subtitle=product.subtitle,
        description=product.description,
        category_id=category_id,
        brand_id=brands[product.brand] if product.brand else None,
        media_ids=list(dict.fromkeys(kept[shot] for shot in taken)),
        axes=_axes(product, {shot.colour: kept[shot] for shot in taken if shot.colour}),
        skus=_skus(product),
        attributes=product.attributes,
        video_id=film,
        facts=ProductFacts(unit="piece", origin=product.origin, tags=product.tags),
    )


def _keep_film(store: Store, product: DemoProduct, studio: Studio, now: datetime) -> MediaId:
    return media.keep_video(
        merchant_id=store.merchant_id,
        film=media.Film(media.VIDEO_TYPE, studio.film(product), films.SIDE, films.SIDE),
        file_name=f"{product.code}.mp4".lower(),
        staff_id=store.owner_id,
        now=now,
    )


def _keep(store: Store, shot: Shot, studio: Studio, now: datetime) -> MediaId:
    kept = media.keep(
        merchant_id=store.merchant_id,
        made=studio.picture(shot),
        file_name=shot.file_name,
        staff_id=store.owner_id,
        now=now,
    )
    return kept.id


def _axes(product: DemoProduct, of_colour: Mapping[str, MediaId]) -> list[SaleAxisWish]:
    axes = []
    if product.colours:
        code, name = COLOUR_ATTRIBUTE
        values = [
            AxisValueWish(code=colour.code, name=colour.name, media_id=of_colour.get(colour.code))
            for colour in product.colours
        ]
        axes.append(SaleAxisWish(code=code, name=name, values=values))
    if product.specs:
        values = [AxisValueWish(code=spec.code, name=spec.name) for spec in product.specs]
        axes.append(SaleAxisWish(code="spec", name=product.specs_name, values=values))
    return axes


def _skus(product: DemoProduct) -> list[SkuWish]:
    list_minor = product.list_price_minor
    return [
        SkuWish(
            code=_sku_code(product, colour, spec),
            choice=({"colour": colour} if colour else {}) | ({"spec": spec} if spec else {}),
            price_minor=product.price_minor + extra_minor,
            list_price_minor=list_minor + extra_minor if list_minor else None,
            weight_grams=product.weight_grams,
            volume_cm3=product.weight_grams * 4,
            gtin=_gtin(_sku_code(product, colour, spec)),
            model=product.model,
        )
        for colour, spec, extra_minor in _combinations(product)
    ]


def _gtin(code: str) -> str:
    """Return a number of the range that shops give out themselves (29…), the same for a code every time."""
    digits = f"29{zlib.crc32(code.encode()):010d}"
    return digits + str(check_digit(digits))


def sku_codes(product: DemoProduct) -> list[str]:
    """Return the codes of a product's combinations: SW-AIR3-BLACK."""
    return [_sku_code(product, colour, spec) for colour, spec, _ in _combinations(product)]


def _combinations(product: DemoProduct) -> list[tuple[str, str, int]]:
    return [
        (colour, spec, extra_minor)
        for colour in [one.code for one in product.colours] or [""]
        for spec, extra_minor in [(one.code, one.extra_minor) for one in product.specs] or [("", 0)]
    ]


def _sku_code(product: DemoProduct, colour: str, spec: str) -> str:
    return "-".join(part for part in (product.code, colour, spec) if part).upper()


# -- stock -----------------------------------------------------------------------------------------


def sold_out(product: DemoProduct, *, seed: int) -> set[str]:
    """Return the codes of the combinations that nobody can have: a few, as in life."""
    chance = random.Random(f"{seed}:{product.code}:sold-out")
    codes = sku_codes(product)
    return {code for code in codes[1:] if len(codes) > 2 and chance.random() < SOLD_OUT_SHARE}


def _receive(
    store: Store,
    products: Sequence[DemoProduct],
    sku_ids: Mapping[str, SkuId],
    seed: int,
    now: datetime,
) -> None:
    """Receive stock of the SKUs in every warehouse."""
    chance = random.Random(f"{seed}:{products[0].code}:stock")
    gone = {code for product in products for code in sold_out(product, seed=seed)}
    had = sorted(set(sku_ids) - gone)
    with atomic():
        for warehouse_id in store.warehouse_ids:
            receiving.book_receipt(
                merchant_id=store.merchant_id,
                wish=ReceiptWish(
                    warehouse_id=warehouse_id,
                    lines=[
                        ReceiptLine(sku_id=sku_ids[code], quantity=chance.randrange(60, 400)) for code in had
                    ],
                    reference="DEMO",
                ),
                staff_id=store.owner_id,
                now=now,
            )
        stock.refresh_in_stock(list(sku_ids.values()), now=now)


def make_rare(code: str, pieces: int, *, now: datetime) -> dict[str, object] | None:
    """Leave exactly `pieces` of a SKU to be sold, all in one warehouse; None when there is no such SKU.

    `code` is the SKU's code or its id. Pieces that buyers have reserved stay reserved.
    """
    found = row(
        "SELECT id, product_id, merchant_id FROM catalog_sku "
        "WHERE is_active AND (code = upper(%s) OR id::text = %s)",
        [code, code.lower()],
    )
    if found is None:
        return None
    sku_id, product_id, merchant_id = found
    at = inventory.stock([sku_id])
    for place, one in enumerate(at):
        claimed = one.on_hand - one.available
        receiving.count(
            merchant_id=MerchantId(merchant_id),
            wish=CountWish(
                warehouse_id=one.warehouse_id,
                lines=[CountLine(sku_id=sku_id, on_hand=claimed + (0 if place else pieces))],
                reference="RARE",
            ),
            staff_id=None,
            now=now,
        )
    with atomic():
        stock.refresh_in_stock([sku_id], now=now)
    return {
        "sku_id": str(sku_id),
        "product_id": str(product_id),
        "merchant_id": str(merchant_id),
        "warehouse_id": str(at[0].warehouse_id) if at else None,
        "available": inventory.availability([sku_id])[sku_id],
    }
