"""What the platform's staff read of coupons: who bears what, to the cent; where each went; what one can be worth."""

import pytest

from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import execute
from jishi.kernel.ids import CouponTemplateId, new_id
from jishi.kernel.models import AuditEntry
from jishi.offering.coupons import queries_platform, services, services_giving
from jishi.offering.coupons.rules_worth import worth_max
from jishi.offering.coupons.tests.factories import NOW, make_template, off_from, template_wish
from jishi.offering.coupons.types import TemplateStatus, Way
from jishi.offering.coupons.types_platform import TemplateFigures
from jishi.offering.pricing.types import Funder, FunderShare, Measure, Off
from jishi.offering.pricing.types_promotions import Tier, Tiers

THIRDS = (
    FunderShare(funder=Funder.PLATFORM, basis_points=3_334),
    FunderShare(funder=Funder.MERCHANT, basis_points=3_333),
    FunderShare(funder=Funder.BRAND, basis_points=3_333),
)


def use(template_id: CouponTemplateId, *amounts_minor: int) -> None:
    """Let a buyer claim a coupon for each amount, and use it for that."""
    for amount in amounts_minor:
        made = services_giving.claim(buyer=make_buyer(), template_id=template_id, key="once", now=NOW)
        execute(
            "UPDATE coupons_coupon SET status = 'used', trade_id = %s, amount_minor = %s, revenue_minor = 900, "
            "used_at = %s WHERE id = %s",
            [new_id(), amount, NOW, made],
        )


@pytest.mark.django_db
def test_the_cost_is_borne_coupon_by_coupon_and_adds_up() -> None:
    template = make_template(funders=THIRDS)
    use(template, 5_00, 5_00, 1, 2, 7)
    found = {one.funder: one.amount_minor for one in queries_platform.costs(template)}
    # 500 → 167 + 167 + 166 by largest remainder; 1 → the platform's; 2 → platform and merchant; 7 → 3 + 2 + 2
    assert found == {Funder.PLATFORM: 339, Funder.MERCHANT: 337, Funder.BRAND: 334}
    assert sum(found.values()) == 1_010
    assert queries_platform.figures([template]) == {
        template: TemplateFigures(used_count=5, discount_minor=1_010, revenue_minor=4_500)
    }


@pytest.mark.django_db
def test_new_shares_count_for_new_coupons_only() -> None:
    template = make_template()
    use(template, 5_00)
    wish = template_wish(funders=(FunderShare(funder=Funder.BRAND, basis_points=10_000),))
    services.change(merchant_id=None, template_id=template, wish=wish, staff_id=None, now=NOW)
    use(template, 4_00)
    borne = {one.funder: one.amount_minor for one in queries_platform.costs(template)}
    assert borne == {Funder.PLATFORM: 5_00, Funder.BRAND: 4_00}


@pytest.mark.django_db
def test_a_merchants_coupons_cost_him_alone() -> None:
    template = make_template(make_merchant())
    use(template, 3_00)
    (borne,) = queries_platform.costs(template)
    assert (borne.funder, borne.amount_minor) == (Funder.MERCHANT, 3_00)


@pytest.mark.django_db
def test_coupons_say_what_gave_them_and_never_to_whom_or_for_which_code() -> None:
    template = make_template(way=Way.CODE_SHARED)
    services.make_codes(merchant_id=None, template_id=template, word="WINTER26", staff_id=None, now=NOW)
    services_giving.exchange(buyer=make_buyer(), code="winter 26", now=NOW)
    (given,) = queries_platform.given(template)
    assert (given.origin, given.amount_minor) == ("code", 0)
    assert "WINTER26" not in repr(given)
    assert queries_platform.template_of_code("winter-26") == template
    assert queries_platform.template_of_code("nothing") is None


@pytest.mark.django_db
def test_with_a_reason_the_platform_stops_a_merchants_coupon_and_he_reads_why() -> None:
    merchant = make_merchant()
    template = make_template(merchant)
    stop = {"to": TemplateStatus.PAUSED, "staff_id": None, "now": NOW, "reason": "标价有误"}
    services.move(merchant_id=merchant, template_id=template, **stop)  # type: ignore[arg-type]
    noted = AuditEntry.objects.get(subject_id=template, action="coupon_template.paused")
    assert (noted.actor_kind, noted.merchant_id, noted.data["reason"]) == ("platform", merchant, "标价有误")


@pytest.mark.parametrize(
    ("effect", "most"),
    [
        (off_from(10_00, 5_00), 5_00),
        (Tiers(measure=Measure.AMOUNT, tiers=(Tier(threshold=1, off=Off(basis_points=1_000)),)), None),
        (
            Tiers(
                measure=Measure.AMOUNT,
                tiers=(Tier(threshold=1, off=Off(basis_points=1_000, cap_minor=20_00)),
                       Tier(threshold=2, off=Off(amount_minor=15_00))),
            ),
            20_00,
        ),
        (Tiers(measure=Measure.AMOUNT, tiers=off_from(10_00, 5_00).tiers, is_each=True), None),
        (Tiers(measure=Measure.AMOUNT, tiers=off_from(10_00, 5_00).tiers, is_each=True, times_max=3), 15_00),
    ],
)  # fmt: skip
def test_what_a_coupon_can_be_worth(effect: Tiers, most: int | None) -> None:
    assert worth_max(effect) == most
