"""Advanced search: what narrows a list beyond the plain filters. Nothing here ranks, and no text is parsed."""

import math
from collections.abc import Sequence

import tantivy
from tantivy import FieldType, Occur, Query

from jishi.discovery.search import words
from jishi.discovery.search.types import SearchWish
from jishi.discovery.search.vocabulary import Vocabulary
from jishi.discovery.search.words import Piece, Segmenter

RATING_PRIOR_HUNDREDTHS, RATING_PRIOR_COUNT = 400, 5
Named = tuple[str, Query]


def esteem(average_hundredths: int, count: int) -> int:
    """Return what the order by rating goes by, in hundredths of hundredths of a star: the average drawn towards 4.0
    as if five more buyers had said so, so that one five-star review does not stand above a hundred of 4.8. What
    nobody has reviewed comes last.
    """
    if not count:
        return 0
    known = average_hundredths * count + RATING_PRIOR_HUNDREDTHS * RATING_PRIOR_COUNT
    return known * 100 // (count + RATING_PRIOR_COUNT)


def in_order(form: str) -> list[str]:
    """Return a text in its one form as an exact phrase goes: each Chinese character, each Latin word."""
    return [
        part
        for run in words.runs(form)
        for part in (run if words.is_chinese(run) else (words.singular(run),))
    ]


def filters(
    made_of: tantivy.Schema, segmenter: Segmenter, names: Vocabulary, wish: SearchWish
) -> list[Named]:
    """Return what the wish asks for in advanced search, each with the name of the filter."""
    found: list[Named] = []
    if pieces := segmenter.pieces(wish.any_words):
        found.append(("any_words", _any([_has(made_of, piece) for piece in pieces])))
    if pieces := segmenter.pieces(wish.none_words):
        found.append(("none_words", _not(_any([_says(made_of, piece) for piece in pieces]))))
    if parts := in_order(words.plain(wish.phrase)):
        found.append(("phrase", _phrase(made_of, parts)))
    if wish.in_title and (pieces := segmenter.pieces(wish.words)):
        found.append(("in_title", _every([_in_title(made_of, piece) for piece in pieces])))
    if wish.rating_from_hundredths is not None:
        found.append(("rating", _from(made_of, "rating", max(wish.rating_from_hundredths, 1))))
    if wish.published_from is not None:
        found.append(("published", _from(made_of, "published", int(wish.published_from.timestamp()))))
    if wish.ships_from:
        found.append(("ships_from", Query.term_set_query(made_of, "ships_from", list(wish.ships_from))))
    if wish.delivery:
        found.append(("delivery", Query.term_set_query(made_of, "delivery", list(wish.delivery))))
    ranges = [(code, _between(made_of, names, code, low, high)) for code, (low, high) in wish.ranges.items()]
    return [*found, *ranges]


def numbers_of(names: Vocabulary, code: str) -> dict[str, float]:
    """Return the values of a number attribute that products have, each with its number."""
    found = {}
    for key in names.values:
        known, _, value = key.partition("=")
        if known == code and (number := as_number(value)) is not None:
            found[value] = number
    return found


def as_number(text: str) -> float | None:
    """Return the number that a text is, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _between(
    made_of: tantivy.Schema, names: Vocabulary, code: str, low: float | None, high: float | None
) -> Query:
    """Return what asks for any of the attribute's values within the range: the index knows them all by name."""
    within = [
        f"{code}={value}"
        for value, number in numbers_of(names, code).items()
        if (low is None or number >= low) and (high is None or number <= high)
    ]
    return Query.term_set_query(made_of, "attribute", within) if within else Query.empty_query()


def _has(made_of: tantivy.Schema, piece: Piece) -> Query:
    """Return what meets products that have a piece anywhere, all of its words."""
    terms = dict.fromkeys(term for word in piece.words for term in words.terms(word))
    return _every([Query.term_query(made_of, "met", term, index_option="basic") for term in terms])


def _says(made_of: tantivy.Schema, piece: Piece) -> Query:
    """Return what meets products that name a piece in their own texts: a category of headphones and speakers makes no
    speaker of what lies in it.
    """
    in_texts = [
        _every([Query.term_query(made_of, name, word, index_option="freq") for word in piece.words])
        for name in ("brand", "body")
    ]
    return _any([_in_title(made_of, piece), *in_texts])


def _in_title(made_of: tantivy.Schema, piece: Piece) -> Query:
    """Return what meets products whose title has a piece: every word of it."""
    if piece.is_chinese:
        return _every([_phrase(made_of, list(word)) for word in piece.words])
    return _every([Query.term_query(made_of, "title", word, index_option="freq") for word in piece.words])


def _phrase(made_of: tantivy.Schema, parts: Sequence[str]) -> Query:
    if len(parts) == 1:
        return Query.term_query(made_of, "exact", parts[0])
    return Query.phrase_query(made_of, "exact", list(parts))


def _from(made_of: tantivy.Schema, name: str, least: int) -> Query:
    return Query.range_query(made_of, name, FieldType.Unsigned, least, None)


def _any(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, one) for one in queries])


def _every(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, one) for one in queries])


def _not(query: Query) -> Query:
    return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, query)])
