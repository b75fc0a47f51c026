"""Whole lists as files: the rows and the rights of the list, however long it is."""

import csv
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.insight.exports import queries, workbook
from jishi.insight.exports.api import XLSX
from jishi.insight.exports.rules import csv_parts
from jishi.kernel.db import execute
from jishi.kernel.ids import MerchantId, UserId
from jishi.kernel.pagination import BATCH
from jishi.kernel.words import Text
from jishi.money.settlement import queries as settlement
from jishi.money.settlement.tests.factories import make_entries, make_statement
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.inventory.tests.factories import make_stock
from jishi.trade.orders.tests.factories import NOW, OrderWish, make_paid_order, make_shipped_order

pytestmark = pytest.mark.django_db

ROWS = 5_000


@pytest.fixture
def boss() -> UserId:
    return make_buyer()


@pytest.fixture
def shop(boss: UserId) -> MerchantId:
    return make_merchant(owner=boss)


def fetch(user: UserId, path: str) -> Any:
    return Client().get(f"/api/v1/merchant/exports/{path}", headers={"X-Session-Token": session_token(user)})


def read(user: UserId, path: str) -> list[list[str]]:
    answer = fetch(user, path)
    assert answer.status_code == 200, answer.content
    whole = b"".join(answer.streaming_content)
    assert whole.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(whole.decode("utf-8-sig"), newline="")))


def test_orders_by_the_filters_of_the_list(boss: UserId, shop: MerchantId) -> None:
    waiting = make_paid_order(OrderWish(merchant_id=shop))
    sent = make_shipped_order(OrderWish(merchant_id=shop))
    make_paid_order()
    heads, *found = read(boss, "orders")
    assert heads[0] == "订单号"
    assert {one[0] for one in found} == {waiting.number, sent.number}
    (only,) = read(boss, "orders?status=awaiting_shipment&language=en")[1:]
    assert (only[0], only[2], only[6]) == (waiting.number, "To ship", "100.00")
    assert read(boss, f"orders?search={sent.number}")[1][0] == sent.number


def test_a_title_does_not_calculate_in_the_spreadsheet(boss: UserId, shop: MerchantId) -> None:
    make_product(merchant_id=shop, title=Text('=HYPERLINK("http://x","y")', "@sum"))
    assert read(boss, "products")[1][0] == '\'=HYPERLINK("http://x","y")'
    assert read(boss, "products?language=en")[1][0] == "'@sum"


def test_a_workbook_keeps_figures_dates_and_titles_as_they_are(boss: UserId, shop: MerchantId) -> None:
    order = make_paid_order(OrderWish(merchant_id=shop))
    answer = fetch(boss, "orders?format=xlsx&language=en")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    assert answer.headers["Content-Type"] == XLSX
    heads, (number, placed_at, *_, total, currency) = rows_of(answer)
    assert (heads[0], number, total, currency) == ("Order", order.number, 100.0, "CNY")
    assert isinstance(placed_at, datetime)
    title = '=HYPERLINK("http://x","y")'
    make_product(merchant_id=shop, title=Text(title, "@sum"))
    assert rows_of(fetch(boss, "products?format=xlsx"))[1][0] == title  # a text, whatever it looks like


def test_a_list_too_long_for_a_workbook_is_refused(
    boss: UserId, shop: MerchantId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "ROWS_MAX", 1)
    for _ in range(2):
        make_product(merchant_id=shop)
    answer = fetch(boss, "products?format=xlsx")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_rows")


def rows_of(answer: Any) -> list[list[Any]]:
    """Read a workbook as another program does."""
    assert answer.status_code == 200, answer.content
    whole = BytesIO(b"".join(answer.streaming_content))
    return CalamineWorkbook.from_filelike(whole).get_sheet_by_index(0).to_python()


def test_stock_by_the_filters_of_the_list(boss: UserId, shop: MerchantId) -> None:
    low, high = make_product(merchant_id=shop), make_product(merchant_id=shop)
    make_stock(low.sku_id, 2)
    make_stock(high.sku_id, 200)
    assert len(read(boss, "stock")) == 3
    (only,) = read(boss, "stock?available_max=5")[1:]
    assert only[4:] == ["2", "0", "2"]


def test_a_store_without_statements_gets_the_heads(boss: UserId, shop: MerchantId) -> None:
    assert len(read(boss, "statements")) == 1


def test_statements_by_the_status_of_the_list(boss: UserId, shop: MerchantId) -> None:
    make_statement(shop, since=date(2026, 11, 1))
    make_statement(shop, status="paid", since=date(2026, 10, 1))
    assert len(read(boss, "statements")) == 3
    (only,) = read(boss, "statements?status=issued&language=en")[1:]
    assert (only[0], only[2], only[7], only[9]) == ("2026-11-01", "To confirm", "-5.00", "95.00")
    listed = Client().get(
        "/api/v1/merchant/statements?status=issued", headers={"X-Session-Token": session_token(boss)}
    )
    assert [one["status"] for one in listed.json()["items"]] == ["issued"]
    assert settlement.to_confirm(shop, at_most=10) == 1


def test_a_file_follows_the_order_of_the_list(boss: UserId, shop: MerchantId) -> None:
    for quantity in (7, 1, 3):
        make_stock(make_product(merchant_id=shop).sku_id, quantity)
    assert [one[6] for one in read(boss, "stock?sort=available_up")[1:]] == ["1", "3", "7"]
    for day, sales in ((1, 500), (2, 900)):
        make_statement(shop, since=date(2026, 10, day), sales_minor=sales)
    assert [one[5] for one in read(boss, "statements?sort=sales_down")[1:]] == ["9.00", "5.00"]
    assert fetch(boss, "products?sort=best").json()["field"] == "sort"


def test_movements_by_the_filters_of_the_list(boss: UserId, shop: MerchantId) -> None:
    sku = make_product(merchant_id=shop, title=Text("茶壶", "Teapot")).sku_id
    for quantity in (2, 5):
        make_stock(sku, quantity)
    make_stock(make_product(merchant_id=shop).sku_id, 9)
    found = read(boss, f"movements?sku_id={sku}&kind=received&sort=oldest")[1:]
    assert [(one[1], one[3], one[4]) for one in found] == [("入库", "茶壶", "2"), ("入库", "茶壶", "5")]


def test_a_statement_down_to_its_last_line(boss: UserId, shop: MerchantId) -> None:
    statement_id = make_statement(shop, since=date(2026, 10, 1))
    make_entries(shop, statement_id, range(1, BATCH + 3))
    found = read(boss, f"statements/{statement_id}?sort=amount_down&language=en")[1:]
    assert [one[8] for one in found] == [f"{cents / 100:.2f}" for cents in range(BATCH + 2, 0, -1)]
    assert found[0][1] == "Adjustment"
    theirs = make_merchant()
    assert fetch(boss, f"statements/{make_statement(theirs, since=date(2026, 10, 1))}").status_code == 404


def test_the_audit_log_as_a_file(boss: UserId, shop: MerchantId) -> None:
    make_staff(shop)
    assert {one[4] for one in read(boss, "audit")[1:]} > {"merchant"}
    assert {one[4] for one in read(boss, "audit?subject_kind=merchant")[1:]} == {"merchant"}


def test_a_store_without_reviews_gets_the_heads(boss: UserId, shop: MerchantId) -> None:
    assert read(boss, "reviews?stars=5&is_replied=false&sort=stars_up") == [
        ["时间", "星级", "商品", "规格", "买家", "评价", "商家回复", "回复时间"]
    ]


KINDS = ("orders", "products", "stock", "movements", "statements", "reviews", "audit")


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        (StaffRole.OWNER, set(KINDS)),
        (StaffRole.OPERATOR, {"orders", "products", "stock", "movements", "reviews"}),
        (StaffRole.WAREHOUSE, {"orders", "products", "stock", "movements"}),
        (StaffRole.FINANCE, {"orders", "statements"}),
        (StaffRole.SERVICE, {"orders", "products", "reviews"}),
        (StaffRole.CASHIER, set()),
    ],
)
def test_a_role_exports_what_it_may_list(shop: MerchantId, role: StaffRole, kinds: set[str]) -> None:
    member = make_staff(shop, role=role)
    assert {kind for kind in KINDS if fetch(member, kind).status_code == 200} == kinds


def test_who_exports_without_end_is_asked_to_wait(boss: UserId, shop: MerchantId) -> None:
    answers = [fetch(boss, "statements").status_code for _ in range(22)]
    assert (answers[0], answers[-1]) == (200, 429)


def test_a_long_list_is_read_page_by_page(shop: MerchantId) -> None:
    """Five thousand products take a statement for each page, and the file starts with the first."""
    made = make_product(merchant_id=shop)
    _repeat(made.id)
    with CaptureQueriesContext(connection) as asked:
        parts = csv_parts(queries.products_table(shop, status=None, words="", language="zh"))
        assert len(asked) == 1
        next(parts)
        next(parts)
        assert len(asked) == 1
        rest = sum(part.count(b"\r\n") for part in parts)
    assert rest + BATCH == ROWS + 1
    assert len(asked) == ROWS // BATCH + 1


def test_many_orders_take_three_statements_a_page(shop: MerchantId) -> None:
    for _ in range(3):
        make_paid_order(OrderWish(merchant_id=shop))
    with CaptureQueriesContext(connection) as asked:
        table = queries.orders_table(shop, statuses=[], search="", language="zh", now=NOW)
        assert b"".join(csv_parts(table)).count(b"\r\n") == 4
    assert len(asked) == 3


def _repeat(product_id: object) -> None:
    """Copy a product `ROWS` times, as drafts: only what the list reads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'catalog_product' "
            "AND table_schema = current_schema() ORDER BY ordinal_position"
        )
        columns = [name for (name,) in cursor.fetchall()]
    other = {"id": "uuidv7()", "updated_at": "p.updated_at - n * interval '1 second'"}
    values = ", ".join(other.get(name, f"p.{name}") for name in columns)
    execute(
        f"INSERT INTO catalog_product ({', '.join(columns)}) SELECT {values} "
        "FROM catalog_product p, generate_series(1, %s) n WHERE p.id = %s",
        [ROWS, product_id],
    )
