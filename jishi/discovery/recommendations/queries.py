"""What is recommended: candidates, minus what may not be shown, spread, with a share of what is new."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

from jishi.discovery.recommendations import arms, candidates, rules
from jishi.discovery.recommendations.candidates import Found
from jishi.discovery.recommendations.types import (
    REASONS,
    REASONS_NAMING,
    Asked,
    Candidate,
    Place,
    Reason,
    Recommendation,
    Recommendations,
)
from jishi.discovery.recommendations.types_measured import Arm
from jishi.kernel.db import row
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import ProductId
from jishi.kernel.pagination import Cursor, decode
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.queries_standing import standings
from jishi.offering.catalog.types import ProductCard, ProductSort
from jishi.offering.catalog.types_standing import Standing
from jishi.trade.orders import queries_baskets as orders

POOL = 60  # the best candidates, of which those that can be bought are shown
FRESH_DRAWN = 8
BOUGHT_LATELY = timedelta(days=30)
OF_A_MERCHANT_MAX = 2  # in each round through the ranked; see rules.spread
TITLE_MAX = 18  # characters of the product that a reason names
EMPTY_PAGES_MAX = 5
Standings = Mapping[ProductId, Standing]
_NEWEST = "n"  # begins the value of a cursor behind the ranked, where the newest of everything follow


def recommended(asked: Asked, *, cursor: str | None = None, limit: int = 12) -> Recommendations:
    """Return goods for a place. At home it never ends: behind what is ranked come the newest of everything.

    At most seven statements, whatever the number of goods; behind the ranked, one or a few more.
    Raises: Invalid for a malformed cursor.
    """
    start, seed = _start(asked, cursor)
    refused, arm = _standing(asked)
    away = _away(asked, refused)
    found = candidates.found(asked, without=away, most=POOL, uses_previous=arm.uses_previous)
    ranked = found.ranked if found.model else _best_sellers(asked, away)
    tried = _tried(found, {one.product_id for one in ranked} | away, seed)
    standing = _standings(asked, away, ranked, tried)
    shown = _shown(asked, ranked, tried, standing, seed, arm)
    if isinstance(start, str):
        return _newest(
            asked, found, away | {one.product_id for one in shown}, Cursor(start, seed), limit, arm
        )
    items = _items(asked, shown[start : start + limit], standing)
    return Recommendations(
        model=found.model,
        arm=arm.name,
        is_personal=found.is_personal,
        items=items,
        next_cursor=_next(asked, start + limit, len(shown), seed),
    )


def _start(asked: Asked, cursor: str | None) -> tuple[int | str, UUID]:
    """Return how many ranked were shown, or behind them the catalogue's own cursor; and what the draws of all pages
    of this list begin with: another one for each person and day. Raises: Invalid.
    """
    read = decode(cursor, str)
    if read is None:
        return 0, uuid5(asked.owner_id, f"{asked.now:%Y-%m-%d}")
    if read.value.startswith(_NEWEST):
        return read.value[1:], read.id
    if not (read.value.isascii() and read.value.isdigit()) or len(read.value) > 4:
        raise Invalid(field="cursor")
    return int(read.value), read.id


def _next(asked: Asked, shown: int, count: int, seed: UUID) -> str | None:
    if shown < count:
        return Cursor(str(shown), seed).encode()
    return Cursor(_NEWEST, seed).encode() if asked.place is Place.HOME else None


def _standing(asked: Asked) -> tuple[set[ProductId], Arm]:
    """Return what somebody refused, and his arm of the running experiment: one statement."""
    found = row(
        "SELECT ARRAY(SELECT product_id FROM recommendations_refusal WHERE owner_id = %s), "
        "e.name, e.share_percent, e.explored_every, e.uses_previous "
        "FROM (VALUES (1)) one LEFT JOIN recommendations_experiment e ON e.is_running",
        [asked.owner_id],
    )
    refused, name, *running = found or ((), None)
    arm = arms.arm_of((name, *running) if name else None, owner_id=asked.owner_id, buyer=asked.buyer)
    return {ProductId(one) for one in refused}, arm


def _away(asked: Asked, refused: set[ProductId]) -> set[ProductId]:
    """Return what must not be shown: refused, just bought, or what the place is beside."""
    away = {*asked.product_ids, *refused}
    if asked.buyer is not None:
        away |= orders.bought_since(asked.buyer, since=asked.now - BOUGHT_LATELY)
    return away


def _best_sellers(asked: Asked, away: set[ProductId]) -> list[Candidate]:
    """Return what sells best: for a market whose first training is still to come."""
    if asked.place not in candidates.FILLED:
        return []
    best = catalog.products(sort=ProductSort.SALES, limit=POOL // 2, language=asked.language).items
    return [Candidate(card.id, 0.0, Reason.POPULAR) for card in best if card.id not in away]


def _tried(found: Found, known: set[ProductId], seed: UUID) -> list[Candidate]:
    """Draw some of what is new, for each person other things each day."""
    texts = {str(one) for one in known}
    fresh = rules.drawn([one for one in found.fresh if one not in texts], count=FRESH_DRAWN, seed=str(seed))
    return [Candidate(ProductId(UUID(product_id)), 0.0, Reason.NEW) for product_id in fresh]


def _standings(asked: Asked, away: set[ProductId], *lists: Sequence[Candidate]) -> Standings:
    """Return how candidates stand, and what their reasons name, as far as they are on sale."""
    wanted = [one for found in lists for one in found]
    ids = dict.fromkeys([one.product_id for one in wanted] + [one.source for one in wanted if one.source])
    return standings(ids, without=away, language=asked.language)


def _shown(
    asked: Asked,
    ranked: Sequence[Candidate],
    tried: Sequence[Candidate],
    standing: Standings,
    seed: UUID,
    arm: Arm,
) -> list[Candidate]:
    """Return what can be bought, one offer of each thing, spread over merchants and, where they may differ,
    categories.
    """
    taken: set[ProductId] = set()
    can, new = _offered(ranked, standing, taken), _offered(tried, standing, taken)
    of_product = {one.product_id: one for one in standing.values()}
    groups: list[Callable[[Candidate], Hashable]] = [lambda one: of_product[one.product_id].merchant_id]
    if asked.place in candidates.PERSONAL:
        groups.append(lambda one: of_product[one.product_id].category_id)
    spread = rules.spread(can, *groups, most=OF_A_MERCHANT_MAX)
    return rules.explored(spread, new, every=arm.explored_every, seed=str(seed))


def _offered(found: Sequence[Candidate], standing: Standings, taken: set[ProductId]) -> list[Candidate]:
    """Return those that can be bought, as the offers that lists show, each thing once; these are taken then."""
    offered = []
    for one in found:
        stands = standing.get(one.product_id)
        if stands and stands.in_stock and not stands.is_away and stands.product_id not in taken:
            taken.add(stands.product_id)
            offered.append(replace(one, product_id=stands.product_id))
    return offered


def _items(asked: Asked, shown: Sequence[Candidate], standing: Standings) -> list[Recommendation]:
    """Return the cards of a page; what went off sale in this instant is left out."""
    found = catalog.product_cards([one.product_id for one in shown], language=asked.language)
    cards = {card.id: card for card in found}
    return [_said(one, cards[one.product_id], standing, asked) for one in shown if one.product_id in cards]


def _said(one: Candidate, card: ProductCard, standing: Standings, asked: Asked) -> Recommendation:
    """Say why a product is shown; beside a product, that one needs no name."""
    is_beside = asked.place in (Place.TOGETHER, Place.SIMILAR)
    source = standing.get(one.source) if one.source and not is_beside else None
    if source is None:
        why = REASONS[one.reason].of(asked.language)
    else:
        why = REASONS_NAMING[one.reason].of(asked.language).format(title=_short(source.title))
    return Recommendation(product=card, reason=one.reason, why=why)


def _short(title: str) -> str:
    return title if len(title) <= TITLE_MAX else f"{title[: TITLE_MAX - 1].rstrip()}…"


def _newest(
    asked: Asked, found: Found, away: set[ProductId], start: Cursor[str], limit: int, arm: Arm
) -> Recommendations:
    """Return a page of the newest of everything, without what is away or was shown before."""
    cursor: str | None = start.value or None
    for _ in range(EMPTY_PAGES_MAX):
        page = catalog.products(sort=ProductSort.NEWEST, cursor=cursor, limit=limit, language=asked.language)
        cursor = page.next_cursor
        cards = [card for card in page.items if card.in_stock and card.id not in away]
        if cards or cursor is None:
            break
    return Recommendations(
        model=found.model,
        arm=arm.name,
        is_personal=found.is_personal,
        items=[_said(Candidate(card.id, 0.0, Reason.NEW), card, {}, asked) for card in cards],
        next_cursor=Cursor(_NEWEST + cursor, start.id).encode() if cursor else None,
    )
