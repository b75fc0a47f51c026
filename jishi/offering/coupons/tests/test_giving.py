"""Coupons given: claimed, exchanged for codes, given for something; never more than there are."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import atomic, rows
from jishi.kernel.errors import NotFound, ShopError
from jishi.kernel.ids import CouponId, CouponTemplateId, MerchantId, OrderId, UserId, new_id
from jishi.kernel.tests.threads import in_threads
from jishi.offering.coupons import queries, queries_held, services, services_giving
from jishi.offering.coupons.services_giving import CodeUnknown, CouponLimitReached, CouponsGone
from jishi.offering.coupons.tests.factories import NOW, make_template
from jishi.offering.coupons.types import TemplateStatus, Way

pytestmark = pytest.mark.django_db(transaction=True)


def claim(buyer: UserId, template: CouponTemplateId, key: str = "key-0001") -> object:
    return services_giving.claim(buyer=buyer, template_id=template, key=key, now=NOW)


def exchange(buyer: UserId, code: str) -> object:
    return services_giving.exchange(buyer=buyer, code=code, now=NOW)


def codes(template: CouponTemplateId, count: int = 1) -> list[str]:
    return services.make_codes(merchant_id=None, template_id=template, count=count, staff_id=None, now=NOW)


def given(template: CouponTemplateId) -> int:
    return queries.template(None, template).given_count


def kept(template: CouponTemplateId) -> int:
    ((found,),) = rows("SELECT count(*)::int FROM coupons_coupon WHERE template_id = %s", [template])
    return int(found)


def answers_of(works: list[Callable[[], object]]) -> list[bool]:
    """Run all at once; tell which were let through."""

    def tried(work: Callable[[], object]) -> bool:
        try:
            work()
        except ShopError:
            return False
        return True

    return [done.result() for done in in_threads([lambda work=work: tried(work) for work in works])]  # type: ignore[misc]


def test_two_hundred_buyers_of_fifty_coupons() -> None:
    template = make_template(None, stock=50)
    buyers = [UserId(new_id()) for _ in range(200)]
    answers: list[bool] = []
    for start in range(0, 200, 20):  # twenty at a time: threads have connections of their own
        answers += answers_of([lambda one=one: claim(one, template) for one in buyers[start : start + 20]])  # type: ignore[misc]
    assert (sum(answers), given(template), kept(template)) == (50, 50, 50)


def test_one_buyer_who_presses_everywhere_has_what_one_person_may() -> None:
    template, me = make_template(None, per_person_max=2), UserId(new_id())
    answers = answers_of([lambda n=n: claim(me, template, f"key-{n:04d}") for n in range(12)])  # type: ignore[misc]
    assert (sum(answers), given(template), kept(template)) == (2, 2, 2)


def test_a_button_pressed_twice_gives_one_coupon() -> None:
    template, me = make_template(None, per_person_max=5), UserId(new_id())
    answers = answers_of([lambda: claim(me, template) for _ in range(6)])
    assert (sum(answers), given(template), kept(template)) == (6, 1, 1)


def test_a_code_for_once_is_used_once() -> None:
    template = make_template(None, way=Way.CODE_ONCE)
    (code,) = codes(template)
    answers = answers_of([lambda: exchange(UserId(new_id()), code) for _ in range(8)])
    assert (sum(answers), given(template)) == (1, 1)


def test_codes_are_read_as_people_type_them_and_again_give_the_same() -> None:
    template, me = make_template(None, way=Way.CODE_ONCE), make_buyer()
    code, _ = codes(template, 2)
    first = exchange(me, f" {code[:4].lower()}-{code[4:]} ")
    assert exchange(me, code) == first
    with pytest.raises(CodeUnknown):
        exchange(make_buyer(), code)
    with pytest.raises(CodeUnknown):
        exchange(me, "NOSUCHCODE")
    assert sorted(card.given_count for card in queries.codes_of(None, template)) == [0, 1]


def test_a_shared_code_gives_each_buyer_one() -> None:
    template = make_template(None, way=Way.CODE_SHARED, stock=2)
    (code,) = codes(template)
    for _ in range(2):
        exchange(make_buyer(), code)
    with pytest.raises(CouponsGone):
        exchange(make_buyer(), code)


@pytest.mark.parametrize(
    "also",
    [
        {"claim_from": NOW + timedelta(seconds=1)},
        {"claim_until": NOW + timedelta(seconds=1), "later": timedelta(seconds=1)},
        {"status": TemplateStatus.PAUSED},
    ],
)
def test_outside_its_time_nothing_is_given(also: dict[str, object]) -> None:
    later, status = also.pop("later", timedelta()), also.pop("status", None)
    template = make_template(None, **also)
    if isinstance(status, TemplateStatus):
        services.move(merchant_id=None, template_id=template, to=status, staff_id=None, now=NOW)
    assert isinstance(later, timedelta)
    with pytest.raises(CouponsGone):
        services_giving.claim(buyer=make_buyer(), template_id=template, key="key-0001", now=NOW + later)


def test_what_is_given_otherwise_cannot_be_claimed() -> None:
    with pytest.raises(NotFound):
        claim(make_buyer(), make_template(None, way=Way.SIGN_UP))


def test_a_coupon_keeps_the_terms_it_was_given_with_and_ends_after_its_days() -> None:
    me = make_buyer()
    template = make_template(None, valid_from=None, valid_until=None, valid_days=3)
    claim(me, template)
    (held,) = queries_held.held_by(me, now=NOW)
    assert (held.starts_at, held.ends_at, held.version) == (NOW, NOW + timedelta(days=3), 1)
    assert queries_held.held_by(me, now=NOW + timedelta(days=3)) == []
    assert queries_held.held_by(make_buyer(), now=NOW) == []


def test_new_accounts_get_theirs_once() -> None:
    me = make_buyer()
    make_template(None, way=Way.SIGN_UP)
    make_template(None, way=Way.SIGN_UP, stock=1)
    assert len(services_giving.welcome(buyer=make_buyer(), now=NOW)) == 2
    first = services_giving.welcome(buyer=me, now=NOW)
    assert (len(first), services_giving.welcome(buyer=me, now=NOW)) == (1, first)


def test_who_spends_enough_is_rewarded_once_for_an_order() -> None:
    me, merchant, neighbour = make_buyer(), make_merchant(), make_merchant()
    order_id = OrderId(new_id())
    for owner in (merchant, neighbour, None):
        make_template(owner, way=Way.SPEND, spend_minor=100_00)

    def reward(spent_minor: int) -> int:
        return len(
            services_giving.reward(
                buyer=me,
                order_id=order_id,
                merchant_id=merchant,
                spent_minor=spent_minor,
                now=NOW,
            )
        )

    assert (reward(99_99), reward(100_00), reward(100_00)) == (0, 2, 2)
    assert len(queries_held.held_by(me, now=NOW)) == 2


def test_an_owner_gives_his_own() -> None:
    me, merchant = make_buyer(), make_merchant()
    template = make_template(merchant, way=Way.GOODWILL)

    def give(owner: MerchantId | None, source: str) -> tuple[CouponId, bool]:
        with atomic():
            return services_giving.give(
                merchant_id=owner, template_id=template, buyer=me, source=source, way=Way.GOODWILL,
                staff_id=None, now=NOW,
            )  # fmt: skip

    first, is_new = give(merchant, "order:1")
    assert (is_new, give(merchant, "order:1")) == (True, (first, False))
    with pytest.raises(CouponLimitReached):
        give(merchant, "order:2")
    with pytest.raises(NotFound):
        give(None, "order:1")
