"""The home page."""

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.discovery.content import queries, services
from jishi.discovery.content.types import ShelfKind
from jishi.kernel import hot
from jishi.kernel.db import atomic
from jishi.kernel.words import Text
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog.tests.factories import NOW, make_category, make_product

pytestmark = pytest.mark.django_db

PICTURE = {"key": "ab/cdef", "width": 1600, "height": 640}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    hot.forget()


def banner(link: str, title: str = "春茶", sort: int = 0) -> None:
    services.set_banner(
        title=Text(title, "Spring tea"), subtitle=Text("", ""), picture=PICTURE, link=link, sort=sort
    )


def test_shows_banners_categories_and_shelves_in_order() -> None:
    tea, cups = make_category("茶"), make_category("杯")
    green, cup = make_product(category_id=tea), make_product(category_id=cups)
    with atomic():
        catalog.count_sold([(cup.id, 5)], now=NOW)
    banner(f"/c/{cups}", "杯子", sort=2)
    banner(f"/c/{tea}", sort=1)
    services.set_shelf(code="best", title=Text("热卖", "Best"), kind=ShelfKind.BEST_SELLERS, sort=1)
    services.set_shelf(
        code="tea", title=Text("好茶", "Tea"), kind=ShelfKind.CATEGORY, category_id=tea, sort=2
    )
    services.set_shelf(
        code="none", title=Text("空", "Empty"), kind=ShelfKind.CATEGORY, category_id=make_category(), sort=0
    )
    home = queries.home(language="zh")
    assert [one.title for one in home.banners] == ["春茶", "杯子"]
    assert home.banners[0].image is not None
    assert [one.name for one in home.categories][:2] == ["茶", "杯"]
    assert [(shelf.code, [card.id for card in shelf.products]) for shelf in home.shelves] == [
        ("best", [cup.id, green.id]),
        ("tea", [green.id]),
    ]
    assert home.shelves[1].link == f"/c/{tea}"


def test_setting_the_same_again_changes_it() -> None:
    banner("/c/1", "一")
    banner("/c/1", "二")
    assert [one.title for one in queries.home(language="zh").banners] == ["二"]


@pytest.mark.parametrize("link", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_a_banner_leads_to_our_own_pages_only(link: str) -> None:
    with pytest.raises(IntegrityError):
        banner(link)


def test_a_warm_home_page_costs_no_statement() -> None:
    make_product()
    services.set_shelf(code="new", title=Text("新品", "New"), kind=ShelfKind.NEWEST, sort=0)
    assert len(Client().get("/api/v1/store/home").json()["shelves"]) == 1
    with CaptureQueriesContext(connection) as captured:
        assert Client().get("/api/v1/store/home", headers={"Accept-Language": "zh-CN"}).status_code == 200
    assert len(captured) == 0


@pytest.mark.django_db(transaction=True)
def test_a_new_banner_is_seen_at_once() -> None:
    assert Client().get("/api/v1/store/home").json()["banners"] == []
    banner("/c/1")
    assert len(Client().get("/api/v1/store/home").json()["banners"]) == 1
