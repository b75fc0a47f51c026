"""The training: from what people did and bought, and from what is on sale, to the lists that are served."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from jishi.discovery.behaviour import queries as behaviour
from jishi.discovery.recommendations import als, blending, evaluating, matrix, rules, similarity, together
from jishi.discovery.recommendations.evaluating import Deed
from jishi.discovery.recommendations.types import Goods, ListKind, TrainedList
from jishi.kernel.ids import CategoryId, ProductId
from jishi.offering.catalog import queries_index as catalog
from jishi.offering.catalog.types_index import IndexDocument
from jishi.trade.orders import queries_baskets as orders
from jishi.trade.orders.types import Basket

DONE_WITHIN = timedelta(days=180)
BASKETS_MAX = 300_000
DEEDS_MAX = 1_000_000  # the latest
GOODS_MAX = 50_000  # products whose content is compared with each other
READ_AT_ONCE = 500
LIST_LENGTH = 200
PEOPLE_MIN, WANTED_MIN = 20, 50  # fewer teach nothing, and measure nothing
LIKED_WEIGHT = 3.0  # finding what somebody put into the cart, liked or bought would have pleased him


@dataclass(frozen=True, slots=True)
class Trained:
    """The lists of a training, how much it knew, and how good it is."""

    lists: list[TrainedList]
    counts: dict[str, int]
    figures: dict[str, float]


def train(*, now: datetime) -> Trained:
    """Read what the last half year knows and make every list. Reads only."""
    baskets = list(orders.baskets(since=now - DONE_WITHIN, at_most=BASKETS_MAX))
    deeds = [*_done(now), *_bought(baskets)]
    goods = list(_goods())
    lists = [*_together(baskets), *_also(deeds, now), *_similar(goods), *_popular(deeds, goods, now)]
    people = {deed.person for deed in deeds}
    counts = {"people": len(people), "products": len(goods), "deeds": len(deeds), "lists": len(lists)}
    return Trained(lists, counts, _figures(deeds))


def _done(now: datetime) -> Iterator[Deed]:
    for one in deque(behaviour.interactions(since=now - DONE_WITHIN, until=now), maxlen=DEEDS_MAX):
        weight = rules.WEIGHTS.get(one.kind)
        if weight is not None:
            yield _deed(one.person_id, one.product_id, weight, one.at)


def _bought(baskets: Iterable[Basket]) -> Iterator[Deed]:
    """Yield purchases of everybody. A purchase that behaviour tells too adds nothing: a pair counts 1 at most."""
    for basket in baskets:
        for product_id in basket.product_ids:
            yield _deed(basket.buyer_id, product_id, rules.FULL_WEIGHT, basket.placed_at)


def _deed(person: object, product_id: ProductId, weight: float, at: datetime) -> Deed:
    return Deed(
        person=person, product=product_id, weight=weight, is_wanted=weight >= LIKED_WEIGHT, at=at.timestamp()
    )


def _together(baskets: Iterable[Basket]) -> Iterator[TrainedList]:
    for product_id, ranked in together.pairs((one.buyer_id, one.product_ids) for one in baskets):
        yield TrainedList(kind=ListKind.TOGETHER, subject_id=product_id, ranked=ranked)


def _also(deeds: Sequence[Deed], now: datetime) -> Iterator[TrainedList]:
    known = matrix.signals(
        ((one.person, one.product, one.weight * rules.ageing(_age_days(one, now))) for one in deeds),
        full_weight=rules.FULL_WEIGHT,
        products_max=als.PRODUCTS_MAX,
    )
    if len(known.people) < PEOPLE_MIN:
        return
    _, factors = als.factors(known.weights)
    evidence = matrix.popularity(known.weights).tolist()
    found = zip(known.products, blending.neighbours(known.weights, factors), evidence, strict=True)
    for product_id, near, people in found:
        if near:
            ranked = [(known.products[column], score) for column, score in near]
            yield TrainedList(
                kind=ListKind.ALSO, subject_id=product_id, ranked=ranked, trust=rules.trust(people)
            )


def _similar(goods: Sequence[Goods]) -> Iterator[TrainedList]:
    for one, found in zip(goods, similarity.neighbours(goods), strict=True):
        ranked = [(goods[place].product_id, score) for place, score in found]
        if ranked:
            yield TrainedList(kind=ListKind.SIMILAR, subject_id=one.product_id, ranked=ranked)


def _popular(deeds: Iterable[Deed], goods: Sequence[Goods], now: datetime) -> Iterator[TrainedList]:
    """Yield what is popular of everything and of each category, and what is new and hardly seen."""
    sums: dict[ProductId, float] = {}
    for deed in deeds:
        sums[deed.product] = sums.get(deed.product, 0.0) + deed.weight * rules.ageing(_age_days(deed, now))
    of_category: dict[CategoryId, list[tuple[ProductId, float]]] = {}
    for one in goods:
        of_category.setdefault(one.category_id, []).append((one.product_id, sums.get(one.product_id, 0.0)))
    sold = {one.product_id: one.sold_count for one in goods}
    for category_id, found in of_category.items():
        yield TrainedList(kind=ListKind.POPULAR, subject_id=category_id, ranked=_most(found, sold))
    every = [pair for found in of_category.values() for pair in found]
    yield TrainedList(kind=ListKind.POPULAR, subject_id=None, ranked=_most(every, sold))
    fresh = sorted(goods, key=lambda one: (-one.published_at.timestamp(), one.product_id))[: 2 * LIST_LENGTH]
    fresh.sort(key=lambda one: sums.get(one.product_id, 0.0))
    ranked = [(one.product_id, 0.0) for one in fresh[:LIST_LENGTH]]
    yield TrainedList(kind=ListKind.FRESH, subject_id=None, ranked=ranked)


def _most(
    found: Iterable[tuple[ProductId, float]], sold: dict[ProductId, int]
) -> list[tuple[ProductId, float]]:
    """Return the most wanted; those equally wanted by how much of them was ever sold."""
    return sorted(found, key=lambda one: (-one[1], -sold[one[0]], one[0]))[:LIST_LENGTH]


def _figures(deeds: Sequence[Deed]) -> dict[str, float]:
    """Measure the models on the last fifth of what everybody did; {} where too few have something to be found."""
    people = sorted({deed.person for deed in deeds})
    asked = set(Random(0).sample(people, min(len(people), evaluating.PEOPLE_MAX)))
    tried = evaluating.hold_out(
        (deed for deed in deeds if deed.person in asked),
        count_of=lambda count: count // 5,
        full_weight=rules.FULL_WEIGHT,
        products_max=evaluating.PRODUCTS_MAX,
    )
    return evaluating.measure(tried) if len(tried.wanted) >= WANTED_MIN else {}


def _goods() -> Iterator[Goods]:
    after, read = None, 0
    while read < GOODS_MAX and (product_ids := catalog.live_product_ids(after=after, limit=READ_AT_ONCE)):
        yield from (_described(one) for one in catalog.index_documents(product_ids) if one.categories)
        after, read = product_ids[-1], read + len(product_ids)


def _described(one: IndexDocument) -> Goods:
    titles = f"{one.title.zh} {one.title.en} {one.subtitle.zh} {one.subtitle.en}"
    facts = [f"{fact.code}={fact.value}" for fact in one.attributes]
    shelves = [f"category={shelf.id}" for shelf in one.categories]
    brand = [f"brand={one.brand.id}"] if one.brand else []
    return Goods(
        product_id=one.product_id,
        category_id=CategoryId(UUID(one.categories[-1].id)),
        words=[*similarity.terms(titles), *facts, *shelves, shelves[-1], *brand],
        price_minor=one.price_from_minor,
        published_at=one.published_at,
        sold_count=one.sold_count,
    )


def _age_days(deed: Deed, now: datetime) -> float:
    return (now.timestamp() - deed.at) / 86_400
