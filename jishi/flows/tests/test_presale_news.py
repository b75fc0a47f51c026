"""Buyers of pre-sales hear of their balance once when it is due, and once before its time ends."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jishi.flows import presale_news
from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.tests.ahead import buy_ahead
from jishi.flows.tests.shopping import Shopper, make_goods, make_shopper, pay
from jishi.identity.accounts.queries import contact
from jishi.kernel.db import rows
from jishi.kernel.drain import drain
from jishi.kernel.ids import OrderId
from jishi.offering.presale import services_telling as telling
from jishi.offering.presale.tests.factories import BALANCE_FROM, BALANCE_UNTIL, DAY, make_presale
from jishi.trade.orders.queries import order_at_sale
from simulators.remote_control import Control
from simulators.testing import RunningSimulators

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
ENDING = BALANCE_UNTIL - DAY


@pytest.fixture(autouse=True)
def inbox(simulators_server: RunningSimulators, settings: Any) -> Control:
    """Where the mails of buyers arrive."""
    simulators_server.control.reset()
    settings.ENV = replace(settings.ENV, carrier=None, email_url=simulators_server.mail_url)
    return simulators_server.control


def ordered(shopper: Shopper, **terms: Any) -> OrderId:
    """Place an order ahead and pay its deposit."""
    trade = buy_ahead(shopper, make_presale(make_goods(), **terms))
    pay(trade.id)
    return trade.orders[0].id


def heard(inbox: Control, shopper: Shopper) -> list[str]:
    email, _, _ = contact(shopper.buyer)
    return [one["text"] for one in inbox.messages(str(email))]


def test_a_buyer_is_told_when_the_balance_is_due_and_before_its_time_ends(inbox: Control) -> None:
    me = make_shopper()
    order = order_at_sale(ordered(me))
    presale_news.tell_of_balances(now=BALANCE_FROM - MINUTE)
    drain(now=BALANCE_FROM - MINUTE)
    assert heard(inbox, me) == []
    for now in (BALANCE_FROM, BALANCE_FROM + MINUTE, ENDING - MINUTE):
        presale_news.tell_of_balances(now=now)
        drain(now=now)
    (due,) = heard(inbox, me)
    balance = order.total.amount_minor - 1_000
    assert f"{order.number} 可以支付尾款 {balance // 100}.{balance % 100:02d} 元" in due
    assert "2026-11-28 10:00(北京时间)" in due
    assert f"/orders/{order.id}" in due
    for now in (ENDING, ENDING + MINUTE, BALANCE_UNTIL):
        presale_news.tell_of_balances(now=now)
        drain(now=now)
    assert ["可以支付" in text for text in heard(inbox, me)].count(False) == 1
    assert len(heard(inbox, me)) == 2


def test_a_short_window_ends_soon_in_its_second_half_and_lateness_tells_the_last_word_alone(
    inbox: Control,
) -> None:
    me = make_shopper()
    order = ordered(me, balance_until_at=BALANCE_FROM + DAY)
    half = BALANCE_FROM + DAY / 2
    assert telling.orders_to_tell(now=half) == [order]
    assert presale_news.tell(order, now=half)
    assert "截止" in heard(inbox, me)[0]
    assert telling.orders_to_tell(now=half) == []
    assert not presale_news.tell(order, now=half + MINUTE)


def test_who_has_paid_or_given_up_is_not_told(inbox: Control) -> None:
    paid, closed, unpaid = make_shopper(), make_shopper(), make_shopper()
    trade = buy_ahead(paid, make_presale(make_goods()))
    pay(trade.id)
    pay(trade.id, now=BALANCE_FROM)
    gone = buy_ahead(closed, make_presale(make_goods()))
    close_unpaid(trade_id=gone.id, now=BALANCE_FROM)
    waits = buy_ahead(unpaid, make_presale(make_goods()))
    owed = [one.orders[0].id for one in (trade, gone, waits)]
    assert [presale_news.tell(one, now=BALANCE_FROM) for one in owed] == [False] * 3
    assert heard(inbox, paid) == heard(inbox, closed) == heard(inbox, unpaid) == []
    # His deposit may come this minute, so he alone is asked for again.
    assert telling.orders_to_tell(now=BALANCE_FROM) == [owed[2]]
    pay(waits.id)
    assert presale_news.tell(owed[2], now=BALANCE_FROM)


def test_what_was_refused_is_told_by_the_next_run(inbox: Control) -> None:
    me = make_shopper()
    order = ordered(me)
    inbox.fail_next("mail")
    assert not presale_news.tell(order, now=BALANCE_FROM)
    assert rows("SELECT told FROM presale_claim") == [(0,)]
    assert presale_news.tell(order, now=BALANCE_FROM + MINUTE)
    assert len(heard(inbox, me)) == 1
