"""Filters with counts: which values the hits have, and how many each value would leave."""

from collections.abc import Mapping, Sequence
from typing import Any

import tantivy

from jishi.discovery.search import asking, narrowing, supply, vocabulary
from jishi.discovery.search.types import Facet, FacetValue, SearchWish
from jishi.discovery.search.vocabulary import Vocabulary
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_store_categories as store_categories

VALUES_MAX = 30
BUCKETS_MAX = 400
ATTRIBUTES_MAX = 8
# Bounds of the price facet in minor units; the last range is open.
PRICE_BOUNDS = (0, 5_000, 10_000, 20_000, 50_000, 100_000, 300_000, 1_000_000)
_NAMES = {
    "category": Text("分类", "Category"),
    "brand": Text("品牌", "Brand"),
    "merchant": Text("店铺", "Store"),
    "store_category": Text("店内分类", "Store category"),
    "price": Text("价格", "Price"),
    "rating": Text("评分", "Rating"),
    "ships_from": Text("发货地", "Ships from"),
    "delivery": Text("配送方式", "Delivery"),
}
_FIELDS = {
    "category": "category",
    "brand": "brand_id",
    "merchant": "merchant_id",
    "store_category": "store_category",
    "ships_from": "ships_from",
    "delivery": "delivery",
}
RATING_BOUNDS = (300, 400, 450)  # hundredths of a star: "4.0 and above" has those of 4.5, too
NUMBERS_MIN = 2  # values of an attribute, from which a range of them makes sense


def facets(
    searcher: tantivy.Searcher,
    made_of: tantivy.Schema,
    text: tantivy.Query,
    also: Sequence[tuple[str, tantivy.Query]],
    wish: SearchWish,
    names: Vocabulary,
    language: str,
) -> list[Facet]:
    """Return every filter that divides the hits. A filter's own choice does not narrow its own counts."""
    wanted = _wanted(wish)
    everywhere = searcher.aggregate(asking.both(text, asking.filters(made_of, wish, also)), wanted)
    counted = {name: _counts(everywhere, name) for name in _NAMES if name in wanted}
    attributes = _by_code(_counts(everywhere, "attribute"))
    for name in _chosen(wish):
        hits = asking.both(text, asking.filters(made_of, wish, also, without=name))
        field = name if name in counted else "attribute"
        alone = searcher.aggregate(hits, {field: wanted[field]})
        if name in counted:
            counted[name] = _counts(alone, name)
        else:
            attributes[name] = _by_code(_counts(alone, "attribute")).get(name, {})
    found = [
        _categories(counted["category"], wish, names, language),
        _plain("brand", counted["brand"], wish.brand_ids, names.brands, language),
        _plain("merchant", counted["merchant"], _merchant(wish), names.merchants, language),
        *_store_categories(counted.get("store_category", {}), wish, language),
        _prices(counted["price"], wish, language),
        _ratings(counted["rating"], wish, language),
        _plain("ships_from", counted["ships_from"], wish.ships_from, _known(supply.PROVINCES), language),
        _plain("delivery", counted["delivery"], wish.delivery, _known(supply.METHODS), language),
        *_attributes(attributes, wish, names, language),
    ]
    return [facet for facet in found if _divides(facet, wish)]


def _wanted(wish: SearchWish) -> dict[str, Any]:
    fields = {name: field for name, field in _FIELDS.items() if name != "store_category" or wish.merchant_id}
    terms = {name: {"terms": {"field": field, "size": BUCKETS_MAX}} for name, field in fields.items()}
    bounds = [
        {"from": low, **({"to": high} if high else {})}
        for low, high in zip(PRICE_BOUNDS, (*PRICE_BOUNDS[1:], None), strict=True)
    ]
    ratings = [
        {"from": low, **({"to": high} if high else {})}
        for low, high in zip(RATING_BOUNDS, (*RATING_BOUNDS[1:], None), strict=True)
    ]
    return {
        **terms,
        "attribute": {"terms": {"field": "attribute", "size": BUCKETS_MAX}},
        "price": {"range": {"field": "price", "ranges": bounds}},
        "rating": {"range": {"field": "rating", "ranges": ratings}},
    }


def _chosen(wish: SearchWish) -> list[str]:
    flags = {
        "category": wish.category_id is not None,
        "brand": bool(wish.brand_ids),
        "merchant": wish.merchant_id is not None,
        "store_category": wish.merchant_id is not None and wish.store_category_id is not None,
        "price": wish.price_from_minor is not None or wish.price_to_minor is not None,
        "rating": wish.rating_from_hundredths is not None,
        "ships_from": bool(wish.ships_from),
        "delivery": bool(wish.delivery),
    }
    codes = dict.fromkeys([*(code for code, values in wish.attributes.items() if values), *wish.ranges])
    return [*(name for name, is_set in flags.items() if is_set), *codes]


def _counts(answer: dict[str, Any], name: str) -> dict[str, int]:
    return {str(one["key"]): int(one["doc_count"]) for one in answer[name]["buckets"] if one["doc_count"]}


def _by_code(counts: dict[str, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for key, count in counts.items():
        code, _, value = key.partition("=")
        found.setdefault(code, {})[value] = count
    return found


def _categories(counts: dict[str, int], wish: SearchWish, names: Vocabulary, language: str) -> Facet:
    """Return the categories below the chosen one; beside a leaf its siblings; without a choice the top ones."""
    at = str(wish.category_id) if wish.category_id else ""
    shown = _children(names, at)
    if at and not any(one in counts for one in shown):
        shown = _children(names, names.categories.get(at, ["", "", ""])[2])
    values = [
        FacetValue(
            value=one,
            name=vocabulary.text(names.categories.get(one), one).of(language),
            count=counts[one],
            is_chosen=one == at,
        )
        for one in sorted((one for one in shown if one in counts), key=lambda one: -counts[one])
    ]
    return Facet(code="category", name=_NAMES["category"].of(language), values=values)


def _children(names: Vocabulary, parent_id: str) -> list[str]:
    return [one for one, (_, _, parent) in names.categories.items() if parent == parent_id]


def _plain(
    code: str, counts: dict[str, int], chosen: Sequence[str], table: dict[str, list[str]], language: str
) -> Facet:
    counts = {**dict.fromkeys(chosen, 0), **counts}  # what is chosen can be given up, whatever it leaves
    ordered = sorted(counts, key=lambda one: (one not in chosen, -counts[one], one))[:VALUES_MAX]
    return Facet(
        code=code,
        name=_NAMES[code].of(language),
        values=[
            FacetValue(
                value=one,
                name=vocabulary.text(table.get(one), one).of(language),
                count=counts[one],
                is_chosen=one in chosen,
            )
            for one in ordered
        ],
    )


def _store_categories(counts: dict[str, int], wish: SearchWish, language: str) -> list[Facet]:
    """Return a store's own categories in its own order; across stores they divide nothing."""
    if not wish.merchant_id:
        return []
    chosen = wish.store_category_id
    values = [
        FacetValue(
            value=str(one), name=name.of(language), count=counts.get(str(one), 0), is_chosen=one == chosen
        )
        for one, name in store_categories.names(wish.merchant_id).items()
        if str(one) in counts or one == chosen
    ]
    return [Facet(code="store_category", name=_NAMES["store_category"].of(language), values=values)]


def _merchant(wish: SearchWish) -> list[str]:
    return [str(wish.merchant_id)] if wish.merchant_id else []


def _prices(counts: dict[str, int], wish: SearchWish, language: str) -> Facet:
    values = []
    for low, high in zip(PRICE_BOUNDS, (*PRICE_BOUNDS[1:], None), strict=True):
        count = counts.get(f"{low}-{high or '*'}", 0)
        is_chosen = (wish.price_from_minor or 0) == low and wish.price_to_minor == (
            high - 1 if high else None
        )
        is_chosen = is_chosen and (wish.price_from_minor, wish.price_to_minor) != (None, None)
        if count or is_chosen:
            value = f"{low}-{high - 1 if high else ''}"
            name = f"¥{low // 100}–{high // 100}" if high else _above(low, language)
            values.append(FacetValue(value=value, name=name, count=count, is_chosen=is_chosen))
    return Facet(code="price", name=_NAMES["price"].of(language), values=values)


def _ratings(counts: dict[str, int], wish: SearchWish, language: str) -> Facet:
    """Return "so many stars and above", the highest first."""
    values, above = [], 0
    for low, high in reversed(list(zip(RATING_BOUNDS, (*RATING_BOUNDS[1:], None), strict=True))):
        above += counts.get(f"{low}-{high or '*'}", 0)
        is_chosen = wish.rating_from_hundredths == low
        if above or is_chosen:
            stars = f"{low / 100:.1f}"
            name = f"{stars}+" if language == "en" else f"{stars} 分以上"
            values.append(FacetValue(value=str(low), name=name, count=above, is_chosen=is_chosen))
    return Facet(code="rating", name=_NAMES["rating"].of(language), values=values)


def _known(names: Mapping[str, Text]) -> dict[str, list[str]]:
    return {key: [name.zh, name.en] for key, name in names.items()}


def _above(low: int, language: str) -> str:
    return f"¥{low // 100}+" if language == "en" else f"¥{low // 100} 以上"


def _attributes(
    counts: dict[str, dict[str, int]], wish: SearchWish, names: Vocabulary, language: str
) -> list[Facet]:
    codes = sorted(counts, key=lambda code: (not _is_chosen(wish, code), -sum(counts[code].values()), code))
    found = []
    for code in codes[:ATTRIBUTES_MAX]:
        chosen = wish.attributes.get(code, [])
        ordered = sorted(counts[code], key=lambda value: (-counts[code][value], value))[:VALUES_MAX]
        values = [
            FacetValue(
                value=value,
                name=vocabulary.text(names.values.get(f"{code}={value}"), value).of(language),
                count=counts[code][value],
                is_chosen=value in chosen,
            )
            for value in ordered
        ]
        title = vocabulary.text(names.attributes.get(code), code).of(language)
        is_number = len(values) >= NUMBERS_MIN and all(
            narrowing.as_number(one.value) is not None for one in values
        )
        if is_number:
            values.sort(key=lambda one: narrowing.as_number(one.value) or 0)
        found.append(Facet(code=code, name=title, values=values, is_number=is_number))
    return found


def _is_chosen(wish: SearchWish, code: str) -> bool:
    return bool(wish.attributes.get(code)) or code in wish.ranges


def _divides(facet: Facet, wish: SearchWish) -> bool:
    """Say whether a filter is worth showing: one that everything passes is not, unless it is in force."""
    return (
        len(facet.values) > 1
        or any(one.is_chosen for one in facet.values)
        or facet.code in wish.ranges
        or (facet.code == "rating" and bool(facet.values))
    )
