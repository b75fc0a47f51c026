"""Coupons in the back office: written as typed, given by codes, stopped with a reason, shown without holders."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from jishi.entry.console.base import all_rows
from jishi.entry.console.coupon_forms import NAMES, CouponFields, answers, wish_from
from jishi.entry.console.tests.action_cases_marketing import COUPON_ANSWERS
from jishi.entry.console.tests.conftest import Colleague, Hire, list_address
from jishi.entry.console.tests.factories_marketing import (
    make_code_coupon,
    make_coupon_row,
    make_known_goodwill,
    merchants_coupon,
)
from jishi.flows.tests.shopping import make_goods, make_shopper
from jishi.identity.accounts.models import User
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel.clock import now
from jishi.kernel.db import execute
from jishi.kernel.ids import CouponTemplateId, new_id
from jishi.kernel.models import AuditEntry
from jishi.offering.coupons import services_giving
from jishi.offering.coupons.models import CouponCode, CouponTemplateRow
from jishi.offering.coupons.tests.factories import BY_PLATFORM, template_wish
from jishi.offering.coupons.types import Way
from jishi.offering.pricing.types_promotions import Audience
from jishi.trade.orders.models import Order

NEW = "add/"


def codes_of(somebody: Colleague, row: CouponTemplateRow) -> list[str]:
    """Download a template's codes."""
    answer: Any = somebody.client.get(reverse("admin:offering_coupontemplaterow_codes", args=[row.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return list(b"".join(answer.streaming_content).decode().splitlines())


@given(
    some.sampled_from(list(Way)),
    some.none() | some.integers(1, 10**8),
    some.none() | some.integers(1, 366),
    some.booleans(),
)
def test_answers_say_the_template_they_come_from(
    way: Way, stock: int | None, valid_days: int | None, is_returned: bool
) -> None:
    minute = now().replace(second=0, microsecond=0)
    wish = template_wish(
        way=way,
        stock=stock,
        valid_days=valid_days,
        valid_from=None if valid_days else minute,
        valid_until=None if valid_days else minute + timedelta(days=3),
        claim_until=minute + timedelta(days=1),
        is_returned_on_refund=is_returned,
        spend_minor=100_01 if way is Way.SPEND else None,
        audience=Audience(is_new_only=is_returned, levels=frozenset({"gold"})),
        funders=BY_PLATFORM,
    )
    form = CouponFields({name: one for name, one in answers(wish).items() if one is not False})
    assert form.is_valid(), form.errors
    assert wish_from(form.cleaned_data) == wish


@pytest.mark.django_db
def test_a_coupon_is_written_and_gives(hire: Hire) -> None:
    somebody = hire("operations")
    new = f"{list_address(CouponTemplateRow)}{NEW}"
    page = somebody.client.get(new).content.decode()
    assert all(f'name="{name}"' in page for name in NAMES)
    assert (
        somebody.client.post(new, COUPON_ANSWERS | {"stock": "2", "effect": "200 15\n400 40"}).status_code
        == 302
    )
    row = all_rows(CouponTemplateRow).get()
    assert (row.status, row.merchant_id, row.stock) == ("draft", None, 2)
    somebody.act(row, "put_live")
    services_giving.claim(buyer=make_buyer(), template_id=CouponTemplateId(row.pk), key="a", now=now())
    page = somebody.page(row).content.decode()
    assert "满 ¥200.00 减 ¥15.00; 满 ¥400.00 减 ¥40.00" in page
    assert "领取后 14 天" in page and '<progress max="2" value="1"' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"platform_share": "60"}, "三方出资合计必须为 100%"),
        ({"effect": "满十减五"}, "看不懂"),
        ({"valid_days": ""}, "填写有误"),
        ({"valid_from": "2026-12-01T00:00", "valid_until": "2026-12-02T00:00"}, "填写有误"),
        ({"way": "spend"}, "填写有误"),
        ({"kind": "piece_off", "effect": "20"}, "piece_off"),
        ({"stack_group": "大写"}, "填写有误"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(hire: Hire, wrong: dict[str, str], said: str) -> None:
    address = f"{list_address(CouponTemplateRow)}{NEW}"
    answer = hire("operations").client.post(address, {**COUPON_ANSWERS, **wrong})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not all_rows(CouponTemplateRow).exists()


@pytest.mark.django_db
def test_codes_are_made_in_batches_found_by_one_and_downloaded_by_operators(hire: Hire) -> None:
    somebody, row = hire("operations"), make_code_coupon()
    for count in ("3", "2"):
        somebody.act(row, "make_codes", count=count, word="")
    heading, *lines = codes_of(somebody, row)
    assert (heading, len(lines)) == ("code,given", 5)
    assert sorted(line.split(",")[0] for line in lines) == sorted(
        CouponCode.objects.values_list("code", flat=True)
    )
    made = AuditEntry.objects.filter(subject_id=row.pk, action="coupon_template.codes_made").order_by("id")
    assert [entry.data["count"] for entry in made] == [3, 2]
    assert AuditEntry.objects.filter(subject_id=row.pk, action="coupon_template.codes_read").count() == 1

    found = somebody.open(CouponTemplateRow, q=lines[0].split(",")[0]).content.decode()
    assert str(row.pk) in found
    address = reverse("admin:offering_coupontemplaterow_codes", args=[row.pk])
    assert address in somebody.page(row).content.decode()
    for role in ("finance", "service", "risk"):
        assert hire(role).client.get(address).status_code == 403
        assert address not in hire(role).page(row).content.decode()


@pytest.mark.django_db
def test_a_merchants_codes_are_his(hire: Hire) -> None:
    row = merchants_coupon()
    address = reverse("admin:offering_coupontemplaterow_codes", args=[row.pk])
    assert hire("administrator").client.get(address).status_code == 404
    unknown = reverse("admin:offering_coupontemplaterow_codes", args=[new_id()])
    assert hire("administrator").client.get(unknown).status_code == 404


@pytest.mark.django_db
def test_a_merchants_coupon_is_stopped_and_he_reads_why(hire: Hire) -> None:
    somebody, row = hire("operations"), merchants_coupon()
    assert str(row.pk) not in somebody.open(CouponTemplateRow).content.decode()
    assert str(row.pk) in somebody.open(CouponTemplateRow, owner="merchant").content.decode()
    page = somebody.page(row).content.decode()
    assert not [one for one in ("change_it", "put_live", "make_codes") if one in page]
    somebody.act(row, "end", reason="标价有误")
    entry = AuditEntry.objects.get(subject_id=row.pk, action="coupon_template.ended")
    assert (entry.merchant_id, entry.actor_kind, entry.data["reason"]) == (
        row.merchant_id,
        "platform",
        "标价有误",
    )


@pytest.mark.django_db
def test_the_cost_is_shown_and_the_holder_is_not(hire: Hire) -> None:
    row = make_coupon_row()
    buyer = make_buyer(phone="13912345678")
    made = services_giving.claim(buyer=buyer, template_id=CouponTemplateId(row.pk), key="a", now=now())
    execute(
        "UPDATE coupons_coupon SET status = 'used', trade_id = %s, amount_minor = 501, revenue_minor = 2000, "
        "used_at = %s WHERE id = %s",
        [new_id(), now(), made],
    )
    somebody = hire("finance")
    assert "¥5.01" in somebody.open(CouponTemplateRow).content.decode()
    page = somebody.page(row).content.decode()
    assert "平台 ¥2.51, 商家 ¥2.50" in page and "¥20.00" in page and str(made) in page
    person = User.objects.get(pk=buyer)
    assert not [one for one in (str(buyer), person.nickname, "13912345678", "139****5678") if one in page]


@pytest.mark.django_db
def test_only_operators_write(hire: Hire) -> None:
    for role in ("finance", "service", "risk"):
        new = f"{list_address(CouponTemplateRow)}{NEW}"
        assert hire(role).client.post(new, COUPON_ANSWERS).status_code == 403


@pytest.mark.django_db
def test_goodwill_is_given_once_and_refused_in_words(hire: Hire) -> None:
    known = str(new_id())
    make_known_goodwill(known)
    order = make_shopper().buy_and_pay((make_goods().sku_id, 1)).orders[0]
    row, somebody = all_rows(Order).get(id=order.id), hire("service")
    assert known in somebody.ask(row, "give_coupon").content.decode()
    assert somebody.act(row, "give_coupon", template=known, reason="包装破损") == ["优惠券已发给买家"]
    again = somebody.act(row, "give_coupon", template=known, reason="包装破损")
    assert again[-1] == "这个订单已经补偿过优惠券"
