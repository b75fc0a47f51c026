"""A coupon for an order that went wrong: once an order, within the giver's limit, with its reason in the log."""

from collections.abc import Callable

import pytest
from django.conf import settings

from jishi.flows.coupons import GoodwillUnpaid
from jishi.flows.goodwill import GoodwillGiven, GoodwillTooMuch, give_coupon
from jishi.flows.tests.shopping import make_goods, make_shopper
from jishi.identity.accounts.tests.factories import make_platform_staff
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.clock import now
from jishi.kernel.errors import Invalid, NotAllowed, NotFound
from jishi.kernel.ids import CouponId, CouponTemplateId, OrderId, UserId
from jishi.kernel.models import AuditEntry
from jishi.offering.coupons import services
from jishi.offering.coupons.models import CouponRow
from jishi.offering.coupons.tests.factories import BY_PLATFORM, off_from, template_wish
from jishi.offering.coupons.types import TemplateStatus, Way

pytestmark = pytest.mark.django_db
LIMIT_MINOR = settings.ENV.goodwill_service_yuan * 100


def goodwill(amount_minor: int = 5_00, *, way: Way = Way.GOODWILL) -> CouponTemplateId:
    """Make a coupon of the platform that takes so much off."""
    return _live(None, amount_minor, way)


def _live(merchant_id: object, amount_minor: int, way: Way) -> CouponTemplateId:
    shares = {} if merchant_id else {"funders": BY_PLATFORM}
    effect = off_from(amount_minor + 1, amount_minor)
    terms = {"valid_from": None, "valid_until": None, "valid_days": 14, **shares}
    wish = template_wish(effect=effect, way=way, **terms)
    made = services.draft(merchant_id=merchant_id, wish=wish, staff_id=None, now=now())  # type: ignore[arg-type]
    services.move(
        merchant_id=merchant_id,  # type: ignore[arg-type]
        template_id=made,
        to=TemplateStatus.LIVE,
        staff_id=None,
        now=now(),
    )
    return made


def bought() -> OrderId:
    return make_shopper().buy_and_pay((make_goods().sku_id, 1)).orders[0].id


def give(
    order_id: OrderId, template_id: CouponTemplateId, staff: UserId | None = None, reason: str = "破损"
) -> CouponId:
    giver = staff or make_platform_staff(PlatformRole.SERVICE)
    return give_coupon(order_id=order_id, template_id=template_id, staff=giver, reason=reason, now=now())


def test_the_buyer_has_it_and_the_log_says_why() -> None:
    order_id, staff = bought(), make_platform_staff(PlatformRole.SERVICE)
    made = give(order_id, goodwill(), staff)
    coupon = CouponRow.objects.get(id=made)
    assert (coupon.source, coupon.status) == (f"order:{order_id}", "held")
    noted = AuditEntry.objects.get(subject_id=order_id, action="order.coupon_given")
    assert (noted.actor_id, noted.merchant_id) == (staff, None)
    assert noted.data["reason"] == "破损"


def test_an_order_that_nobody_paid_gets_none() -> None:
    order_id = make_shopper().buy((make_goods().sku_id, 1)).orders[0].id
    with pytest.raises(GoodwillUnpaid):
        give(order_id, goodwill())
    assert not CouponRow.objects.exists()


def test_an_order_gets_one_whatever_the_template() -> None:
    order_id = bought()
    give(order_id, goodwill())
    for again in (goodwill(), goodwill(1_00)):
        with pytest.raises(GoodwillGiven):
            give(order_id, again)
    assert CouponRow.objects.filter(source=f"order:{order_id}").count() == 1


@pytest.mark.parametrize(
    ("role", "beyond"), [(PlatformRole.SERVICE, True), (PlatformRole.OPERATIONS, False),
                         (PlatformRole.ADMINISTRATOR, False)],
)  # fmt: skip
def test_nobody_gives_more_than_his_role_may(role: PlatformRole, beyond: bool) -> None:
    staff = make_platform_staff(role)
    give(bought(), goodwill(LIMIT_MINOR), staff)
    order_id, dear = bought(), goodwill(LIMIT_MINOR + 1)
    if beyond:
        with pytest.raises(GoodwillTooMuch) as refused:
            give(order_id, dear, staff)
        assert refused.value.data["amount_minor_max"] == LIMIT_MINOR
    else:
        give(order_id, dear, staff)
    assert CouponRow.objects.filter(source=f"order:{order_id}").exists() is not beyond


@pytest.mark.parametrize("role", [PlatformRole.FINANCE, PlatformRole.RISK])
def test_other_roles_give_none(role: PlatformRole) -> None:
    with pytest.raises(NotAllowed):
        give(bought(), goodwill(), make_platform_staff(role))


@pytest.mark.parametrize(
    "template",
    [lambda: goodwill(way=Way.CLAIM), lambda: _live(make_merchant(), 5_00, Way.GOODWILL)],
    ids=["another way", "a merchant's"],
)
def test_only_the_platforms_goodwill_is_given(template: Callable[[], CouponTemplateId]) -> None:
    order_id = bought()
    with pytest.raises(NotFound):
        give(order_id, template())
    assert not CouponRow.objects.filter(source=f"order:{order_id}").exists()


def test_a_reason_is_needed() -> None:
    with pytest.raises(Invalid):
        give(bought(), goodwill(), reason=" ")
