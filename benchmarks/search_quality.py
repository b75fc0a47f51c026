"""How well the search answers what people look for in the demo market: `jishi bench search-quality`.

Whoever measures says how to ask: over HTTP here, in the tests an index of the same catalogue.
"""

import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import log2
from pathlib import Path
from statistics import fmean
from urllib.parse import urlencode

from benchmarks import market
from benchmarks.client import Client, Refused
from benchmarks.rows import Row
from jishi.entry.demo import content

WANTED = Path(__file__).with_suffix(".toml")
DEPTH = 10  # of what is found, so many are looked at
GRADES = ("1", "2", "3")
# What nDCG@10 must be at least for each kind of query: a little below what was measured.
FLOORS: Mapping[str, float] = {
    "zh": 0.78,
    "en": 0.80,
    "pinyin": 0.83,
    "initials": 0.81,
    "typo": 0.86,
    "attribute": 0.83,
    "long_tail": 0.55,
    "traditional": 0.88,
    "model": 0.89,
    "mixed": 0.85,
}
FLOOR = 0.81  # over all of them
EMPTY_PERCENT_MAX = 2.5
INDEXED_SECONDS_MAX = 60.0  # of a market that was only just started
WARMING_UP = "search_warming_up"
SHOWN = 3  # of each kind those that are answered worst

Ask = Callable[[str], Sequence[str]]  # from what is typed to the Chinese titles found, the best first


class BadLabel(ValueError):
    """What is wanted names a kind of query that there is not, or something that the demo market does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What somebody types, and the grades of the products that he would be glad of, by their Chinese titles."""

    text: str
    kind: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a product can be named by: its code, or what it is."""

    code: str
    values: Mapping[str, frozenset[str]]

    def is_named(self, names: str) -> bool:
        """Say whether `names` is its code (`*` for any rest) or facts of it: `category=shoes+season=winter`."""
        if "=" not in names:
            return fnmatchcase(self.code, names)
        pairs = (fact.split("=") for fact in names.split("+"))
        return all(value in self.values.get(name, ()) for name, value in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How well a query was answered: `ndcg` from 0 to 1."""

    query: Query
    ndcg: float
    is_empty: bool


def rows() -> list[Row]:
    """Ask the demo market that runs, or one of its own."""
    with market.measured() as found, Client(found.web, {"Accept-Language": "zh"}) as client:

        def ask(words: str) -> list[str]:
            answer = client.get(f"api/v1/store/search?{urlencode({'q': words, 'size': DEPTH})}")
            return [card["title"] for card in answer["items"]]

        _wait_until_indexed(client)
        return judged(answers(ask))


def _wait_until_indexed(client: Client) -> None:
    deadline = time.monotonic() + INDEXED_SECONDS_MAX
    while True:
        try:
            client.get("api/v1/store/search?size=1")
        except Refused as refused:
            if WARMING_UP not in str(refused) or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


# -- what is wanted ------------------------------------------------------------------------------------------


def queries() -> Iterator[Query]:
    """Yield the labelled queries, with what they want of the demo market. Raises: BadLabel."""
    facts = _facts()
    for wanted in tomllib.loads(WANTED.read_text(encoding="utf-8"))["wanted"]:
        graded = grades({key: wanted.pop(key) for key in GRADES if key in wanted}, facts)
        for kind, texts in wanted.items():
            if kind not in FLOORS:
                raise BadLabel(kind)
            for text in texts:
                yield Query(text=text, kind=kind, grades=graded)


def grades(named: Mapping[str, str], facts: Mapping[str, Facts]) -> dict[str, int]:
    """Return the grades of products by title: of several that name one, the highest. Raises: BadLabel."""
    found: dict[str, int] = {}
    for grade in GRADES:
        for names in named.get(grade, "").split():
            titles = [title for title, one in facts.items() if one.is_named(names)]
            if not titles:
                raise BadLabel(names)
            found.update(dict.fromkeys(titles, int(grade)))
    return found


def _facts() -> dict[str, Facts]:
    """Return the facts of every product of the demo market, by its Chinese title."""
    top_of = {code: top.code for top in content.categories() for code, _ in top.children}
    return {
        product.title.zh: Facts(
            product.code,
            {
                "category": frozenset((product.category, top_of[product.category])),
                "brand": frozenset((product.brand.zh,) if product.brand else ()),
                "colour": frozenset(colour.code for colour in product.colours),
                **{code: frozenset((value,)) for code, value in product.attributes.items()},
            },
        )
        for merchant in content.merchants()
        for product in merchant.products
    }


# -- how well it is answered ---------------------------------------------------------------------------------


def answers(ask: Ask) -> list[Answered]:
    """Ask every labelled query. Raises: BadLabel."""
    return [_answered(query, ask(query.text)) for query in queries()]


def _answered(query: Query, titles: Sequence[str]) -> Answered:
    found = [query.grades.get(title, 0) for title in titles]
    return Answered(query=query, ndcg=ndcg(found, list(query.grades.values())), is_empty=not titles)


def gain(grade: int) -> int:
    """Return what finding a product of a grade is worth: 0, 1, 3, 7. After Burges et al., Learning to Rank using
    Gradient Descent (2005).
    """
    return int(2**grade) - 1


def dcg(found: Sequence[int]) -> float:
    """Return the discounted cumulated gain of grades in the order in which they are shown: what stands at rank r
    counts 1 / log₂(r + 1) of its gain. Järvelin & Kekäläinen, Cumulated Gain-Based Evaluation of IR Techniques
    (2002), with the discount in the form of Burges et al. that spares no rank but the first.
    """
    return sum(gain(grade) / log2(rank + 1) for rank, grade in enumerate(found, start=1))


def ndcg(found: Sequence[int], graded: Sequence[int]) -> float:
    """Return nDCG@10, from 0 to 1: the gain of what is found, as a share of what the best order of all graded
    products would give. Järvelin & Kekäläinen 2002.
    """
    return dcg(found[:DEPTH]) / dcg(sorted(graded, reverse=True)[:DEPTH])


# -- the table -----------------------------------------------------------------------------------------------


def judged(answered: Sequence[Answered]) -> list[Row]:
    """Return a row for each kind of query, and two for all of them, with their floors."""
    of_kind = {kind: [one for one in answered if one.query.kind == kind] for kind in FLOORS}
    return [
        *(
            _row(f"nDCG@10, {kind.replace('_', ' ')}", of_kind[kind], floor, note=_worst(of_kind[kind]))
            for kind, floor in FLOORS.items()
        ),
        _row("nDCG@10, all", answered, FLOOR),
        Row(
            work="queries that find nothing",
            measured=_empty_percent(answered),
            unit="%",
            measured_max=EMPTY_PERCENT_MAX,
            note=", ".join(one.query.text for one in answered if one.is_empty),
        ),
    ]


def _row(work: str, answered: Sequence[Answered], floor: float, *, note: str = "") -> Row:
    told = f"{len(answered)} queries, {_empty_percent(answered):.1f} % find nothing"
    return Row(
        work=work,
        measured=fmean(one.ndcg for one in answered),
        unit="",
        measured_min=floor,
        note="; ".join(filter(None, (told, note))),
    )


def _empty_percent(answered: Sequence[Answered]) -> float:
    return 100 * fmean(one.is_empty for one in answered)


def _worst(answered: Sequence[Answered]) -> str:
    worst = sorted(answered, key=lambda one: one.ndcg)[:SHOWN]
    return "least: " + ", ".join(f"{one.query.text} {one.ndcg:.2f}" for one in worst)
