"""Goods without a parcel in the demo market: a code that unlocks something, and a service at the counter."""

from dataclasses import replace
from datetime import datetime, timedelta

from jishi.entry.demo.stores import Store
from jishi.flows import hand_over
from jishi.kernel.db import atomic, row
from jishi.kernel.ids import MerchantId, ProductId, SkuId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_merchant, services
from jishi.offering.catalog.types import ProductWish, SkuWish, VersionStatus
from jishi.offering.catalog.types_facts import ProductFacts
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.inventory import services as stock
from jishi.offering.inventory import services_merchant as receiving
from jishi.offering.inventory.types import ReceiptLine, ReceiptWish
from jishi.trade.handover.types import CodeUpload

LISTED_BEFORE = timedelta(days=60)  # they are not the newest of the market
PIECES = 200
CODES = 40
UNLOCK = SkuWish(code="DEMO-UNLOCK", choice={}, price_minor=6_800, list_price_minor=9_800)
CARE = SkuWish(code="DEMO-CARE", choice={}, price_minor=5_900)


def ensure(store: Store, *, now: datetime) -> None:
    """Put a virtual product and a service on sale in a store that sells something already."""
    at = now - LISTED_BEFORE
    like = _first_product(store.merchant_id)
    if like is None or _is_there(store.merchant_id):
        return
    unlock = _sell(store, _unlock(like), at)
    upload = CodeUpload(sku_id=unlock, codes=_codes())
    hand_over.add_codes(merchant_id=store.merchant_id, wish=upload, staff=store.owner_id, now=at)
    care = _sell(store, _care(like), at)
    receipt = ReceiptWish(
        warehouse_id=store.warehouse_ids[0],
        lines=[ReceiptLine(sku_id=care, quantity=PIECES)],
        reference="DEMO",
    )
    with atomic():
        receiving.book_receipt(merchant_id=store.merchant_id, wish=receipt, staff_id=store.owner_id, now=at)
        stock.refresh_in_stock([unlock, care], now=at)


def _codes() -> list[str]:
    return [
        f"JSHI-{number * 7919 % 10_000:04d}-{number * 104_729 % 10_000:04d}" for number in range(1, CODES + 1)
    ]


def _is_there(merchant_id: MerchantId) -> bool:
    found = row(
        "SELECT 1 FROM catalog_sku WHERE merchant_id = %s AND code = ANY(%s)",
        [merchant_id, [UNLOCK.code, CARE.code]],
    )
    return found is not None


def _first_product(merchant_id: MerchantId) -> ProductWish | None:
    """Return a product of the store: the others lie in its category and show its first picture."""
    found = row(
        "SELECT id FROM catalog_product WHERE merchant_id = %s AND status = 'live' ORDER BY id LIMIT 1",
        [merchant_id],
    )
    if found is None:
        return None
    return queries_merchant.product_for_merchant(merchant_id, ProductId(found[0])).wish


def _unlock(like: ProductWish) -> ProductWish:
    return replace(
        _plain(like),
        title=Text("空间音频高级版 激活码", "Spatial Audio Pro Activation Code"),
        subtitle=Text("付款后立即发码，一码一机，永久有效", "The code comes at once: one device, for ever"),
        description=Text(
            "<p>在手机应用里输入激活码，即可打开空间音频与自定义均衡器。</p>",
            "<p>Enter the code in the app to open spatial audio and the equaliser.</p>",
        ),
        skus=[UNLOCK],
        kind=ProductKind.VIRTUAL,
    )


def _care(like: ProductWish) -> ProductWish:
    return replace(
        _plain(like),
        title=Text("耳机深度清洁与调音 到店服务", "Headphone Deep Clean and Tuning, at the Counter"),
        subtitle=Text("出示券码即可使用，约 30 分钟", "Show your voucher; about 30 minutes"),
        description=Text(
            "<p>拆洗耳垫与网罩，检查电池，并按您的听感调音。</p>",
            "<p>Pads and meshes washed, battery checked, tuned to your ear.</p>",
        ),
        skus=[CARE],
        kind=ProductKind.SERVICE,
        voucher_days=90,
    )


def _plain(like: ProductWish) -> ProductWish:
    return replace(
        like, axes=[], media_ids=like.media_ids[:1], video_id=None, facts=ProductFacts(unit="share")
    )


def _sell(store: Store, wish: ProductWish, at: datetime) -> SkuId:
    saved = services.save_product(merchant_id=store.merchant_id, wish=wish, staff_id=store.owner_id, now=at)
    asked = services.submit(
        merchant_id=store.merchant_id, product_id=saved.id, staff_id=store.owner_id, now=at
    )
    if asked.proposal is VersionStatus.IN_REVIEW:
        services.approve(product_id=saved.id, reviewer_id=None, now=at)
    sku_id = saved.wish.skus[0].id
    if sku_id is None:
        raise LookupError(wish.title.zh)
    return sku_id
