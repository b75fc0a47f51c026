"""The demo market is rich and in two languages, the same for the same seed number, and its books are in order."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from jishi.community.reviews.rules import rating_of
from jishi.entry.demo import (
    channels,
    content,
    crowd,
    opinions,
    painting,
    pictures,
    plans,
    promotions,
    sale_event,
    seed,
    sizes,
)
from jishi.entry.demo.sizes import Size
from jishi.flows import cancel, invariants, reconcile, refund
from jishi.flows.tests.money import Cash
from jishi.kernel.db import rows
from jishi.kernel.ids import OrderId, UserId
from jishi.kernel.words import Text
from jishi.money.payments import services_books as books
from jishi.money.payments.types import ChannelName, RefundStatus
from jishi.offering.events.queries import event_page
from jishi.trade.orders.types import OrderStatus
from simulators.testing import RunningSimulators

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_the_written_market_is_rich() -> None:
    merchants, categories = content.merchants(), content.categories()
    products = [product for merchant in merchants for product in merchant.products]

    assert len(merchants) >= 24
    assert len(categories) >= 8
    assert all(len(category.children) >= 3 and category.attributes for category in categories)
    assert len(products) >= 800
    assert {attribute.kind for one in categories for attribute in one.attributes} == {
        "choice", "choices", "number", "text", "flag", "date", "colour",
    }  # fmt: skip


def test_every_top_category_has_a_picture() -> None:
    shown = (pictures.CHECKOUT / "web/apps/storefront/src/catalog/objects.ts").read_text(encoding="utf-8")

    assert [one.icon for one in content.categories() if one.icon not in shown.split()] == []


def test_every_product_stands_for_itself() -> None:
    products = [product for merchant in content.merchants() for product in merchant.products]

    for names in (
        [one.code for one in products],
        [one.title.zh for one in products],
        [one.title.en for one in products],
    ):
        assert [name for name, count in Counter(names).items() if count > 1] == []
    assert len({one.description.zh for one in products}) == len(products)
    assert all(_is_full(text) for one in products for text in _texts(one))
    assert all(len(painting.shots(one)) >= 2 for one in products)
    assert any(shot.side >= 1200 for one in products for shot in painting.shots(one))


def test_prices_are_sane() -> None:
    for merchant in content.merchants():
        for product in merchant.products:
            prices = [product.price_minor + spec.extra_minor for spec in product.specs] or [
                product.price_minor
            ]
            assert min(prices) >= 500, product.code
            assert max(prices) <= 2_000_000, product.code
            if product.list_price_minor:
                assert product.price_minor < product.list_price_minor <= 2 * product.price_minor, product.code


def test_attributes_are_those_of_the_category() -> None:
    top_of = {code: top for top in content.categories() for code, _ in top.children}
    for merchant in content.merchants():
        for product in merchant.products:
            known = {one.code: one for one in top_of[product.category].attributes}
            required = {code for code, one in known.items() if one.is_required}
            assert required <= set(product.attributes) <= set(known), product.code


def test_the_same_number_makes_the_same_market() -> None:
    merchant = content.merchants()[0]

    def planned(number: int) -> list[plans.PlannedOrder]:
        return plans.plan(
            merchant, merchant.products, orders=sizes.FULL.orders_per_store, buyers=40, seed=number, now=NOW
        )

    assert planned(7) == planned(7)
    assert planned(7) != planned(8)
    assert crowd.people(7) == crowd.people(7)


def test_a_plan_leaves_work_to_do() -> None:
    for merchant in content.merchants():
        planned = plans.plan(
            merchant, merchant.products, orders=sizes.FULL.orders_per_store, buyers=40, seed=1, now=NOW
        )
        unsent = [
            one for one in planned if one.times.paid < NOW < one.times.shipped and one.fate is plans.Fate.KEPT
        ]

        assert len(unsent) >= 2, merchant.code
        assert min(one.times.placed for one in planned) < NOW - timedelta(days=60)
        assert all(one.times.placed < NOW for one in planned)


def test_there_are_words_for_every_review() -> None:
    for top in content.categories():
        for stars in range(1, 6):
            for language in ("zh", "en"):
                assert opinions.words(top.code, language, stars), (top.code, language, stars)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Size]:
    """Give the small market with fewer products and smaller pictures."""
    chosen = sizes.SMALL.merchants()
    for merchant in chosen:
        del merchant.products[8:]
    monkeypatch.setattr(content, "merchants", lambda: chosen)
    monkeypatch.setattr(pictures, "SIDE", 480)
    monkeypatch.setattr(painting, "SECOND_SIDE", 480)
    monkeypatch.setattr(painting, "MODEL_SIDE", 480)
    with override_settings(MEDIA_ROOT=tmp_path):
        yield sizes.SMALL


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_market_has_a_past_whose_books_are_in_order(small: Size) -> None:
    seed.fill(seed=1, size=small, now=NOW)

    assert invariants.check() == []
    statuses = dict(rows("SELECT status, count(*) FROM orders_order GROUP BY status"))
    assert set(statuses) >= {
        OrderStatus.AWAITING_PAYMENT.value, OrderStatus.AWAITING_SHIPMENT.value, OrderStatus.SHIPPED.value,
        OrderStatus.COMPLETED.value, OrderStatus.CLOSED.value,
    }  # fmt: skip
    _expect_every_store_has_work()
    _expect_ratings_are_the_reviews()
    _expect_nobody_is_told()
    _expect_money_is_settled()
    _expect_promotions()
    before = rows("SELECT count(*), sum(total_minor) FROM orders_order")
    seed.fill(seed=1, size=small, now=NOW + timedelta(minutes=5))
    assert rows("SELECT count(*), sum(total_minor) FROM orders_order") == before
    _expect_promotions()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_money_of_the_past_can_go_back(
    small: Size, cash: Cash, simulators_server: RunningSimulators
) -> None:
    cash.control.reset()  # what other tests have paid today is not in the books of this market
    seed.fill(seed=1, size=small, now=cash.now())
    channels.tell(simulators_server.url)
    channels.tell(simulators_server.url)

    for days in (0, 1, 7, 30, 60):
        assert reconcile.run_day(_day(cash.now() - timedelta(days=days)), now=cash.now()) == []
    for channel in ChannelName:
        order_id, buyer_id = _paid_and_waiting(channel)
        cancel.cancel_order(order_id=order_id, buyer=buyer_id, reason="不想要了", now=cash.now())
        (asked,) = cash.refunds(order_id)
        for _ in range(2):  # WeChat Pay is working on it at first
            refund.execute(refund_id=asked.id, now=cash.now())
        assert [one.status for one in cash.refunds(order_id)] == [RefundStatus.DONE]
    assert invariants.check() == []


def _day(at: datetime) -> date:
    return at.astimezone(books.CHINA).date()


def _paid_and_waiting(channel: ChannelName) -> tuple[OrderId, UserId]:
    found = rows(
        "SELECT o.id, o.buyer_id FROM orders_order o JOIN payments_part p ON p.order_id = o.id "
        "JOIN payments_payment y ON y.id = p.payment_id "
        "WHERE o.status = 'awaiting_shipment' AND y.channel = %s LIMIT 1",
        [channel.value],
    )
    return OrderId(found[0][0]), UserId(found[0][1])


def _expect_every_store_has_work() -> None:
    waiting = dict(
        rows("SELECT merchant_id, count(*) FROM orders_order WHERE status = 'awaiting_shipment' GROUP BY 1")
    )
    assert len(waiting) == len(sizes.SMALL.stores)
    assert min(waiting.values()) >= 2


def _expect_promotions() -> None:
    in_force = dict(
        rows("SELECT merchant_id, count(*) FROM promotions_promotion WHERE status = 'live' GROUP BY 1")
    )
    here = {one.code for one in sizes.SMALL.merchants()} & {one.of for one in promotions.STORES}
    assert in_force.pop(None) == 2  # across stores, and the sale event's
    page = event_page(sale_event.SLUG, language="zh", now=NOW)
    assert page.banner and page.coupons and page.has_flash
    assert len(page.products) == sum(len(row.products) for row in page.rows) > 0
    assert list(in_force.values()) == [1] * len(here)


def _expect_ratings_are_the_reviews() -> None:
    shown = {
        one[0]: one[1:] for one in rows("SELECT id, rating_hundredths, review_count FROM catalog_product")
    }
    by_stars: dict[object, list[int]] = {}
    for product_id, stars in rows("SELECT product_id, stars FROM reviews_review"):
        by_stars.setdefault(product_id, [0] * 5)[stars - 1] += 1
    assert by_stars
    for product_id, (average, count) in shown.items():
        rating = rating_of(by_stars.get(product_id, [0] * 5))
        assert (average, count) == ((rating.average_hundredths, rating.count) if rating else (0, 0))


def _expect_nobody_is_told() -> None:
    told = {name for (name,) in rows("SELECT DISTINCT name FROM kernel_outbox")}
    assert not {name for name in told if name.startswith(("orders.", "payments.", "reviews."))}, told


def _expect_money_is_settled() -> None:
    paid, open_ones = (
        rows(f"SELECT count(*) FROM settlement_statement WHERE status {which}")[0][0]
        for which in ("= 'paid'", "<> 'paid'")
    )
    assert paid and open_ones


def _is_full(text: Text) -> bool:
    return bool(text.zh.strip() and text.en.strip()) and "{}" not in text.zh + text.en


def _texts(product: content.DemoProduct) -> list[Text]:
    return [product.title, product.subtitle, product.about, *product.points]
