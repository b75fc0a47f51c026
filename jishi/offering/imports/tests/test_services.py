"""Tables come in: all of their rows, once, and nothing that the catalogue would not take one by one."""

from dataclasses import replace
from typing import Any

import pytest

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.offering.catalog import queries_merchant as catalog
from jishi.offering.catalog import services as catalogue
from jishi.offering.catalog.tests.factories import (
    make_attribute,
    make_brand,
    make_category,
    make_product,
    wish_of,
)
from jishi.offering.catalog.types import ListingStatus, VersionStatus
from jishi.offering.imports import queries, services, services_run
from jishi.offering.imports.tests.factories import (
    HEADS,
    NOW,
    Shop,
    begin,
    bring_in,
    check,
    counts,
    cup,
    finish,
    make_shop,
    product_of,
    refused,
    skus_of,
    table,
    upload,
)
from jishi.offering.imports.types import CheckWish, ColumnWish, RunStatus
from jishi.offering.inventory import services_merchant as inventory
from jishi.offering.inventory.types import WarehouseWish

pytestmark = pytest.mark.django_db


def test_new_products_are_drafts_like_those_written_by_hand() -> None:
    shop = make_shop()
    run = bring_in(shop, table([cup(1), cup(2)]))

    assert (run.status, counts(run)) == (RunStatus.DONE, (2, 0, 0, 0))
    made = catalog.product_for_merchant(shop.merchant_id, product_of("CUP-1"))
    assert made.status is ListingStatus.DRAFT and made.proposal is VersionStatus.DRAFT
    assert made.wish.title.zh == "杯子 1" and made.wish.title.en == "Cup 1"
    assert made.wish.category_id == shop.category_id
    sku = made.wish.skus[0]
    assert (sku.price_minor, sku.list_price_minor, sku.weight_grams) == (1_150, 20_000, 300)
    saved = catalogue.save_product(
        merchant_id=shop.merchant_id,
        wish=made.wish,
        product_id=made.id,
        version=made.version,
        staff_id=None,
        now=NOW,
    )
    assert saved.wish == made.wish


def test_checking_says_what_would_happen_and_writes_nothing() -> None:
    shop = make_shop()
    made = upload(shop, table([cup(1), cup(2, 售价="gratis"), cup(3, 类目="火箭")]))
    run = check(shop, made)

    assert (run.status, counts(run)) == (RunStatus.CHECKED, (1, 0, 0, 2))
    assert skus_of(shop) == {}
    said = refused(shop, made.run.id)
    assert [(one.line, one.column) for one in said] == [(3, "售价"), (4, "类目")]
    assert "金额" in said[0].reason and "路径" in said[1].reason


def test_several_rows_are_one_product_with_several_skus() -> None:
    shop = make_shop()
    make_attribute(shop.category_id, "colour", choices=[("red", "红", "Red")], is_sale_axis=True)
    heads = [*HEADS, "商品编号", "属性colour", "尺寸"]
    body = [
        [*cup(1), "A", "红", "大"],
        [*cup(2, 标题="", 英文标题="", 类目=""), "A", "Teal", "大"],
        [*cup(3), "", "", ""],
    ]
    made = upload(shop, table(body, heads))
    assert [column.target for column in made.columns][-3:] == ["product_key", "axis:colour", None]
    wish = CheckWish(
        columns=[
            ColumnWish(position=column.position, target=column.target or "own_axis")
            for column in made.columns
        ]
    )
    services.check(merchant_id=shop.merchant_id, run_id=made.run.id, wish=wish, now=NOW)
    finish(shop, made.run.id)
    services.start(merchant_id=shop.merchant_id, run_id=made.run.id, now=NOW)
    run = finish(shop, made.run.id)

    assert counts(run) == (3, 0, 0, 0), refused(shop, made.run.id)
    one = catalog.product_for_merchant(shop.merchant_id, product_of("CUP-2")).wish
    assert [sku.choice for sku in one.skus] == [
        {"colour": "red", "尺寸": "大"},
        {"colour": "Teal", "尺寸": "大"},
    ]
    assert [value.name.en for value in one.axes[0].values] == ["Red", ""]
    assert one.title.zh == "杯子 1"
    assert catalog.product_for_merchant(shop.merchant_id, product_of("CUP-3")).wish.axes == []


def test_a_bad_row_keeps_its_whole_product_out_and_says_so_in_each_row() -> None:
    shop = make_shop()
    body = [[*cup(1), "A"], [*cup(2, 售价="-1"), "A"], [*cup(3), "B"]]
    run = bring_in(shop, table(body, [*HEADS, "SPU"]))

    assert counts(run) == (1, 0, 0, 2)
    assert skus_of(shop).keys() == {"CUP-3"}
    said = refused(shop, run.id)
    assert [one.line for one in said] == [2, 3] and "第 3 行" in said[0].reason


def test_a_known_code_proposes_the_next_version_and_what_is_live_stays() -> None:
    shop = make_shop()
    live = make_product(merchant_id=shop.merchant_id, category_id=shop.category_id)
    before = catalog.product_for_merchant(shop.merchant_id, live.id)
    code = before.wish.skus[0].code
    heads = ["商家编码", "售价", "英文标题"]
    run = bring_in(shop, table([[code, "77.7", ""]], heads))

    assert counts(run) == (0, 1, 0, 0)
    after = catalog.product_for_merchant(shop.merchant_id, live.id)
    assert after.status is ListingStatus.LIVE and after.proposal is VersionStatus.DRAFT
    assert after.live == before.wish
    assert after.wish.skus[0].price_minor == 7_770 and after.wish.skus[0].id == live.sku_id
    assert after.wish.title == before.wish.title
    assert skus_of(shop)[code] == 10_000

    again = bring_in(shop, table([[code, "77.70", ""]], heads))
    assert counts(again) == (0, 0, 1, 0)
    assert catalog.product_for_merchant(shop.merchant_id, live.id).version == after.version

    sent = bring_in(shop, table([[code, "77.70", ""]], heads), for_review=True)
    assert counts(sent) == (0, 1, 0, 0)
    catalogue.approve(product_id=live.id, reviewer_id=None, now=NOW)
    assert skus_of(shop)[code] == 7_770


def test_a_code_that_a_proposal_gives_up_is_still_that_products() -> None:
    shop = make_shop()
    live = make_product(merchant_id=shop.merchant_id, category_id=shop.category_id)
    wish = catalog.product_for_merchant(shop.merchant_id, live.id).wish
    code = wish.skus[0].code
    catalogue.save_product(
        merchant_id=shop.merchant_id,
        wish=replace(wish, skus=[replace(wish.skus[0], code="NEW")]),
        product_id=live.id,
        staff_id=None,
        now=NOW,
    )
    run = bring_in(shop, table([cup(1, 商家编码=code), cup(2)]))
    assert counts(run) == (1, 0, 0, 1)
    assert [one.line for one in refused(shop, run.id)] == [2]


def test_a_draft_is_rewritten_and_gets_new_skus() -> None:
    shop = make_shop()
    bring_in(shop, table([cup(1)]))
    heads = ["商品编号", "商家编码", "标题", "售价", "own_axis"]
    run = bring_in(shop, table([["A", "CUP-1", "新名字", "9", ""]], heads[:4]))

    assert counts(run) == (0, 1, 0, 0)
    made = catalog.product_for_merchant(shop.merchant_id, product_of("CUP-1"))
    assert made.wish.title.zh == "新名字" and made.wish.title.en == "Cup 1"
    assert skus_of(shop) == {"CUP-1": 900}


def test_stock_of_new_skus_is_received_once() -> None:
    shop = make_shop()
    house = inventory.open_warehouse(
        merchant_id=shop.merchant_id, wish=WarehouseWish(name="主仓", area_code="330110")
    )
    data = table([[*cup(1), "12"], [*cup(2), "0"]], [*HEADS, "库存"])
    bring_in(shop, data, warehouse_id=house.id)
    run = bring_in(shop, data, warehouse_id=house.id)

    assert counts(run) == (0, 0, 2, 0)
    found = rows(
        "SELECT s.code, i.on_hand, s.in_stock FROM inventory_stock i JOIN catalog_sku s ON s.id = i.sku_id"
    )
    assert found == [("CUP-1", 12, True)]
    assert rows("SELECT quantity, kind FROM inventory_movement") == [(12, "received")]


def test_names_stand_for_brands_categories_and_values() -> None:
    shop = make_shop("家居")
    leaf = make_category("马克杯", parent_id=shop.category_id)
    other = make_category("别处")
    make_category("马克杯", parent_id=other)
    make_attribute(leaf, "material", choices=[("clay", "陶", "Clay")], is_required=True)
    brand = make_brand("晨光", "Dawn")
    heads = [*HEADS, "品牌", "属性material"]
    body = [
        [*cup(1, 类目="家居 > 马克杯"), "dawn", "陶"],
        [*cup(2, 类目=str(leaf)), "", "Clay"],
        [*cup(3, 类目="马克杯"), "", "陶"],
        [*cup(4, 类目="家居/马克杯"), "无名", "陶"],
        [*cup(5, 类目="家居/马克杯"), "", "木"],
    ]
    run = bring_in(shop, table(body, heads))

    assert counts(run) == (2, 0, 0, 3)
    assert [one.column for one in refused(shop, run.id)] == ["类目", "品牌", "属性material"]
    wish = catalog.product_for_merchant(shop.merchant_id, product_of("CUP-1")).wish
    assert wish.brand_id == brand.id and wish.attributes == {"material": "clay"}


def test_a_code_is_one_row_and_one_product() -> None:
    shop = make_shop()
    for number in (7, 8):
        bring_in(shop, table([cup(number)]))
    body = [[*cup(1), ""], [*cup(1), ""], [*cup(7), "X"], [*cup(8), "X"], [*cup(9, 商家编码=""), ""]]
    run = bring_in(shop, table(body, [*HEADS, "SPU"]))

    assert counts(run) == (1, 0, 0, 4)
    assert [one.line for one in refused(shop, run.id)] == [3, 4, 5, 6]


def test_a_broken_off_run_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies in the middle of a chunk: what it did is whole, what it began is gone, the rest follows."""
    shop = make_shop()
    monkeypatch.setattr(services_run, "ROWS_A_CHUNK", 10)
    run_id = begin(shop, table(cup(number) for number in range(45)))
    work = services_run.work_of(shop.merchant_id, run_id)
    assert work is not None
    services_run.step(work, now=NOW)

    def die(*_: Any, **__: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(services_run, "_count", die)
        with pytest.raises(KeyboardInterrupt):
            services_run.step(work, now=NOW)
    half = queries.run(shop.merchant_id, run_id)
    assert (half.status, half.done_count, len(skus_of(shop))) == (RunStatus.WRITING, 10, 10)

    services.start(merchant_id=shop.merchant_id, run_id=run_id, now=NOW)
    run = finish(shop, run_id)
    assert (run.status, counts(run)) == (RunStatus.DONE, (45, 0, 0, 0))
    assert len(skus_of(shop)) == 45
    assert rows("SELECT count(*) FROM catalog_product") == [(45,)]


def test_neighbours_know_nothing_of_each_other() -> None:
    shop, neighbour = make_shop(), make_merchant()
    bring_in(shop, table([cup(1)]))
    made = upload(shop, table([cup(2)]))
    wish = CheckWish(columns=[ColumnWish(position=3, target="code")])
    for ask in (
        lambda: queries.detail(neighbour, made.run.id, language="zh"),
        lambda: queries.run(neighbour, made.run.id),
        lambda: queries.refused(neighbour, made.run.id, cursor=None, limit=9, language="zh"),
        lambda: queries.refused_file(neighbour, made.run.id, language="zh"),
        lambda: services.check(merchant_id=neighbour, run_id=made.run.id, wish=wish, now=NOW),
        lambda: services.start(merchant_id=neighbour, run_id=made.run.id, now=NOW),
    ):
        with pytest.raises(NotFound):
            ask()
    assert queries.runs(neighbour, cursor=None, limit=9).items == []
    # The same code is another product there.
    theirs = Shop(merchant_id=neighbour, category_id=shop.category_id)
    assert counts(bring_in(theirs, table([cup(1)]))) == (1, 0, 0, 0)


def test_a_warehouse_of_somebody_else_is_not_there() -> None:
    shop = make_shop()
    theirs = inventory.open_warehouse(
        merchant_id=make_merchant(), wish=WarehouseWish(name="主仓", area_code="330110")
    )
    made = upload(shop, table([cup(1)]))
    with pytest.raises(NotFound):
        check(shop, made, warehouse_id=theirs.id)


@pytest.mark.parametrize(
    "columns",
    [
        [(0, "title_zh")],
        [(3, "code"), (3, "price")],
        [(3, "code"), (4, "code")],
        [(99, "code")],
        [(3, "nonsense")],
    ],
)
def test_columns_that_cannot_be_are_refused(columns: list[tuple[int, str]]) -> None:
    shop = make_shop()
    made = upload(shop, table([cup(1)]))
    wish = CheckWish(columns=[ColumnWish(position=position, target=target) for position, target in columns])
    with pytest.raises(Invalid):
        services.check(merchant_id=shop.merchant_id, run_id=made.run.id, wish=wish, now=NOW)


def test_steps_come_in_their_order() -> None:
    shop = make_shop()
    made = upload(shop, table([cup(1)]))
    with pytest.raises(services.NotChecked):
        services.start(merchant_id=shop.merchant_id, run_id=made.run.id, now=NOW)
    check(shop, made)
    check(shop, made)
    services.start(merchant_id=shop.merchant_id, run_id=made.run.id, now=NOW)
    with pytest.raises(services.ImportBusy):
        check(shop, made)
    assert finish(shop, made.run.id).status is RunStatus.DONE
    with pytest.raises(services.ImportBusy):
        services.start(merchant_id=shop.merchant_id, run_id=made.run.id, now=NOW)
    assert rows("SELECT count(*) FROM imports_file") == [(0,)]


def test_what_was_refused_comes_back_as_a_file_that_calculates_nothing() -> None:
    shop = make_shop()
    run = bring_in(shop, table([cup(1, 标题="=cmd()", 售价="x"), cup(2)]))
    file = b"".join(queries.refused_file(shop.merchant_id, run.id, language="zh")).decode("utf-8-sig")
    head, line = file.splitlines()
    assert head == ",".join([*HEADS, "行号", "原因"])
    assert line.startswith("'=cmd(),") and ',2,"售价: ' in line
    mended = file.replace(",x,", ",5,").encode()
    assert counts(bring_in(shop, mended)) == (1, 0, 0, 0)
    made = catalog.product_for_merchant(shop.merchant_id, product_of("CUP-1"))
    assert made.wish.title.zh == "=cmd()"


def test_a_sku_that_was_never_named_stays() -> None:
    shop = make_shop()
    wish = wish_of(shop.merchant_id, shop.category_id, prices_minor=(100, 200))
    saved = catalogue.save_product(merchant_id=shop.merchant_id, wish=wish, staff_id=None, now=NOW)
    first, second = saved.wish.skus
    run = bring_in(shop, table([[first.code, "1.50"]], ["SKU", "Price"]))
    assert counts(run) == (0, 1, 0, 0)
    after = catalog.product_for_merchant(shop.merchant_id, saved.id).wish
    assert [(sku.id, sku.price_minor) for sku in after.skus] == [(first.id, 150), (second.id, 200)]


def test_tables_that_nobody_started_are_forgotten() -> None:
    shop = make_shop()
    upload(shop, table([cup(1)]))
    done = bring_in(shop, table([cup(2)]))
    assert services.purge(unchanged_since=NOW) == 0
    assert services.purge(unchanged_since=NOW.replace(year=2027)) == 1
    assert [one.id for one in queries.runs(shop.merchant_id, cursor=None, limit=9).items] == [done.id]


FACT_HEADS = [*HEADS, "条码", "型号", "单位", "产地", "保修期", "标签"]


def test_facts_come_in_by_their_names() -> None:
    shop = make_shop()
    rows_in = [[*cup(1), "6901028075763", "KT-1", "盒", "Guangdong", "24", "送礼、新品"]]
    run = bring_in(shop, table(rows_in, FACT_HEADS))
    assert counts(run) == (1, 0, 0, 0)
    wish = catalog.product_for_merchant(shop.merchant_id, product_of("CUP-1")).wish
    assert (wish.skus[0].gtin, wish.skus[0].model) == ("6901028075763", "KT-1")
    facts = wish.facts
    assert (facts.unit, facts.origin, facts.warranty_months, facts.tags) == (
        "box",
        "440000",
        24,
        ["送礼", "新品"],
    )
    assert counts(bring_in(shop, table(rows_in, FACT_HEADS))) == (0, 0, 1, 0)


def test_a_gtin_is_one_row_and_one_product() -> None:
    shop = make_shop()
    bring_in(shop, table([[*cup(1), "6901028075763", "", "", "", "", ""]], FACT_HEADS))
    body = [
        [*cup(2), "06901028075763", "", "", "", "", ""],
        [*cup(3), "4006381333931", "", "", "", "", ""],
        [*cup(4), "4006381333931", "", "", "", "", ""],
        [*cup(5), "4006381333930", "", "捆", "", "", ""],
    ]
    run_id = begin(shop, table(body, FACT_HEADS))
    run = finish(shop, run_id)
    assert counts(run) == (1, 0, 0, 3)
    assert [(one.line, one.column) for one in refused(shop, run_id)] == [
        (2, "条码"),
        (4, "条码"),
        (5, "单位"),
    ]
