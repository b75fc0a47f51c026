"""Guessing passwords: locked out per account and real address, told when to come back."""

import threading

import pytest
from django.db import connection

from jishi.identity.accounts import services
from jishi.identity.accounts.tests.factories import A_DAY, make_buyer
from jishi.identity.accounts.types import PlatformRole
from tests.security.conftest import Browser, Inbox

EMAIL = "wang@example.com"
PASSWORD = "lentils-and-rice-7"

pytestmark = pytest.mark.django_db


def guess(browser: Browser, password: str = "a-wrong-guess-1", email: str = EMAIL) -> int:
    return int(browser.allauth("/auth/login", {"email": email, "password": password}).status_code)


def test_five_failures_lock_the_account_for_this_address(browser: Browser) -> None:
    make_buyer(email=EMAIL, password=PASSWORD)
    assert [guess(browser) for _ in range(5)] == [400, 400, 400, 400, 429]
    refused = browser.allauth("/auth/login", {"email": EMAIL, "password": PASSWORD})
    assert refused.status_code == 429
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "locked_out"
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert refused.json()["data"]["retry_after_seconds"] == int(refused.headers["Retry-After"])


def test_the_owner_still_gets_in_from_elsewhere(browser: Browser) -> None:
    make_buyer(email=EMAIL, password=PASSWORD)
    for _ in range(6):
        guess(browser)
    assert guess(Browser(address="198.51.100.1"), PASSWORD) == 200


def test_another_account_from_the_same_address_is_not_touched(browser: Browser) -> None:
    make_buyer(email=EMAIL, password=PASSWORD)
    make_buyer(email="li@example.com", password=PASSWORD)
    for _ in range(6):
        guess(browser)
    assert guess(Browser(), PASSWORD, "li@example.com") == 200


def test_a_success_wipes_the_failures(browser: Browser) -> None:
    make_buyer(email=EMAIL, password=PASSWORD)
    for _ in range(4):
        guess(browser)
    assert guess(Browser(), PASSWORD) == 200
    assert [guess(browser) for _ in range(4)] == [400] * 4


def test_an_unknown_account_is_locked_alike(browser: Browser) -> None:
    assert [guess(browser) for _ in range(5)] == [400, 400, 400, 400, 429]


def test_phones_are_counted_apart(browser: Browser) -> None:
    make_buyer(phone="13800138000", password=PASSWORD)
    make_buyer(phone="13800138001", password=PASSWORD)

    def by_phone(phone: str, password: str) -> int:
        return int(browser.allauth("/auth/login", {"phone": phone, "password": password}).status_code)

    assert [by_phone("13800138000", "wrong-guess-12") for _ in range(5)][-1] == 429
    assert by_phone("138 0013 8001", PASSWORD) == 200


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_instant_are_all_counted() -> None:
    make_buyer(email=EMAIL, password=PASSWORD)
    answers: list[int] = []

    def many() -> None:
        try:
            answers.extend(guess(Browser()) for _ in range(3))
        finally:
            connection.close()

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert guess(Browser(), PASSWORD) == 429
    assert answers.count(400) <= 4 + len(threads)


def test_the_back_office_is_locked_in_the_same_way(browser: Browser) -> None:
    services.make_platform_staff(
        email=EMAIL, password=PASSWORD, nickname="运营", role=PlatformRole.OPERATIONS, now=A_DAY
    )
    browser.get("/admin/login/")

    def enter(password: str) -> int:
        answer = browser.client.post(
            "/admin/login/?next=/admin/",
            {"username": EMAIL, "password": password},
            headers={
                "X-Forwarded-For": browser.address,
                "X-CSRFToken": browser.client.cookies["csrftoken"].value,
            },
        )
        return int(answer.status_code)

    assert [enter("a-wrong-guess-1") for _ in range(4)] == [200] * 4
    assert enter(PASSWORD) == 302
    assert [enter("a-wrong-guess-1") for _ in range(5)] == [200, 200, 200, 200, 429]
    assert enter(PASSWORD) == 429


@pytest.mark.usefixtures("still")
def test_a_limit_over_all_addresses_stops_a_whole_army(inbox: Inbox) -> None:
    make_buyer(email=EMAIL, password=PASSWORD)
    answers = [guess(Browser(address=f"198.51.{n // 200}.{n % 200}")) for n in range(101)]
    assert answers[:100] == [400] * 100
    assert answers[100] == 429
