"""The cart of visitors and buyers on a real database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import CartLineId, SkuId, VisitorId, new_id
from jishi.kernel.money import Money
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.inventory.tests.factories import make_stock
from jishi.trade.checkout import queries, services
from jishi.trade.checkout.types import (
    LINES_MAX,
    QUANTITY_MAX,
    Cart,
    CartLine,
    CartLineChange,
    CartLineWish,
    CartSelection,
    LineProblem,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def visitor() -> VisitorId:
    return VisitorId(new_id())


def make_sku(stock: int = 10, price_minor: int = 10_000) -> SkuId:
    """Make a SKU on sale, each of a merchant of its own."""
    made = make_product(merchant_id=make_merchant(), prices_minor=[price_minor])
    if stock:
        make_stock(made.sku_id, stock)
    return made.sku_id


def make_skus(count: int, stock: int = 10) -> list[SkuId]:
    """Make SKUs on sale of one merchant."""
    merchant, skus = make_merchant(), list[SkuId]()
    for first in range(0, count, 30):
        prices = [1_000 + n for n in range(first, min(first + 30, count))]
        skus += make_product(merchant_id=merchant, prices_minor=prices).sku_ids
    for sku_id in skus if stock else []:
        make_stock(sku_id, stock)
    return skus


def add(owner_id: VisitorId, sku_id: SkuId, quantity: int = 1) -> Cart:
    return services.add_line(
        owner_id=owner_id, wish=CartLineWish(sku_id=sku_id, quantity=quantity), language="zh", now=NOW
    )


def change(owner_id: VisitorId, line: CartLine, **values: object) -> Cart:
    return services.change_line(
        owner_id=owner_id,
        line_id=line.id,
        change=CartLineChange(**values),  # type: ignore[arg-type]
        language="zh",
        now=NOW,
    )


def lines(cart: Cart) -> list[CartLine]:
    return [line for group in cart.groups for line in group.lines]


def test_pieces_of_one_sku_add_up_in_one_line() -> None:
    me, sku = visitor(), make_sku(price_minor=1_250)

    add(me, sku, 2)
    cart = add(me, sku, 3)

    (line,) = lines(cart)
    assert (line.quantity, line.amount, line.problem) == (5, Money(6_250, "CNY"), None)
    assert (cart.total, cart.goods_amount, cart.selected_count) == (line.amount, line.amount, 5)
    assert cart == queries.cart(me, language="zh", now=NOW)


def test_lines_stand_by_merchant_with_totals_of_what_is_selected() -> None:
    me, (first, second), third = visitor(), make_skus(2), make_sku(price_minor=500)
    for sku in (first, second, third):
        cart = add(me, sku)

    cart = change(me, lines(cart)[-1], is_selected=False)

    assert [len(group.lines) for group in cart.groups] == [1, 2]
    assert cart.groups[0].selected_amount == Money(500, "CNY")
    assert cart.groups[1].selected_amount == Money(1_001, "CNY")
    assert cart.total == Money(1_501, "CNY")
    assert (cart.piece_count, cart.selected_count) == (3, 2)


def test_a_quantity_never_passes_its_limit() -> None:
    me, sku = visitor(), make_sku()

    add(me, sku, QUANTITY_MAX)
    cart = add(me, sku, QUANTITY_MAX)

    assert lines(cart)[0].quantity == QUANTITY_MAX


def test_more_than_is_left_is_short_and_nothing_left_is_apart() -> None:
    me, scarce, gone = visitor(), make_sku(stock=2), make_sku(stock=0)

    add(me, scarce, 3)
    cart = add(me, gone)

    assert [(line.problem, line.available) for line in lines(cart)] == [(LineProblem.SHORT, 2)]
    assert [line.problem for line in cart.invalid_lines] == [LineProblem.SOLD_OUT]
    assert cart.total == lines(cart)[0].amount


def test_what_is_taken_off_the_shelf_is_apart() -> None:
    merchant = make_merchant()
    made = make_product(merchant_id=merchant)
    make_stock(made.sku_id, 5)
    me = visitor()
    add(me, made.sku_id)

    catalog.take_off_shelf(merchant_id=merchant, product_id=made.id, staff_id=None, now=NOW)
    cart = queries.cart(me, language="zh", now=NOW)

    assert lines(cart) == []
    assert [line.problem for line in cart.invalid_lines] == [LineProblem.NOT_FOR_SALE]
    assert cart.total == Money(0, "CNY")


def test_what_does_not_exist_is_not_put_in() -> None:
    me = visitor()

    with pytest.raises(NotFound):
        add(me, SkuId(uuid4()))

    assert queries.lines_of(me) == []


def test_the_cart_has_room_for_so_many_lines_and_no_more() -> None:
    me, skus = visitor(), make_skus(LINES_MAX + 1, stock=0)
    for sku in skus[:LINES_MAX]:
        add(me, sku)

    with pytest.raises(services.CartFull):
        add(me, skus[LINES_MAX])
    cart = add(me, skus[0])

    assert len(cart.invalid_lines) == LINES_MAX


def test_changing_quantity_selection_and_sku() -> None:
    me, (first, second) = visitor(), make_skus(2)
    (line,) = lines(add(me, first, 2))

    more = change(me, line, quantity=4)
    other = change(me, line, sku_id=second)
    same = change(me, line, sku_id=second, quantity=1)

    assert lines(more)[0].quantity == 4
    assert [(one.id, one.sku_id, one.quantity) for one in lines(other)] == [(line.id, second, 4)]
    assert lines(same)[0].quantity == 1


def test_changing_to_a_sku_that_is_there_joins_the_lines() -> None:
    me, (first, second) = visitor(), make_skus(2)
    add(me, first, 2)
    cart = add(me, second, 3)
    line = next(one for one in lines(cart) if one.sku_id == first)

    joined = change(me, line, sku_id=second)

    assert [(one.sku_id, one.quantity) for one in lines(joined)] == [(second, 5)]


def test_changing_to_a_sku_that_does_not_exist_changes_nothing() -> None:
    me, sku = visitor(), make_sku()
    (line,) = lines(add(me, sku, 2))

    with pytest.raises(NotFound):
        change(me, line, sku_id=SkuId(uuid4()))

    assert [(one.sku_id, one.quantity) for one in queries.lines_of(me)] == [(sku, 2)]


def test_a_neighbours_line_cannot_be_changed_or_removed() -> None:
    me, neighbour, (sku, other) = visitor(), visitor(), make_skus(2)
    (line,) = lines(add(neighbour, sku, 2))

    for values in ({"quantity": 5}, {"sku_id": other}, {"is_selected": False}):
        with pytest.raises(NotFound):
            change(me, line, **values)
    services.remove_lines(owner_id=me, line_ids=[line.id], language="zh", now=NOW)
    services.remove_lines(owner_id=me, line_ids=None, language="zh", now=NOW)
    services.select_lines(owner_id=me, selection=CartSelection(is_selected=False), language="zh", now=NOW)

    (kept,) = queries.lines_of(neighbour)
    assert (kept.quantity, kept.sku_id, kept.is_selected) == (2, sku, True)


def test_selecting_all_and_some_and_removing_some_and_all() -> None:
    me, skus = visitor(), make_skus(3)
    for sku in skus:
        cart = add(me, sku)
    first, second, _ = lines(cart)

    none = services.select_lines(
        owner_id=me, selection=CartSelection(is_selected=False), language="zh", now=NOW
    )
    one = services.select_lines(
        owner_id=me, selection=CartSelection(is_selected=True, line_ids=[first.id]), language="zh", now=NOW
    )
    fewer = services.remove_lines(owner_id=me, line_ids=[first.id, second.id], language="zh", now=NOW)
    again = services.remove_lines(owner_id=me, line_ids=[CartLineId(uuid4())], language="zh", now=NOW)
    empty = services.remove_lines(owner_id=me, line_ids=None, language="zh", now=NOW)

    assert (none.selected_count, one.selected_count) == (0, 1)
    assert (len(lines(fewer)), len(lines(again)), lines(empty)) == (1, 1, [])
    assert empty.total == Money(0, "CNY")


def test_signing_in_brings_the_visitors_cart_along() -> None:
    guest, buyer, (first, second, third) = visitor(), make_buyer(), make_skus(3)
    add(guest, first, 2)
    add(guest, second, 1)
    add(VisitorId(buyer), second, 4)
    add(VisitorId(buyer), third, 1)

    services.merge_cart(visitor=guest, buyer=buyer, now=NOW)
    services.merge_cart(visitor=guest, buyer=buyer, now=NOW)

    merged = {line.sku_id: line.quantity for line in queries.lines_of(buyer)}
    assert merged == {first: 2, second: 5, third: 1}
    assert queries.lines_of(guest) == []


def test_signing_in_never_fills_the_cart_above_its_room() -> None:
    guest, buyer, skus = visitor(), make_buyer(), make_skus(LINES_MAX + 2)
    for sku in skus[: LINES_MAX - 1]:
        add(VisitorId(buyer), sku)
    for sku in (skus[0], *skus[LINES_MAX - 1 :]):
        add(guest, sku, 2)

    services.merge_cart(visitor=guest, buyer=buyer, now=NOW)

    merged = {line.sku_id: line.quantity for line in queries.lines_of(buyer)}
    assert merged == {skus[0]: 3, **dict.fromkeys(skus[1 : LINES_MAX - 1], 1), skus[-1]: 2}


def test_signing_in_with_an_empty_cart_writes_nothing() -> None:
    buyer = make_buyer()

    services.merge_cart(visitor=visitor(), buyer=buyer, now=NOW)

    assert rows("SELECT owner_id FROM checkout_cart WHERE owner_id = %s", [buyer]) == []


def test_old_carts_are_removed_with_their_lines() -> None:
    me, sku = visitor(), make_sku()
    add(me, sku)

    kept = services.purge_carts(unchanged_since=NOW)
    removed = services.purge_carts(unchanged_since=NOW + timedelta(seconds=1))

    assert (kept, removed, queries.lines_of(me)) == (0, 1, [])


@pytest.mark.parametrize("count", [3, 30])
def test_a_cart_costs_the_same_few_statements_whatever_it_holds(count: int) -> None:
    me, skus = visitor(), make_skus(count + 1)
    for sku in skus[:count]:
        cart = add(me, sku)
    line = lines(cart)[0]

    assert _statements(lambda: queries.cart(me, language="zh", now=NOW)) == 4
    assert _statements(lambda: add(me, skus[0])) == 4
    assert _statements(lambda: change(me, line, quantity=2)) == 5
    assert _statements(lambda: change(me, line, sku_id=skus[count])) == 4
    assert (
        _statements(lambda: services.remove_lines(owner_id=me, line_ids=[line.id], language="zh", now=NOW))
        == 5
    )


def _statements(run: Callable[[], object]) -> int:
    """Count statements; BEGIN and COMMIT (two more where a change takes two) do not show under a test."""
    with CaptureQueriesContext(connection) as seen:
        run()
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in seen)
