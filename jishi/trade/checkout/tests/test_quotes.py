"""Quotes on a real database: what is priced, kept and calculated again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from jishi.identity.accounts.tests.factories import make_address, make_buyer
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import atomic, execute, row
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import SkuId, UserId, new_id
from jishi.kernel.money import Money, total
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog.tests.factories import MadeProduct, make_product
from jishi.offering.inventory.services import OutOfStock
from jishi.offering.inventory.tests.factories import make_stock, make_warehouse
from jishi.offering.pricing.rules import replay
from jishi.trade.checkout import services, services_quotes
from jishi.trade.checkout.rules import AreaNotServed, MethodNotOffered, NotForSale
from jishi.trade.checkout.services_quotes import AddressNeeded, CartEmpty, LimitReached, QuoteMoved, QuoteUsed
from jishi.trade.checkout.types import CartLineWish, CartSelection, Quote, QuoteRequest, UsedQuote
from jishi.trade.shipping.tests.factories import make_rate, make_template
from jishi.trade.shipping.types import ShippingMethod

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def product(*prices_minor: int, stock: int = 10) -> MadeProduct:
    """Make a product on sale of a merchant of its own."""
    made = make_product(merchant_id=make_merchant(), prices_minor=prices_minor or [10_000])
    for sku_id in made.sku_ids:
        make_stock(sku_id, stock)
    return made


def put(owner_id: UUID, sku_id: SkuId, quantity: int = 1) -> None:
    wish = CartLineWish(sku_id=sku_id, quantity=quantity)
    services.add_line(owner_id=owner_id, wish=wish, language="zh", now=NOW)


def quote(buyer: UserId, request: QuoteRequest | None = None, now: datetime = NOW) -> Quote:
    return services_quotes.quote(
        owner_id=buyer, buyer=buyer, request=request or QuoteRequest(), language="zh", now=now
    )


def buy_now(*pieces: tuple[SkuId, int]) -> QuoteRequest:
    return QuoteRequest(lines=[CartLineWish(sku_id=sku_id, quantity=count) for sku_id, count in pieces])


def use(buyer: UserId, found: Quote, now: datetime = NOW, *, total: Money | None = None) -> UsedQuote:
    with atomic():
        return services_quotes.use_quote(
            buyer=buyer, quote_id=found.id, expected_total=total or found.total, now=now
        )


def is_usable(buyer: UserId, found: Quote, now: datetime = NOW, *, total: Money | None = None) -> bool:
    """Tell whether a quote would be bought, and do not buy it."""
    try:
        with atomic():
            services_quotes.use_quote(
                buyer=buyer, quote_id=found.id, expected_total=total or found.total, now=now
            )
            transaction.set_rollback(True)
    except QuoteMoved:
        return False
    return True


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


def test_a_cart_of_two_merchants_is_one_quote_with_an_order_each() -> None:
    buyer, tea, cups = make_buyer(), product(6_800), product(1_990)
    make_template(tea.merchant_id, make_rate(first_minor=800, next_minor=200))
    put(buyer, cups.sku_id, 3)
    put(buyer, tea.sku_id, 2)

    found = quote(buyer)

    assert [order.merchant.id for order in found.orders] == [tea.merchant_id, cups.merchant_id]
    assert [order.total for order in found.orders] == [cny(2 * 6_800 + 1_000), cny(3 * 1_990)]
    assert found.total == total([order.total for order in found.orders], "CNY")
    assert (found.goods_amount, found.freight_amount) == (cny(2 * 6_800 + 3 * 1_990), cny(1_000))
    assert replay(found.trace, "CNY") == {order.merchant.id: order.total for order in found.orders}
    assert found.expires_at - found.quoted_at == timedelta(minutes=15)


def test_a_quote_is_kept_as_it_was_shown() -> None:
    buyer, tea = make_buyer(), product(6_800)
    put(buyer, tea.sku_id)

    found = quote(buyer)

    kept = row("SELECT result::text, total_minor, owner_id FROM checkout_quote WHERE id = %s", [found.id])
    assert kept is not None
    assert msgspec.json.decode(kept[0], type=Quote) == found
    assert kept[1:] == (6_800, buyer)


def test_only_what_is_selected_and_can_be_bought_is_quoted() -> None:
    buyer, wanted, later, gone = make_buyer(), product(100), product(200), product(300, stock=1)
    for made in (wanted, later, gone):
        put(buyer, made.sku_id)
    cart = services.select_lines(
        owner_id=buyer, selection=CartSelection(is_selected=True), language="zh", now=NOW
    )
    skip = next(line.id for group in cart.groups for line in group.lines if line.sku_id == later.sku_id)
    services.select_lines(
        owner_id=buyer, selection=CartSelection(is_selected=False, line_ids=[skip]), language="zh", now=NOW
    )
    catalog.take_off_shelf(merchant_id=gone.merchant_id, product_id=gone.id, staff_id=None, now=NOW)

    assert quote(buyer).total == cny(100)


def test_nothing_to_buy() -> None:
    with pytest.raises(CartEmpty):
        quote(make_buyer())


def test_buying_now_leaves_the_cart_out_and_adds_up_repeated_lines() -> None:
    buyer, tea, other = make_buyer(), product(6_800), product(100)
    put(buyer, other.sku_id)

    found = quote(buyer, buy_now((tea.sku_id, 1), (tea.sku_id, 2)))

    assert [(line.sku_id, line.quantity) for line in found.orders[0].lines] == [(tea.sku_id, 3)]
    assert found.total == cny(3 * 6_800)


def test_what_is_short_or_off_the_shelf_is_refused_by_name() -> None:
    buyer, tea = make_buyer(), product(6_800, stock=2)

    with pytest.raises(OutOfStock) as short:
        quote(buyer, buy_now((tea.sku_id, 3)))
    catalog.take_off_shelf(merchant_id=tea.merchant_id, product_id=tea.id, staff_id=None, now=NOW)
    with pytest.raises(NotForSale) as gone:
        quote(buyer, buy_now((tea.sku_id, 1)))
    with pytest.raises(NotForSale):
        quote(buyer, buy_now((SkuId(new_id()), 1)))

    (shortage,) = short.value.data["shortages"]
    assert (shortage.sku_id, shortage.wanted, shortage.available) == (tea.sku_id, 3, 2)
    assert gone.value.data["sku_ids"] == [str(tea.sku_id)]


def test_the_address_decides_freight_and_somebody_elses_is_not_there() -> None:
    buyer, tea = make_buyer(), product(6_800)
    make_template(
        tea.merchant_id,
        make_rate(first_minor=800),
        make_rate("54", first_minor=2_500),
        make_rate("65", is_served=False),
    )
    near, far, never = (make_address(buyer, area_code=code) for code in ("310104", "540102", "650102"))
    lines = [CartLineWish(sku_id=tea.sku_id, quantity=1)]

    assert quote(buyer, QuoteRequest(lines=lines)).freight_amount == cny(800)
    assert quote(buyer, QuoteRequest(lines=lines, address_id=near)).freight_amount == cny(800)
    assert quote(buyer, QuoteRequest(lines=lines, address_id=far)).freight_amount == cny(2_500)
    with pytest.raises(AreaNotServed) as refused:
        quote(buyer, QuoteRequest(lines=lines, address_id=never))
    assert refused.value.data["sku_ids"] == [str(tea.sku_id)]
    with pytest.raises(NotFound):
        quote(make_buyer(), QuoteRequest(lines=lines, address_id=near))


def test_a_merchants_ways_of_shipping_are_offered_and_chosen() -> None:
    buyer, tea = make_buyer(), product(6_800)
    make_template(tea.merchant_id)
    make_template(tea.merchant_id, make_rate(first_minor=2_300), method=ShippingMethod.EXPRESS)
    lines = [CartLineWish(sku_id=tea.sku_id, quantity=1)]
    by = {str(tea.merchant_id): ShippingMethod.EXPRESS}

    standard = quote(buyer, QuoteRequest(lines=lines)).orders[0]
    express = quote(buyer, QuoteRequest(lines=lines, shipping=by)).orders[0]

    assert [(one.method, one.amount) for one in standard.shipping_options] == [
        (ShippingMethod.STANDARD, cny(800)),
        (ShippingMethod.EXPRESS, cny(2_300)),
    ]
    assert (standard.freight.method, express.freight.method) == (
        ShippingMethod.STANDARD,
        ShippingMethod.EXPRESS,
    )
    assert express.total == cny(6_800 + 2_300)
    with pytest.raises(MethodNotOffered):
        quote(
            buyer,
            QuoteRequest(lines=lines, shipping={str(tea.merchant_id): ShippingMethod.PICK_UP}),
        )


def test_a_line_that_no_warehouse_holds_whole_is_split() -> None:
    buyer, tea = make_buyer(), product(6_800, stock=2)
    make_stock(tea.sku_id, 3, warehouse_id=make_warehouse(tea.merchant_id))

    (order,) = quote(buyer, buy_now((tea.sku_id, 4))).orders

    assert sorted(line.quantity for line in order.lines) == [1, 3]
    assert len({line.warehouse_id for line in order.lines}) == 2
    assert order.total == cny(4 * 6_800)


def test_no_more_than_one_buyer_may_have() -> None:
    buyer, tea = make_buyer(), product(6_800, 6_900)
    execute("UPDATE catalog_product SET per_buyer_limit = 2 WHERE id = %s", [tea.id])

    assert quote(buyer, buy_now((tea.sku_id, 2))).total == cny(2 * 6_800)
    with pytest.raises(LimitReached) as refused:
        quote(buyer, buy_now((tea.sku_ids[0], 1), (tea.sku_ids[1], 2)))
    assert refused.value.data["limits"] == {str(tea.id): 2}


def test_a_visitor_may_ask_for_prices_before_an_address_is_known() -> None:
    tea = product(6_800)
    guest = new_id()
    put(guest, tea.sku_id)

    found = services_quotes.quote(owner_id=guest, buyer=None, request=QuoteRequest(), language="en", now=NOW)

    assert (found.total, found.address_id) == (cny(6_800), None)
    with pytest.raises(NotFound):
        services_quotes.quote(
            owner_id=guest,
            buyer=None,
            request=QuoteRequest(address_id=make_address(make_buyer())),
            language="en",
            now=NOW,
        )


# -- buying one ---------------------------------------------------------------------------------------------


def send_to(buyer: UserId, request: QuoteRequest | None = None) -> QuoteRequest:
    """Return the request with an address of the buyer."""
    return replace(request or QuoteRequest(), address_id=make_address(buyer))


def test_a_kept_quote_is_calculated_again_at_todays_prices() -> None:
    buyer, tea = make_buyer(), product(6_800)
    found = quote(buyer, send_to(buyer, buy_now((tea.sku_id, 1))))
    cheaper = Money(found.total.amount_minor - 1, "CNY")

    assert is_usable(buyer, found)
    assert not is_usable(buyer, found, total=cheaper)
    execute("UPDATE catalog_sku SET price_minor = 7000 WHERE id = %s", [tea.sku_id])
    assert not is_usable(buyer, found)
    dearer = Money(found.total.amount_minor + 200, "CNY")
    assert use(buyer, found, total=dearer).calculation.priced.total == dearer


def test_a_quote_expires_after_a_quarter_of_an_hour() -> None:
    buyer, tea = make_buyer(), product(6_800)
    found = quote(buyer, send_to(buyer, buy_now((tea.sku_id, 1))))

    assert is_usable(buyer, found, NOW + timedelta(minutes=14, seconds=59))
    with pytest.raises(QuoteMoved) as moved:
        use(buyer, found, NOW + timedelta(minutes=15))
    assert moved.value.wish.pieces == [(tea.sku_id, 1)]
    assert is_usable(buyer, found)  # what is refused is not marked


def test_a_neighbours_quote_is_not_there() -> None:
    tea = product(6_800)
    found = quote(make_buyer(), buy_now((tea.sku_id, 1)))

    with pytest.raises(NotFound):
        use(make_buyer(), found)


def test_a_quote_without_an_address_is_not_bought() -> None:
    buyer, tea = make_buyer(), product(6_800)
    found = quote(buyer, buy_now((tea.sku_id, 1)))

    with pytest.raises(AddressNeeded):
        use(buyer, found)


def test_using_a_quote_takes_its_pieces_out_of_the_cart_once() -> None:
    buyer, tea, cups = make_buyer(), product(6_800), product(100)
    put(buyer, tea.sku_id, 2)
    put(buyer, cups.sku_id, 1)
    found = quote(buyer, send_to(buyer))
    put(buyer, cups.sku_id, 4)

    use(buyer, found)
    with pytest.raises(QuoteUsed):
        use(buyer, found)

    left = services.select_lines(
        owner_id=buyer, selection=CartSelection(is_selected=True), language="zh", now=NOW
    )
    assert [(line.sku_id, line.quantity) for line in left.groups[0].lines] == [(cups.sku_id, 4)]


def test_a_cart_that_no_longer_holds_the_quote_is_noticed() -> None:
    buyer, tea = make_buyer(), product(6_800)
    put(buyer, tea.sku_id, 2)
    found = quote(buyer, send_to(buyer))
    services.remove_lines(owner_id=buyer, line_ids=None, language="zh", now=NOW)

    assert not is_usable(buyer, found)


def test_buying_now_does_not_touch_the_cart() -> None:
    buyer, tea = make_buyer(), product(6_800)
    put(buyer, tea.sku_id, 2)
    use(buyer, quote(buyer, send_to(buyer, buy_now((tea.sku_id, 2)))))

    assert quote(buyer).total == cny(2 * 6_800)


def test_old_quotes_are_removed() -> None:
    buyer, tea = make_buyer(), product(6_800)
    found = quote(buyer, buy_now((tea.sku_id, 1)))

    assert services_quotes.purge_quotes(expired_before=found.expires_at) == 0
    assert services_quotes.purge_quotes(expired_before=found.expires_at + timedelta(seconds=1)) == 1


@pytest.mark.parametrize("count", [3, 30])
def test_a_quote_costs_the_same_few_statements_whatever_it_holds(count: int) -> None:
    buyer, tea = make_buyer(), product(*range(100, 100 + count))
    address = make_address(buyer)
    for sku_id in tea.sku_ids:
        put(buyer, sku_id)

    with CaptureQueriesContext(connection) as seen:
        quote(buyer, QuoteRequest(address_id=address))

    assert len(seen) == 6
