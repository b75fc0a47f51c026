"""A preview is what the page will be, and only those see it who write it or decide on it."""

from dataclasses import replace

import pytest
from django.test import Client

from jishi.identity.accounts.tests.factories import make_buyer, make_platform_staff, session_token
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import UserId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_merchant, services
from jishi.offering.catalog.queries_preview import preview
from jishi.offering.catalog.tests.factories import NOW, MadeProduct, make_product, product_detail, put_on_sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> UserId:
    return make_buyer(nickname="老板")


def rename(product: MadeProduct, title: str) -> None:
    """Write the next version, with another title."""
    wish = queries_merchant.product_for_merchant(product.merchant_id, product.id).wish
    services.save_product(
        merchant_id=product.merchant_id,
        product_id=product.id,
        wish=replace(wish, title=Text(title, "New")),
        staff_id=None,
        now=NOW,
    )


def test_a_preview_is_what_the_page_shows_once_it_is_on_sale(boss: UserId) -> None:
    product = make_product(merchant_id=make_merchant(owner=boss), prices_minor=[1_000, 2_000], is_live=False)
    before = preview(product.id, None, asker=boss, language="en")
    put_on_sale(product.merchant_id, product.id)
    after = product_detail(product.id, language="en")
    assert before == replace(after, version=before.version)


def test_the_version_that_is_being_written_is_shown_unless_another_is_asked_for(boss: UserId) -> None:
    product = make_product(merchant_id=make_merchant(owner=boss), title=Text("旧壶", "Old"))
    assert preview(product.id, None, asker=boss, language="zh").title == "旧壶"
    rename(product, "新壶")
    assert preview(product.id, None, asker=boss, language="zh").title == "新壶"
    assert preview(product.id, 1, asker=boss, language="zh").title == "旧壶"
    with pytest.raises(NotFound):
        preview(product.id, 9, asker=boss, language="zh")
    assert product_detail(product.id, language="zh").title == "旧壶"


def test_only_staff_of_the_store_and_reviewers_see_it(boss: UserId) -> None:
    merchant = make_merchant(owner=boss)
    product = make_product(merchant_id=merchant, is_live=False)
    for sees in (make_staff(merchant, role=StaffRole.SERVICE), make_platform_staff(PlatformRole.RISK)):
        assert preview(product.id, None, asker=sees, language="zh").id == product.id
    neighbour = make_buyer()
    make_merchant(owner=neighbour)
    strangers = (
        neighbour,
        make_buyer(),
        make_staff(merchant, role=StaffRole.FINANCE),
        make_platform_staff(PlatformRole.FINANCE),
    )
    for stranger in strangers:
        with pytest.raises(NotFound):
            preview(product.id, None, asker=stranger, language="zh")


def test_over_http_it_is_kept_by_nobody(boss: UserId) -> None:
    product = make_product(merchant_id=make_merchant(owner=boss), is_live=False)
    path = f"/api/v1/store/previews/{product.id}"
    answer = Client().get(path, headers={"X-Session-Token": session_token(boss)})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert Client().get(path).status_code == 401
    asked = Client().get(f"{path}?number=0", headers={"X-Session-Token": session_token(boss)})
    assert (asked.status_code, asked.json()["field"]) == (422, "number")
