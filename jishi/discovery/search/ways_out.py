"""When nothing is found: which filter to leave out, or which of the words, and what that would find."""

from collections.abc import Callable, Sequence

from tantivy import Query

from jishi.discovery.search import asking
from jishi.discovery.search.types import WayOut
from jishi.discovery.search.words import Piece

WORDS_SHOWN_MAX = 4
FILTERS_SHOWN_MAX = 6
Count = Callable[[Query], int]


def without_filters(text: Query, filters: Sequence[tuple[str, Query]], count: Count) -> list[WayOut]:
    """Return what leaving out one filter would find, the most first; the last is to leave out all of them."""
    names = list(dict.fromkeys(name for name, _ in filters))
    ways = [
        WayOut(
            kind="filter",
            code=name,
            count=count(asking.both(text, [query for other, query in filters if other != name])),
        )
        for name in names
    ]
    found = sorted((way for way in ways if way.count), key=lambda way: -way.count)[:FILTERS_SHOWN_MAX]
    if len(names) > 1 and (whole := count(text)):
        found.append(WayOut(kind="filter", count=whole))
    return found


def fewer_words(
    pieces: Sequence[Piece],
    asked: Callable[[Sequence[Piece]], Query],
    narrowed: Sequence[Query],
    count: Count,
) -> list[WayOut]:
    """Return what the words would find with one of them left out, or each word of a single Chinese one."""
    if len(pieces) > 1:
        fewer = [[*pieces[:at], *pieces[at + 1 :]] for at in range(len(pieces))]
    else:
        fewer = [[Piece(word, True, (word,))] for one in pieces if len(one.words) > 1 for word in one.words]
    ways = [
        WayOut(
            kind="words",
            words=" ".join(piece.text for piece in kept),
            count=count(asking.both(asked(kept), narrowed)),
        )
        for kept in fewer[: 2 * WORDS_SHOWN_MAX]
    ]
    return sorted((way for way in ways if way.count), key=lambda way: -way.count)[:WORDS_SHOWN_MAX]
