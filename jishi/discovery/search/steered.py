"""What the operators' rules do to a query. Rules are matched against what was typed, in its one form; what is
built is a query like any other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import tantivy
from tantivy import Occur, Query

from jishi.discovery.search import asking, words
from jishi.discovery.search.asking import Asked
from jishi.discovery.search.words import Segmenter
from jishi.discovery.steering.types import Block, Boost, Redirect, Rules, Synonym, Target, TargetKind

ALTERNATIVES_MAX = 6  # of one query: each is asked besides what was typed
BOOSTS_MAX = 5
BEGINNING = 2  # characters by which phrases are looked up
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
    boosts: Sequence[Boost] = ()
    redirects: Sequence[Redirect] = ()
    blocks: Sequence[Block] = ()
    begun: Mapping[str, Sequence[tuple[str, Synonym]]] = field(
        default_factory=dict
    )  # phrases by how they begin


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
    synonyms = [Synonym(words=_plain(one.words), means=_plain(one.means)) for one in rules.synonyms]
    begun: dict[str, list[tuple[str, Synonym]]] = {}
    for one in synonyms:
        for phrase in one.words:
            begun.setdefault(phrase[:BEGINNING], []).append((phrase, one))
    return Ready(
        number=rules.number,
        begun=begun,
        boosts=[Boost(words=_plain(one.words), target=one.target, factor=one.factor) for one in rules.boosts],
        redirects=[Redirect(words=_plain(one.words), path=one.path) for one in rules.redirects],
        blocks=[Block(words=_plain(one.words), target=one.target) for one in rules.blocks],
    )


def steered(rules: Ready, typed: str) -> Steered:
    """Return what the rules say of what was typed."""
    said = Said.of(typed)
    if not said.text or rules.number == 0:
        return Steered()
    blocks = [one for one in rules.blocks if any(map(said.has, one.words))]
    boosts = [one for one in rules.boosts if any(map(said.has, one.words))]
    return Steered(
        path=next((one.path for one in rules.redirects if _form(typed) in one.words), None),
        is_blocked=any(one.target is None for one in blocks),
        alternatives=list(dict.fromkeys(_alternatives(rules, said)))[:ALTERNATIVES_MAX],
        hidden=[one.target for one in blocks if one.target],
        boosts=boosts[:BOOSTS_MAX],
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed, in its one form; `spaced` with its stretches apart, and a blank at both ends."""

    text: str
    spaced: str

    @classmethod
    def of(cls, typed: str) -> "Said":
        """Return what was typed as phrases are looked for in it."""
        text = words.plain(typed)
        return cls(text, f" {_spaced(text)} ")

    def beginnings(self) -> Iterator[str]:
        """Yield what phrases that are said may begin with, each once, in the order of the query."""
        whole = self.text + self.spaced
        pairs = (whole[at : at + BEGINNING] for at in range(len(whole)))
        return iter(dict.fromkeys((*pairs, *whole)))

    def has(self, phrase: str) -> bool:
        """Say whether a phrase in its one form is said: Chinese anywhere, Latin letters as whole words."""
        return (phrase in self.text) if words.is_chinese(phrase) else (f" {phrase} " in self.spaced)

    def with_other(self, phrase: str, other: str) -> str:
        """Return the query that says another phrase in the place of one."""
        if words.is_chinese(phrase):
            return self.text.replace(phrase, f" {other} ")
        return self.spaced.replace(f" {phrase} ", f" {other} ").strip()


def _alternatives(rules: Ready, said: Said) -> Iterator[str]:
    """Yield the query with each other wording; of a group that is said more than once, for its longest phrase."""
    longest: dict[int, tuple[str, Synonym]] = {}
    for phrase, synonym in (one for beginning in said.beginnings() for one in rules.begun.get(beginning, ())):
        if said.has(phrase) and len(phrase) > len(longest.get(id(synonym), ("",))[0]):
            longest[id(synonym)] = (phrase, synonym)
    for phrase, synonym in longest.values():
        yield from (said.with_other(phrase, other) for other in synonym.means if other != phrase)


def _boosted(made_of: tantivy.Schema, ranked: Query, boost: Boost) -> Query:
    """Return a query in which the score of the target's products is multiplied, and that of all others is not."""
    target = _is(made_of, boost.target)
    others = Query.boolean_query([(Occur.Must, ranked), (Occur.MustNot, target)])
    own = Query.boolean_query([(Occur.Must, ranked), (Occur.Must, Query.const_score_query(target, 0.0))])
    return Query.disjunction_max_query([others, Query.boost_query(own, boost.factor)])


def _is(made_of: tantivy.Schema, target: Target) -> Query:
    return Query.term_query(made_of, _FIELDS[target.kind], str(target.id), index_option="basic")


def _plain(phrases: Sequence[str]) -> list[str]:
    return [_form(phrase) for phrase in phrases]


def _form(phrase: str) -> str:
    """Return a phrase in its one form: Chinese as it stands, Latin words without their plural, one blank between."""
    text = words.plain(phrase)
    return " ".join(text.split()) if words.is_chinese(text) else _spaced(text)


def _spaced(text: str) -> str:
    return " ".join(map(words.singular, words.runs(text)))
