"""Search as operators see it: what a set of rules would show, and why a product stands where it stands."""

from collections.abc import Sequence
from dataclasses import replace

import tantivy
from tantivy import Query

from jishi.discovery.ranking import queries as ranking
from jishi.discovery.search import asking, ordering, queries, reading, schema, steered
from jishi.discovery.search import rules as rules_of_fairness
from jishi.discovery.search.asking import Asked
from jishi.discovery.search.reading import Opened
from jishi.discovery.search.steered import Steered
from jishi.discovery.search.types import SearchResult, SearchWish
from jishi.discovery.search.types_desk import Explained, WordScore
from jishi.discovery.search.words import Piece
from jishi.discovery.steering.types import Rules
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import ProductId
from jishi.offering.catalog import queries as catalog

PREVIEWED = 10


def preview(words: str, rules: Rules, *, language: str) -> SearchResult:
    """Return what a search would show first under a set of rules, live or not; nothing is kept of it.

    Raises: SearchWarmingUp (503).
    """
    return queries.answered(_under(rules), SearchWish(words=words, size=PREVIEWED), language=language)


def explain(words: str, product_id: ProductId, rules: Rules, *, language: str) -> Explained:
    """Return why a product stands where it stands in a search by relevance under a set of rules.

    Raises: NotFound, SearchWarmingUp (503).
    """
    index = _under(rules)
    searcher, made_of = index.products.searcher(), index.products.schema
    cards = catalog.product_cards([product_id], language=language)
    if not cards:
        raise NotFound
    steer = steered.steered(index.rules, words)
    pieces = index.segmenter.pieces(words)
    bare, is_whole = _asked(index, searcher, words, pieces, steer)
    alone = Query.const_score_query(
        Query.term_query(made_of, "id", str(product_id), index_option="basic"), 0.0
    )
    plain = steer.without_boosts().applied(made_of, bare).ranked
    ranked = steer.applied(made_of, bare).ranked
    text_score = _score(searcher, plain, alone)
    boosted = _score(searcher, ranked, alone)
    is_found = text_score > 0 and not steer.is_blocked
    place, unmoved = (
        _places(searcher, ranked, product_id, has_words=bool(pieces)) if is_found else (None, None)
    )
    quality, stock_factor = (
        ranking.quality_of(product_id),
        1.0 if cards[0].in_stock else schema.SOLD_OUT_WEIGHT,
    )
    return Explained(
        product_id=product_id,
        title=cards[0].title,
        is_found=is_found,
        is_whole=is_whole,
        words=_words(searcher, made_of, _pieces(index, pieces, steer), alone) if is_found else [],
        text_score=text_score if is_found else 0.0,
        boosts=list(steer.boosts),
        boosted=boosted / text_score if is_found else 1.0,
        quality=quality,
        stock_factor=stock_factor,
        score=boosted * quality.factor * stock_factor if is_found else 0.0,
        place=place,
        place_unmoved=unmoved,
    )


def _under(rules: Rules) -> Opened:
    return replace(reading.opened(), rules=steered.ready(rules))


def _asked(
    index: Opened, searcher: tantivy.Searcher, words: str, pieces: Sequence[Piece], steer: Steered
) -> tuple[Asked, bool]:
    """Return what a search asks in the end, and whether that is all of the words."""
    made_of = index.products.schema
    if not pieces:
        return asking.EVERYTHING, True
    whole = steer.whole(searcher, made_of, index.segmenter, pieces)
    better = queries.better_spelling(index, words)
    for asked in (whole, *queries.instead_of(index, searcher, words, better)):
        if ordering.count_of(searcher.search(steer.applied(made_of, asked).met, 1)):
            return asked, asked is whole
    return whole, True


def _pieces(index: Opened, pieces: Sequence[Piece], steer: Steered) -> list[Piece]:
    others = [one for text in steer.alternatives for one in index.segmenter.pieces(text)]
    return list(dict.fromkeys((*pieces, *others)))


def _words(
    searcher: tantivy.Searcher, made_of: tantivy.Schema, pieces: Sequence[Piece], alone: Query
) -> list[WordScore]:
    found = (
        WordScore(word=word, field=name, score=_score(searcher, query, alone))
        for word, name, query in asking.by_field(made_of, pieces)
    )
    return [one for one in found if one.score > 0]


def _score(searcher: tantivy.Searcher, query: Query, alone: Query) -> float:
    """Return what the one product is worth to a query, 0 where it does not match."""
    found = searcher.search(asking.both(query, [alone]), 1, count=False)
    return float(found.hits[0][0]) if found.hits else 0.0


def _places(
    searcher: tantivy.Searcher, ranked: Query, product_id: ProductId, *, has_words: bool
) -> tuple[int | None, int | None]:
    best = ordering.candidates(searcher, ranked, rules_of_fairness.WINDOW, has_words=has_words)
    halves = searcher.fast_field_values("id_low", list(best.addresses))
    own = [at for at, low in enumerate(halves) if low == product_id.int & schema.LOW]
    return (best.order.index(own[0]) + 1, own[0] + 1) if own else (None, None)
