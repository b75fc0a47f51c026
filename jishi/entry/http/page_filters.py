"""The filters in a page's address, read as the browser reads them (the storefront's search/filters.ts)."""

from uuid import UUID

from django.http import QueryDict

from jishi.discovery.search.types import SearchSort, SearchWish
from jishi.kernel.ids import CategoryId, MerchantId

WORDS_LENGTH_MAX = 100
VALUES_MAX = 20
AMOUNT_DIGITS_MAX = 10


def wish_of(
    query: QueryDict, *, category_id: CategoryId | None = None, merchant_id: MerchantId | None = None
) -> SearchWish:
    """Return what an address asks for; the page's own category or merchant rules, and nonsense is left out.

    `?q=茶&sort=sales&stock=1&from=1000&to=5000&f=brand:{id}&f=colour:red`, prices in minor units.
    """
    chosen = _chosen(query.getlist("f")[: 2 * VALUES_MAX])
    category = _first_id(chosen.pop("category", []))
    merchant = _first_id(chosen.pop("merchant", []))
    return SearchWish(
        words=" ".join(query.get("q", "").split())[:WORDS_LENGTH_MAX],
        category_id=category_id or (CategoryId(category) if category else None),
        merchant_id=merchant_id or (MerchantId(merchant) if merchant else None),
        brand_ids=[value for value in chosen.pop("brand", []) if _uuid(value)],
        price_from_minor=_amount(query.get("from", "")),
        price_to_minor=_amount(query.get("to", "")),
        in_stock=query.get("stock") == "1",
        attributes=chosen,
        sort=_sort(query.get("sort", "")),
    )


def _chosen(pairs: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs:
        code, _, value = pair.partition(":")
        if code and value and value not in found.setdefault(code, []):
            found[code].append(value)
    return {code: values[:VALUES_MAX] for code, values in found.items() if values}


def _first_id(values: list[str]) -> UUID | None:
    return next((found for value in values if (found := _uuid(value))), None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _amount(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= AMOUNT_DIGITS_MAX else None


def _sort(text: str) -> SearchSort:
    return SearchSort(text) if text in {one.value for one in SearchSort} else SearchSort.RELEVANCE
