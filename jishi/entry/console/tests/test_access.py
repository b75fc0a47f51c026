"""Every list and every page, for every role: opened, or refused."""

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client

from jishi.discovery.recommendations.models_measured import DailyRow, ExperimentRow
from jishi.discovery.search.models import IndexNode
from jishi.discovery.steering.models import Rule, RuleSet
from jishi.entry.console.base import Desk
from jishi.entry.console.navigation import GROUPS
from jishi.entry.console.tests.conftest import Hire, action_address, list_address, page_address, sign_in
from jishi.entry.console.tests.factories import MAKERS, make_callback
from jishi.identity.accounts.models import User
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.models import Merchant
from jishi.kernel.models import AuditEntry, DeadLetter, OutboxEntry
from jishi.money.ledger.models import Account, Journal
from jishi.money.payments.models import Bill, Break, Callback, Payment, Refund
from jishi.money.settlement.models import Payout, Statement
from jishi.offering.catalog.models import Brand, Category, Product, ProductVersion
from jishi.offering.catalog.models_brands import BrandAuthorisation
from jishi.offering.catalog.models_offers import SharedProduct
from jishi.offering.catalog.models_review import RejectionTemplate, SensitiveWord
from jishi.offering.coupons.models import CouponTemplateRow
from jishi.offering.events.models import EventEntry, SaleEvent
from jishi.offering.flash.models import FlashItemRow, FlashSessionRow
from jishi.offering.promotions.models import PromotionRow
from jishi.trade.orders.models import Order
from jishi.trade.shipping.models import ForgedScan

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # every desk, every row

# Written down a second time on purpose: who may see what is a decision, not an accident.
OPS, FIN, SER, RSK = "operations", "finance", "service", "risk"
MAY_SEE: dict[type[Model], set[str]] = {
    Merchant: {OPS, RSK, SER, FIN},
    ProductVersion: {OPS, RSK, SER},
    Product: {OPS, RSK, SER},
    SharedProduct: {OPS, RSK, SER},
    Category: {OPS, RSK, SER},
    Brand: {OPS, RSK, SER},
    BrandAuthorisation: {OPS, RSK, SER},
    SensitiveWord: {OPS, RSK},
    RejectionTemplate: {OPS, RSK},
    Order: {SER, OPS, FIN, RSK},
    Refund: {FIN, SER},
    User: {SER, RSK, OPS},
    Payment: {FIN, SER, RSK},
    Callback: {FIN, RSK},
    Bill: {FIN},
    Break: {FIN},
    Account: {FIN},
    Journal: {FIN},
    Statement: {FIN},
    Payout: {FIN},
    DeadLetter: {OPS},
    OutboxEntry: {OPS},
    AuditEntry: {RSK},
    ForgedScan: {RSK, OPS},
    IndexNode: {OPS},
    RuleSet: {OPS},
    Rule: {OPS},
    DailyRow: {OPS},
    ExperimentRow: {OPS},
    PromotionRow: {OPS, FIN, SER, RSK},
    CouponTemplateRow: {OPS, FIN, SER, RSK},
    SaleEvent: {OPS, FIN, SER, RSK},
    EventEntry: {OPS, SER, RSK},
    FlashSessionRow: {OPS, FIN, SER, RSK},
    FlashItemRow: {OPS, SER, RSK},
}
# New rows are written in the back office; what they say changes by actions.
WRITTEN_AS_NEW = {PromotionRow, CouponTemplateRow, SaleEvent}
ROLES = [role.value for role in PlatformRole]


def test_every_desk_is_in_the_sidebar_and_in_these_tests() -> None:
    assert all(isinstance(desk, Desk) for desk in admin.site._registry.values())
    assert (
        set(admin.site._registry)
        == set(MAY_SEE)
        == set(MAKERS)
        == {model for _, models in GROUPS for model, _ in models}
    )


def test_a_claim_without_a_currency_is_listed_and_shown(hire: Hire) -> None:
    make_callback(currency=None)
    somebody = hire("finance")
    assert "¥0.01" in somebody.open(Callback).content.decode()
    assert "¥0.01" in somebody.page(Callback.objects.get()).content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_lists_and_pages_open_for_those_who_may(hire: Hire, role: str) -> None:
    somebody = hire(role)
    for model, roles in MAY_SEE.items():
        row = MAKERS[model]()
        expected = 200 if role in roles or role == "administrator" else 403
        assert somebody.open(model).status_code == expected, model
        assert somebody.page(row).status_code == expected, model


@pytest.mark.parametrize("role", ROLES)
def test_the_sidebar_shows_what_may_be_opened(hire: Hire, role: str) -> None:
    home = hire(role).client.get("/admin/").content.decode()
    for model, roles in MAY_SEE.items():
        is_linked = f'href="{list_address(model)}"' in home
        assert is_linked is (role in roles or role == "administrator"), model


def test_somebody_without_a_role_sees_nothing(hire: Hire) -> None:
    somebody = hire("service")
    User.objects.get(pk=somebody.id).groups.clear()
    home = somebody.client.get("/admin/")
    assert home.status_code == 200
    assert "请联系管理员" in home.content.decode()
    for model in MAY_SEE:
        assert somebody.open(model).status_code == 403


def test_buyers_and_strangers_are_sent_to_the_door() -> None:
    stranger, buyer = Client(), Client()
    sign_in(buyer, make_buyer())
    row = MAKERS[Order]()
    for client in (stranger, buyer):
        for address in ("/admin/", list_address(Order), page_address(row), action_address(row, "cancel")):
            answer = client.get(address)
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith("/admin/login/")


def test_an_action_is_refused_without_its_role(hire: Hire) -> None:
    row, finance = MAKERS[Order](), hire("finance")
    assert finance.ask(row, "cancel").status_code == 403
    assert finance.client.post(action_address(row, "cancel"), {}).status_code == 403
    assert finance.ask(row, "refund_rest").status_code == 200


@pytest.mark.parametrize("address", ["/admin/trade/order/nonsense/cancel/", "/admin/trade/order/1/cancel/"])
def test_an_action_on_nothing_is_not_found(hire: Hire, address: str) -> None:
    assert hire("administrator").client.get(address).status_code == 404


def test_rows_cannot_be_added_changed_or_deleted(hire: Hire) -> None:
    boss = hire("administrator")
    for model in set(MAY_SEE) - {Category, Brand, SensitiveWord, RejectionTemplate, ExperimentRow}:
        row = MAKERS[model]()
        expected = 200 if model in WRITTEN_AS_NEW else 403
        assert boss.client.get(f"{list_address(model)}add/").status_code == expected, model
        assert boss.client.post(page_address(row), {}).status_code == 403, model
        delete = page_address(row).replace("/change/", "/delete/")
        assert boss.client.post(delete, {"post": "yes"}).status_code == 403, model


@pytest.mark.parametrize("query", ["recipient=x", "note__contains=x", "buyer_id=1"])
def test_a_list_filters_by_its_own_filters_only(hire: Hire, query: str) -> None:
    assert hire("service").client.get(f"{list_address(Order)}?{query}").status_code == 400


def test_the_language_in_the_address_is_no_filter(hire: Hire) -> None:
    answer = hire("service").open(Order, language="en")
    assert answer.status_code == 200
    assert "Orders" in answer.content.decode()
