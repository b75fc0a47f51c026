"""The store fronts of the demo market: some stores have categories of their own and are decorated."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jishi.discovery.content import queries_decoration, services_decoration
from jishi.discovery.content.types_decoration import Block, BlockKind, LinkedPicture, ProductRule
from jishi.entry.demo import painting, pictures
from jishi.entry.demo.content import DemoCategory, DemoMerchant, DemoProduct
from jishi.entry.demo.goods import sku_codes
from jishi.entry.demo.stores import Store
from jishi.kernel.db import rows
from jishi.kernel.ids import MediaId, ProductId, StoreCategoryId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_store_categories as queries
from jishi.offering.catalog import services_store_categories as store_categories
from jishi.offering.catalog.types_store_categories import StoreCategoryWish
from jishi.offering.media import services as media

ARRANGED = ("soundwide", "greenbamboo", "warmhouse")
FAVOURITES = Text("店主推荐", "Our favourites")
ALL_KINDS = Text("全部品类", "All kinds")
FAVOURITES_COUNT = 8
NOTHING = Text("", "")
NOTICE = Text("每天下午四点前付款,当天发出", "Paid by four in the afternoon, sent the same day")
ABOUT = Text("关于我们", "About us")


def ensure_categories(
    merchant: DemoMerchant, store: Store, written: Sequence[DemoCategory], *, now: datetime
) -> None:
    """Give a store that is to have some its own categories, unless it has any: what its owner likes best, and below
    one all kinds of goods it sells.
    """
    if merchant.code not in ARRANGED or queries.own(store.merchant_id):
        return
    ids = product_ids(store, merchant.products)
    _fill(store, FAVOURITES, None, [ids[one.code] for one in merchant.products[:FAVOURITES_COUNT]], now)
    kinds = _fill(store, ALL_KINDS, None, [], now)
    names = {code: name for top in written for code, name in top.children}
    for code in dict.fromkeys(one.category for one in merchant.products):
        inside = [ids[one.code] for one in merchant.products if one.category == code]
        _fill(store, names[code], kinds, inside, now)


def product_ids(store: Store, products: Sequence[DemoProduct]) -> dict[str, ProductId]:
    """Return the ids of a store's products by their codes."""
    found = dict(rows("SELECT code, product_id FROM catalog_sku WHERE merchant_id = %s", [store.merchant_id]))
    return {one.code: ProductId(found[sku_codes(one)[0]]) for one in products}


def _fill(
    store: Store,
    name: Text,
    parent_id: StoreCategoryId | None,
    product_ids: Sequence[ProductId],
    now: datetime,
) -> StoreCategoryId:
    who: Any = {"merchant_id": store.merchant_id, "staff_id": store.owner_id, "now": now}
    made = store_categories.make(wish=StoreCategoryWish(name=name, parent_id=parent_id), **who)
    if product_ids:
        store_categories.put_in(store_category_id=made, product_ids=product_ids, **who)
    return made


def ensure_decoration(merchant: DemoMerchant, store: Store, *, now: datetime) -> None:
    """Decorate a store that has categories of its own, unless somebody began to."""
    if merchant.code not in ARRANGED or queries_decoration.decoration(store.merchant_id).version:
        return
    ids = product_ids(store, merchant.products)
    kinds = [one for one in queries.own(store.merchant_id) if one.parent_id is not None]
    who: Any = {"merchant_id": store.merchant_id, "staff_id": store.owner_id, "now": now}
    blocks = [
        _pictures(BlockKind.BANNERS, [_picture(merchant, store, at, now, ids) for at in (1, 2)]),
        Block(kind=BlockKind.NOTICE, title=NOTHING, text=NOTICE),
        Block(
            kind=BlockKind.CHOSEN_PRODUCTS,
            title=FAVOURITES,
            text=NOTHING,
            product_ids=[ids[one.code] for one in merchant.products[: FAVOURITES_COUNT - 2]],
        ),
        Block(
            kind=BlockKind.PICTURE_TEXT,
            title=ABOUT,
            text=merchant.introduction,
            pictures=[_picture(merchant, store, 3, now, ids)],
        ),
        Block(
            kind=BlockKind.RULED_PRODUCTS,
            title=kinds[0].name,
            text=NOTHING,
            rule=ProductRule.STORE_CATEGORY,
            store_category_id=kinds[0].id,
        ),
    ]
    services_decoration.save_draft(blocks=blocks, version=0, **who)
    services_decoration.publish(version=1, **who)


def _pictures(kind: BlockKind, shown: Sequence[LinkedPicture]) -> Block:
    return Block(kind=kind, title=NOTHING, text=NOTHING, pictures=list(shown))


def _picture(
    merchant: DemoMerchant, store: Store, at: int, now: datetime, ids: Mapping[str, ProductId]
) -> LinkedPicture:
    """Return a wide picture of three products in a row, the `at`th three, that leads to the first of them."""
    shown = merchant.products[3 * at : 3 * at + 3]
    painted = pictures.banner(
        [one.emoji for one in shown], colour=merchant.colour, seed=f"{merchant.code}-{at}"
    )
    kept = media.keep(
        merchant_id=store.merchant_id,
        made=painting.encoded(painted),
        file_name=f"front-{at + 1}.png",
        staff_id=store.owner_id,
        now=now,
    )
    return LinkedPicture(media_id=MediaId(kept.id), alt=shown[0].title, product_id=ids[shown[0].code])
