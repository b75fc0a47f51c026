"""The products as a table that can come back: nothing lost on the way, and only what was changed is changed."""

import csv
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO, StringIO
from typing import Any

import msgspec
import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.insight.exports import queries
from jishi.insight.exports.rules import csv_parts
from jishi.insight.exports.types import FileFormat
from jishi.insight.exports.workbook import workbook
from jishi.kernel.db import execute, rows
from jishi.kernel.ids import MerchantId, UserId
from jishi.kernel.words import Text
from jishi.offering.catalog import services as catalogue
from jishi.offering.catalog.tests.factories import (
    NOW,
    make_attribute,
    make_brand,
    make_category,
    make_product,
    put_on_sale,
    wish_of,
)
from jishi.offering.catalog.types import (
    AxisValueWish,
    ListingSort,
    ListingStatus,
    ProductWish,
    SaleAxisWish,
    SkuWish,
)
from jishi.offering.catalog.types_facts import ProductFacts, TierWish
from jishi.offering.imports.tests.factories import (
    Shop,
    bring_in,
    check,
    counts,
    cup,
    make_shop,
    table,
    upload,
)

pytestmark = pytest.mark.django_db

NASTY = (
    "=1+1",
    "'=1+1",
    "''@x",
    "-5 °C",
    "+86",
    "'quoted'",
    'a "b", c;d|e',
    "_x0041_",
    "ｆｕｌｌ ＝",
    "line\none",
)


def as_file(
    shop: Shop, file_format: FileFormat, language: str = "zh", status: ListingStatus | None = None
) -> bytes:
    made = queries.product_table(
        shop.merchant_id,
        status=status,
        words="",
        sort=ListingSort.NEWEST,
        language=language,
        file_format=file_format,
    )
    return workbook(made).read() if file_format is FileFormat.XLSX else b"".join(csv_parts(made))


def save(shop: Shop, wish: ProductWish, *, is_live: bool = False) -> None:
    saved = catalogue.save_product(merchant_id=shop.merchant_id, wish=wish, staff_id=None, now=NOW)
    if is_live:
        put_on_sale(shop.merchant_id, saved.id)


def stated(wish: ProductWish) -> ProductWish:
    """Return a wish with all that can be said of a product and of a SKU."""
    tiers = [TierWish(from_pieces=2, price_minor=95), TierWish(from_pieces=50, price_minor=5)]
    facts = ProductFacts(
        unit="box",
        origin="JP",
        warranty_months=0,
        warranty_note=Text("不含电池", "Without battery"),
        tags=["-新品", "New in"],
    )
    told = replace(wish.skus[0], gtin="6901234567892", model="=X-1", tiers=tiers)
    return replace(wish, facts=facts, skus=[told, *wish.skus[1:]])


def a_varied_shop() -> Shop:
    """A store with all that a product can be: attributes of every kind, two axes of one name, texts that look like
    formulas, categories of the same name, names with a comma, a draft beside what is live.
    """
    shop = make_shop("数码")
    leaf = make_category("手机/平板", parent_id=shop.category_id)
    make_category("手机/平板", parent_id=make_category("别处"))
    make_attribute(leaf, "colour", choices=[("red", "红", "Red"), ("blue", "蓝", "Blue")], is_sale_axis=True)
    make_attribute(
        leaf, "ports", kind="choices", choices=[("usb", "U 口", "USB"), ("hdmi", "高清", "HDMI, 2")]
    )
    make_attribute(leaf, "weight", kind="number")
    make_attribute(leaf, "since", kind="date")
    make_attribute(leaf, "note", kind="text")
    make_attribute(shop.category_id, "wireless", kind="flag")
    brand, twin = (
        make_brand("晨光", "Dawn"),
        make_brand("朝", "Dawn"),
    )  # in English only their ids tell them apart
    told = {
        "ports": "usb,hdmi",
        "weight": "1.50",
        "since": "2026-11-30",
        "note": "=SUM(A1)",
        "wireless": "true",
    }
    plain = stated(wish_of(shop.merchant_id, leaf, attributes=told, brand=brand))
    axis = SaleAxisWish(
        code="colour",
        name=Text("属性colour", "Attribute colour"),
        values=[
            AxisValueWish(code="red", name=Text("红", "Red")),
            AxisValueWish(code="odd", name=Text("灰", "Red")),
        ],
    )
    own = SaleAxisWish(
        code="size",
        name=Text("尺寸", ""),
        values=[AxisValueWish(code="s", name=Text("-小", "")), AxisValueWish(code="l", name=Text("大", "L"))],
    )
    choices = [{"colour": c, "size": s} for c in ("red", "odd") for s in ("s", "l")]
    variants = replace(
        wish_of(shop.merchant_id, leaf, brand=twin),
        axes=[axis, own],
        skus=[SkuWish(code=f"00{n}", choice=one, price_minor=101 + n) for n, one in enumerate(choices)],
        per_buyer_limit=3,
    )
    save(shop, plain, is_live=True)
    save(shop, variants, is_live=True)
    save(shop, wish_of(shop.merchant_id, shop.category_id, prices_minor=(100, 200)))
    for text in NASTY:
        named = wish_of(shop.merchant_id, leaf, title=Text(text, text))
        # A description is markup: it may begin and end with spaces, and be longer than a workbook's cell.
        save(shop, replace(named, description=Text(f" <p>{text * 9}</p>\r\n", f"<p>{'x' * 40_000}</p>")))
    return shop


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("file_format", FileFormat)
def test_what_went_out_comes_back_and_changes_nothing(file_format: FileFormat, language: str) -> None:
    shop = a_varied_shop()
    before = rows("SELECT id, wish, written_at FROM catalog_version ORDER BY id")
    back = upload(shop, as_file(shop, file_format, language))

    assert all(column.target for column in back.columns), [c.head for c in back.columns if not c.target]
    run = check(shop, back)
    assert counts(run) == (0, 0, run.row_count, 0), said_of(shop, back.run.id)
    assert run.row_count == 7 + len(NASTY)
    assert counts(bring_in(shop, as_file(shop, file_format, language))) == (0, 0, run.row_count, 0)
    assert rows("SELECT id, wish, written_at FROM catalog_version ORDER BY id") == before


def test_what_is_said_of_a_product_stands_in_the_table() -> None:
    told = {"盒", "日本", "0", "不含电池", "Without battery", "'-新品,New in"}
    told |= {"6901234567892", "'=X-1", "2:0.95; 50:0.05"}
    body = list(
        csv.reader(StringIO(as_file(a_varied_shop(), FileFormat.CSV).decode("utf-8-sig"), newline=""))
    )
    assert [row for row in body if told <= set(row)]


def said_of(shop: Shop, run_id: Any) -> Any:
    return rows("SELECT line, complaints::text FROM imports_refusal WHERE run_id = %s", [run_id])


def test_a_price_changed_in_the_file_is_all_that_changes() -> None:
    shop = a_varied_shop()
    heads, *body = list(csv.reader(StringIO(as_file(shop, FileFormat.CSV).decode("utf-8-sig"), newline="")))
    line = next(row for row in body if row[heads.index("商家编码")] == "002")
    line[heads.index("售价")] = "88.8"
    before = versions()

    run = bring_in(shop, table(body, heads))
    assert counts(run) == (0, 4, len(body) - 4, 0)
    changed = {product: wish for product, wish in versions().items() if before[product] != wish}
    ((product_id, wish),) = changed.items()
    sku = next(one for one in wish["skus"] if one["code"] == "002")
    assert sku["price_minor"] == 8_880
    sku["price_minor"] = 103
    assert wish == before[product_id]


def versions() -> dict[Any, Any]:
    """What is written of each product now."""
    return {
        product_id: msgspec.json.decode(wish)
        for product_id, wish in rows(
            "SELECT DISTINCT ON (product_id) product_id, wish::text FROM catalog_version "
            "ORDER BY product_id, number DESC"
        )
    }


def test_rows_can_be_added_with_a_choice_that_is_new() -> None:
    shop = make_shop()
    save(shop, wish_of(shop.merchant_id, shop.category_id, prices_minor=(100, 200)))
    heads, *body = list(csv.reader(StringIO(as_file(shop, FileFormat.CSV).decode("utf-8-sig"), newline="")))
    new = [*body[1]]
    new[heads.index("商家编码")], new[heads.index("规格:颜色")] = "NEW", "紫"
    run = bring_in(shop, table([*body, new], heads))

    assert counts(run) == (0, 3, 0, 0)
    (wish,) = versions().values()
    assert [value["name"]["zh"] for value in wish["axes"][0]["values"]] == ["颜色0", "颜色1", "紫"]


def test_what_is_in_review_or_banned_may_come_back_as_it_is_but_not_changed() -> None:
    shop = make_shop()
    live = make_product(merchant_id=shop.merchant_id, category_id=shop.category_id)
    execute("UPDATE catalog_product SET status = 'banned' WHERE id = %s", [live.id])
    file = as_file(shop, FileFormat.CSV)
    assert counts(bring_in(shop, file)) == (0, 0, 1, 0)
    assert counts(bring_in(shop, file.replace(b"100.00", b"99.00"))) == (0, 0, 0, 1)


def test_the_filters_of_the_list_are_those_of_the_table() -> None:
    shop = make_shop()
    make_product(merchant_id=shop.merchant_id, category_id=shop.category_id)
    save(shop, wish_of(shop.merchant_id, shop.category_id))
    make_product(category_id=shop.category_id)  # a neighbour's
    assert len(lines(as_file(shop, FileFormat.CSV))) == 1 + 2
    assert len(lines(as_file(shop, FileFormat.CSV, status=ListingStatus.LIVE))) == 1 + 1


def lines(file: bytes) -> Sequence[Sequence[str]]:
    return list(csv.reader(StringIO(file.decode("utf-8-sig"), newline="")))


def test_five_thousand_rows_pass_without_being_held() -> None:
    """Five thousand products take as much memory as a fifth of them: what a page of them takes."""
    shop = make_shop()
    bring_in(shop, table(cup(number) for number in range(5_000)))
    quarter = most_held(lambda: as_pages(shop, "CUP-1"))  # 1 and 1000 to 1999: 1 111 of them
    whole = most_held(lambda: as_pages(shop, ""))
    assert whole < 1.5 * quarter


def as_pages(shop: Shop, words: str) -> int:
    made = queries.product_table(
        shop.merchant_id,
        status=None,
        words=words,
        sort=ListingSort.OLDEST,
        language="zh",
        file_format=FileFormat.CSV,
    )
    return sum(len(part) for part in csv_parts(made))


def most_held(work: Callable[[], int]) -> int:
    """Return the most bytes of Python objects that were alive at once."""
    work()
    tracemalloc.start()
    try:
        assert work() > 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def boss() -> UserId:
    return make_buyer()


@pytest.fixture
def merchant(boss: UserId) -> MerchantId:
    return make_merchant(owner=boss)


def fetch(user: UserId, query: str) -> Any:
    return Client().get(
        f"/api/v1/merchant/exports/product-table{query}", headers={"X-Session-Token": session_token(user)}
    )


def test_operators_fetch_it_and_others_do_not(boss: UserId, merchant: MerchantId) -> None:
    make_product(merchant_id=merchant, title=Text("=HYPERLINK(1)", "Cup"))
    answer = fetch(boss, "")
    heads, line = lines(b"".join(answer.streaming_content))
    assert heads[:3] == ["商品编号", "标题", "英文标题"] and line[1] == "'=HYPERLINK(1)"
    book = BytesIO(b"".join(fetch(boss, "?format=xlsx&language=en").streaming_content))
    first, second = CalamineWorkbook.from_filelike(book).get_sheet_by_index(0).to_python()
    assert first[:3] == ["Product key", "Title", "English title"] and second[1] == "'=HYPERLINK(1)"
    packer = make_staff(merchant, role=StaffRole.WAREHOUSE)
    assert fetch(packer, "").status_code == 403
    assert fetch(make_buyer(), "").status_code == 403
