"""What operators look at before and after a promotion is live: the check, a price with it, results, the calendar."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from jishi.entry.console.base import all_rows
from jishi.entry.console.columns import money
from jishi.entry.console.tests.conftest import Hire, page_address
from jishi.entry.console.tests.factories_marketing import (
    HALF_EACH,
    make_event_row,
    make_promotion_row,
    platform_wish,
)
from jishi.entry.console.tests.test_language import CHINESE, DATA, visible
from jishi.flows.tests.shopping import make_goods, make_shopper
from jishi.kernel.clock import now
from jishi.kernel.words import Text
from jishi.offering.pricing.tests.offers import off, spend
from jishi.offering.pricing.types_promotions import LowerPrice
from jishi.offering.promotions import services
from jishi.offering.promotions.models import PromotionRow
from jishi.offering.promotions.tests.factories import promotion_wish
from jishi.offering.promotions.types import GoodsWish, PromotionStatus

pytestmark = pytest.mark.django_db
CALENDAR = "admin:offering_promotionrow_calendar"


def row_of(**also: object) -> PromotionRow:
    """Draft a promotion of the platform."""
    wish = replace(platform_wish(), **also)  # type: ignore[arg-type]
    made = services.draft(merchant_id=None, wish=wish, staff_id=None, now=now())
    found: PromotionRow = all_rows(PromotionRow).get(id=made)
    return found


def test_the_check_says_what_is_wrong_and_what_it_would_have_cost(hire: Hire) -> None:
    tea = make_goods(400_00)
    make_shopper().buy_and_pay((tea.sku_id, 1), now=now())
    row, somebody = row_of(), hire("operations")
    assert "损失试算" not in somebody.page(row).content.decode()
    page = somebody.page(row, look="check").content.decode()
    assert "损失试算" in page and "1 / 1" in page
    assert "承担 · 平台" in page and "¥25.00" in page  # half of ¥50 off from ¥300
    assert "¥350.00" in page
    assert all_rows(PromotionRow).get(pk=row.pk).status == "draft"


def test_the_check_leads_to_what_it_stacks_with(hire: Hire) -> None:
    tea = make_goods(400_00)
    beside, row = make_promotion_row(merchant_id=tea.merchant_id), row_of()
    page = hire("operations").page(row, look="check").content.decode()
    assert f'<a class="jishi-link" href="{page_address(beside)}">' in page


def test_a_promotion_that_covers_nothing_cannot_go_live_and_the_check_says_so_first(hire: Hire) -> None:
    goods = GoodsWish(tags=frozenset({"没有商品的标签"}))
    row, somebody = row_of(goods=goods), hire("operations")
    assert "不能上线" in somebody.page(row, look="check").content.decode()
    somebody.act(row, "put_live")
    assert all_rows(PromotionRow).get(pk=row.pk).status == "draft"


def test_a_price_is_tried_with_a_draft(hire: Hire) -> None:
    tea = make_goods(200_00)
    row, somebody = row_of(), hire("finance")
    begun = somebody.page(row, look="price").content.decode()
    assert f"{tea.sku_id} 1" in begun and "未达门槛 · 再买 ¥100.00 减 ¥50.00" in begun
    page = somebody.page(row, look="price", skus=f"{tea.sku_id} 2", at="").content.decode()
    assert "¥400.00" in page and "¥350.00" in page and "已用上" in page and "-¥50.00" in page


@pytest.mark.parametrize(
    "wrong", [{"skus": "没有编号"}, {"skus": "019ad000-0000-7000-8000-000000000001 0"}, {"at": "昨天"},
              {"skus": "019ad000-0000-7000-8000-000000000001 1"}],
)  # fmt: skip
def test_what_cannot_be_priced_is_said_on_the_page(hire: Hire, wrong: dict[str, str]) -> None:
    tea = make_goods()
    asked = {"look": "price", "skus": f"{tea.sku_id} 1"} | wrong
    answer = hire("operations").page(row_of(), **asked)
    assert answer.status_code == 200
    assert 'role="status"' in answer.content.decode()
    assert "合计" not in answer.content.decode()


def test_results_name_each_store_and_who_bore_it(hire: Hire) -> None:
    tea, pots = make_goods(300_00), make_goods(300_00)
    row = make_promotion_row()
    me = make_shopper()
    trade = me.buy_and_pay((tea.sku_id, 1), (pots.sku_id, 1), now=now())
    page = hire("finance").page(row, look="results").content.decode()
    assert "按店铺" in page
    assert page.count("¥12.50") == 4  # ¥25 of each store's order, half each
    assert money(trade.total.amount_minor) in page


def test_own_prices_say_why_there_are_no_results(hire: Hire) -> None:
    tea = make_goods(300_00)
    row = row_of(effect=LowerPrice(prices={tea.sku_id: 200_00}))
    assert "特价不留下优惠金额" in hire("finance").page(row, look="results").content.decode()


def test_an_event_shows_the_results_of_its_promotion(hire: Hire) -> None:
    somebody, row = hire("finance"), make_event_row("running")
    assert "按店铺" not in somebody.page(row).content.decode()
    page = somebody.page(row, look="results").content.decode()
    assert "按店铺" in page
    assert "损失试算" not in somebody.page(row, look="check").content.decode()


def test_the_calendar_shows_the_platforms_promotions_of_a_month(hire: Hire) -> None:
    december = now().replace(year=2026, month=12, day=10, hour=0, minute=0, second=0, microsecond=0)
    make(Text("年终满减", "The last of the year"), december, december + timedelta(days=3))
    make(Text("跨月活动", "Over two months"), december + timedelta(days=15), december + timedelta(days=40))
    somebody = hire("service")
    assert reverse(CALENDAR) in somebody.open(PromotionRow).content.decode()
    shown = somebody.client.get(reverse(CALENDAR), {"month": "2026-12"}).content.decode()
    assert "年终满减" in shown and "跨月活动" in shown and "2026 年 12 月" in shown
    assert 'width="3.00"' in shown
    january = somebody.client.get(reverse(CALENDAR), {"month": "2027-01"}).content.decode()
    assert "年终满减" not in january and "跨月活动" in january
    assert "没有平台促销" in somebody.client.get(reverse(CALENDAR), {"month": "2030-02"}).content.decode()
    assert somebody.client.get(reverse(CALENDAR), {"month": "2026-13"}).status_code == 200


def make(name: Text, starts_at: object, ends_at: object) -> None:
    """Put a promotion of the platform in force for a time."""
    wish = promotion_wish(
        spend((300_00, off(50_00))), name=name, starts_at=starts_at, ends_at=ends_at, funders=HALF_EACH
    )
    made = services.draft(merchant_id=None, wish=wish, staff_id=None, now=now())
    services.move(merchant_id=None, promotion_id=made, to=PromotionStatus.LIVE, staff_id=None, now=now())


@pytest.mark.parametrize("look", ["check", "price", "results"])
def test_read_in_english_it_is_english(hire: Hire, look: str) -> None:
    tea, row = make_goods(400_00), make_promotion_row()
    make_promotion_row(merchant_id=tea.merchant_id)
    make_shopper().buy_and_pay((tea.sku_id, 1), now=now())
    boss = hire("administrator", language="en")
    shown = boss.page(row, look=look), boss.client.get(reverse(CALENDAR))
    for answer in shown:
        assert CHINESE.findall(DATA.sub("", visible(answer.content.decode()))) == []


def test_a_page_asked_for_something_unknown_is_the_plain_page(hire: Hire) -> None:
    answer = hire("risk").client.get(page_address(row_of()), {"look": "nothing"})
    assert answer.status_code == 200
