"""A merchant's products as a table that can come back: imported again as it is, it changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from jishi.kernel.ids import MerchantId
from jishi.kernel.pagination import Page
from jishi.offering.catalog import queries_bulk, queries_written
from jishi.offering.catalog.types import ListingSort, ListingStatus
from jishi.offering.catalog.types_bulk import WrittenProduct
from jishi.offering.imports.queries import meanings
from jishi.offering.imports.reading import survives
from jishi.offering.imports.rules_table import Cell, Names, TableColumn, columns_of, rows_of
from jishi.offering.imports.rules_wish import Lookups, lookups
from jishi.offering.imports.types import Pictures
from jishi.offering.media import queries as media

PRODUCTS_A_PAGE = 200  # descriptions may be long

TableRow = Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductTable:
    """The table from its heads to its last row, some products at a time."""

    heads: Sequence[str]
    pages: Iterator[Sequence[TableRow]]


def product_table(
    merchant_id: MerchantId, *, status: ListingStatus | None, words: str, sort: ListingSort, language: str
) -> ProductTable:
    """Return the products that a merchant's list shows, one row for each SKU, in the columns that imports know.

    A text that no table could bring back as it is leaves its cell empty: an empty cell changes nothing.
    """
    book = queries_bulk.rulebook(merchant_id)
    columns = columns_of(
        queries_written.written_attributes(merchant_id=merchant_id, status=status, words=words),
        queries_written.written_axes(merchant_id=merchant_id, status=status, words=words),
        meanings(book),
        language,
    )
    ask = partial(
        queries_written.written_products,
        merchant_id=merchant_id,
        status=status,
        words=words,
        sort=sort,
        limit=PRODUCTS_A_PAGE,
    )
    names = lookups(book, Pictures(found={}, problems={}, sources={}))
    shown = (_rows(page.items, merchant_id, columns, names, language) for page in _pages(ask))
    return ProductTable(heads=[column.head for column in columns], pages=shown)


def _pages(ask: partial[Page[WrittenProduct]]) -> Iterator[Page[WrittenProduct]]:
    shown = ask(cursor=None)
    yield shown
    while shown.next_cursor:
        shown = ask(cursor=shown.next_cursor)
        yield shown


def _rows(
    products: Sequence[WrittenProduct],
    merchant_id: MerchantId,
    columns: Sequence[TableColumn],
    known: Lookups,
    language: str,
) -> Sequence[TableRow]:
    pictures = media.names_of(merchant_id, [one for product in products for one in product.wish.media_ids])
    return [
        [_carried(cell) for cell in row]
        for product in products
        for row in rows_of(
            product,
            columns,
            Names(
                lookups=known,
                pictures=pictures,
                attributes=_attributes(product, known, language),
                language=language,
            ),
        )
    ]


def _attributes(product: WrittenProduct, known: Lookups, language: str) -> dict[str, str]:
    rule = known.book.categories.get(product.wish.category_id)
    return queries_bulk.attribute_texts(rule, product.wish.attributes, language) if rule else {}


def _carried(cell: Cell) -> Cell:
    return cell if not isinstance(cell, str) or survives(cell) else None
