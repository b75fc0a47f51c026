"""What the operators' rules do to a query. Rules are matched against what was typed, in its one form; what is
built is a query like any other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import tantivy
from tantivy import Occur, Query

from jishi.discovery.search import asking, words
from jishi.discovery.search.asking import Asked
from jishi.discovery.search.words import Segmenter
from jishi.discovery.steering.types import Block, Boost, Redirect, Rules, Synonym, Target, TargetKind

ALTERNATIVES_MAX = 6  # of one query: each is asked besides what was typed
BOOSTS_MAX = 5
_FIELDS = {
    TargetKind.PRODUCT: "id",
    TargetKind.CATEGORY: "category",
    TargetKind.BRAND: "brand_id",
    TargetKind.MERCHANT: "merchant_id",
}


@dataclass(frozen=True, slots=True)
class Ready:
    """Rules with all their words in the one form that queries are compared in."""

    number: int = 0
    synonyms: Sequence[Synonym] = ()
    boosts: Sequence[Boost] = ()
    redirects: Sequence[Redirect] = ()
    blocks: Sequence[Block] = ()


@dataclass(frozen=True, slots=True)
class Steered:
    """What the rules say of one query."""

    path: str | None = None  # where it leads instead
    is_blocked: bool = False
    alternatives: Sequence[str] = ()  # what is asked besides
    hidden: Sequence[Target] = ()
    boosts: Sequence[Boost] = ()

    def whole(
        self,
        searcher: tantivy.Searcher,
        made_of: tantivy.Schema,
        segmenter: Segmenter,
        pieces: Sequence[words.Piece],
    ) -> Asked:
        """Return what asks for all of the query's pieces, or for all of one of its alternatives'."""
        asked = asking.words_query(searcher, made_of, pieces)
        others = [asking.words_query(searcher, made_of, segmenter.pieces(text)) for text in self.alternatives]
        if not others:
            return asked
        every = [asked, *others]
        return Asked(
            Query.boolean_query([(Occur.Should, one.met) for one in every]),
            Query.disjunction_max_query([one.ranked for one in every]),
        )

    def without_boosts(self) -> "Steered":
        """Return the same without what moves products up or down."""
        return replace(self, boosts=())

    def applied(self, made_of: tantivy.Schema, asked: Asked) -> Asked:
        """Return what was asked without what the rules hide, with what they boost."""
        met, ranked = asked.met, asked.ranked
        for boost in self.boosts:
            ranked = _boosted(made_of, ranked, boost)
        if self.hidden:
            hidden = [(Occur.MustNot, _is(made_of, target)) for target in self.hidden]
            met = Query.boolean_query([(Occur.Must, met), *hidden])
            ranked = Query.boolean_query([(Occur.Must, ranked), *hidden])
        return Asked(met, ranked)


def ready(rules: Rules) -> Ready:
    """Return rules as queries are compared with them."""
    return Ready(
        number=rules.number,
        synonyms=[Synonym(words=_plain(one.words), means=_plain(one.means)) for one in rules.synonyms],
        boosts=[Boost(words=_plain(one.words), target=one.target, factor=one.factor) for one in rules.boosts],
        redirects=[Redirect(words=_plain(one.words), path=one.path) for one in rules.redirects],
        blocks=[Block(words=_plain(one.words), target=one.target) for one in rules.blocks],
    )


def steered(rules: Ready, typed: str) -> Steered:
    """Return what the rules say of what was typed."""
    query = _form(typed)
    if not query or rules.number == 0:
        return Steered()
    blocks = [one for one in rules.blocks if _has_any(query, one.words)]
    boosts = [one for one in rules.boosts if _has_any(query, one.words)]
    return Steered(
        path=next((one.path for one in rules.redirects if query in one.words), None),
        is_blocked=any(one.target is None for one in blocks),
        alternatives=list(dict.fromkeys(_alternatives(rules, query)))[:ALTERNATIVES_MAX],
        hidden=[one.target for one in blocks if one.target],
        boosts=boosts[:BOOSTS_MAX],
    )


def has(query: str, phrase: str) -> bool:
    """Say whether a query says a phrase, both in the one form: Chinese anywhere, Latin letters as whole words."""
    if words.is_chinese(phrase):
        return phrase in query
    return f" {phrase} " in f" {_apart(query)} "


def _alternatives(rules: Ready, query: str) -> Iterator[str]:
    for synonym in rules.synonyms:
        said = [phrase for phrase in synonym.words if has(query, phrase)]
        for phrase in sorted(said, key=len, reverse=True)[:1]:
            yield from (_replaced(query, phrase, other) for other in synonym.means if other != phrase)


def _replaced(query: str, phrase: str, other: str) -> str:
    if words.is_chinese(phrase):
        return query.replace(phrase, f" {other} ")
    return f" {_apart(query)} ".replace(f" {phrase} ", f" {other} ").strip()


def _boosted(made_of: tantivy.Schema, ranked: Query, boost: Boost) -> Query:
    """Return a query in which the score of the target's products is multiplied, and that of all others is not."""
    target = _is(made_of, boost.target)
    others = Query.boolean_query([(Occur.Must, ranked), (Occur.MustNot, target)])
    own = Query.boolean_query([(Occur.Must, ranked), (Occur.Must, Query.const_score_query(target, 0.0))])
    return Query.disjunction_max_query([others, Query.boost_query(own, boost.factor)])


def _is(made_of: tantivy.Schema, target: Target) -> Query:
    return Query.term_query(made_of, _FIELDS[target.kind], str(target.id), index_option="basic")


def _has_any(query: str, phrases: Sequence[str]) -> bool:
    return any(has(query, phrase) for phrase in phrases)


def _plain(phrases: Sequence[str]) -> list[str]:
    return [_form(phrase) for phrase in phrases]


def _form(text: str) -> str:
    return " ".join(words.plain(text).split())


def _apart(query: str) -> str:
    """Return a query with blanks between its Chinese and its other stretches: 手机case → 手机 case."""
    return " ".join(words.runs(query))
