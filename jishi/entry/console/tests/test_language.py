"""English read in English, Chinese in Chinese: no page mixes in the other's words, but for what people wrote."""

import re

import pytest
from django.db.models import Model
from django.test import Client

from jishi.entry.console.tests.conftest import Hire, list_address, sign_in
from jishi.entry.console.tests.factories import MAKERS, make_paid, order_row
from jishi.entry.http.pages import server_error
from jishi.kernel.models import AuditEntry
from jishi.trade.orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # every desk, every row

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# What people wrote, and names that are Chinese in every language.
DATA = re.compile(
    r"集市|中文|简体|副标题|介绍|小明|店主|店员|包装破损|因为|移动电源|充电宝|品牌\d+|青竹[\u4e00-\u9fff]*|商品\d*|类目\d+|颜色\d*|属性\w*"
    r"|[\u4e00-\u9fff]*(?:有限公司|银行)[\u4e00-\u9fff]*|王\*\*|\w\*\* · |北京市?|上海市?|徐汇区?|漕溪北路|红"
)


def visible(html: str) -> str:
    """Return what of a page is read, without scripts."""
    return re.sub(r"<script.*?</script>|<style.*?</style>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_read_in_english_it_is_english(hire: Hire, model: type[Model]) -> None:
    row, boss = MAKERS[model](), hire("administrator", language="en")
    for answer in (boss.open(model), boss.page(row)):
        left = CHINESE.findall(DATA.sub("", visible(answer.content.decode())))
        assert left == [], left


def test_the_first_page_is_english_too(hire: Hire) -> None:
    home = visible(hire("administrator", language="en").client.get("/admin/").content.decode())
    assert CHINESE.findall(DATA.sub("", home)) == []
    assert "Orders placed in 30 days" in home


def test_what_was_done_is_told_in_words(hire: Hire) -> None:
    boss = hire("administrator")
    row: Order = order_row(make_paid().id)
    boss.act(row, "refund_amount", amount="1.00", reason="包装破损")
    for language, words in (("zh", ("订单 · 部分退款", "申请退款", "¥1.00")),
                            ("en", ("order · Refund an amount", "Refund requested", "¥1.00"))):  # fmt: skip
        client = Client(headers={"Accept-Language": language})
        sign_in(client, boss.id)
        page = client.get(f"/admin/trade/order/{row.pk}/change/").content.decode()
        for one in words:
            assert one in page, one
    entry = AuditEntry.objects.filter(action="console.order.refund_amount").get()
    assert "console.order" not in boss.open(AuditEntry).content.decode()
    assert "订单 · 部分退款" in boss.page(entry).content.decode()


@pytest.mark.parametrize(("language", "word"), [("zh", "页面不存在"), ("en", "Nothing here")])
def test_an_address_of_nothing_says_so_in_the_chosen_language(hire: Hire, language: str, word: str) -> None:
    answer = hire("risk", language=language).client.get("/admin/nothing/at/all/")
    assert answer.status_code == 404
    assert word in answer.content.decode()
    assert 'href="/admin/"' in answer.content.decode()


@pytest.mark.parametrize(("language", "word"), [("zh", "没有权限"), ("en", "Not for you")])
def test_a_list_of_others_says_so_in_the_chosen_language(hire: Hire, language: str, word: str) -> None:
    answer = hire("service", language=language).client.get(list_address(AuditEntry))
    assert answer.status_code == 403
    assert word in answer.content.decode()


def test_a_failure_speaks_the_chosen_language(rf: object) -> None:
    request = rf.get("/admin/trade/order/")  # type: ignore[attr-defined]
    request.language = "en"
    page = server_error(request).content.decode()
    assert "Something went wrong" in page and 'href="/admin/"' in page
