"""Coupon templates from the draft to the end, and their codes."""

from datetime import timedelta

import pytest

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import CouponTemplateId, MerchantId
from jishi.kernel.words import Text
from jishi.offering.coupons import queries, queries_figures, services
from jishi.offering.coupons.rules import TemplateMoveNotAllowed
from jishi.offering.coupons.tests.factories import BY_PLATFORM, NOW, make_template, template_wish
from jishi.offering.coupons.types import CouponTemplateWish, TemplateStatus, Way

pytestmark = pytest.mark.django_db


def change(merchant: MerchantId | None, template: CouponTemplateId, wish: CouponTemplateWish) -> None:
    services.change(merchant_id=merchant, template_id=template, wish=wish, staff_id=None, now=NOW)


def make_codes(
    merchant: MerchantId | None, template: CouponTemplateId, count: int = 1, word: str | None = None
) -> list[str]:
    return services.make_codes(
        merchant_id=merchant, template_id=template, count=count, word=word, staff_id=None, now=NOW
    )


def test_an_owner_sees_his_templates_the_newest_first() -> None:
    merchant = make_merchant()
    older, newer = make_template(merchant), make_template(merchant)
    make_template(None)

    cards = queries.templates_of(merchant).items
    assert [card.id for card in cards] == [newer, older]
    first = queries.templates_of(merchant, limit=1)
    rest = queries.templates_of(merchant, limit=1, cursor=first.next_cursor)
    assert ([one.id for one in first.items], [one.id for one in rest.items]) == ([newer], [older])
    assert (bool(first.next_cursor), rest.next_cursor) == (True, None)
    assert queries.templates_of(merchant, status=TemplateStatus.PAUSED).items == []
    assert cards[0].wish == template_wish()
    with pytest.raises(NotFound):
        queries.template(None, newer)


def test_a_change_is_a_new_version_and_keeps_the_way() -> None:
    merchant = make_merchant()
    template = make_template(merchant)
    change(merchant, template, template_wish(name=Text("新名", "New"), stock=5))
    assert queries.template(merchant, template).version == 2
    with pytest.raises(Invalid):
        change(merchant, template, template_wish(way=Way.GOODWILL))
    with pytest.raises(NotFound):
        change(make_merchant(), template, template_wish())


def test_what_ended_stays_ended() -> None:
    template = make_template(None)
    for status in (TemplateStatus.PAUSED, TemplateStatus.ENDED):
        services.move(merchant_id=None, template_id=template, to=status, staff_id=None, now=NOW)
    with pytest.raises(TemplateMoveNotAllowed):
        services.move(merchant_id=None, template_id=template, to=TemplateStatus.LIVE, staff_id=None, now=NOW)
    with pytest.raises(TemplateMoveNotAllowed):
        change(None, template, template_wish(funders=BY_PLATFORM))


@pytest.mark.parametrize(
    ("also", "field"),
    [
        ({"valid_days": 3}, "valid_days"),
        ({"valid_from": None, "valid_until": None}, "valid_days"),
        ({"valid_until": NOW - timedelta(days=2)}, "valid_until"),
        ({"claim_from": NOW, "claim_until": NOW}, "claim_until"),
        ({"way": Way.SPEND}, "spend_minor"),
        ({"spend_minor": 1}, "spend_minor"),
        ({"funders": BY_PLATFORM}, "funders"),
        ({"name": Text("", "")}, "name"),
    ],
)
def test_what_makes_no_sense_is_named(also: dict[str, object], field: str) -> None:
    merchant = make_merchant()
    with pytest.raises(Invalid) as refused:
        services.draft(merchant_id=merchant, wish=template_wish(**also), staff_id=None, now=NOW)
    assert refused.value.data["field"] == field


def test_codes_are_random_or_a_word() -> None:
    once = make_template(None, way=Way.CODE_ONCE)
    codes = make_codes(None, once, count=200)
    assert len(set(codes)) == 200
    assert sorted(card.code for card in queries.codes_of(None, once)) == sorted(codes)
    assert queries.template(None, once).code_count == 200
    with pytest.raises(Invalid):
        make_codes(None, once, word="WINTER26")

    shared = make_template(None, way=Way.CODE_SHARED)
    assert make_codes(None, shared, word="winter-26") == ["WINTER26"]
    with pytest.raises(Invalid):
        make_codes(None, shared, word="Winter 26")
    with pytest.raises(Invalid):
        make_codes(None, make_template(None))
    with pytest.raises(NotFound):
        queries.codes_of(make_merchant(), once)


def test_days_without_coupons_are_days_of_nothing() -> None:
    days = queries_figures.statistics(None, make_template(None), until=NOW.date())
    assert len(days) == queries_figures.DAYS_SHOWN
    assert days[-1].day == NOW.date()
    assert {day.given_count for day in days} == {0}
