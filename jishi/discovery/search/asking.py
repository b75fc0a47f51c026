"""From a wish to a query of the index, built piece by piece: no user's text is ever parsed as a query
language.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import tantivy
from tantivy import FieldType, Occur, Query

from jishi.discovery.search import words
from jishi.discovery.search.schema import BOOSTS, YES
from jishi.discovery.search.types import SearchWish
from jishi.discovery.search.words import Piece, Segmenter

TYPO_LENGTH_MIN = 4
BEGINNING_LENGTH_MIN = 3
RELAXED_SHARE = 0.6
MET_SCORE = 0.01  # of what is met where nothing ranks: its weight still orders it
_WORD_FIELDS = ("title", "brand", "labels", "body")
_LATIN_FIELDS = (*_WORD_FIELDS, "codes")


@dataclass(frozen=True, slots=True)
class Asked:
    """What meets a product, which also counts, and what ranks those that are met."""

    met: Query
    ranked: Query


EVERYTHING = Asked(Query.all_query(), Query.all_query())


def words_query(searcher: tantivy.Searcher, made_of: tantivy.Schema, pieces: Sequence[Piece]) -> Asked:
    """Return what asks for products that have every piece, in Chinese, pinyin or Latin letters.

    Whether a product is met is asked of one field that holds all its words, and of nothing that it may have or
    lack: the rarest word alone decides how many products are looked at.
    """
    wanted = dict.fromkeys(term for piece in pieces for word in piece.words for term in words.terms(word))
    met = _all([_term(made_of, "met", term) for term in wanted])
    ranks = [rank for piece in pieces for rank in _ranks(made_of, piece)]
    joined = _joined_latin(pieces)
    if joined and searcher.doc_freq("pinyin", joined):
        sound = _term(made_of, "pinyin", joined)
        met = Query.boolean_query([(Occur.Should, met), (Occur.Should, sound)])
        ranks.append(Query.boost_query(sound, BOOSTS["pinyin"]))
    silent = (Occur.Must, Query.const_score_query(met, MET_SCORE))
    return Asked(met, Query.boolean_query([silent, *((Occur.Should, rank) for rank in ranks)]))


def relaxed_query(made_of: tantivy.Schema, pieces: Sequence[Piece], *, share: float = RELAXED_SHARE) -> Asked:
    """Return what matches products that have so many of the words: Latin ones misspelt a little or only begun,
    long Chinese ones in their pairs.
    """
    parts = [
        one
        for piece in pieces
        for one in (
            [_word(made_of, term, grams=True) for word in piece.words for term in words.terms(word)]
            if piece.is_chinese
            else [_latin(made_of, part, is_relaxed=True) for part in piece.parts]
        )
    ]
    needed = max(1, round(len(parts) * share))
    most = Query.boolean_query([(Occur.Should, part) for part in parts], minimum_number_should_match=needed)
    return Asked(most, most)


def filters(
    made_of: tantivy.Schema, wish: SearchWish, also: Sequence[tuple[str, Query]] = (), *, without: str = ""
) -> list[Query]:
    """Return what the wish's filters ask for, and those of advanced search (`also`), but for the one called
    `without` (to count its other values).
    """
    return [query for name, query in (*named_filters(made_of, wish), *also) if name != without]


def named_filters(made_of: tantivy.Schema, wish: SearchWish) -> list[tuple[str, Query]]:
    """Return what the wish's plain filters ask for, each with its name."""
    found: list[tuple[str, Query]] = []
    if wish.category_id:
        found.append(("category", _is(made_of, "category", [str(wish.category_id)])))
    if wish.merchant_id:
        found.append(("merchant", _is(made_of, "merchant_id", [str(wish.merchant_id)])))
    if wish.store_category_id:
        found.append(("store_category", _is(made_of, "store_category", [str(wish.store_category_id)])))
    if wish.brand_ids:
        found.append(("brand", _is(made_of, "brand_id", wish.brand_ids)))
    for code, values in wish.attributes.items():
        if values:
            found.append((code, _is(made_of, "attribute", [f"{code}={value}" for value in values])))
    if wish.price_from_minor is not None or wish.price_to_minor is not None:
        found.append(("price", _prices(made_of, wish)))
    if wish.in_stock:
        found.append(("in_stock", Query.term_query(made_of, "in_stock", True)))
    return found


def best_offers(searcher: tantivy.Searcher, made_of: tantivy.Schema, asked: Asked, wish: SearchWish) -> Asked:
    """Return what asks for one product of those that are offers of the same thing, the best; of one merchant's goods
    all.
    """
    if wish.merchant_id or not searcher.doc_freq("behind", YES):
        return asked
    behind = (Occur.MustNot, Query.term_query(made_of, "behind", YES, index_option="basic"))
    met = Query.boolean_query([(Occur.Must, asked.met), behind])
    ranked = met if asked.ranked is asked.met else Query.boolean_query([(Occur.Must, asked.ranked), behind])
    return Asked(met, ranked)


def both(text: Query, narrowed: Sequence[Query]) -> Query:
    """Return what matches the words, ranked by them, and every filter, which ranks nothing."""
    silent = [(Occur.Must, Query.const_score_query(one, 0.0)) for one in narrowed]
    return Query.boolean_query([(Occur.Must, text), *silent]) if silent else text


def _prices(made_of: tantivy.Schema, wish: SearchWish) -> Query:
    return Query.range_query(
        made_of, "price", FieldType.Unsigned, wish.price_from_minor or 0, wish.price_to_minor
    )


def _is(made_of: tantivy.Schema, name: str, values: Sequence[str]) -> Query:
    if len(values) == 1:
        return Query.term_query(made_of, name, values[0], index_option="basic")
    return Query.term_set_query(made_of, name, list(values))


def _ranks(made_of: tantivy.Schema, piece: Piece) -> list[Query]:
    if not piece.is_chinese:
        return [_latin(made_of, one, is_relaxed=False) for one in dict.fromkeys((piece.text, *piece.parts))]
    found = [_word(made_of, word) for word in piece.words]
    if len(piece.text) > 2:  # what stands together in the title is more than the same words apart
        together = _all([_term(made_of, "grams", pair) for pair in words.pairs(piece.text)])
        found.append(Query.boost_query(together, BOOSTS["grams"]))
    return found


def _word(made_of: tantivy.Schema, word: str, *, grams: bool = False) -> Query:
    names = (*_WORD_FIELDS, "grams") if grams else _WORD_FIELDS
    fields = [Query.boost_query(_term(made_of, name, word), BOOSTS[name]) for name in names]
    return Query.disjunction_max_query(fields, 0.1)


def _latin(made_of: tantivy.Schema, text: str, *, is_relaxed: bool) -> Query:
    word = words.singular(text)
    fields = [Query.boost_query(_term(made_of, name, word), BOOSTS[name]) for name in _LATIN_FIELDS]
    if text.isalpha():
        fields += _sounds(made_of, text)
    if is_relaxed and len(text) >= BEGINNING_LENGTH_MIN:
        fields += [
            Query.boost_query(
                Query.fuzzy_term_query(made_of, name, text, distance=0, prefix=True), BOOSTS[name] * 0.5
            )
            for name in ("title", "brand")
        ]
    if is_relaxed and len(word) >= TYPO_LENGTH_MIN:
        distance = 1 if len(word) < 8 else 2
        fields += [
            Query.boost_query(Query.fuzzy_term_query(made_of, name, word, distance), BOOSTS[name] * 0.3)
            for name in ("title", "brand", "pinyin")
        ]
    return Query.disjunction_max_query(fields, 0.1)


def _sounds(made_of: tantivy.Schema, text: str) -> list[Query]:
    names = ("pinyin", "initials") if len(text) > 1 else ()
    return [Query.boost_query(_term(made_of, name, text), BOOSTS[name]) for name in names]


def by_field(made_of: tantivy.Schema, pieces: Sequence[Piece]) -> Iterator[tuple[str, str, Query]]:
    """Yield each thing that ranks, apart: the word, the field, and what scores it there."""
    for piece in pieces:
        names = _WORD_FIELDS if piece.is_chinese else (*_LATIN_FIELDS, "pinyin", "initials")
        said = piece.words if piece.is_chinese else dict.fromkeys((piece.text, *piece.parts))
        for word in said:
            for name in names:
                term = word if piece.is_chinese or name not in _LATIN_FIELDS else words.singular(word)
                yield word, name, Query.boost_query(_term(made_of, name, term), BOOSTS[name])
        if piece.is_chinese and len(piece.text) > 2:
            together = _all([_term(made_of, "grams", pair) for pair in words.pairs(piece.text)])
            yield piece.text, "grams", Query.boost_query(together, BOOSTS["grams"])


def _joined_latin(pieces: Sequence[Piece]) -> str:
    """Return `lan ya er ji` read as the pinyin of one phrase, or nothing."""
    if len(pieces) < 2 or any(piece.is_chinese or not piece.text.isalpha() for piece in pieces):
        return ""
    return "".join(piece.text for piece in pieces)


def _term(made_of: tantivy.Schema, name: str, value: str) -> Query:
    return Query.term_query(made_of, name, value, index_option="basic" if name == "met" else "freq")


def _all(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, one) for one in queries])


def spelled(segmenter: Segmenter, sounds: dict[str, str], text: str) -> str:
    """Return a query without blanks, its Chinese in pinyin, character by character."""
    whole = "".join(piece.text for piece in segmenter.pieces(text))
    return "".join(sounds.get(one, one) for one in whole)
