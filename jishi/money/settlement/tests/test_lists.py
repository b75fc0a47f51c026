"""A merchant's statements and their lines in the order he asks for."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.ids import MerchantId, UserId
from jishi.kernel.tests.paging import whole
from jishi.money.settlement.tests.factories import make_entries, make_statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> UserId:
    return make_buyer()


@pytest.fixture
def shop(boss: UserId) -> MerchantId:
    return make_merchant(owner=boss)


def asker(user: UserId) -> Any:
    headers = {"X-Session-Token": session_token(user)}
    return lambda path: Client().get(f"/api/v1/merchant/{path}", headers=headers).json()


@pytest.mark.parametrize(
    ("sort", "days"),
    [
        ("newest", [5, 4, 3, 2, 1]),
        ("oldest", [1, 2, 3, 4, 5]),
        # Equal figures follow each other by age.
        ("sales_up", [1, 3, 4, 5, 2]),
        ("sales_down", [2, 5, 4, 3, 1]),
        ("due_up", [1, 3, 4, 5, 2]),
        ("due_down", [2, 5, 4, 3, 1]),
    ],
)
def test_statements_in_every_order_to_the_last_page(
    boss: UserId, shop: MerchantId, sort: str, days: list[int]
) -> None:
    for day, sales in enumerate((100, 900, 500, 500, 500), start=1):
        make_statement(shop, since=date(2026, 10, day), sales_minor=sales)
    make_statement(make_merchant(), since=date(2026, 10, 6))
    listed = whole(asker(boss), f"statements?sort={sort}")
    assert [one["from_date"] for one in listed] == [f"2026-10-0{day}" for day in days]


@pytest.mark.parametrize(
    ("sort", "amounts"),
    [
        ("oldest", [700, -300, 700, 700, 20]),
        ("newest", [20, 700, 700, -300, 700]),
        ("amount_up", [-300, 20, 700, 700, 700]),
        ("amount_down", [700, 700, 700, 20, -300]),
    ],
)
def test_lines_in_every_order_to_the_last_page(
    boss: UserId, shop: MerchantId, sort: str, amounts: list[int]
) -> None:
    statement_id = make_statement(shop, since=date(2026, 10, 1))
    make_entries(shop, statement_id, [700, -300, 700, 700, 20])
    listed = whole(asker(boss), f"statements/{statement_id}?sort={sort}", part="entries")
    assert [one["amount"]["amount_minor"] for one in listed] == amounts
    assert len({one["id"] for one in listed}) == len(amounts)


def test_an_order_that_is_not_there_names_its_field(boss: UserId, shop: MerchantId) -> None:
    statement_id = make_statement(shop, since=date(2026, 10, 1))
    for path in ("statements", f"statements/{statement_id}"):
        problem = asker(boss)(f"{path}?sort=best")
        assert (problem["status"], problem["field"]) == (422, "sort")
