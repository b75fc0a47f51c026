"""One market with a victim and a neighbour on either side: what the neighbour must never see or touch.

`Victim.ids` names everything by the name that paths and bodies use. An operation with a name that is missing
here fails its test: make such a thing below, and say so in `ids`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from jishi.community.reviews import services as reviews
from jishi.community.reviews.types import ReviewWish
from jishi.discovery.behaviour import services as behaviour
from jishi.discovery.behaviour.types import BrowserEvent, BrowserKind, ConsentAnswer
from jishi.discovery.content import services_decoration as decoration
from jishi.discovery.content.types import TextCode
from jishi.discovery.content.types_decoration import Block, BlockKind
from jishi.discovery.searches import services_saved as saved
from jishi.discovery.searches.types import SavedSearchWish
from jishi.flows import take_payment
from jishi.flows.place_order import place_order
from jishi.flows.receive import confirm_receipt
from jishi.flows.ship import ship_order
from jishi.flows.tests.parcelless import make_codes
from jishi.flows.tests.shopping import Shopper
from jishi.identity.accounts.tests.factories import make_address, make_buyer, make_platform_staff
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel import clock
from jishi.kernel.db import atomic, execute, row, rows
from jishi.kernel.ids import AddressId, MerchantId, OrderId, UserId, new_id
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.money.payments.types import Captured, ChannelName, PaymentRequest, PaymentStatus
from jishi.money.settlement import services as settlement
from jishi.offering.catalog import services_store_categories as store_categories
from jishi.offering.catalog.tests.factories import (
    MadeProduct,
    make_brand,
    make_category,
    make_product,
)
from jishi.offering.catalog.tests.factories_offers import make_shared_category, shared
from jishi.offering.catalog.types_store_categories import StoreCategoryWish
from jishi.offering.coupons import services_giving as given
from jishi.offering.coupons.tests.factories import make_template as make_coupon_template
from jishi.offering.coupons.types import Way
from jishi.offering.events import services as sale_events
from jishi.offering.events.tests.factories import make_entry, make_event
from jishi.offering.events.types import EntryStatus
from jishi.offering.flash.tests.factories import make_application, make_session
from jishi.offering.imports import services as imports
from jishi.offering.inventory.tests.factories import make_stock
from jishi.offering.media.tests.factories import make_asset
from jishi.offering.presale import services as presales
from jishi.offering.presale.tests.factories import wish_for
from jishi.offering.pricing.types import Off
from jishi.offering.pricing.types_promotions import PieceOff
from jishi.offering.promotions.tests.factories import make_promotion
from jishi.trade.checkout import services as carts
from jishi.trade.checkout import services_quotes as quotes
from jishi.trade.checkout.types import CartLineWish, QuoteRequest
from jishi.trade.orders.types import ParcelWish, Trade
from jishi.trade.shipping.tests.factories import make_template

# Nobody's own: everybody may know these ids, and they belong to no merchant or buyer.
SHARED = frozenset(
    {"category_id", "brand_id", "shared_product_id", "text_code", "event_id", "number", "coupon_offer_id",
     "flash_session_id", "sale_event_id", "event_slug"}
)  # fmt: skip
# Open to everybody in the store, though a merchant owns what they name.
PUBLIC = frozenset(
    {
        "product_id",
        "sku_id",
        "merchant_id",
        "media_id",
        "review_id",
        "store_category_id",
        "coupon_template_id",  # what is claimable is offered by it to everybody
        "promotion_id",
        "flash_item_id",
        "presale_id",
    }
)
# Named after a merchant, but the belonging of whoever wrote it: anybody may follow a store.
OF_OTHERS = frozenset({"interests_follow.merchant_id"})


@dataclass(slots=True)
class Victim:
    """A merchant and a buyer who have one of everything."""

    merchant_id: MerchantId
    owner: UserId
    buyer: UserId
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def own_ids(self) -> set[str]:
        """Everything that only the victim may see."""
        return {value for name, value in self.ids.items() if name not in SHARED}


def make_victim(now: datetime | None = None) -> Victim:
    """Make a merchant who sold, shipped and was billed, and the buyer who bought from him."""
    now = now or clock.now()
    owner = make_buyer(nickname="受害店主")
    buyer = make_buyer(nickname="受害买家", phone="13700137000")
    victim = Victim(merchant_id=make_merchant(owner=owner, name_zh="受害商家"), owner=owner, buyer=buyer)
    product = make_product(merchant_id=victim.merchant_id, category_id=make_category())
    victim.ids = {
        "merchant_id": str(victim.merchant_id),
        "user_id": str(make_staff(victim.merchant_id, role=StaffRole.OPERATOR)),
        "product_id": str(product.id),
        "sku_id": str(product.sku_id),
        "category_id": str(product.category_id),
        "brand_id": str(make_brand(f"品牌{new_id()}", needs_authorisation=True).id),
        "shared_product_id": str(shared(make_product(category_id=make_shared_category()).id)),
        "media_id": str(make_asset(victim.merchant_id)),
        "warehouse_id": str(make_stock(product.sku_id, 10)),
        "template_id": str(make_template(victim.merchant_id).id),
        "address_id": str(make_address(buyer)),
        "number": "1",  # of the first version of a product
        "coupon_offer_id": str(make_coupon_template()),  # the platform's
    }
    victim.ids |= _bought(victim, product, now)
    victim.ids["store_category_id"] = _ordered_store(victim, product, now)
    victim.ids["statement_id"] = _billed(victim, now)
    victim.ids["review_id"] = _reviewed(victim, now)
    victim.ids["import_id"] = _uploaded(victim, now)
    kept = SavedSearchWish(name="受害搜索", address="q=secret")
    victim.ids["saved_search_id"] = str(saved.save(buyer=victim.buyer, wish=kept, now=now).id)
    template_id = make_coupon_template(victim.merchant_id, name=Text("受害券", "A coupon"))
    victim.ids["coupon_template_id"] = str(template_id)
    goodwill = make_coupon_template(victim.merchant_id, way=Way.GOODWILL)
    victim.ids["goodwill_template_id"] = str(goodwill)
    given.claim(
        buyer=victim.buyer,
        template_id=template_id,
        key="victim-coupon",
        now=now,
    )
    victim.ids |= _enrolled(victim, product, now)
    victim.ids["text_code"] = TextCode.TERMS
    victim.ids["promotion_id"] = _promoted(victim, now)
    victim.ids |= _in_flash_sale(product, now)
    victim.ids["presale_id"] = _sold_ahead(victim, product, now)
    victim.ids["event_id"] = _behaved(victim, product, now)
    victim.ids["code_id"] = _given(victim, now)
    return victim


def _given(victim: Victim, now: datetime) -> str:
    """Let the buyer have a code that he has not opened."""
    _, sku_id = make_codes("VICTIMS-CODE", merchant_id=victim.merchant_id)
    me = Shopper(buyer=victim.buyer, address=AddressId(UUID(victim.ids["address_id"])))
    (order,) = me.buy_and_pay((sku_id, 1), now=now).orders
    found = row("SELECT id FROM handover_code WHERE order_id = %s", [order.id])
    assert found is not None
    # The paths name a code with the order that all other paths name: it stands with that one.
    execute("UPDATE handover_code SET order_id = %s WHERE id = %s", [victim.ids["order_id"], found[0]])
    return str(found[0])


def _promoted(victim: Victim, now: datetime) -> str:
    """Let the merchant run a promotion that takes next to nothing off."""
    penny = PieceOff(off=Off(amount_minor=1))
    times = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=1)}
    return str(make_promotion(victim.merchant_id, penny, name=Text("受害促销", "Victim's offer"), **times))


def _in_flash_sale(product: MadeProduct, now: datetime) -> dict[str, str]:
    """Let the merchant apply for a flash sale of tomorrow."""
    starts_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    item_id = make_application(product, starts_at=starts_at)
    return {"flash_item_id": str(item_id), "flash_session_id": str(make_session(starts_at))}


def _sold_ahead(victim: Victim, product: MadeProduct, now: datetime) -> str:
    """Let the merchant sell a piece ahead, with deposits from tomorrow."""
    days = [now + timedelta(days=day) for day in (1, 2, 3, 5, 7)]
    names = ("deposit_from_at", "deposit_until_at", "balance_from_at", "balance_until_at", "ship_by_at")
    wish = wish_for(
        product.sku_id,
        price_minor=100,
        deposit_minor=10,
        worth_minor=20,
        per_buyer_max=1,
        **dict(zip(names, days, strict=True)),
    )
    presale_id = presales.make(merchant_id=victim.merchant_id, wish=wish, staff_id=None, now=now)
    order_id = OrderId(UUID(victim.ids["order_id"]))
    with atomic():  # as if the buyer's order were of it
        presales.claim(presale_id=presale_id, order_id=order_id, buyer=victim.buyer, quantity=1, now=now)
    return str(presale_id)


def _uploaded(victim: Victim, now: datetime) -> str:
    """Let the merchant upload a table of products; nothing is started."""
    made = imports.upload(
        merchant_id=victim.merchant_id,
        data="标题,商家编码,售价\n受害商品,V-1,9.90\n".encode(),
        file_name="products.csv",
        staff_id=victim.owner,
        language="zh",
        now=now,
    )
    return str(made.run.id)


def _ordered_store(victim: Victim, product: MadeProduct, now: datetime) -> str:
    """Give the store a category of its own, with the product in it, and decorate it."""
    who: Any = {"merchant_id": victim.merchant_id, "staff_id": victim.owner, "now": now}
    made = store_categories.make(wish=StoreCategoryWish(name=Text("招牌", "Signature")), **who)
    store_categories.put_in(store_category_id=made, product_ids=[product.id], **who)
    block = Block(
        kind=BlockKind.CHOSEN_PRODUCTS,
        title=Text("招牌", "Signature"),
        text=Text("", ""),
        product_ids=[product.id],
    )
    decoration.save_draft(blocks=[block], version=0, **who)
    decoration.publish(version=1, **who)
    return str(made)


def _bought(victim: Victim, product: MadeProduct, now: datetime) -> dict[str, str]:
    """Let the buyer buy twice, one order sent and one waiting, and keep something in the cart."""
    sent, waiting = (_order(victim, product, now) for _ in range(2))
    parcel = ship_order(
        order_id=OrderId(UUID(sent["order_id"])),
        merchant_id=victim.merchant_id,
        wish=ParcelWish(carrier="shunfeng", tracking_number="SF1234567890123"),
        staff=victim.owner,
        now=now,
    )
    wish = CartLineWish(sku_id=product.sku_id, quantity=1)
    cart = carts.add_line(owner_id=victim.buyer, wish=wish, language="zh", now=now)
    return waiting | {"parcel_id": str(parcel.id), "line_id": str(cart.groups[0].lines[0].id)}


def _reviewed(victim: Victim, now: datetime) -> str:
    """Let the buyer review what was sent to him."""
    found = row(
        "SELECT l.order_id, l.id FROM orders_order_line l WHERE l.buyer_id = %s AND l.shipped_quantity > 0",
        [victim.buyer],
    )
    assert found is not None
    confirm_receipt(order_id=found[0], buyer=victim.buyer, now=now)
    wish = ReviewWish(stars=4, text="很好", media_ids=[])
    written = reviews.write(buyer=victim.buyer, order_line_id=found[1], wish=wish, language="zh", now=now)
    return str(written.review.id)


def _enrolled(victim: Victim, product: MadeProduct, now: datetime) -> dict[str, str]:
    """Let the merchant enrol in an event of the platform."""
    goods = frozenset({product.id})
    event = make_event(now=now, slug="victims-event")
    make_entry(event, merchant_id=victim.merchant_id, product_ids=goods, now=now)
    running = make_event(now=now, slug="running-event")
    make_entry(
        running, merchant_id=victim.merchant_id, product_ids=goods, status=EntryStatus.ACCEPTED, now=now
    )
    sale_events.start(event_id=running, staff_id=make_platform_staff(PlatformRole.OPERATIONS), now=now)
    return {"sale_event_id": str(event), "event_slug": "running-event"}


def _behaved(victim: Victim, product: MadeProduct, now: datetime) -> str:
    """Let the buyer allow that his behaviour is kept, and look at a product."""
    behaviour.answer(person_id=victim.buyer, wish=ConsentAnswer(allowed=True), now=now)
    seen = BrowserEvent(event_id=new_id(), kind=BrowserKind.VIEW, product_id=product.id)
    behaviour.record(person_id=victim.buyer, events=[seen], now=now)
    return str(seen.event_id)


def _order(victim: Victim, product: MadeProduct, now: datetime) -> dict[str, str]:
    carts.add_line(
        owner_id=victim.buyer,
        wish=CartLineWish(sku_id=product.sku_id, quantity=1),
        language="zh",
        now=now,
    )
    address = row("SELECT id FROM accounts_address WHERE user_id = %s", [victim.buyer])
    assert address is not None
    priced = quotes.quote(
        owner_id=victim.buyer,
        buyer=victim.buyer,
        request=QuoteRequest(address_id=address[0]),
        language="zh",
        now=now,
    )
    trade = place_order(
        buyer=victim.buyer,
        quote_id=priced.id,
        expected_total=priced.total,
        key=f"victim-{new_id()}",
        language="zh",
        now=now,
    )
    _pay(victim, trade, now)
    order = trade.orders[0]
    return {
        "quote_id": str(priced.id),
        "trade_id": str(trade.id),
        "order_id": str(order.id),
        "order_line_id": str(order.lines[0].id),
        "payment_id": str(trade.payment.id),
    }


def _pay(victim: Victim, trade: Trade, now: datetime) -> None:
    """Pay as the channel's callback would, without the channel."""
    take_payment.start(
        trade_id=trade.id,
        buyer=victim.buyer,
        request=PaymentRequest(channel=ChannelName.ALIPAY),
        now=now,
    )
    attempt = row(
        "SELECT a.out_trade_no FROM payments_attempt a JOIN payments_payment p ON p.id = a.payment_id "
        "WHERE p.trade_id = %s",
        [trade.id],
    )
    assert attempt is not None
    assert settings.ENV.alipay is not None
    learnt = take_payment.learn(
        Captured(
            out_trade_no=attempt[0],
            channel=ChannelName.ALIPAY,
            channel_transaction_id=f"2026{attempt[0]}",
            amount=trade.total,
            merchant_account=settings.ENV.alipay.app_id,
            paid_at=now,
            source="webhook",
        ),
        now=now,
    )
    assert learnt.status == PaymentStatus.PAID, learnt


def _billed(victim: Victim, now: datetime) -> str:
    with atomic():
        settlement.adjust(
            merchant_id=victim.merchant_id,
            amount=Money(12_345, "CNY"),
            adjustment_id=new_id(),
            now=now - timedelta(days=2),
        )
    with atomic():
        (statement_id,) = settlement.issue(merchant_ids=[victim.merchant_id], cycle="t1", now=now)
    return str(statement_id)


def belongings(victim: Victim) -> dict[str, str]:
    """Return a fingerprint of every table's rows that carry the victim's merchant or buyer."""
    found = {}
    for table, column in _owned_columns():
        if f"{table}.{column}" in OF_OTHERS:
            continue
        owner = victim.merchant_id if column == "merchant_id" else victim.buyer
        ((mark,),) = rows(
            f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t "
            f"WHERE {column} = %s",
            [owner],
        )
        found[f"{table}.{column}"] = mark
    return found


def _owned_columns() -> Iterator[tuple[str, str]]:
    yield from rows(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c "
        "JOIN pg_class r ON r.relname = c.table_name AND NOT r.relispartition "
        "WHERE c.table_schema = 'public' AND c.data_type = 'uuid' "
        "AND c.column_name IN ('merchant_id', 'buyer_id', 'user_id', 'owner_id', 'person_id') ORDER BY 1, 2"
    )
