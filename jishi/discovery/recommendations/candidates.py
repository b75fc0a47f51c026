"""From the lists of the serving version to ranked candidates: one statement reads all lists that a place needs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
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
ALIKE_MIN = 0.3  # of the score of what is most like a product: what is less like it is not called similar
CONTENT_SHARE, CATEGORY_SHARE, POPULAR_SHARE = 0.3, 0.12, 0.1
REASON_OF = {
    ListKind.TOGETHER: Reason.TOGETHER,
    ListKind.ALSO: Reason.ALSO,
    ListKind.SIMILAR: Reason.SIMILAR,
}

Key = tuple[ListKind, UUID]
Ranked = list[tuple[ProductId, float]]


@dataclass(slots=True)
class Found:
    """What may be shown, the best first, and what could be tried; `model` is empty before the first training."""

    model: str = ""
    is_personal: bool = False
    ranked: list[Candidate] = field(default_factory=list)
    fresh: list[ProductId] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Recent:
    product_id: ProductId
    weight: float


def found(asked: Asked) -> Found:
    """Return the candidates of a place; [] before the first training."""
    is_personal = asked.place in PERSONAL and behaviour.is_personalised(asked.owner_id)
    recent = _recent(asked.owner_id) if is_personal else []
    wanted = list(_wanted(asked, recent))
    model, lists = _lists(wanted)
    candidates = [
        *_beside(asked, lists),
        *_personal(recent, lists),
        *(_popular(lists) if asked.place in FILLED else ()),
    ]
    fresh = [product_id for product_id, _ in lists.get((ListKind.FRESH, EVERYTHING), ())]
    return Found(model, is_personal, _added(candidates, {*asked.product_ids}), fresh)


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


def _lists(wanted: Sequence[Key]) -> tuple[str, dict[Key, Ranked]]:
    read = rows(
        "SELECT v.name, l.kind, l.subject_id, "
        "CASE WHEN l.subject_id = %s THEN l.product_ids ELSE l.product_ids[:%s] END, l.scores[:%s] "
        "FROM recommendations_version v LEFT JOIN unnest(%s::text[], %s::uuid[]) AS w (kind, subject_id) ON true "
        "LEFT JOIN recommendations_list l "
        "ON l.version_id = v.id AND l.kind = w.kind AND l.subject_id = w.subject_id WHERE v.is_serving",
        [EVERYTHING, LIST_LENGTH, LIST_LENGTH, [kind for kind, _ in wanted], [one for _, one in wanted]],
    )
    lists = {
        (ListKind(kind), subject_id): [
            (ProductId(product_id), scores[place] if place < len(scores) else 0.0)
            for place, product_id in enumerate(product_ids)
        ]
        for _, kind, subject_id, product_ids, scores in read
        if kind
    }
    return (read[0][0] if read else ""), lists


def _beside(asked: Asked, lists: dict[Key, Ranked]) -> Iterator[Candidate]:
    """Yield what goes with the products that the place is beside, each list measured by its best."""
    for kind, share in SHARES[asked.place].items():
        for source in asked.product_ids:
            ranked = lists.get((kind, source), [])
            for product_id, score in ranked:
                part = score / ranked[0][1]
                if kind is not ListKind.SIMILAR or part >= ALIKE_MIN:
                    yield Candidate(product_id, share * part, REASON_OF[kind], source)


def _personal(recent: Sequence[_Recent], lists: dict[Key, Ranked]) -> Iterator[Candidate]:
    """Yield what goes with what somebody did, as the models are measured: sums of neighbours' scores, the largest
    of all at 1; and what is like the last of it.
    """
    sums: dict[ProductId, float] = {}
    strongest: dict[ProductId, tuple[float, ProductId]] = {}
    for one in recent:
        for product_id, score in lists.get((ListKind.ALSO, one.product_id), ()):
            part = one.weight * score
            sums[product_id] = sums.get(product_id, 0.0) + part
            strongest[product_id] = max(
                strongest.get(product_id, (0.0, one.product_id)), (part, one.product_id)
            )
    known = {one.product_id for one in recent}
    most = max(sums.values(), default=1.0)
    for product_id, total in sums.items():
        if product_id not in known:
            yield Candidate(product_id, total / most, Reason.YOURS, strongest[product_id][1])
    for one in recent[:RECENT_FOR_CONTENT]:
        for product_id, score in lists.get((ListKind.SIMILAR, one.product_id), ()):
            if product_id not in known:
                share = CONTENT_SHARE * one.weight / recent[0].weight
                yield Candidate(product_id, share * score, Reason.YOURS, one.product_id)


def _popular(lists: dict[Key, Ranked]) -> Iterator[Candidate]:
    for (kind, subject_id), ranked in lists.items():
        if kind is ListKind.POPULAR:
            is_all = subject_id == EVERYTHING
            share, reason = (POPULAR_SHARE, Reason.POPULAR) if is_all else (CATEGORY_SHARE, Reason.CATEGORY)
            for place, (product_id, _) in enumerate(ranked):
                yield Candidate(product_id, share / (1 + place / LIST_LENGTH), reason)


def _added(candidates: Iterable[Candidate], without: set[ProductId]) -> list[Candidate]:
    """Add up the scores of each product, keep the reason of its largest part, and put the best first."""
    sums: dict[ProductId, float] = {}
    largest: dict[ProductId, Candidate] = {}
    for one in candidates:
        if one.product_id in without:
            continue
        sums[one.product_id] = sums.get(one.product_id, 0.0) + one.score
        before = largest.get(one.product_id)
        if before is None or one.score > before.score:
            largest[one.product_id] = one
    added = [
        Candidate(product_id, total, largest[product_id].reason, largest[product_id].source)
        for product_id, total in sums.items()
    ]
    return sorted(added, key=lambda one: (-one.score, one.product_id))
