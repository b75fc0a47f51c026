"""Flash sales from the gate to the order: sold out of the bucket, back into it, and given back at the end."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from jishi.flows import invariants
from jishi.flows.cancel import cancel_order
from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.flash import FlashShareUsed
from jishi.flows.tests.shopping import DEADLINE, NOW, Shopper, make_goods, make_shopper, pay, send, stock_of
from jishi.kernel.cache import Away
from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import FlashItemId, SkuId
from jishi.offering.flash import queries, services
from jishi.offering.flash import services_gate as gate
from jishi.offering.flash.queries import FlashOver
from jishi.offering.flash.services_gate import NotAdmitted, NotProven
from jishi.offering.flash.tests.factories import HOURS, make_running
from jishi.offering.flash.tests.proving import proof
from jishi.offering.flash.types import Admission, AdmissionState, AdmissionWish
from jishi.offering.inventory import queries as inventory
from jishi.offering.inventory.services import OutOfStock
from jishi.trade.checkout.services_flash import flash_quote
from jishi.trade.checkout.types import Quote
from jishi.trade.checkout.types_flash import FlashQuoteRequest
from jishi.trade.orders.types import Trade

pytestmark = pytest.mark.django_db(transaction=True)


def enter(shopper: Shopper, item: FlashItemId, now: datetime = NOW) -> Admission:
    asked = gate.challenge(item, shopper.buyer, now=now)
    wish = AdmissionWish(challenge=asked.challenge, nonce=proof(asked))
    return gate.enter(item_id=item, buyer=shopper.buyer, wish=wish, now=now + timedelta(seconds=1))


def quote(shopper: Shopper, item: FlashItemId, pieces: int = 1, now: datetime = NOW) -> Quote:
    admission = enter(shopper, item, now)
    assert admission.token
    request = FlashQuoteRequest(admission=admission.token, quantity=pieces, address_id=shopper.address)
    return flash_quote(item_id=item, buyer=shopper.buyer, request=request, language="zh", now=now)


def buy(shopper: Shopper, item: FlashItemId, pieces: int = 1, now: datetime = NOW) -> Trade:
    return shopper.place(quote(shopper, item, pieces, now), now=now)


def bucketed(sku_id: SkuId) -> int:
    return int(rows("SELECT sum(bucketed)::int FROM inventory_stock WHERE sku_id = %s", [sku_id])[0][0])


def test_a_piece_is_sold_at_the_flash_price_out_of_the_bucket() -> None:
    goods = make_goods(10_000, stock=10)
    item = make_running(goods, price_minor=100, quota=4)
    assert inventory.availability([goods.sku_id]) == {goods.sku_id: 6}

    trade = buy(make_shopper(), item)

    assert trade.orders[0].lines[0].unit_price.amount_minor == 100
    assert (stock_of(goods.sku_id), bucketed(goods.sku_id), queries.left(item)) == ((10, 1), 3, 3)
    assert inventory.availability([goods.sku_id]) == {goods.sku_id: 6}
    assert inventory.violations() == []
    assert invariants.check() == []


def test_the_cart_and_ordinary_buyers_pay_the_normal_price() -> None:
    goods = make_goods(10_000, stock=10)
    make_running(goods, price_minor=100)
    assert make_shopper().quote((goods.sku_id, 1)).goods_amount.amount_minor == 10_000


def test_exactly_the_quota_is_sold_and_the_rest_is_refused() -> None:
    goods = make_goods(10_000, stock=10)
    item = make_running(goods, quota=2)
    quotes = [(one, quote(one, item)) for one in (make_shopper() for _ in range(3))]
    for shopper, priced in quotes[:2]:
        shopper.place(priced)
    with pytest.raises(OutOfStock):
        quotes[2][0].place(quotes[2][1])
    assert enter(make_shopper(), item).state is AdmissionState.SOLD_OUT
    assert stock_of(goods.sku_id) == (10, 2)
    assert invariants.check() == []


def test_an_unpaid_order_gives_its_piece_back_to_the_sale() -> None:
    goods = make_goods(10_000, stock=10)
    item = make_running(goods, quota=1)
    trade = buy(make_shopper(), item)
    assert queries.left(item) == 0
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    assert (queries.left(item), stock_of(goods.sku_id)) == (1, (10, 0))
    assert inventory.availability([goods.sku_id]) == {goods.sku_id: 9}
    assert buy(make_shopper(), item, now=DEADLINE).orders
    assert invariants.check() == []


def test_a_cancelled_order_frees_the_buyers_share_and_a_standing_one_does_not() -> None:
    goods = make_goods(10_000, stock=10)
    item, me = make_running(goods, quota=3), make_shopper()
    trade = buy(me, item)
    with pytest.raises(FlashShareUsed):
        buy(me, item)
    pay(trade.id)
    cancel_order(order_id=trade.orders[0].id, buyer=me.buyer, reason="", now=NOW + timedelta(minutes=2))
    assert queries.left(item) == 3
    buy(me, item, now=NOW + timedelta(minutes=3))
    assert queries.left(item) == 2
    assert invariants.check() == []


def test_a_share_is_counted_in_pieces() -> None:
    item, me = make_running(make_goods(10_000, stock=10), quota=5, per_buyer_max=2), make_shopper()
    with pytest.raises(Invalid):
        quote(me, item, pieces=3)
    buy(me, item)
    with pytest.raises(FlashShareUsed):
        buy(me, item, pieces=2)
    buy(me, item)
    assert queries.left(item) == 3


def test_what_is_left_goes_back_to_everybody_at_the_end() -> None:
    goods = make_goods(10_000, stock=10)
    item, me = make_running(goods, quota=4), make_shopper()
    trade = buy(me, item)
    late = quote(make_shopper(), item)
    pay(trade.id)
    send(trade.orders[0].id)
    over = NOW + HOURS
    assert (services.finish(now=over), services.finish(now=over)) == (1, 0)
    assert (bucketed(goods.sku_id), inventory.availability([goods.sku_id])) == (0, {goods.sku_id: 9})
    with pytest.raises(FlashOver):
        quote(make_shopper(), item, now=over)
    with pytest.raises(OutOfStock):  # closed early: the quote still holds, the bucket does not
        submit_for_owner(late)
    assert invariants.check() == []


def submit_for_owner(priced: Quote) -> Trade:
    """Submit a quote as whoever asked for it."""
    ((owner, address),) = rows(
        "SELECT q.owner_id, a.id FROM checkout_quote q JOIN accounts_address a ON a.user_id = q.owner_id "
        "WHERE q.id = %s",
        [priced.id],
    )
    return Shopper(buyer=owner, address=address).place(priced)


def test_an_unpaid_order_of_a_sale_that_is_over_gives_its_piece_to_everybody() -> None:
    goods = make_goods(10_000, stock=3)
    item = make_running(goods, quota=2)
    trade = buy(make_shopper(), item)
    services.finish(now=NOW + HOURS)
    close_unpaid(trade_id=trade.id, now=NOW + HOURS)
    assert inventory.availability([goods.sku_id]) == {goods.sku_id: 3}
    assert (bucketed(goods.sku_id), stock_of(goods.sku_id)) == (0, (3, 0))
    assert invariants.check() == []


def test_money_that_comes_after_the_piece_went_back_is_sent_back() -> None:
    goods = make_goods(10_000, stock=10)
    item = make_running(goods, quota=1)
    trade = buy(make_shopper(), item)
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    assert pay(trade.id, now=DEADLINE).outcome == "late_returned"
    assert queries.left(item) == 1
    assert invariants.check() == []


def test_nobody_gets_to_the_price_without_the_gate() -> None:
    goods = make_goods(10_000, stock=10)
    item, me, other = make_running(goods), make_shopper(), make_shopper()
    token = enter(other, item).token
    for admission in (token or "", "made:up", f"{item}.{me.buyer}.99999999999999:x"):
        with pytest.raises(NotAdmitted):
            flash_quote(
                item_id=item,
                buyer=me.buyer,
                request=FlashQuoteRequest(admission=admission, address_id=me.address),
                language="zh",
                now=NOW,
            )
    asked = gate.challenge(item, me.buyer, now=NOW)
    hasty: Any = {"item_id": item, "buyer": me.buyer, "now": NOW}
    with pytest.raises(NotProven):  # faster than anybody presses a button
        gate.enter(wish=AdmissionWish(challenge=asked.challenge, nonce=proof(asked)), **hasty)
    hasty["now"] = NOW + timedelta(seconds=1)
    with pytest.raises(NotProven):  # no work done
        gate.enter(wish=AdmissionWish(challenge=asked.challenge, nonce=proof(asked) + 2**40), **hasty)


def test_a_quote_ends_with_the_admission() -> None:
    item, me = make_running(make_goods(10_000, stock=10)), make_shopper()
    priced = quote(me, item)
    with pytest.raises(NotAdmitted):
        me.place(priced, now=priced.expires_at)
    assert queries.left(item) == 5


def test_the_queue_keeps_its_order_and_lets_in_when_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jishi.offering.flash.rules.CROWD_FACTOR", 1)
    item = make_running(make_goods(10_000, stock=10), quota=1)
    first, second, third = (make_shopper() for _ in range(3))
    assert enter(first, item).state is AdmissionState.ADMITTED
    assert [enter(one, item).place for one in (second, third, second)] == [1, 2, 1]
    nearly = NOW + timedelta(minutes=2, seconds=50)
    assert [enter(one, item, nearly).place for one in (second, third)] == [1, 2]
    free = NOW + timedelta(minutes=3, seconds=2)  # the first one did not buy
    assert enter(third, item, free).place == 2
    assert enter(second, item, free).state is AdmissionState.ADMITTED


def test_who_stops_asking_loses_his_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jishi.offering.flash.rules.CROWD_FACTOR", 1)
    item = make_running(make_goods(10_000, stock=10), quota=1)
    for one in (make_shopper(), make_shopper()):
        enter(one, item)
    assert enter(make_shopper(), item, NOW + timedelta(seconds=30)).place == 1


def test_without_valkey_the_gate_lets_in_as_many_as_there_are_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(part: str) -> object:
        raise Away

    item = make_running(make_goods(10_000, stock=10), quota=2)
    monkeypatch.setattr(gate, "reaching", away)
    shoppers = [make_shopper() for _ in range(3)]
    states = [enter(one, item).state for one in shoppers]
    assert states == [AdmissionState.ADMITTED, AdmissionState.ADMITTED, AdmissionState.QUEUED]
    assert enter(shoppers[0], item).state is AdmissionState.ADMITTED
    assert buy(shoppers[1], item).orders
