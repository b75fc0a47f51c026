"""Accounts and the platform's own staff, on a real database."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.db import connection

from jishi.config.environment import NamedKey
from jishi.identity.accounts import queries, services
from jishi.identity.accounts.models import User
from jishi.identity.accounts.tests.factories import A_DAY, make_buyer, make_platform_staff
from jishi.identity.accounts.types import MeChange, PlatformRole
from jishi.identity.sealed_text import forget_keys
from jishi.kernel import clock
from jishi.kernel.db import rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import UserId, new_id

pytestmark = pytest.mark.django_db

PHONE = "13800138000"


def user(user_id: UserId) -> User:
    return User.objects.get(pk=user_id)


def test_me_is_masked() -> None:
    buyer = make_buyer(email="wang@example.com", phone=PHONE, nickname="小明", language="en")
    me = queries.me(buyer)
    assert (me.nickname, me.email, me.phone, me.language) == (
        "小明",
        "w***@example.com",
        "138****8000",
        "en",
    )
    assert me.email_is_verified


def test_somebody_unknown_is_not_found() -> None:
    with pytest.raises(NotFound):
        queries.me(UserId(new_id()))
    with pytest.raises(NotFound):
        services.change_me(user_id=UserId(new_id()), change=MeChange(nickname="谁"))


def test_a_profile_change_keeps_what_it_does_not_name() -> None:
    buyer = make_buyer(nickname="小明")
    assert services.change_me(user_id=buyer, change=MeChange(language="en")).nickname == "小明"
    assert services.keep_avatar(user_id=buyer, url="/media/a/b.webp").language == "en"
    assert services.change_me(user_id=buyer, change=MeChange(language="zh")).avatar == "/media/a/b.webp"
    assert services.keep_avatar(user_id=buyer, url="").avatar is None
    assert services.change_me(user_id=buyer, change=MeChange()).nickname == "小明"


@pytest.mark.parametrize("login", [PHONE, "+86 138 0013 8000", "Wang@Example.com"])
def test_people_are_found_by_what_they_have_proven(login: str) -> None:
    buyer = make_buyer(email="wang@example.com", phone=PHONE)
    assert queries.find_by_login(login) == buyer


@pytest.mark.parametrize("login", ["13900139000", "nobody@example.com", "nonsense", ""])
def test_nobody_else_is_found(login: str) -> None:
    make_buyer(email="wang@example.com", phone=PHONE)
    assert queries.find_by_login(login) is None


def test_an_account_needs_a_free_address_and_phone() -> None:
    make_buyer(email="wang@example.com", phone=PHONE)
    with pytest.raises(services.EmailTaken):
        make_buyer(email="WANG@example.com")
    with pytest.raises(services.PhoneTaken):
        make_buyer(phone="+8613800138000")
    assert User.objects.count() == 1


def test_a_phone_moves_only_when_it_is_free() -> None:
    first, second = make_buyer(phone=PHONE), make_buyer()
    with pytest.raises(services.PhoneTaken):
        services.prove_phone(user(second), PHONE)
    services.prove_phone(user(first), "13900139000")
    services.prove_phone(user(second), PHONE)
    assert queries.find_by_login(PHONE) == second


def test_a_typed_phone_counts_until_the_first_sign_in_only() -> None:
    somebody = user(make_buyer())
    services.note_typed_phone(somebody, PHONE)
    assert queries.phone_of(somebody) == ("+8613800138000", False)
    somebody.last_login = A_DAY
    assert queries.phone_of(somebody) is None


@pytest.mark.django_db(transaction=True)
def test_one_of_two_who_prove_the_same_phone_at_once_gets_it() -> None:
    people = [make_buyer() for _ in range(4)]
    barrier = threading.Barrier(len(people))
    outcomes: list[str] = []

    def prove(user_id: UserId) -> None:
        try:
            row = user(user_id)
            barrier.wait()
            services.prove_phone(row, PHONE)
            outcomes.append("mine")
        except services.PhoneTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=prove, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["mine", "taken", "taken", "taken"]


def test_the_platforms_staff_have_their_roles() -> None:
    finance = make_platform_staff(PlatformRole.FINANCE)
    assert queries.platform_roles(finance) == {PlatformRole.FINANCE}
    assert user(finance).is_staff
    assert queries.platform_roles(make_buyer()) == set()


def test_people_in_a_list_cost_two_statements(django_assert_num_queries: Any) -> None:
    people = [make_buyer(email="wang@example.com"), make_buyer(phone=PHONE)]
    with django_assert_num_queries(2):
        known = queries.people(people)
    assert known[people[0]].login == "w***@example.com"


def test_a_contact_is_in_clear_for_sending_only() -> None:
    buyer = make_buyer(email="wang@example.com", phone=PHONE, language="en")
    assert queries.contact(buyer) == ("wang@example.com", "+8613800138000", "en")
    User.objects.filter(pk=buyer).update(is_active=False)
    assert queries.contact(buyer) == (None, None, "zh")


def test_a_token_signs_its_owner_in_and_dies_with_the_password() -> None:
    buyer = make_buyer()
    token = services.issue_token(buyer)
    found = authenticate_by_x_session_token(token)
    assert found is not None
    assert found[0].pk == buyer
    row = user(buyer)
    row.set_password("a-new-password-1")
    row.save()
    assert authenticate_by_x_session_token(token) is None
    with pytest.raises(NotFound):
        services.issue_token(UserId(new_id()))


def test_abandoned_beginnings_are_forgotten_and_nothing_else() -> None:
    begun = services.unsaved_user(nickname="半途", language="zh", now=A_DAY)
    begun.save()
    services.note_typed_phone(begun, PHONE)
    stays = [make_buyer(), make_buyer(phone="13900139000")]
    services.note_typed_phone(user(stays[0]), PHONE)
    later = A_DAY + timedelta(days=2, seconds=1)
    assert services.forget_abandoned(before=A_DAY) == 0
    assert services.forget_abandoned(before=later) == 1
    assert set(User.objects.values_list("pk", flat=True)) == set(stays)


def test_sessions_that_are_over_are_forgotten() -> None:
    services.issue_token(make_buyer())
    assert services.forget_expired_sessions(now=clock.now()) == 0
    assert services.forget_expired_sessions(now=clock.now() + timedelta(days=31)) == 1


def test_every_address_can_be_sealed_again(settings: Any) -> None:
    make_buyer(email="wang@example.com")
    new = NamedKey(id="k2", secret=b"2" * 32)
    settings.ENV = replace(settings.ENV, encryption_keys=(new, *settings.ENV.encryption_keys))
    forget_keys()
    try:
        assert services.reseal_emails() == 1
        ((stored,),) = rows("SELECT email FROM account_emailaddress")
        assert stored.startswith("k2.")
    finally:
        forget_keys()
