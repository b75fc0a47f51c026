"""Asking the index. At most one statement a search, for the cards of one page; within a store a second one, for the
names of its own categories.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec
import tantivy
from tantivy import Order

from jishi.discovery.search import (
    asking,
    facets,
    marking,
    narrowing,
    ordering,
    reading,
    steered,
    suggesting,
    ways_out,
)
from jishi.discovery.search.addresses import wish_of
from jishi.discovery.search.ordering import count_of
from jishi.discovery.search.reading import Opened, SearchWarmingUp
from jishi.discovery.search.standing import index_problem, index_standing
from jishi.discovery.search.types import (
    Facet,
    SearchResult,
    SearchSort,
    SearchWish,
    Suggestions,
    WayOut,
)
from jishi.discovery.search.words import Piece
from jishi.kernel import cache, hot
from jishi.kernel.ids import ProductId
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.types import ProductCard

__all__ = [
    "SearchWarmingUp",
    "count_since",
    "finds",
    "index_problem",
    "index_standing",
    "leads_to",
    "search",
    "search_answer",
    "suggestions",
    "suggestions_answer",
    "wish_of",
]

Found = tantivy.SearchResult | ordering.Hits
COUNT_CAP = 10_000
BROAD = 20_000  # hits from which the facets are kept longer than the page
BROAD_SECONDS = 120
TAG = "search"
# The field each order reads, and whether it falls.
_ORDERS = {
    SearchSort.SALES: ("sold", Order.Desc),
    SearchSort.NEWEST: ("published", Order.Desc),
    SearchSort.RATING: ("esteem", Order.Desc),
    SearchSort.PRICE_UP: ("price", Order.Asc),
    SearchSort.PRICE_DOWN: ("price", Order.Desc),
}


def search(wish: SearchWish, *, language: str) -> SearchResult:
    """Return a page of what matches the wish, with filters and their counts. Raises: SearchWarmingUp (503).

    Words are all needed; when nothing has them all, they may be misspelt, then most of them are enough, and a
    better spelling is offered. When nothing is found at all, the answer says what would find something. What
    operators say of the words holds for all of it.
    """
    return answered(reading.opened(), wish, language=language)


def answered(index: Opened, wish: SearchWish, *, language: str) -> SearchResult:
    """Return what an index with its rules answers."""
    rules = steered.steered(index.rules, wish.words)
    if rules.is_blocked:
        return _nothing(rules)
    searcher, made_of = index.products.searcher(), index.products.schema
    pieces = index.segmenter.pieces(wish.words)
    also = narrowing.filters(made_of, index.segmenter, index.names, wish)
    narrowed = asking.filters(made_of, wish, also)
    asked = rules.whole(searcher, made_of, index.segmenter, pieces) if pieces else asking.EVERYTHING
    asked = whole = asking.best_offers(searcher, made_of, rules.applied(made_of, asked), wish)
    found = _hits(searcher, asking.both(asked.ranked, narrowed), wish, has_words=bool(pieces))
    better, is_partly = None, False
    if pieces and not count_of(found):
        better = better_spelling(index, wish.words)
        for instead in instead_of(index, searcher, wish.words, better):
            asked = asking.best_offers(searcher, made_of, rules.applied(made_of, instead), wish)
            found = _hits(searcher, asking.both(asked.ranked, narrowed), wish, has_words=True)
            if count_of(found):
                is_partly = True
                break
    count = count_of(found)
    shown_to = wish.page * wish.size
    items = catalog.product_cards(_ids(searcher, found), language=language)
    return SearchResult(
        items=items,
        next_cursor=str(wish.page + 1) if shown_to < min(count, COUNT_CAP) else None,
        count=min(count, COUNT_CAP),
        is_capped=count > COUNT_CAP,
        facets=_facets(index, searcher, asked.met, also, wish, count, language),
        did_you_mean=better,
        is_partly=is_partly,
        title_parts=_title_parts(index, wish, better, items),
        ways_out=[] if count else _ways_out(index, searcher, whole.met, also, pieces, wish),
        leads_to=rules.path,
    )


def _nothing(rules: steered.Steered) -> SearchResult:
    return SearchResult(
        items=[],
        next_cursor=None,
        count=0,
        is_capped=False,
        facets=[],
        did_you_mean=None,
        leads_to=rules.path,
    )


def leads_to(words: str) -> str | None:
    """Return the page of the storefront that the platform shows for these words; None while search warms up."""
    try:
        return steered.steered(reading.opened().rules, words).path
    except SearchWarmingUp:
        return None


def finds(words: str) -> bool:
    """Say whether anything on sale has all the words. Raises: SearchWarmingUp (503)."""
    index = reading.opened()
    rules = steered.steered(index.rules, words)
    searcher, made_of, pieces = (
        index.products.searcher(),
        index.products.schema,
        index.segmenter.pieces(words),
    )
    if not pieces or rules.is_blocked:
        return False
    asked = rules.applied(made_of, rules.whole(searcher, made_of, index.segmenter, pieces))
    return count_of(searcher.search(asked.met, 1)) > 0


def count_since(wish: SearchWish, *, since: datetime) -> int:
    """Return how many products that match a wish came on sale after an instant, up to `COUNT_CAP`; words are all
    needed as they are. Raises: SearchWarmingUp (503).
    """
    index = reading.opened()
    searcher, made_of = index.products.searcher(), index.products.schema
    pieces = index.segmenter.pieces(wish.words)
    later = replace(wish, published_from=max(since, wish.published_from or since))
    narrowed = asking.filters(made_of, later, narrowing.filters(made_of, index.segmenter, index.names, later))
    asked = asking.words_query(searcher, made_of, pieces) if pieces else asking.EVERYTHING
    asked = asking.best_offers(searcher, made_of, asked, later)
    return min(count_of(searcher.search(asking.both(asked.met, narrowed), 1)), COUNT_CAP)


def suggestions(typed: str) -> Suggestions:
    """Return what the typed letters may become, in Chinese, pinyin or English, but for blocked words.

    Raises: SearchWarmingUp (503).
    """
    index = reading.opened()
    found = suggesting.find(index.suggestions, typed)
    return Suggestions(items=[one for one in found if not steered.steered(index.rules, one.text).is_blocked])


def search_answer(wish: SearchWish, *, language: str, now: datetime) -> hot.Answer:
    """Return `search` as JSON, kept in this process: most searches cost less than fetching them, and what makes a
    broad one dear, its facets, is kept for itself. Raises: SearchWarmingUp (503).
    """
    return hot.answer_here(
        TAG,
        f"{msgspec.json.encode(wish).decode()}|{language}",
        now=now,
        make=lambda: msgspec.json.encode(search(wish, language=language)),
    )


def suggestions_answer(typed: str, *, now: datetime) -> hot.Answer:
    """Return `suggestions` as JSON; made anew each second, for looking them up costs less than fetching them."""
    return hot.answer_here(
        TAG, f"suggest|{typed}", now=now, make=lambda: msgspec.json.encode(suggestions(typed))
    )


def _hits(searcher: tantivy.Searcher, query: tantivy.Query, wish: SearchWish, *, has_words: bool) -> Found:
    if wish.sort in _ORDERS:
        offset = (wish.page - 1) * wish.size
        name, order = _ORDERS[wish.sort]
        return searcher.search(query, wish.size, offset=offset, order_by_field=name, order=order)
    return ordering.page(searcher, query, wish, has_words=has_words)


def _ids(searcher: tantivy.Searcher, found: Found) -> list[ProductId]:
    addresses = [address for _, address in found.hits]
    halves = [searcher.fast_field_values(name, addresses) for name in ("id_high", "id_low")]
    return [
        ProductId(UUID(int=int(high or 0) << 64 | int(low or 0))) for high, low in zip(*halves, strict=True)
    ]


def better_spelling(index: Opened, typed: str) -> str | None:
    """Return the spelling that was meant, when nothing has what was typed."""
    spelled = asking.spelled(index.segmenter, index.sounds, typed)
    return suggesting.did_you_mean(index.suggestions, spelled)


def instead_of(
    index: Opened, searcher: tantivy.Searcher, typed: str, better: str | None
) -> Iterator[asking.Asked]:
    """Yield what to ask, one after the other, when nothing has all that was typed: what sounds the same, all of it
    misspelt or begun, what is spelled almost so, most of it.
    """
    made_of, cut = index.products.schema, index.segmenter.pieces
    sounds = [asking.spelled(index.segmenter, index.sounds, text) for text in (typed, better or "")]
    meant = [asking.words_query(searcher, made_of, cut(better))] if better else []
    if sounds[0] == sounds[1]:
        yield from meant
    yield asking.relaxed_query(made_of, cut(typed), share=1.0)
    yield from meant
    yield asking.relaxed_query(made_of, cut(typed))


def _title_parts(
    index: Opened, wish: SearchWish, better: str | None, items: Sequence[ProductCard]
) -> dict[str, list[str]]:
    """Return the titles in parts, by id, of those hits that show what was asked for."""
    texts = [wish.words, better or "", wish.any_words, wish.phrase]
    wanted = marking.sought(index.segmenter, texts)
    if not wanted.pieces:
        return {}
    found = {str(card.id): marking.parts(card.title, wanted, index.sounds) for card in items}
    return {product_id: parts for product_id, parts in found.items() if len(parts) > 1}


def _ways_out(
    index: Opened,
    searcher: tantivy.Searcher,
    text: tantivy.Query,
    also: Sequence[narrowing.Named],
    pieces: Sequence[Piece],
    wish: SearchWish,
) -> list[WayOut]:
    made_of = index.products.schema
    named = [*asking.named_filters(made_of, wish), *also]

    def count(query: tantivy.Query) -> int:
        return min(count_of(searcher.search(query, 1)), COUNT_CAP)

    def asked(kept: Sequence[Piece]) -> tantivy.Query:
        return asking.words_query(searcher, made_of, kept).met

    rest = [query for name, query in named if name != "in_title"]
    return [
        *ways_out.without_filters(text, named, count),
        *ways_out.fewer_words(pieces, asked, rest, count),
    ]


def _facets(
    index: Opened,
    searcher: tantivy.Searcher,
    text: tantivy.Query,
    also: Sequence[narrowing.Named],
    wish: SearchWish,
    count: int,
    language: str,
) -> list[Facet]:
    def make() -> list[Facet]:
        return facets.facets(searcher, index.products.schema, text, also, wish, index.names, language)

    if count < BROAD:
        return make()
    name = f"facets|{index.rules.number}|{msgspec.json.encode(_same_for_all_pages(wish)).decode()}|{language}"
    kept = cache.cached(TAG, name, seconds=BROAD_SECONDS, make=lambda: msgspec.json.encode(make()))
    return msgspec.json.decode(kept, type=list[Facet])


def _same_for_all_pages(wish: SearchWish) -> SearchWish:
    return replace(wish, page=1, size=1, sort=SearchSort.RELEVANCE)
