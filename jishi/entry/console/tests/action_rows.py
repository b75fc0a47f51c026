"""Rows in the state that an action wants, and what they say of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Model

from jishi.discovery.steering.models import RuleSet
from jishi.entry.console.base import all_rows
from jishi.entry.console.tests.factories import (
    make_payout,
    make_refund,
    now,
    order_row,
)
from jishi.entry.console.tests.factories_discovery import make_rules
from jishi.entry.console.tests.factories_marketing import make_known_goodwill
from jishi.flows import pay_out
from jishi.flows.tests.shopping import make_goods, make_shopper
from jishi.identity.accounts.models import User
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants import services as merchants
from jishi.identity.merchants.models import Merchant
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.identity.merchants.types import MerchantStatus
from jishi.kernel.db import rows
from jishi.kernel.ids import PayoutId, ProductId
from jishi.money.payments.models import Refund
from jishi.money.settlement.models import Payout
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog.models import Brand, Product, ProductVersion
from jishi.offering.catalog.models_offers import SharedProduct
from jishi.offering.catalog.tests.factories import make_product, wish_of
from jishi.offering.catalog.tests.factories_offers import make_shared_category, shared
from jishi.offering.coupons.models import CouponRow
from jishi.trade.orders.models import Order


def merchant(status: MerchantStatus) -> Callable[[], Model]:
    return lambda: Merchant.objects.get(id=make_merchant(status=status))


def closing() -> Merchant:
    made = make_merchant(status=MerchantStatus.SUSPENDED)
    merchants.start_closing(merchant_id=made, actor=make_buyer(), reason="清退", now=now())
    return Merchant.objects.get(id=made)


def product() -> Product:
    found: Product = all_rows(Product).get(id=make_product().id)
    return found


def banned() -> Product:
    row = product()
    catalog.ban(product_id=ProductId(row.id), reason="违禁", reviewer_id=make_buyer(), now=now())
    return row


def live_version() -> ProductVersion:
    """Make a second version of a product on sale, waiting for review."""
    live = make_product()
    wish = wish_of(live.merchant_id, live.category_id)
    catalog.save_product(
        merchant_id=live.merchant_id, product_id=live.id, wish=wish, staff_id=None, now=now()
    )
    catalog.submit(merchant_id=live.merchant_id, product_id=live.id, staff_id=None, now=now())
    found: ProductVersion = all_rows(ProductVersion).get(product_id=live.id, status="in_review")
    return found


def payout(status: str) -> Callable[[], Payout]:
    def make() -> Payout:
        made = make_payout()
        if status != "pending":
            pay_out.approve(payout_id=PayoutId(made.id), by=make_buyer(), now=now())
        if status == "paid":
            pay_out.mark_paid(payout_id=PayoutId(made.id), bank_reference="B1", by=make_buyer(), now=now())
        return made

    return make


def blocked() -> User:
    user = User.objects.get(pk=make_buyer())
    User.objects.filter(pk=user.pk).update(is_active=False)
    return user


def bought() -> Order:
    """Make a paid order of goods that are in stock."""
    trade = make_shopper().buy_and_pay((make_goods().sku_id, 2))
    return order_row(trade.orders[0].id)


def refunds_of(row: Any) -> list[int]:
    return [*all_rows(Refund).filter(order_id=row.pk).values_list("amount_minor", flat=True)]


def rules_of(row: Any) -> str:
    return " ".join(sorted(row.rules.values_list("kind", flat=True)))


KNOWN_ID = "019ad000-0000-7000-8000-000000000001"


def bought_beside_a_coupon() -> Order:
    """Make a paid order, and the goodwill coupon that the case gives for it."""
    make_known_goodwill(KNOWN_ID)
    return bought()


def coupons_for(row: Any) -> str:
    return str(CouponRow.objects.filter(source=f"order:{row.pk}", template_id=UUID(KNOWN_ID)).count())


def rules_beside_a_brand() -> RuleSet:
    """Make a draft, and the brand that the case gives a boost."""
    Brand.objects.create(id=KNOWN_ID, name_zh="声阔", name_en="Soundwide")
    return make_rules()


def rules_with_a_known_one() -> RuleSet:
    """Make a draft whose one rule the case takes out."""
    made = make_rules()
    made.rules.update(id=KNOWN_ID)
    return made


def sets(row: Any) -> str:
    return str(RuleSet.objects.filter(number__gt=row.number).count())


def jobs_of(row: Model) -> int:
    return len(rows("SELECT 1 FROM procrastinate_jobs WHERE args::text LIKE %s", [f"%{row.pk}%"]))


def quiet_refund() -> Refund:
    """Make a failed refund of which the queue knows nothing any more."""
    made = make_refund(status="failed")
    rows("DELETE FROM procrastinate_jobs RETURNING id")
    return made


def open_or_closed(row: Model, column: str) -> str:
    return "open" if getattr(row, column) is None else "closed"


def payouts_of(row: Model) -> int:
    count: int = all_rows(Payout).filter(statement_id=row.pk).count()
    return count


def beside_a_known_twin() -> SharedProduct:
    """Make a shared product beside another of the same category and title, whose id is known."""
    made = make_product(category_id=make_shared_category())
    row = SharedProduct.objects.get(id=shared(made.id))
    SharedProduct.objects.create(
        id=KNOWN_ID,
        category_id=row.category_id,
        title_zh=row.title_zh,
        name_key=row.name_key,
        created_at=now(),
    )
    return row
