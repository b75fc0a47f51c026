"""The demo market's goods: categories, painted pictures, products through the listing review, stock."""

import os
import random
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from jishi.entry.demo import pictures
from jishi.entry.demo.content import COLOURS, Colour, DemoCategory, DemoMerchant, DemoProduct
from jishi.entry.demo.stores import Store
from jishi.kernel.db import atomic, row, rows
from jishi.kernel.ids import CategoryId, MediaId, MerchantId, SkuId
from jishi.kernel.words import Text
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog import services_tree as tree
from jishi.offering.catalog.types import AttributeKind, AxisValueWish, ProductWish, SaleAxisWish, SkuWish
from jishi.offering.inventory import queries as inventory
from jishi.offering.inventory import services as stock
from jishi.offering.inventory import services_merchant as receiving
from jishi.offering.inventory.types import CountLine, CountWish, ReceiptLine, ReceiptWish
from jishi.offering.media import services as media

LISTED_WITHIN_DAYS = 90
SECOND_SIDE = 800
PAINTERS_MAX = (
    4  # each holds some 50 MB of pictures and encoders: a machine of many cores must not need gigabytes
)
COLOUR_ATTRIBUTE = ("colour", Text("颜色", "Colour"))


@dataclass(frozen=True, slots=True)
class Painting:
    """A picture of a product, encoded; `colour` is the code of the sale value it shows, '' for the product."""

    colour: str
    scene: int
    made: media.Encoded


Painted = Mapping[str, Sequence[Painting]]


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


# -- pictures --------------------------------------------------------------------------------------


def paint(written: Sequence[DemoMerchant], *, seed: int) -> Painted:
    """Paint the pictures of all products that are not there yet, on several cores of the machine."""
    known = {code for (code,) in rows("SELECT DISTINCT code FROM catalog_sku")}
    wanted = [
        (product, colour, scene)
        for merchant in written
        for product in merchant.products
        if sku_code(product, "", "") not in known and not any(one.startswith(product.code) for one in known)
        for colour, scene in _scenes(product)
    ]
    if wanted:
        tell(f"painting {len(wanted)} pictures")
    # Pillow lets go of the interpreter while it works, so threads are enough.
    with ThreadPoolExecutor(min(os.cpu_count() or 2, PAINTERS_MAX)) as pool:
        paintings = list(pool.map(lambda one: _paint(*one, seed=seed), wanted))
    found: dict[str, list[Painting]] = {}
    for (product, _, _), painting in zip(wanted, paintings, strict=True):
        found.setdefault(product.code, []).append(painting)
    return found


def tell(line: str) -> None:
    """Tell the person at the terminal what takes its time; standard output is for those who ask for tokens."""
    sys.stderr.write(f"jishi: {line}\n")
    sys.stderr.flush()


def _scenes(product: DemoProduct) -> list[tuple[Colour | None, int]]:
    """Return what is painted: the product from two sides, or each of its colours."""
    if len(product.colours) < 2:
        return [(product.colours[0] if product.colours else None, scene) for scene in (0, 1)]
    return [(colour, 0) for colour in product.colours]


def _paint(product: DemoProduct, colour: Colour | None, scene: int, *, seed: int) -> Painting:
    is_first = scene == 0 and colour in (None, *product.colours[:1])
    picture = pictures.product_picture(
        product.emoji,
        seed=f"{seed}:{product.code}",
        scene=scene,
        tint=colour.tint if colour else None,
        side=pictures.SIDE if is_first else SECOND_SIDE,
    )
    made = media.encoded(picture, webp_method=1, avif_speed=10)
    return Painting(colour.code if colour and scene == 0 else "", scene, made)


# -- products --------------------------------------------------------------------------------------


def ensure_products(
    merchant: DemoMerchant,
    store: Store,
    category_ids: Mapping[str, CategoryId],
    painted: Painted,
    *,
    seed: int,
    now: datetime,
) -> None:
    """Save, submit and approve the merchant's products that were painted, and receive their stock."""
    for product in merchant.products:
        if product.code not in painted:
            continue
        chance = random.Random(f"{seed}:{product.code}")
        listed_at = now - timedelta(minutes=chance.randrange(LISTED_WITHIN_DAYS * 24 * 60))
        wish = _wish(product, store, category_ids[product.category], painted[product.code], listed_at)
        saved = catalog.save_product(
            merchant_id=store.merchant_id, wish=wish, staff_id=store.owner_id, now=listed_at
        )
        catalog.submit(
            merchant_id=store.merchant_id, product_id=saved.id, staff_id=store.owner_id, now=listed_at
        )
        catalog.approve(product_id=saved.id, reviewer_id=None, now=listed_at)
        _receive(store, [sku.id for sku in saved.wish.skus if sku.id], chance, now=listed_at)
        with atomic():
            catalog.count_sold([(saved.id, round(10 ** chance.uniform(0.6, 3.6)))], now=now)


def _wish(
    product: DemoProduct,
    store: Store,
    category_id: CategoryId,
    paintings: Sequence[Painting],
    now: datetime,
) -> ProductWish:
    kept = [(painting, _keep(store, product, painting, now)) for painting in paintings]
    of_colour = {painting.colour: media_id for painting, media_id in kept if painting.colour}
    return ProductWish(
        title=product.title,
        subtitle=product.subtitle,
        description=product.description,
        category_id=category_id,
        brand_id=tree.ensure_brand(name=product.brand) if product.brand else None,
        media_ids=[media_id for _, media_id in sorted(kept, key=lambda one: one[0].scene)],
        axes=_axes(product, of_colour),
        skus=_skus(product),
        attributes=product.attributes,
    )


def _keep(store: Store, product: DemoProduct, painting: Painting, now: datetime) -> MediaId:
    kept = media.keep(
        merchant_id=store.merchant_id,
        made=painting.made,
        file_name=f"{product.code}-{painting.colour or painting.scene}.png".lower(),
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
    skus = []
    for colour in [one.code for one in product.colours] or [""]:
        for spec, extra_minor in [(one.code, one.extra_minor) for one in product.specs] or [("", 0)]:
            choice = {"colour": colour} if colour else {}
            choice |= {"spec": spec} if spec else {}
            list_minor = product.list_price_minor
            skus.append(
                SkuWish(
                    code=sku_code(product, colour, spec),
                    choice=choice,
                    price_minor=product.price_minor + extra_minor,
                    list_price_minor=list_minor + extra_minor if list_minor else None,
                    weight_grams=product.weight_grams,
                    volume_cm3=product.weight_grams * 4,
                )
            )
    return skus


def sku_code(product: DemoProduct, colour: str, spec: str) -> str:
    """Return the code of one combination: SW-AIR3-BLACK."""
    return "-".join(part for part in (product.code, colour, spec) if part).upper()


# -- stock -----------------------------------------------------------------------------------------


def _receive(store: Store, sku_ids: Sequence[SkuId], chance: random.Random, *, now: datetime) -> None:
    """Receive stock of the SKUs in every warehouse; a few combinations are sold out, as in life."""
    sold_out = {sku_id for sku_id in sku_ids if len(sku_ids) > 2 and chance.random() < 0.06}
    with atomic():
        for warehouse_id in store.warehouse_ids:
            lines = [
                ReceiptLine(sku_id=sku_id, quantity=chance.randrange(30, 400))
                for sku_id in sku_ids
                if sku_id not in sold_out
            ]
            receiving.book_receipt(
                merchant_id=store.merchant_id,
                wish=ReceiptWish(warehouse_id=warehouse_id, lines=lines, reference="DEMO"),
                staff_id=store.owner_id,
                now=now,
            )
        stock.refresh_in_stock(sku_ids, now=now)


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
