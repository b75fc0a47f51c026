"""The rules of search at their desk: what a draft would show, beside what is live; why a product stands there."""

import shutil
from collections.abc import Iterator

import pytest

from jishi.discovery.search import indexer, places, queries, reading
from jishi.discovery.search.types import SearchWish
from jishi.discovery.steering import queries as steering
from jishi.discovery.steering.models import RuleSet
from jishi.entry.console.tests.conftest import Hire, action_address
from jishi.entry.console.tests.factories import now
from jishi.entry.console.tests.factories_discovery import make_rules
from jishi.kernel import hot
from jishi.kernel.ids import new_id
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import MadeProduct, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Iterator[MadeProduct]:
    made = make_product(title=Text("快充充电宝", "Power Bank"))
    indexer.catch_up()
    yield made
    shutil.rmtree(places.place().root, ignore_errors=True)
    reading.forget()
    hot.forget()


def live(words: str) -> list[str]:
    return [card.title for card in queries.search(SearchWish(words=words), language="zh").items]


def test_a_preview_shows_both_and_changes_nothing_that_is_live(hire: Hire, bank: MadeProduct) -> None:
    draft, somebody = make_rules(), hire("operations")
    before = live("移动电源")

    page = somebody.page(draft, query="移动电源").content.decode()

    assert "现在线上" in page
    assert f"用第 {draft.number} 版" in page
    assert page.count('class="jishi-hit"') == len(before) + 1
    assert "快充充电宝" in page
    indexer.catch_up()
    reading.forget()
    assert live("移动电源") == before
    assert steering.live_rules(now=now()).synonyms == []


def test_going_live_reaches_the_searches_and_bringing_back_undoes_it(hire: Hire, bank: MadeProduct) -> None:
    first, draft, somebody = RuleSet.objects.get(status="live"), make_rules(), hire("operations")

    somebody.act(draft, "go_live")
    indexer.catch_up()
    reading.forget()
    assert live("移动电源") == ["快充充电宝"]

    somebody.act(first, "bring_back")
    indexer.catch_up()
    reading.forget()
    assert live("移动电源") != ["快充充电宝"]


def test_the_page_says_why_a_product_stands_where_it_stands(hire: Hire, bank: MadeProduct) -> None:
    page = hire("operations").page(make_rules(), query="移动电源", product=str(bank.id)).content.decode()

    for said in ("为什么在这里", "按得分的名次", "公平调整后的名次", "资料完整度", "标题"):
        assert said in page
    english = hire("operations", language="en").page(make_rules(), query="power bank", product=str(bank.id))
    assert "Place after fairness" in english.content.decode()


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", "title:x AND (", "移" * 300, "\x00", " "])
def test_whatever_is_typed_the_page_opens(hire: Hire, bank: MadeProduct, query: str) -> None:
    for product in ("", "no-id", str(new_id())):
        answer = hire("operations").page(make_rules(), query=query, product=product)
        assert answer.status_code == 200
        assert "<script>alert(1)" not in answer.content.decode()


def test_without_an_index_the_page_says_so(hire: Hire) -> None:
    page = hire("operations").page(make_rules(), query="手机").content.decode()
    assert "搜索正在准备中" in page


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/admin/", "javascript:alert(1)"]
)
def test_a_redirect_out_of_the_market_is_refused(hire: Hire, path: str) -> None:
    draft, somebody = make_rules(), hire("operations")

    said = somebody.act(draft, "add_redirect", words="退货", path=path)

    assert said == ["填写有误:path"]
    assert draft.rules.filter(kind="redirect").count() == 0


def test_a_rule_about_nothing_is_asked_for_again(hire: Hire) -> None:
    draft, somebody = make_rules(), hire("operations")
    answers = {"words": "耳机", "target_kind": "brand", "target": str(new_id()), "factor": "2"}

    answer = somebody.client.post(action_address(draft, "add_boost"), {"_form_submitted": "on", **answers})

    assert answer.status_code == 200
    assert "没有这个编号的对象" in answer.content.decode()


def test_what_is_live_offers_no_change(hire: Hire) -> None:
    row, somebody = make_rules("live"), hire("operations")

    assert somebody.act(row, "add_block", words="电子烟") == ["只有草稿可以修改:请先打开草稿"]
    assert action_address(row, "add_block") not in somebody.page(row).content.decode()


def test_a_rule_is_changed_in_the_form_of_its_kind(hire: Hire) -> None:
    rule, somebody = make_rules().rules.get(), hire("operations")

    asked = somebody.ask(rule, "reword").content.decode()

    assert "移动电源\n充电宝" in asked
    assert 'name="means"' in asked
    assert 'name="factor"' not in asked
