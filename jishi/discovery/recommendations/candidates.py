"""From the lists of the serving version to ranked candidates: one statement reads all lists that a place needs."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from uuid import UUID

from jishi.discovery.behaviour import queries as behaviour
from jishi.discovery.recommendations import rules
from jishi.discovery.recommendations.models import EVERYTHING
from jishi.discovery.recommendations.types import Asked, Candidate, ListKind, Place, Reason
from jishi.kernel.db import rows
from jishi.kernel.ids import ProductId
from jishi.offering.catalog import queries as catalog

RECENT_MAX = 30  # products that somebody did something with last
RECENT_FOR_CONTENT = 5  # of these, so many bring what is like them, for models may not know them yet
LIST_LENGTH = 30  # read of each product's list
# What each place shows of the products it is beside, with how much each kind of list counts.
SHARES = {
    Place.HOME: {},
    Place.TOGETHER: {ListKind.TOGETHER: 1.0, ListKind.ALSO: 0.6},
    Place.SIMILAR: {ListKind.SIMILAR: 1.0},
    Place.CART: {ListKind.TOGETHER: 1.0, ListKind.ALSO: 0.7, ListKind.SIMILAR: 0.2},
    Place.PAID: {ListKind.TOGETHER: 1.0, ListKind.ALSO: 0.7, ListKind.SIMILAR: 0.2},
    Place.EMPTY: {},
}
PERSONAL = frozenset((Place.HOME, Place.PAID, Place.EMPTY))
# Where a row may be filled up with what is popular; beside a product, a short row is the truth.
FILLED = frozenset(Place) - {Place.TOGETHER, Place.SIMILAR}
CATEGORY_SHARE, POPULAR_SHARE = 0.12, 0.1
REASON_OF = {
    ListKind.TOGETHER: Reason.TOGETHER,
    ListKind.ALSO: Reason.ALSO,
    ListKind.SIMILAR: Reason.SIMILAR,
}

_SERVING = "(SELECT id FROM recommendations_version WHERE is_serving)"
_BEFORE = "(SELECT id FROM recommendations_version WHERE NOT is_serving ORDER BY id DESC LIMIT 1)"
_PREVIOUS = f"coalesce({_BEFORE}, {_SERVING})"
Key = tuple[ListKind, UUID]
# Ids of products are text here, and parts are tuples: there are some thousands of them for each page, and to hash a
# UUID takes longer than all else that is done with it.
Ranked = list[tuple[str, float]]
Part = tuple[str, float, Reason, ProductId | None]  # product, score, why, and the product that it goes with
Lists = dict[Key, "Listed"]


@dataclass(slots=True)
class Found:
    """What may be shown, the best first, and what could be tried; `model` is empty before the first training."""

    model: str = ""
    is_personal: bool = False
    ranked: list[Candidate] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as it was read, the best first, and how much of it is known from people."""

    ranked: Ranked
    trust: float


NO_LIST = Listed([], 0.0)


@dataclass(frozen=True, slots=True)
class _Recent:
    product_id: ProductId
    weight: float


def found(asked: Asked, *, without: Collection[ProductId], most: int, uses_previous: bool = False) -> Found:
    """Return the best `most` candidates of a place but for some; [] before the first training.

    `uses_previous`: by the version before the one that serves, where there is one.
    """
    is_personal = asked.place in PERSONAL and behaviour.is_personalised(asked.owner_id)
    recent = _recent(asked.owner_id) if is_personal else []
    wanted = list(_wanted(asked, recent))
    model, lists = _lists(wanted, uses_previous=uses_previous)
    parts = [
        *_beside(asked, lists),
        *_personal(recent, lists),
        *(_popular(lists) if asked.place in FILLED else ()),
    ]
    fresh = [product_id for product_id, _ in lists.get((ListKind.FRESH, EVERYTHING), NO_LIST).ranked]
    return Found(model, is_personal, _added(parts, {str(one) for one in without}, most), fresh)


def _recent(owner_id: UUID) -> list[_Recent]:
    """Return what somebody did last, each product once, weighed by what he did and how long it is past."""
    strongest: dict[ProductId, float] = {}
    for product_id, kind, _ in behaviour.recent_products(owner_id, limit=2 * RECENT_MAX):
        weight = rules.WEIGHTS.get(kind, 0.0) / rules.FULL_WEIGHT
        if weight > 0:
            strongest[product_id] = max(weight, strongest.get(product_id, 0.0))
    return [
        _Recent(product_id, weight * rules.fading(position))
        for position, (product_id, weight) in enumerate(list(strongest.items())[:RECENT_MAX])
    ]


def _wanted(asked: Asked, recent: Sequence[_Recent]) -> Iterator[Key]:
    for kind in SHARES[asked.place]:
        yield from ((kind, product_id) for product_id in asked.product_ids)
    yield from ((ListKind.ALSO, one.product_id) for one in recent)
    yield from ((ListKind.SIMILAR, one.product_id) for one in recent[:RECENT_FOR_CONTENT])
    if asked.place in FILLED:
        near = [*asked.product_ids, *(one.product_id for one in recent[:RECENT_FOR_CONTENT])]
        categories = set(catalog.categories_of(near).values()) if near else set()
        yield from ((ListKind.POPULAR, category_id) for category_id in sorted(categories))
        yield (ListKind.POPULAR, EVERYTHING)
    if asked.place is Place.HOME:
        yield (ListKind.FRESH, EVERYTHING)


def _lists(wanted: Sequence[Key], *, uses_previous: bool) -> tuple[str, Lists]:
    read = rows(
        "SELECT v.name, l.kind, l.subject_id, "
        "(CASE WHEN l.subject_id = %s THEN l.product_ids ELSE l.product_ids[:%s] END)::text[], "
        "l.scores[:%s], l.trust "
        "FROM recommendations_version v LEFT JOIN unnest(%s::text[], %s::uuid[]) AS w (kind, subject_id) ON true "
        "LEFT JOIN recommendations_list l "
        "ON l.version_id = v.id AND l.kind = w.kind AND l.subject_id = w.subject_id "
        f"WHERE v.id = {_PREVIOUS if uses_previous else _SERVING}",
        [EVERYTHING, LIST_LENGTH, LIST_LENGTH, [kind for kind, _ in wanted], [one for _, one in wanted]],
    )
    lists = {
        (ListKind(kind), subject_id): Listed(
            [(one, score or 0.0) for one, score in zip_longest(product_ids, scores)], trust
        )
        for _, kind, subject_id, product_ids, scores, trust in read
        if kind
    }
    return (read[0][0] if read else ""), lists


def _beside(asked: Asked, lists: Lists) -> Iterator[Part]:
    """Yield what goes with the products that the place is beside, each list measured by its best."""
    for kind, share in SHARES[asked.place].items():
        for source in asked.product_ids:
            found = lists.get((kind, source), NO_LIST)
            for product_id, score in found.ranked:
                part = score / found.ranked[0][1]
                if kind is not ListKind.SIMILAR or part >= rules.ALIKE_MIN:
                    yield product_id, share * found.trust * part, REASON_OF[kind], source


def _personal(recent: Sequence[_Recent], lists: Lists) -> Iterator[Part]:
    """Yield what goes with what somebody did, as the models are measured: sums of neighbours' scores, the largest
    of all at what people are believed; and what is like the last of it, which counts the more the less they are.
    """
    sums: dict[str, float] = {}
    strongest: dict[str, tuple[float, ProductId]] = {}
    for one in recent:
        for product_id, score in lists.get((ListKind.ALSO, one.product_id), NO_LIST).ranked:
            part = one.weight * score
            sums[product_id] = sums.get(product_id, 0.0) + part
            before = strongest.get(product_id)
            if before is None or part > before[0]:
                strongest[product_id] = part, one.product_id
    known = {str(one.product_id) for one in recent}
    most = max(sums.values(), default=1.0)
    trust = _trust(recent, lists)
    for product_id, total in sums.items():
        if product_id not in known:
            yield product_id, trust * total / most, Reason.YOURS, strongest[product_id][1]
    for one in recent[:RECENT_FOR_CONTENT]:
        ranked = lists.get((ListKind.SIMILAR, one.product_id), NO_LIST).ranked
        for product_id, score in ranked:
            if product_id not in known:
                alike = rules.alike(score, best=ranked[0][1], trust=trust)
                yield product_id, alike * one.weight / recent[0].weight, Reason.YOURS, one.product_id


def _trust(recent: Sequence[_Recent], lists: Lists) -> float:
    """Return how far people are believed about what somebody did: the mean of its lists, by its weights."""
    total = sum(one.weight for one in recent)
    trusts = (one.weight * lists.get((ListKind.ALSO, one.product_id), NO_LIST).trust for one in recent)
    return sum(trusts) / total if total else 0.0


def _popular(lists: Lists) -> Iterator[Part]:
    for (kind, subject_id), found in lists.items():
        if kind is ListKind.POPULAR:
            is_all = subject_id == EVERYTHING
            share, reason = (POPULAR_SHARE, Reason.POPULAR) if is_all else (CATEGORY_SHARE, Reason.CATEGORY)
            for place, (product_id, _) in enumerate(found.ranked):
                yield product_id, share / (1 + place / LIST_LENGTH), reason, None


def _added(parts: Iterable[Part], without: set[str], most: int) -> list[Candidate]:
    """Add up the scores of each product, keep the reason of its largest part, and return the best."""
    sums: dict[str, float] = {}
    largest: dict[str, Part] = {}
    for one in parts:
        product_id, score, *_ = one
        if product_id in without:
            continue
        sums[product_id] = sums.get(product_id, 0.0) + score
        before = largest.get(product_id)
        if before is None or score > before[1]:
            largest[product_id] = one
    best = sorted(sums, key=lambda product_id: (-sums[product_id], product_id))[:most]
    return [
        Candidate(ProductId(UUID(product_id)), sums[product_id], *largest[product_id][2:])
        for product_id in best
    ]
