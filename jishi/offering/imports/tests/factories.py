"""Tables of products as merchants send them, and runs brought to any point."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from uuid import UUID

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import row, rows
from jishi.kernel.ids import CategoryId, MerchantId, ProductId
from jishi.offering.catalog.tests.factories import make_category
from jishi.offering.imports import queries, services, services_run
from jishi.offering.imports.types import CheckWish, ColumnWish, ImportDetail, ImportId, ImportRun, RefusedRow

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
HEADS = ("标题", "英文标题", "类目", "商家编码", "售价", "划线价", "重量(克)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A merchant and a category called 杯子 that he may sell in."""

    merchant_id: MerchantId
    category_id: CategoryId


def make_shop(category: str = "杯子") -> Shop:
    """Make a merchant, and a category."""
    return Shop(merchant_id=make_merchant(), category_id=make_category(category))


def cup(number: int, **cells: str) -> list[str]:
    """Return a row that is right, with some cells otherwise."""
    usual = {
        "标题": f"杯子 {number}",
        "英文标题": f"Cup {number}",
        "类目": "杯子",
        "商家编码": f"CUP-{number}",
        "售价": f"{10 + number % 90}.50",
        "划线价": "200",
        "重量(克)": "300",
    }
    return [cells.get(head, cell) for head, cell in usual.items()]


def table(body: Iterable[Sequence[str]], heads: Sequence[str] = HEADS) -> bytes:
    """Return a table as CSV."""
    text = StringIO()
    csv.writer(text).writerows([heads, *body])
    return text.getvalue().encode()


def upload(shop: Shop, data: bytes, file_name: str = "cups.csv") -> ImportDetail:
    """Upload a table."""
    return services.upload(
        merchant_id=shop.merchant_id,
        data=data,
        file_name=file_name,
        staff_id=None,
        language="zh",
        now=NOW,
    )


def check(
    shop: Shop, made: ImportDetail, *, for_review: bool = False, warehouse_id: UUID | None = None
) -> ImportRun:
    """Have a table checked with the columns as proposed, to the end."""
    wish = CheckWish(
        columns=[
            ColumnWish(position=column.position, target=column.target)
            for column in made.columns
            if column.target
        ],
        for_review=for_review,
        warehouse_id=warehouse_id,
    )
    services.check(merchant_id=shop.merchant_id, run_id=made.run.id, wish=wish, now=NOW)
    return finish(shop, made.run.id)


def finish(shop: Shop, run_id: ImportId) -> ImportRun:
    """Do all that is to do for a run, as workers would."""
    work = services_run.work_of(shop.merchant_id, run_id)
    while work and services_run.step(work, now=NOW):
        pass
    return queries.run(shop.merchant_id, run_id)


def begin(shop: Shop, data: bytes, *, for_review: bool = False, warehouse_id: UUID | None = None) -> ImportId:
    """Upload, check and start a table; nothing is written yet."""
    made = upload(shop, data)
    check(shop, made, for_review=for_review, warehouse_id=warehouse_id)
    services.start(merchant_id=shop.merchant_id, run_id=made.run.id, now=NOW)
    return made.run.id


def bring_in(
    shop: Shop, data: bytes, *, for_review: bool = False, warehouse_id: UUID | None = None
) -> ImportRun:
    """Upload, check, start and write a table."""
    return finish(shop, begin(shop, data, for_review=for_review, warehouse_id=warehouse_id))


def refused(shop: Shop, run_id: ImportId) -> list[RefusedRow]:
    """Return all rows that are not taken."""
    found: list[RefusedRow] = []
    cursor: str | None = None
    while True:
        page = queries.refused(shop.merchant_id, run_id, cursor=cursor, limit=100, language="zh")
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def skus_of(shop: Shop) -> Mapping[str, int]:
    """Return what the merchant's active SKUs cost in minor units, by code."""
    return dict(
        rows(
            "SELECT code, price_minor FROM catalog_sku WHERE merchant_id = %s AND is_active",
            [shop.merchant_id],
        )
    )


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    """Return how many rows were created, updated, unchanged and refused: all that are done."""
    assert run.done_count == run.created_count + run.updated_count + run.unchanged_count + run.refused_count
    return run.created_count, run.updated_count, run.unchanged_count, run.refused_count


def product_of(code: str) -> ProductId:
    """Return the product that has a SKU code now."""
    found = row("SELECT product_id FROM catalog_sku WHERE code = %s AND is_active", [code])
    assert found is not None
    return ProductId(found[0])
