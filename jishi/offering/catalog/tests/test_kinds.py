"""What kind a product is: said when it is made, fixed once it was on sale or has stock, shown on its page."""

from dataclasses import replace

import pytest

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import MerchantId
from jishi.offering.catalog import services
from jishi.offering.catalog.rules_kinds import KindFixed
from jishi.offering.catalog.tests.factories import NOW, make_category, product_detail, put_on_sale, wish_of
from jishi.offering.catalog.types import ProductForMerchant, ProductWish
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.inventory.tests.factories import make_stock

pytestmark = pytest.mark.django_db


def service_of(merchant_id: MerchantId) -> ProductWish:
    return replace(wish_of(merchant_id, make_category()), kind=ProductKind.SERVICE, voucher_days=30)


def save(
    merchant_id: MerchantId, wish: ProductWish, of: ProductForMerchant | None = None
) -> ProductForMerchant:
    return services.save_product(
        merchant_id=merchant_id,
        wish=wish,
        product_id=of.id if of else None,
        version=of.version if of else None,
        staff_id=None,
        now=NOW,
    )


def test_a_product_page_says_its_kind() -> None:
    merchant_id = make_merchant()
    saved = save(merchant_id, service_of(merchant_id))
    put_on_sale(merchant_id, saved.id)
    shown = product_detail(saved.id, language="zh")
    assert (shown.kind, shown.voucher_days) == (ProductKind.SERVICE, 30)


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (ProductKind.SERVICE, None),
        (ProductKind.SERVICE, 0),
        (ProductKind.SERVICE, 1_096),
        (ProductKind.VIRTUAL, 30),
    ],
)
def test_a_service_and_nothing_else_says_for_how_long_its_vouchers_are_good(
    kind: ProductKind, days: int | None
) -> None:
    merchant_id = make_merchant()
    with pytest.raises(Invalid):
        save(merchant_id, replace(service_of(merchant_id), kind=kind, voucher_days=days))


def test_a_draft_may_become_another_kind_until_it_has_stock_or_was_on_sale() -> None:
    merchant_id = make_merchant()
    service = service_of(merchant_id)
    physical = replace(service, kind=ProductKind.PHYSICAL, voucher_days=None)
    draft = save(merchant_id, service)
    draft = save(merchant_id, replace(physical, skus=draft.wish.skus), draft)
    sku_id = draft.wish.skus[0].id
    assert sku_id
    make_stock(sku_id, 3)
    with pytest.raises(KindFixed):
        save(merchant_id, replace(service, skus=draft.wish.skus), draft)

    live = save(merchant_id, service_of(merchant_id))
    put_on_sale(merchant_id, live.id)
    wish = replace(live.wish, kind=ProductKind.VIRTUAL, voucher_days=None)
    with pytest.raises(KindFixed):
        services.save_product(merchant_id=merchant_id, wish=wish, product_id=live.id, staff_id=None, now=NOW)
