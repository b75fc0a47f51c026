"""Computing the quality of products that are really there: sold, rated, sent back, described."""

from datetime import datetime, timedelta
from typing import cast

import pytest

from jishi.discovery.behaviour import services as behaviour
from jishi.discovery.behaviour.types import CONSENT_TEXT, BrowserEvent, BrowserKind, ConsentAnswer
from jishi.discovery.ranking import queries, rules, services
from jishi.discovery.ranking.models import ProductQuality
from jishi.flows.tests.shopping import make_goods, make_shopper
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel.db import atomic, execute, row
from jishi.kernel.ids import OrderId, ProductId, new_id
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog.tests.factories import NOW, make_product
from jishi.offering.catalog.types import Rating

pytestmark = pytest.mark.django_db


def score(product_id: ProductId, name: str) -> float:
    (found,) = [one.score for one in queries.quality_of(product_id).parts if one.name == name]
    return found


def waiting() -> int:
    found = row("SELECT count(*) FROM catalog_change")
    return int(found[0]) if found else 0


def last_paid_at() -> datetime:
    found = row("SELECT max(paid_at) FROM orders_order")
    assert found
    return cast(datetime, found[0])


def test_what_is_sold_today_counts_more_than_what_was_sold_long_ago() -> None:
    fresh, old, unsold = make_goods(), make_goods(), make_goods()
    shopper = make_shopper()
    shopper.buy_and_pay((fresh.sku_id, 2))
    before = shopper.buy_and_pay((old.sku_id, 2))
    execute("UPDATE orders_order SET paid_at = paid_at - interval '28 days' WHERE trade_id = %s", [before.id])

    services.refresh(now=last_paid_at())

    assert score(fresh.id, "velocity") > score(old.id, "velocity") > score(unsold.id, "velocity") == 0
    assert score(old.id, "velocity") == pytest.approx(rules.velocity(0.5), abs=1e-3)


def test_what_buyers_think_and_send_back_counts() -> None:
    loved, hated = make_product(), make_product()
    with atomic():
        catalog.set_rating(loved.id, Rating(average_hundredths=490, count=40), now=NOW)
        catalog.set_rating(hated.id, Rating(average_hundredths=210, count=40), now=NOW)
    goods, returned = make_goods(), make_goods()
    shopper = make_shopper()
    shopper.buy_and_pay((goods.sku_id, 4))
    trade = shopper.buy_and_pay((returned.sku_id, 4))
    execute("UPDATE orders_order_line SET refunded_quantity = 3 WHERE order_id = %s", [trade.orders[0].id])

    services.refresh(now=last_paid_at())

    assert score(loved.id, "rating") > 0 > score(hated.id, "rating")
    assert score(goods.id, "returns") > 0 > score(returned.id, "returns")
    assert queries.factors([loved.id])[loved.id] > queries.factors([hated.id])[hated.id]


def test_only_what_moved_noticeably_is_written_and_touched() -> None:
    made = make_product()
    services.refresh(now=NOW)
    first, changes = ProductQuality.objects.get(product_id=made.id), waiting()

    again = services.refresh(now=NOW + timedelta(hours=6))

    assert again.changed == 0
    assert ProductQuality.objects.get(product_id=made.id).computed_at == first.computed_at
    assert waiting() == changes

    other = make_product()
    with atomic():
        catalog.set_rating(made.id, Rating(average_hundredths=120, count=200), now=NOW)
        catalog.set_rating(other.id, Rating(average_hundredths=500, count=200), now=NOW)
    changes = waiting()
    assert services.refresh(now=NOW + timedelta(hours=12)).changed == 2
    assert waiting() == changes + 2


def test_every_product_on_sale_is_looked_at_whatever_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH_MAX", 2)
    made = [make_product() for _ in range(5)]

    assert services.refresh(now=NOW).products == 5
    assert {one.id for one in made} == set(ProductQuality.objects.values_list("product_id", flat=True))


def test_a_product_without_a_quality_counts_as_usual() -> None:
    shown = queries.quality_of(make_product().id)

    assert shown.factor == 1
    assert {one.factor for one in shown.parts} == {1.0}


def test_the_job_runs_by_the_clock() -> None:
    from jishi.discovery.ranking import tasks

    assert tasks.refresh.cron == "25 */6 * * *"
    tasks.refresh(now=datetime(2026, 11, 30, tzinfo=NOW.tzinfo))


def test_what_lookers_buy_counts_more_than_what_they_only_look_at() -> None:
    bought, looked_at, unseen = (make_product() for _ in range(3))
    person = make_buyer()
    behaviour.answer(person_id=person, wish=ConsentAnswer(allowed=True, text_version=CONSENT_TEXT), now=NOW)
    for product, views in ((bought, 40), (looked_at, 40)):
        events = [
            BrowserEvent(event_id=new_id(), kind=BrowserKind.VIEW, product_id=product.id)
            for _ in range(views)
        ]
        behaviour.record(person_id=person, events=events, now=NOW)
    for _ in range(4):
        behaviour.note_bought(
            buyer=person, order_id=OrderId(new_id()), product_ids=[bought.id], at=NOW, now=NOW
        )

    services.refresh(now=NOW + timedelta(hours=1))

    assert score(bought.id, "conversion") > 0 > score(looked_at.id, "conversion")
    assert score(unseen.id, "conversion") == 0
