"""A price is explained at checkout and for ever after, and knows through which channel it is bought."""

from uuid import uuid4

import pytest
from pydantic import ValidationError

from jishi.entry.http.tests.calling import app_of, visitors_app
from jishi.flows.tests.shopping import NOW, make_goods, make_shopper
from jishi.kernel.channels import Channel, channel_of
from jishi.kernel.db import execute
from jishi.kernel.errors import NotFound
from jishi.offering.pricing.tests.offers import off, spend
from jishi.offering.pricing.types import Funder, FunderShare, PriceStep
from jishi.offering.promotions import services as promotions
from jishi.offering.promotions.queries import read_wish, written
from jishi.offering.promotions.tests.factories import make_promotion, promotion_wish
from jishi.trade.checkout.queries_replay import replay_quote
from jishi.trade.checkout.queries_sold import order_price

pytestmark = pytest.mark.django_db

BY_PLATFORM = (FunderShare(funder=Funder.PLATFORM, basis_points=10_000),)
ON_THE_PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Mobi"
)


def test_checkout_says_what_is_missing_for_the_next_discounts() -> None:
    me, tea, cups = make_shopper(), make_goods(100_00), make_goods(50_00)
    make_promotion(tea.merchant_id, spend((120_00, off(15_00))))
    make_promotion(None, spend((200_00, off(30_00))), funders=BY_PLATFORM)

    quote = me.quote((tea.sku_id, 1), (cups.sku_id, 1))

    assert [[one.missing for one in order.hints] for order in quote.orders] == [[20_00], []]
    assert [(one.missing, one.gain) for one in quote.hints] == [(50_00, "减 ¥30")]
    assert me.quote((tea.sku_id, 4)).hints == me.quote((tea.sku_id, 4)).orders[0].hints == []
    assert replay_quote(quote.id).is_same


def test_an_order_shows_how_its_price_came_about_whatever_has_changed_since() -> None:
    me, tea, cups = make_shopper(), make_goods(100_00), make_goods(50_00)
    store = make_promotion(tea.merchant_id, spend((100_00, off(15_00))))
    across = make_promotion(None, spend((100_00, off(30_00))), funders=BY_PLATFORM)
    trade = me.buy((tea.sku_id, 1), (cups.sku_id, 1))
    changed = promotion_wish(spend((100_00, off(1_00))), name=promotion_wish().name)
    promotions.change(merchant_id=tea.merchant_id, promotion_id=store, wish=changed, staff_id=None, now=NOW)
    execute("UPDATE catalog_sku SET price_minor = price_minor * 2")

    for order in trade.orders:
        price = order_price(order.id, buyer=me.buyer, language="zh")
        *steps, last = price.trace
        assert sum(step.amount.amount_minor for step in steps) == last.amount.amount_minor
        assert (last.step, last.amount) == (PriceStep.TOTAL, order.total)
        assert all(step.funders == [] for step in price.trace)
        assert price.rules[str(across)] == "冬季优惠"

    first, second = (order_price(order.id, buyer=me.buyer, language="en") for order in trade.orders)
    taken = {step.rule_id: step.amount.amount_minor for step in first.trace}
    assert taken[str(store)] == -15_00
    assert {one.merchant_id for one in second.trace[:-1]} == {cups.merchant_id}
    assert str(store) not in {step.rule_id for step in second.trace}
    with pytest.raises(NotFound):
        order_price(trade.orders[0].id, buyer=make_shopper().buyer, language="zh")


def test_an_order_sold_otherwise_than_its_quote_is_not_explained_wrongly() -> None:
    me, tea = make_shopper(), make_goods(100_00)
    (order,) = me.buy((tea.sku_id, 1)).orders
    execute("UPDATE orders_order SET freight_minor = freight_minor + 1, total_minor = total_minor + 1")
    assert order_price(order.id, buyer=me.buyer, language="zh").trace == []


@pytest.mark.parametrize(
    ("has_token", "hint", "agent", "channel"),
    [
        (False, "?1", "", Channel.MOBILE),
        (False, "?0", ON_THE_PHONE, Channel.WEB),
        (False, None, ON_THE_PHONE, Channel.MOBILE),
        (False, None, "Mozilla/5.0 (X11; Linux x86_64)", Channel.WEB),
        (True, "?1", ON_THE_PHONE, Channel.APP),
    ],
)
def test_the_channel_is_read_from_the_request(
    has_token: bool, hint: str | None, agent: str, channel: Channel
) -> None:
    assert channel_of(has_token=has_token, mobile_hint=hint, user_agent=agent) is channel


def test_a_promotion_for_one_channel_counts_there_from_the_cart_to_the_order() -> None:
    me, tea = make_shopper(), make_goods(100_00)
    make_promotion(tea.merchant_id, spend((50_00, off(7_00))), channels=frozenset({Channel.APP}))
    make_promotion(tea.merchant_id, spend((50_00, off(9_00))), channels=frozenset({Channel.MOBILE}))
    app, line = app_of(me.buyer), {"sku_id": str(tea.sku_id), "quantity": 1}
    taken = {
        agent: visitors_app().call("POST", "/store/quotes", {"lines": [line]}, **{"User-Agent": agent}).body
        for agent in (ON_THE_PHONE, "Mozilla/5.0 (X11; Linux x86_64)")
    }

    assert [quote["discount_amount"]["amount_minor"] for quote in taken.values()] == [9_00, 0]
    assert app.call("POST", "/store/cart/lines", line).body["discount_amount"]["amount_minor"] == 7_00
    quote = app.call("POST", "/store/quotes", {"address_id": str(me.address)}).body
    assert [one["reason"] for one in quote["passed"]] == ["other_channel"]
    bought = app.call(
        "POST",
        "/store/trades",
        {"quote_id": quote["id"], "expected_total": quote["total"]},
        **{"Idempotency-Key": f"test-{uuid4()}"},
    )

    assert (bought.status, bought.body["total"]) == (201, quote["total"])
    order = bought.body["orders"][0]["id"]
    explained = app.call("GET", f"/store/orders/{order}/price").body
    assert explained["trace"][-1]["amount"] == quote["total"]
    assert visitors_app().call("GET", f"/store/orders/{order}/price").status == 401


def test_a_promotion_names_channels_of_the_list_only() -> None:
    wish = written(promotion_wish(channels=frozenset({Channel.APP})))
    assert read_wish(wish).channels == {Channel.APP}
    with pytest.raises(ValidationError):
        read_wish(wish.replace('"app"', '"fax"'))
