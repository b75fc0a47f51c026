"""The merchants' lists from the first row to the last: one page in memory at a time."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from jishi.insight.exports import texts
from jishi.insight.exports.types import Row, Table
from jishi.kernel.ids import MerchantId, WarehouseId
from jishi.kernel.pagination import BATCH, Page
from jishi.kernel.words import Text
from jishi.money.settlement import queries as settlement
from jishi.money.settlement.types import StatementRow, StatementStatus
from jishi.offering.catalog import queries_merchant as catalog
from jishi.offering.catalog.types import ListingStatus, ProductRow
from jishi.offering.inventory import queries_merchant as inventory
from jishi.offering.inventory.types import StockRow
from jishi.trade.orders import queries_pages as orders
from jishi.trade.orders.types import OrderRow, OrderStatus

T = TypeVar("T")


def orders_table(
    merchant_id: MerchantId, *, statuses: Sequence[OrderStatus], search: str, language: str, now: datetime
) -> Table:
    """Return a merchant's orders as `orders_of_merchant` lists them."""

    def ask(cursor: str | None) -> Page[OrderRow]:
        return orders.orders_of_merchant(
            merchant_id=merchant_id,
            statuses=statuses,
            search=search,
            cursor=cursor,
            limit=BATCH,
            language=language,
            now=now,
        )

    return _table(texts.ORDERS, ask, lambda one: _order(one, language), language)


def products_table(
    merchant_id: MerchantId, *, status: ListingStatus | None, words: str, language: str
) -> Table:
    """Return a merchant's products as `merchant_products` lists them."""

    def ask(cursor: str | None) -> Page[ProductRow]:
        return catalog.merchant_products(
            merchant_id=merchant_id,
            status=status,
            words=words,
            cursor=cursor,
            limit=BATCH,
            language=language,
        )

    return _table(texts.PRODUCTS, ask, lambda one: _product(one, language), language)


def stock_table(
    merchant_id: MerchantId,
    *,
    warehouse_id: WarehouseId | None,
    words: str,
    available_max: int | None,
    language: str,
) -> Table:
    """Return a merchant's stock as `stock_list` lists it."""

    def ask(cursor: str | None) -> Page[StockRow]:
        return inventory.stock_list(
            merchant_id=merchant_id,
            warehouse_id=warehouse_id,
            words=words,
            available_max=available_max,
            cursor=cursor,
            limit=BATCH,
            language=language,
        )

    return _table(texts.STOCK, ask, _stock, language)


def statements_table(merchant_id: MerchantId, *, status: StatementStatus | None, language: str) -> Table:
    """Return a merchant's statements."""

    def ask(cursor: str | None) -> Page[StatementRow]:
        return settlement.statements(merchant_id=merchant_id, status=status, cursor=cursor, limit=BATCH)

    return _table(texts.STATEMENTS, ask, lambda one: _statement(one, language), language)


def _table(
    heads: Sequence[Text],
    ask: Callable[[str | None], Page[T]],
    cells: Callable[[T], Row],
    language: str,
) -> Table:
    """Return heads and rows; the first page is read before anything is sent."""
    first = ask(None)
    return Table(heads=[head.of(language) for head in heads], pages=_pages(first, ask, cells))


def _pages(
    first: Page[T], ask: Callable[[str | None], Page[T]], cells: Callable[[T], Row]
) -> Iterator[Sequence[Row]]:
    shown: Page[T] | None = first
    while shown:
        yield [cells(one) for one in shown.items]
        shown = ask(shown.next_cursor) if shown.next_cursor else None


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
