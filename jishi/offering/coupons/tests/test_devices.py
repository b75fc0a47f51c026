"""One device takes no more coupons of a template than one person may, whatever the account, and is forgotten."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel.db import rows
from jishi.kernel.ids import CouponTemplateId, VisitorId, new_id
from jishi.kernel.tests.threads import in_threads
from jishi.offering.coupons import services, services_forgetting, services_giving
from jishi.offering.coupons.queries_device import Device, device_named, device_of
from jishi.offering.coupons.services_giving import CouponLimitReached, DeviceLimitReached
from jishi.offering.coupons.tests.factories import NOW, make_template
from jishi.offering.coupons.types import TemplateStatus, Way

pytestmark = pytest.mark.django_db


def a_device() -> Device:
    return device_of(VisitorId(new_id()))


def claim(template: CouponTemplateId, device: Device) -> object:
    return services_giving.claim(
        buyer=make_buyer(), template_id=template, key="key-0001", device=device, now=NOW
    )


def kept(template: CouponTemplateId) -> list[bool]:
    """Tell of each coupon whether its device is known."""
    found = rows("SELECT device IS NOT NULL FROM coupons_coupon WHERE template_id = %s", [template])
    return [is_known for (is_known,) in found]


def test_accounts_on_one_device_have_together_what_one_person_may() -> None:
    template, other = make_template(None, per_person_max=2), make_template(None)
    mine, anothers = a_device(), a_device()
    for _ in range(2):
        claim(template, mine)
    with pytest.raises(DeviceLimitReached):
        claim(template, mine)
    claim(template, anothers)
    claim(other, mine)  # each template counts for itself


def test_the_account_is_told_of_its_own_limit_first() -> None:
    template, me, mine = make_template(None), make_buyer(), a_device()
    first = services_giving.claim(buyer=me, template_id=template, key="key-0001", device=mine, now=NOW)
    again = services_giving.claim(buyer=me, template_id=template, key="key-0001", device=mine, now=NOW)
    assert again == first
    with pytest.raises(CouponLimitReached):
        services_giving.claim(buyer=me, template_id=template, key="key-0002", device=a_device(), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_accounts_that_press_at_once_on_one_device() -> None:
    template, mine = make_template(None, per_person_max=2), a_device()
    buyers = [make_buyer() for _ in range(8)]

    def press(number: int) -> bool:
        try:
            services_giving.claim(
                buyer=buyers[number], template_id=template, key="key-0001", device=mine, now=NOW
            )
        except DeviceLimitReached:
            return False
        return True

    answers = [done.result() for done in in_threads([lambda n=n: press(n) for n in range(8)])]  # type: ignore[misc]
    assert (sum(answers), len(kept(template))) == (2, 2)


def test_new_accounts_of_one_device_get_theirs_once() -> None:
    make_template(None, way=Way.SIGN_UP, per_person_max=3)
    mine = device_named([one.hex() for one in a_device()])
    given = [len(services_giving.welcome(buyer=make_buyer(), device=mine, now=NOW)) for _ in range(2)]
    assert given == [1, 0]
    assert len(services_giving.welcome(buyer=make_buyer(), device=a_device(), now=NOW)) == 1


def test_a_shared_code_counts_and_one_for_once_does_not() -> None:
    shared, once = make_template(None, way=Way.CODE_SHARED), make_template(None, way=Way.CODE_ONCE)
    mine = a_device()

    def codes(template: CouponTemplateId, count: int) -> list[str]:
        return services.make_codes(
            merchant_id=None, template_id=template, count=count, staff_id=None, now=NOW
        )

    def exchange(code: str) -> object:
        return services_giving.exchange(buyer=make_buyer(), code=code, device=mine, now=NOW)

    (word,) = codes(shared, 1)
    exchange(word)
    with pytest.raises(DeviceLimitReached):
        exchange(word)
    for code in codes(once, 2):
        exchange(code)
    assert (kept(shared), kept(once)) == ([True], [False, False])


def test_a_device_is_known_by_its_hash_alone_and_under_a_former_key_too(settings: Settings) -> None:
    template, visitor = make_template(None), VisitorId(new_id())
    claim(template, device_of(visitor))
    ((stored,),) = rows("SELECT device FROM coupons_coupon WHERE template_id = %s", [template])
    assert visitor.bytes not in bytes(stored)
    assert len(bytes(stored)) == 16
    known = settings.ENV.blind_index_keys
    fresh = replace(known[0], id="zz", secret=b"k" * 32)
    settings.ENV = replace(settings.ENV, blind_index_keys=(fresh, *known))
    with pytest.raises(DeviceLimitReached):
        claim(template, device_of(visitor))


def _end(template: CouponTemplateId) -> None:
    services.move(merchant_id=None, template_id=template, to=TemplateStatus.ENDED, staff_id=None, now=NOW)


@pytest.mark.parametrize(
    ("also", "then", "ends_at"),
    [
        ({"claim_until": NOW + timedelta(days=1)}, None, NOW + timedelta(days=1)),
        ({"valid_until": NOW + timedelta(days=2)}, None, NOW + timedelta(days=2)),
        ({"valid_from": None, "valid_until": None, "valid_days": 5}, _end, NOW),
    ],
)
def test_devices_are_forgotten_thirty_days_after_the_end(
    also: dict[str, object], then: Callable[[CouponTemplateId], None] | None, ends_at: datetime
) -> None:
    template, lasting = (
        make_template(None, **also),
        make_template(None, valid_from=None, valid_until=None, valid_days=5),
    )
    for one in (template, lasting):
        claim(one, a_device())
    if then:
        then(template)
    nearly = ends_at + timedelta(days=30) - timedelta(seconds=1)
    assert services_forgetting.forget_devices(now=nearly) == 0
    assert kept(template) == [True]
    assert services_forgetting.forget_devices(now=ends_at + timedelta(days=30)) == 1
    assert (kept(template), kept(lasting)) == ([False], [True])
