"""The merchants' lists from the first row to the last: one page in memory at a time."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from typing import TypeVar

from jishi.community.reviews import queries as reviews
from jishi.community.reviews.types import OwnReview, ReviewSort
from jishi.identity.merchants import queries as merchants
from jishi.identity.merchants.types import AuditRow
from jishi.insight.exports import texts
from jishi.insight.exports.types import Cell, FileFormat, Row, Table
from jishi.insight.exports.workbook import CELL_CHARACTERS_MAX
from jishi.kernel.ids import MerchantId, SkuId, StatementId, WarehouseId
from jishi.kernel.pagination import BATCH, Page, TimeSort, every_page
from jishi.kernel.spreadsheet import inert
from jishi.kernel.words import Text
from jishi.money.settlement import queries as settlement
from jishi.money.settlement.types import (
    EntrySort,
    StatementEntry,
    StatementRow,
    StatementSort,
    StatementStatus,
)
from jishi.offering.catalog import queries_merchant as catalog
from jishi.offering.catalog.types import ListingSort, ListingStatus, ProductRow
from jishi.offering.imports import queries_table as imports
from jishi.offering.inventory import queries_merchant as inventory
from jishi.offering.inventory.types import Movement, MovementKind, StockRow, StockSort
from jishi.trade.orders import queries_pages as orders
from jishi.trade.orders.types import OrderRow, OrderSort, OrderStatus

T = TypeVar("T")
_LOST_IN_XML = re.compile("[\ufffe\uffff]")


def orders_table(
    merchant_id: MerchantId,
    *,
    statuses: Sequence[OrderStatus],
    search: str,
    sort: OrderSort = OrderSort.NEWEST,
    language: str,
    now: datetime,
) -> Table:
    """Return a merchant's orders as `orders_of_merchant` lists them."""
    ask = partial(
        orders.orders_of_merchant,
        merchant_id=merchant_id,
        statuses=statuses,
        search=search,
        sort=sort,
        language=language,
        now=now,
    )
    return _table(texts.ORDERS, ask, lambda one: _order(one, language), language)


def products_table(
    merchant_id: MerchantId,
    *,
    status: ListingStatus | None,
    words: str,
    sort: ListingSort = ListingSort.NEWEST,
    language: str,
) -> Table:
    """Return a merchant's products as `merchant_products` lists them."""
    ask = partial(
        catalog.merchant_products,
        merchant_id=merchant_id,
        status=status,
        words=words,
        sort=sort,
        language=language,
    )
    return _table(texts.PRODUCTS, ask, lambda one: _product(one, language), language)


def product_table(
    merchant_id: MerchantId,
    *,
    status: ListingStatus | None,
    words: str,
    sort: ListingSort,
    language: str,
    file_format: FileFormat,
) -> Table:
    """Return a merchant's products in the columns of an import."""
    found = imports.product_table(merchant_id, status=status, words=words, sort=sort, language=language)
    pages: Iterator[Sequence[Row]] = found.pages
    if file_format is FileFormat.XLSX:
        # An import reads both kinds of file alike, so what it takes away has to stand in both.
        pages = ([[_in_workbook(cell) for cell in row] for row in rows] for rows in pages)
    return Table(heads=found.heads, pages=pages)


def _in_workbook(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = inert(cell)
    return None if len(text) > CELL_CHARACTERS_MAX or _LOST_IN_XML.search(text) else text


def stock_table(
    merchant_id: MerchantId,
    *,
    warehouse_id: WarehouseId | None,
    words: str,
    available_max: int | None,
    sort: StockSort = StockSort.NEWEST,
    language: str,
) -> Table:
    """Return a merchant's stock as `stock_list` lists it."""
    ask = partial(
        inventory.stock_list,
        merchant_id=merchant_id,
        warehouse_id=warehouse_id,
        words=words,
        available_max=available_max,
        sort=sort,
        language=language,
    )
    return _table(texts.STOCK, ask, _stock, language)


def movements_table(
    merchant_id: MerchantId,
    *,
    sku_id: SkuId | None,
    warehouse_id: WarehouseId | None,
    kind: MovementKind | None,
    sort: TimeSort,
    language: str,
) -> Table:
    """Return what moved in a merchant's warehouses as `movements` lists it."""
    ask = partial(
        inventory.movements,
        merchant_id=merchant_id,
        sku_id=sku_id,
        warehouse_id=warehouse_id,
        kind=kind,
        sort=sort,
        language=language,
    )
    return _table(texts.MOVEMENTS, ask, lambda one: _movement(one, language), language)


def statements_table(
    merchant_id: MerchantId,
    *,
    status: StatementStatus | None,
    sort: StatementSort = StatementSort.NEWEST,
    language: str,
) -> Table:
    """Return a merchant's statements."""
    ask = partial(settlement.statements, merchant_id=merchant_id, status=status, sort=sort)
    return _table(texts.STATEMENTS, ask, lambda one: _statement(one, language), language)


def entries_table(
    merchant_id: MerchantId, *, statement_id: StatementId, sort: EntrySort, language: str
) -> Table:
    """Return the lines of one of a merchant's statements. Raises: NotFound."""
    settlement.statement_row(statement_id=statement_id, merchant_id=merchant_id)
    ask = partial(settlement.entries_of, statement_id=statement_id, sort=sort)
    return _table(texts.ENTRIES, ask, lambda one: _entry(one, language), language)


def reviews_table(
    merchant_id: MerchantId, *, stars: int | None, is_replied: bool | None, sort: ReviewSort, language: str
) -> Table:
    """Return the reviews of a merchant's products as `of_merchant` lists them."""
    ask = partial(
        reviews.of_merchant, merchant_id, stars=stars, is_replied=is_replied, sort=sort, language=language
    )
    return _table(texts.REVIEWS, ask, _review, language)


def audit_table(merchant_id: MerchantId, *, subject_kind: str, sort: TimeSort, language: str) -> Table:
    """Return what was done at a merchant as `audit_log` lists it."""
    ask = partial(merchants.audit_log, merchant_id, subject_kind=subject_kind, sort=sort)
    return _table(texts.AUDIT, ask, _audit, language)


def _table(
    heads: Sequence[Text],
    ask: Callable[..., Page[T]],
    cells: Callable[[T], Row],
    language: str,
) -> Table:
    """Return heads and rows; the first page is read before anything is sent."""
    pages = every_page(partial(ask, limit=BATCH))
    first = next(pages)
    shown = ([cells(one) for one in page.items] for page in chain([first], pages))
    return Table(heads=[head.of(language) for head in heads], pages=shown)


def _order(one: OrderRow, language: str) -> Row:
    goods = "; ".join(f"{line.title} {line.choice_name} ×{line.quantity}" for line in one.lines)
    more = " …" if sum(line.quantity for line in one.lines) < one.piece_count else ""
    return (
        one.number,
        one.placed_at,
        texts.ORDER_STATUS[one.status].of(language),
        one.recipient,
        goods + more,
        one.piece_count,
        one.total,
        one.total.currency,
    )


def _product(one: ProductRow, language: str) -> Row:
    return (
        one.title,
        texts.LISTING_STATUS[one.status].of(language),
        one.price_from,
        one.price_to,
        one.price_from.currency,
        one.sku_count,
        one.available,
        datetime.fromisoformat(one.updated_at),
    )


def _stock(one: StockRow) -> Row:
    return (
        one.sku_code,
        one.title,
        one.choice_name,
        one.warehouse_name,
        one.on_hand,
        one.reserved,
        one.available,
    )


def _statement(one: StatementRow, language: str) -> Row:
    return (
        one.from_date,
        one.to_date,
        texts.STATEMENT_STATUS[one.status].of(language),
        one.order_count,
        one.opening,
        one.sales,
        one.refunds,
        -one.commission,
        one.adjustments,
        one.due,
        one.due.currency,
        one.issued_at,
    )


def _movement(one: Movement, language: str) -> Row:
    return (
        datetime.fromisoformat(one.at),
        texts.MOVEMENT_KIND[one.kind].of(language),
        one.sku_code,
        one.title,
        one.quantity,
        one.reference,
    )


def _entry(one: StatementEntry, language: str) -> Row:
    return (
        one.at,
        texts.ENTRY_KIND[one.kind].of(language),
        one.order_number,
        one.goods,
        one.freight,
        one.subsidy,
        one.merchant_discount,
        -one.commission,
        one.amount,
        one.amount.currency,
    )


def _review(one: OwnReview) -> Row:
    said = one.review
    return (
        said.written_at,
        said.stars,
        one.title,
        said.choice_name,
        said.author,
        said.text,
        said.reply.text if said.reply else None,
        said.reply.at if said.reply else None,
    )


def _audit(one: AuditRow) -> Row:
    return (one.at, one.actor_name, one.actor_kind, one.action, one.subject_kind, str(one.subject_id))
