"""The page of a search by relevance, with fairness between merchants."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

import tantivy

from jishi.discovery.search import rules
from jishi.discovery.search.types import SearchWish


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of what was found, as tantivy tells it: (score, address), and how many were found in all."""

    hits: Sequence[tuple[Any, Any]]
    count: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """The first places by relevance, best first, and the order in which they are shown."""

    addresses: Sequence[Any]
    scores: Sequence[float]
    order: Sequence[int]
    count: int


def page(searcher: tantivy.Searcher, query: tantivy.Query, wish: SearchWish, *, has_words: bool) -> Hits:
    """Return the wished page by relevance. The first `rules.WINDOW` places are spread between merchants, whatever
    the page: what is shown on one page is neither shown on another nor lost between them.
    """
    offset = (wish.page - 1) * wish.size
    if offset >= rules.WINDOW or wish.merchant_id:
        found = _by_relevance(searcher, query, wish.size, offset, has_words=has_words)
        return Hits(found.hits, count_of(found))
    end = offset + wish.size
    best = candidates(searcher, query, max(end, rules.WINDOW), has_words=has_words)
    return Hits([(best.scores[at], best.addresses[at]) for at in best.order[offset:end]], best.count)


def candidates(
    searcher: tantivy.Searcher, query: tantivy.Query, limit: int, *, has_words: bool
) -> Candidates:
    """Return the first `limit` places by relevance; those of the window are spread."""
    found = _by_relevance(searcher, query, limit, 0, has_words=has_words)
    addresses = [address for _, address in found.hits]
    scores = [float(key) if has_words else log2(2.0 + float(key)) for key, _ in found.hits]
    sellers = [int(one or 0) for one in searcher.fast_field_values("seller", addresses[: rules.WINDOW])]
    spread = rules.spread(sellers, scores[: rules.WINDOW])
    return Candidates(addresses, scores, [*spread, *range(len(spread), len(addresses))], count_of(found))


def _by_relevance(
    searcher: tantivy.Searcher, query: tantivy.Query, limit: int, offset: int, *, has_words: bool
) -> tantivy.SearchResult:
    """Ask by score and weight; without words by weight alone."""
    if has_words:
        return searcher.search(query, limit, offset=offset, weight_by_field="weight")
    return searcher.search(query, limit, offset=offset, order_by_field="weight")


def count_of(found: tantivy.SearchResult | Hits) -> int:
    """Return how many matched."""
    return int(getattr(found, "count"))  # noqa: B009 - the stubs forget this attribute
