"""From a quote to a trade: exactly what was confirmed, once, or nothing at all."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jishi.flows.place_order import CartChanged, place_order
from jishi.flows.tests.shopping import (
    DEADLINE,
    LATER,
    NOW,
    Shopper,
    make_goods,
    make_shopper,
    queued,
    scheduled,
    stock_of,
)
from jishi.identity.accounts.services import remove_address
from jishi.kernel.db import execute, rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.idempotency import KeyReused
from jishi.kernel.money import Money
from jishi.money.payments.types import PaymentStatus
from jishi.offering.inventory import queries as inventory
from jishi.offering.inventory.services import OutOfStock
from jishi.offering.inventory.tests.factories import make_stock, make_warehouse
from jishi.trade.checkout import queries as carts
from jishi.trade.checkout import services_quotes
from jishi.trade.checkout.services_quotes import AddressNeeded, CartEmpty, LimitReached, QuoteUsed
from jishi.trade.checkout.types import CartLineWish, Quote, QuoteRequest
from jishi.trade.orders import queries
from jishi.trade.orders.queries_pages import order_of_buyer, trade_of_buyer
from jishi.trade.orders.types import OrderStatus
from jishi.trade.shipping.tests.factories import make_rate, make_template

pytestmark = pytest.mark.django_db


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


def nothing_happened(shopper: Shopper) -> bool:
    """Say whether the buyer has no trade and no key was kept."""
    trades = rows("SELECT 1 FROM orders_trade WHERE buyer_id = %s", [shopper.buyer])
    keys = rows("SELECT 1 FROM kernel_idempotency_key WHERE owner_id = %s", [shopper.buyer])
    return not trades and not keys


def test_one_checkout_of_two_merchants_is_two_orders_and_one_payment() -> None:
    me, tea, cups = make_shopper(), make_goods(6_800), make_goods(1_990)
    make_template(tea.merchant_id, make_rate(first_minor=800))
    me.put(tea.sku_id, 2)
    me.put(cups.sku_id, 3)

    trade = me.place(me.quote())

    assert trade.total == cny(2 * 6_800 + 1_000 + 3 * 1_990)
    assert {order.merchant.id: order.total for order in trade.orders} == {
        tea.merchant_id: cny(2 * 6_800 + 1_000),
        cups.merchant_id: cny(3 * 1_990),
    }
    assert (trade.payment.amount, trade.payment.status) == (trade.total, PaymentStatus.CREATED)
    assert trade.pay_before_at == DEADLINE
    assert {order.status for order in trade.orders} == {OrderStatus.AWAITING_PAYMENT}
    assert all(order.actions == ["pay", "cancel"] for order in trade.orders)


def test_stock_is_reserved_the_cart_emptied_and_the_deadline_set() -> None:
    me, tea, later = make_shopper(), make_goods(6_800), make_goods(100)
    me.put(tea.sku_id, 2)
    quote = me.quote()
    me.put(later.sku_id)

    trade = me.place(quote)

    assert stock_of(tea.sku_id) == (10, 2)
    assert stock_of(later.sku_id) == (10, 0)
    assert [line.sku_id for line in carts.lines_of(me.buyer)] == [later.sku_id]
    assert scheduled("flows.close_unpaid.close_unpaid") == [trade.pay_before_at]
    assert inventory.violations() == []


def test_what_is_sold_is_frozen_with_its_commission_and_recipient() -> None:
    me, tea = make_shopper(), make_goods(6_800)

    trade = me.buy((tea.sku_id, 2))
    execute("UPDATE catalog_sku SET price_minor = 9900 WHERE id = %s", [tea.sku_id])
    execute("UPDATE merchants_merchant SET commission_basis_points = 900 WHERE id = %s", [tea.merchant_id])

    (sold,) = queries.orders_at_sale(trade.id)
    shown = order_of_buyer(order_id=sold.id, buyer=me.buyer, language="zh", now=NOW)
    assert (sold.lines[0].payable, sold.lines[0].commission_basis_points) == (cny(13_600), 500)
    assert (shown.recipient.recipient, shown.recipient.city) == ("王小明", "上海市")
    assert shown.lines[0].unit_price == cny(6_800)


def test_each_merchant_reads_the_note_written_to_him_also_after_a_changed_price() -> None:
    me, tea, cups = make_shopper(), make_goods(6_800), make_goods(100)
    request = QuoteRequest(
        lines=[CartLineWish(sku_id=goods.sku_id, quantity=1) for goods in (tea, cups)],
        address_id=me.address,
        notes={str(tea.merchant_id): "请放门口", str(cups.merchant_id): "送礼,请包装"},
    )
    old = services_quotes.quote(owner_id=me.buyer, buyer=me.buyer, request=request, language="zh", now=NOW)
    execute("UPDATE catalog_sku SET price_minor = 7000 WHERE id = %s", [tea.sku_id])
    with pytest.raises(CartChanged) as changed:
        me.place(old)

    trade = me.place(changed.value.data["quote"])

    written = rows("SELECT merchant_id, note FROM orders_order WHERE trade_id = %s", [trade.id])
    assert dict(written) == {tea.merchant_id: "请放门口", cups.merchant_id: "送礼,请包装"}


def test_the_same_key_gives_the_same_trade_and_takes_no_more_stock() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    quote = me.quote((tea.sku_id, 2))

    first = me.place(quote, key="checkout-1")
    second = me.place(quote, key="checkout-1", now=LATER)

    assert second.id == first.id
    assert [order.id for order in second.orders] == [order.id for order in first.orders]
    assert stock_of(tea.sku_id) == (10, 2)


def test_the_same_key_for_something_else_is_refused() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    me.place(me.quote((tea.sku_id, 1)), key="checkout-1")

    with pytest.raises(KeyReused):
        me.place(me.quote((tea.sku_id, 1)), key="checkout-1")
    with pytest.raises(Invalid):
        me.place(me.quote((tea.sku_id, 1)), key="short")


def test_a_key_belongs_to_its_buyer() -> None:
    me, other, tea = make_shopper(), make_shopper(), make_goods(6_800)

    mine = me.place(me.quote((tea.sku_id, 1)), key="checkout-1")
    others = other.place(other.quote((tea.sku_id, 1)), key="checkout-1")

    assert mine.id != others.id


def test_a_quote_buys_once() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    quote = me.quote((tea.sku_id, 1))
    me.place(quote, key="checkout-1")

    with pytest.raises(QuoteUsed):
        me.place(quote, key="checkout-2")

    assert stock_of(tea.sku_id) == (10, 1)


def test_a_changed_price_is_told_with_the_new_quote_and_nothing_is_kept() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    me.put(tea.sku_id, 2)
    old = me.quote()
    execute("UPDATE catalog_sku SET price_minor = 7000 WHERE id = %s", [tea.sku_id])

    with pytest.raises(CartChanged) as changed:
        me.place(old, key="checkout-1")
    undone = nothing_happened(me)
    new: Quote = changed.value.data["quote"]
    trade = me.place(new, key="checkout-1")

    assert undone
    assert (old.total, new.total, trade.total) == (cny(13_600), cny(14_000), cny(14_000))


@pytest.mark.parametrize("other", [Money(1, "CNY"), Money(6_800, "USD"), Money(68_000, "CNY")])
def test_the_buyer_is_never_charged_another_total_than_he_confirmed(other: Money) -> None:
    me, tea = make_shopper(), make_goods(6_800)

    with pytest.raises(CartChanged):
        me.place(me.quote((tea.sku_id, 1)), expected=other)

    assert nothing_happened(me)


def test_dearer_freight_is_a_changed_price_too() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    quote = me.quote((tea.sku_id, 1))
    make_template(tea.merchant_id, make_rate(first_minor=800))

    with pytest.raises(CartChanged) as changed:
        me.place(quote)

    assert changed.value.data["quote"].total == cny(7_600)


def test_an_expired_quote_is_asked_to_be_confirmed_again() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    quote = me.quote((tea.sku_id, 1))

    with pytest.raises(CartChanged) as changed:
        me.place(quote, now=NOW + timedelta(minutes=16))

    assert changed.value.data["quote"].total == quote.total


def test_a_cart_emptied_in_another_window_is_not_bought() -> None:
    me, tea, cups = make_shopper(), make_goods(6_800), make_goods(100)
    me.put(tea.sku_id)
    quote = me.quote()
    execute("DELETE FROM checkout_cart_line WHERE owner_id = %s", [me.buyer])

    with pytest.raises(CartEmpty):
        me.place(quote)
    me.put(cups.sku_id)
    with pytest.raises(CartChanged) as changed:
        me.place(quote)

    assert changed.value.data["quote"].total == cny(100)
    assert nothing_happened(me)


def test_what_was_bought_away_meanwhile_is_named_and_nothing_is_kept() -> None:
    me, other, tea, cups = make_shopper(), make_shopper(), make_goods(6_800, stock=2), make_goods(100)
    quote = me.quote((tea.sku_id, 2), (cups.sku_id, 1))
    other.buy((tea.sku_id, 1))

    with pytest.raises(OutOfStock) as short:
        me.place(quote)

    (shortage,) = short.value.data["shortages"]
    assert (shortage.sku_id, shortage.wanted, shortage.available) == (tea.sku_id, 2, 1)
    assert nothing_happened(me)
    assert (stock_of(tea.sku_id), stock_of(cups.sku_id)) == ((2, 1), (10, 0))


def test_goods_move_to_another_warehouse_without_asking_when_the_price_is_the_same() -> None:
    me, other, tea = make_shopper(), make_shopper(), make_goods(6_800, stock=2)
    make_stock(tea.sku_id, 2, warehouse_id=make_warehouse(tea.merchant_id))
    quote = me.quote((tea.sku_id, 2))
    other.buy((tea.sku_id, 2))

    trade = me.place(quote)

    (sold,) = queries.orders_at_sale(trade.id)
    assert sold.lines[0].warehouse_id != quote.orders[0].lines[0].warehouse_id or stock_of(tea.sku_id) == (
        4,
        4,
    )
    assert stock_of(tea.sku_id) == (4, 4)
    assert inventory.violations() == []


def test_a_line_of_two_warehouses_is_two_order_lines_of_one_order() -> None:
    me, tea = make_shopper(), make_goods(6_800, stock=2)
    make_stock(tea.sku_id, 2, warehouse_id=make_warehouse(tea.merchant_id))

    trade = me.buy((tea.sku_id, 3))

    (sold,) = queries.orders_at_sale(trade.id)
    assert sorted(line.quantity for line in sold.lines) == [1, 2]
    assert len({line.warehouse_id for line in sold.lines}) == 2
    assert sold.total == cny(3 * 6_800)
    assert stock_of(tea.sku_id) == (4, 3)


def test_an_address_is_needed_and_has_to_be_there_still() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    nowhere = Shopper(buyer=me.buyer, address=None)  # type: ignore[arg-type]

    with pytest.raises(AddressNeeded):
        nowhere.buy((tea.sku_id, 1))
    quote = me.quote((tea.sku_id, 1))
    remove_address(buyer=me.buyer, address_id=me.address)
    with pytest.raises(NotFound):
        me.place(quote)

    assert nothing_happened(me)


def test_a_neighbours_quote_cannot_be_bought() -> None:
    me, neighbour, tea = make_shopper(), make_shopper(), make_goods(6_800)

    with pytest.raises(NotFound):
        me.place(neighbour.quote((tea.sku_id, 1)))


def test_limits_per_buyer_count_what_he_bought_before() -> None:
    me, other, tea = make_shopper(), make_shopper(), make_goods(6_800)
    execute("UPDATE catalog_product SET per_buyer_limit = 2 WHERE id = %s", [tea.id])
    me.buy((tea.sku_id, 1))

    with pytest.raises(LimitReached):
        me.buy((tea.sku_id, 2))
    me.buy((tea.sku_id, 1))
    other.buy((tea.sku_id, 2))

    assert stock_of(tea.sku_id) == (10, 4)


def test_a_trade_of_zero_is_paid_at_once() -> None:
    me, sample = make_shopper(), make_goods(100)
    # No price is zero yet; a full discount will be. The constraint is back when the test's transaction ends.
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("ALTER TABLE catalog_sku DROP CONSTRAINT catalog_sku_price")
    execute("UPDATE catalog_sku SET price_minor = 0 WHERE id = %s", [sample.sku_id])

    trade = me.buy((sample.sku_id, 1))

    assert trade.payment.status is PaymentStatus.PAID
    assert {order.status for order in trade.orders} == {OrderStatus.AWAITING_SHIPMENT}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_placed_order_is_answered_with_is_what_is_kept(language: str) -> None:
    me, tea, cups = make_shopper(), make_goods(6_800, 1_200, 300, 400), make_goods(1_990)

    quote = me.quote(*((one, 2) for one in tea.sku_ids), (cups.sku_id, 1))

    answered = place_order(
        buyer=me.buyer,
        quote_id=quote.id,
        expected_total=quote.total,
        key="checkout-1",
        language=language,
        now=NOW,
    )

    kept = trade_of_buyer(trade_id=answered.id, buyer=me.buyer, language=language, now=NOW)
    assert answered == kept


@pytest.mark.parametrize("count", [3, 30])
def test_placing_costs_the_same_statements_whatever_the_number_of_lines(count: int) -> None:
    me = make_shopper()
    goods = [make_goods(*range(100, 100 + count // 3)) for _ in range(3)]
    pieces = [(sku_id, 1) for made in goods for sku_id in made.sku_ids]
    quote = me.quote(*pieces)

    with CaptureQueriesContext(connection) as seen:
        me.place(quote)

    statements = [query["sql"] for query in seen if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) == 12, "\n".join(sql[:90] for sql in statements)
    assert queued("flows.close_unpaid.close_unpaid") == 0
