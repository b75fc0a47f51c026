"""Goods without a parcel for tests: a virtual product with codes, and a service."""

from dataclasses import replace

from jishi.flows import hand_over
from jishi.flows.tests.shopping import NOW, Shopper
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.ids import MerchantId, SkuId, UserId, new_id
from jishi.offering.catalog import services
from jishi.offering.catalog.tests.factories import make_category, put_on_sale, wish_of
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.inventory.tests.factories import make_stock, make_warehouse
from jishi.trade.checkout import services_quotes
from jishi.trade.checkout.types import CartLineWish, Quote, QuoteRequest
from jishi.trade.handover.types import CodesAdded, CodeUpload

STAFF = UserId(new_id())


def make_kind(
    kind: ProductKind,
    *,
    merchant_id: MerchantId | None = None,
    days: int | None = None,
    price_minor: int = 3_000,
) -> tuple[MerchantId, SkuId]:
    """Make a product of a kind on sale, its stock still empty; a service's vouchers are good for 30 days."""
    merchant_id = merchant_id or make_merchant()
    days = days or (30 if kind is ProductKind.SERVICE else None)
    wish = replace(
        wish_of(merchant_id, make_category(), prices_minor=[price_minor]), kind=kind, voucher_days=days
    )
    saved = services.save_product(merchant_id=merchant_id, wish=wish, staff_id=None, now=NOW)
    put_on_sale(merchant_id, saved.id)
    sku_id = saved.wish.skus[0].id
    assert sku_id
    return merchant_id, sku_id


def make_codes(*codes: str, merchant_id: MerchantId | None = None) -> tuple[MerchantId, SkuId]:
    """Make a virtual product on sale with these codes in its pool."""
    merchant_id, sku_id = make_kind(ProductKind.VIRTUAL, merchant_id=merchant_id)
    make_warehouse(merchant_id)
    add(merchant_id, sku_id, *codes)
    return merchant_id, sku_id


def add(merchant_id: MerchantId, sku_id: SkuId, *codes: str) -> CodesAdded:
    """Upload codes."""
    wish = CodeUpload(sku_id=sku_id, codes=list(codes))
    return hand_over.add_codes(merchant_id=merchant_id, wish=wish, staff=STAFF, now=NOW)


def make_service(*, stock: int = 10, merchant_id: MerchantId | None = None) -> tuple[MerchantId, SkuId]:
    """Make a service on sale, with so many pieces to sell."""
    merchant_id, sku_id = make_kind(ProductKind.SERVICE, merchant_id=merchant_id)
    make_stock(sku_id, stock)
    return merchant_id, sku_id


def quote_nowhere(me: Shopper, *pieces: tuple[SkuId, int]) -> Quote:
    """Price pieces for a buyer who names no address."""
    lines = [CartLineWish(sku_id=sku_id, quantity=quantity) for sku_id, quantity in pieces]
    return services_quotes.quote(
        owner_id=me.buyer, buyer=me.buyer, request=QuoteRequest(lines=lines), language="zh", now=NOW
    )
