"""Promotions in the back office: written as they are typed, read as they were written, stopped with a reason."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from jishi.entry.console.base import all_rows
from jishi.entry.console.promotion_text import Unreadable, kind_of, read, written
from jishi.entry.console.tests.action_cases_marketing import ANSWERS
from jishi.entry.console.tests.conftest import Hire, list_address
from jishi.entry.console.tests.factories_marketing import make_promotion_row, merchants_promotion
from jishi.kernel.ids import SkuId, new_id
from jishi.kernel.models import AuditEntry
from jishi.offering.pricing.types import Measure, Off
from jishi.offering.pricing.types_promotions import (
    Bundle,
    BundlePart,
    Effect,
    EveryPieces,
    LowerPrice,
    PieceOff,
    Tier,
    Tiers,
)
from jishi.offering.promotions.models import PromotionRow

CENTS, PIECES, SHARE = some.integers(1, 10**9), some.integers(1, 9_999), some.integers(1, 10_000)
CAP = some.none() | CENTS
OFF = some.builds(Off, amount_minor=CENTS, cap_minor=CAP) | some.builds(
    Off, basis_points=SHARE, cap_minor=CAP
)
SKUS = some.builds(lambda: SkuId(new_id()))
EFFECTS = some.one_of(
    some.builds(
        Tiers,
        measure=some.just(Measure.AMOUNT),
        tiers=some.lists(some.builds(Tier, threshold=CENTS, off=OFF), min_size=1, max_size=4).map(tuple),
    ),
    some.builds(
        Tiers,
        measure=some.just(Measure.PIECES),
        tiers=some.lists(some.builds(Tier, threshold=PIECES, off=OFF), min_size=1, max_size=4).map(tuple),
    ),
    some.builds(
        Tiers,
        measure=some.just(Measure.AMOUNT),
        tiers=some.tuples(some.builds(Tier, threshold=CENTS, off=some.builds(Off, amount_minor=CENTS))),
        is_each=some.just(True),
        times_max=some.none() | PIECES,
    ),
    some.builds(PieceOff, off=OFF),
    some.builds(EveryPieces, every=PIECES, reduced=PIECES, basis_points=SHARE, is_same_sku=some.booleans()),
    some.builds(
        LowerPrice, prices=some.dictionaries(SKUS, CENTS, min_size=1, max_size=3), from_pieces=PIECES
    ),
    some.builds(
        Bundle,
        price_minor=CENTS,
        parts=some.lists(
            some.builds(BundlePart, pieces=PIECES, sku_ids=some.frozensets(SKUS, min_size=1, max_size=3)),
            min_size=1,
            max_size=3,
        ).map(tuple),
    ),
)


@given(EFFECTS)
def test_what_is_written_reads_as_the_same(effect: Effect) -> None:
    assert read(kind_of(effect), written(effect)) == effect


@given(
    some.sampled_from(["spend", "each", "every_pieces", "lower_price", "bundle", "piece_off"]), some.text()
)
def test_whatever_is_typed_is_an_effect_or_unreadable(kind: str, typed: str) -> None:
    with suppress(Unreadable):
        assert kind_of(read(kind, typed)) == kind


@pytest.mark.django_db
def test_a_promotion_is_written_and_put_live(hire: Hire) -> None:
    somebody = hire("operations")
    new = f"{list_address(PromotionRow)}add/"
    assert 'name="effect"' in somebody.client.get(new).content.decode()
    assert somebody.client.post(new, ANSWERS).status_code == 302
    row = all_rows(PromotionRow).get()
    assert (row.status, row.merchant_id, row.version) == ("draft", None, 1)
    somebody.act(row, "put_live")
    page = somebody.page(row).content.decode()
    assert "满 ¥300.00 减 ¥50.00" in page and "平台 50 %" in page
    noted = AuditEntry.objects.filter(subject_id=row.pk, actor_id=somebody.id).order_by("id")
    assert [*noted.values_list("action", flat=True)] == [
        "promotion.drafted",
        "console.promotionrow.put_live",
        "promotion.live",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"platform_share": "60"}, "三方出资合计必须为 100%"),
        ({"effect": "满三百减五十"}, "看不懂"),
        ({"effect": "300 50\n200 80"}, "填写有误"),
        ({"ends": "2020-01-01T00:00"}, "填写有误"),
        ({"products": "没有编号"}, "每行要有一个编号"),
        ({"name_zh": "空\x00"}, "name_zh"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(hire: Hire, wrong: dict[str, str], said: str) -> None:
    answer = hire("operations").client.post(f"{list_address(PromotionRow)}add/", {**ANSWERS, **wrong})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not all_rows(PromotionRow).exists()


@pytest.mark.django_db
def test_only_operators_write(hire: Hire) -> None:
    for role in ("finance", "service", "risk"):
        assert hire(role).client.post(f"{list_address(PromotionRow)}add/", ANSWERS).status_code == 403


@pytest.mark.django_db
def test_a_merchants_promotion_is_stopped_and_he_reads_why(hire: Hire) -> None:
    somebody, row = hire("operations"), merchants_promotion()
    page = somebody.page(row).content.decode()
    assert "change_it" not in page and "put_live" not in page
    somebody.act(row, "pause", reason="标价有误")
    entry = AuditEntry.objects.get(subject_id=row.pk, action="promotion.paused")
    assert (entry.merchant_id, entry.actor_kind, entry.data["reason"]) == (
        row.merchant_id,
        "platform",
        "标价有误",
    )


@pytest.mark.django_db
def test_a_budget_is_shown_as_a_bar(hire: Hire) -> None:
    row: Any = make_promotion_row()
    all_rows(PromotionRow).filter(pk=row.pk).update(spent_minor=250_000)
    shown = hire("finance").open(PromotionRow).content.decode()
    assert '<progress max="1000000" value="250000"' in shown
