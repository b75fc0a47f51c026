"""The filters in a page's address, read as the browser reads them (the storefront's search/filters.ts)."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from django.http import QueryDict

from jishi.discovery.search.types import DELIVERY, SearchSort, SearchWish
from jishi.kernel.ids import CategoryId, MerchantId, StoreCategoryId

WORDS_LENGTH_MAX = 100
VALUES_MAX = 20
AMOUNT_DIGITS_MAX = 10
DAYS_MAX = 365
_RANGE = re.compile(r"([a-z0-9_-]{1,40}):(\d{1,9}(?:\.\d{1,4})?)?~(\d{1,9}(?:\.\d{1,4})?)?", re.ASCII)
_PROVINCE = re.compile(r"\d{2}0000", re.ASCII)


def wish_of(
    query: QueryDict,
    *,
    now: datetime,
    category_id: CategoryId | None = None,
    merchant_id: MerchantId | None = None,
) -> SearchWish:
    """Return what an address asks for; the page's own category or merchant rules, and nonsense is left out.

    `?q=茶&sort=sales&stock=1&from=1000&to=5000&f=brand:{id}&f=colour:red`, prices in minor units; in a store
    `f=store_category:{id}`; of advanced search
    `any`, `none`, `phrase`, `title=1`, `days=30`, `f=rating:400`, `f=ships_from:310000`, `f=delivery:express` and
    `range=power:10~20`.
    """
    chosen = _chosen(query.getlist("f")[: 2 * VALUES_MAX])
    category = _first_id(chosen.pop("category", []))
    merchant = _first_id(chosen.pop("merchant", []))
    store_category = _first_id(chosen.pop("store_category", []))
    return SearchWish(
        words=_words(query, "q"),
        category_id=category_id or (CategoryId(category) if category else None),
        merchant_id=merchant_id or (MerchantId(merchant) if merchant else None),
        store_category_id=StoreCategoryId(store_category) if store_category else None,
        brand_ids=[value for value in chosen.pop("brand", []) if _uuid(value)],
        price_from_minor=_amount(query.get("from", "")),
        price_to_minor=_amount(query.get("to", "")),
        in_stock=query.get("stock") == "1",
        any_words=_words(query, "any"),
        none_words=_words(query, "none"),
        phrase=_words(query, "phrase"),
        in_title=query.get("title") == "1",
        rating_from_hundredths=_rating(chosen.pop("rating", [])),
        published_from=since(_days(query.get("days", "")), now=now),
        ships_from=[value for value in chosen.pop("ships_from", []) if _PROVINCE.fullmatch(value)],
        delivery=[value for value in chosen.pop("delivery", []) if value in DELIVERY],
        ranges=_ranges(query.getlist("range")[:VALUES_MAX]),
        attributes=chosen,
        sort=_sort(query.get("sort", "")),
    )


def since(days: int | None, *, now: datetime) -> datetime | None:
    """Return the instant so many days ago, at the full hour: questions of the same hour are the same question."""
    return None if days is None else now.replace(minute=0, second=0, microsecond=0) - timedelta(days=days)


def ranges_of(pairs: list[str]) -> dict[str, tuple[float | None, float | None]] | None:
    """Return ranges written `code:from~to`, either side of which may be missing; None when one is not so written."""
    found: dict[str, tuple[float | None, float | None]] = {}
    for pair in pairs:
        match = _RANGE.fullmatch(pair)
        if match is None or not (match[2] or match[3]):
            return None
        found[match[1]] = (float(match[2]) if match[2] else None, float(match[3]) if match[3] else None)
    return found


def _ranges(pairs: list[str]) -> dict[str, tuple[float | None, float | None]]:
    return {code: bounds for pair in pairs for code, bounds in (ranges_of([pair]) or {}).items()}


def _words(query: QueryDict, name: str) -> str:
    return " ".join(query.get(name, "").split())[:WORDS_LENGTH_MAX]


def _rating(values: list[str]) -> int | None:
    return next((int(value) for value in values if re.fullmatch(r"[1-4]\d\d|500", value, re.ASCII)), None)


def _days(text: str) -> int | None:
    days = _amount(text)
    return days if days and days <= DAYS_MAX else None


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
