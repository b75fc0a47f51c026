"""What is recommended: candidates, minus what may not be shown, spread, with a share of what is new."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid5

from jishi.discovery.recommendations import candidates, rules
from jishi.discovery.recommendations.candidates import Found
from jishi.discovery.recommendations.models import RefusalRow
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
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import ProductId
from jishi.kernel.pagination import Cursor, decode
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.types import ProductCard, ProductSort
from jishi.trade.orders import queries_baskets as orders

POOL = 60  # the best candidates, of which those that can be bought are shown
FRESH_DRAWN = 8
EXPLORED_EVERY = 10  # one of so many places at home shows something new
BOUGHT_LATELY = timedelta(days=30)
OF_A_MERCHANT_MAX = 2  # in each round through the ranked; see rules.spread
TITLE_MAX = 18  # characters of the product that a reason names
EMPTY_PAGES_MAX = 5
_NEWEST = "n"  # begins the value of a cursor behind the ranked, where the newest of everything follow


def recommended(asked: Asked, *, cursor: str | None = None, limit: int = 12) -> Recommendations:
    """Return goods for a place. At home it never ends: behind what is ranked come the newest of everything.

    At most seven statements, whatever the number of goods; behind the ranked, one or a few more.
    Raises: Invalid for a malformed cursor.
    """
    start, seed = _start(asked, cursor)
    found = candidates.found(asked)
    away = _away(asked)
    ranked = [one for one in found.ranked if one.product_id not in away][:POOL]
    if not found.model:
        ranked = _best_sellers(asked, away)
    tried = _tried(found, {one.product_id for one in ranked} | away, seed)
    cards = _cards(asked, ranked, tried)
    shown = _shown(asked, ranked, tried, cards, seed)
    if isinstance(start, str):
        return _newest(asked, found, away | {one.product_id for one in shown}, Cursor(start, seed), limit)
    items = [_said(one, cards, asked) for one in shown[start : start + limit]]
    return Recommendations(
        model=found.model,
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


def _away(asked: Asked) -> set[ProductId]:
    """Return what must not be shown: refused, just bought, or what the place is beside."""
    refused = RefusalRow.objects.filter(owner_id=asked.owner_id).values_list("product_id", flat=True)
    away = {*asked.product_ids, *(ProductId(one) for one in refused)}
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
    fresh = rules.drawn([one for one in found.fresh if one not in known], count=FRESH_DRAWN, seed=str(seed))
    return [Candidate(product_id, 0.0, Reason.NEW) for product_id in fresh]


def _cards(asked: Asked, *lists: Sequence[Candidate]) -> dict[ProductId, ProductCard]:
    """Return the cards of candidates and of what their reasons name, as far as they are on sale."""
    wanted = [one for found in lists for one in found]
    ids = dict.fromkeys([one.product_id for one in wanted] + [one.source for one in wanted if one.source])
    return {card.id: card for card in catalog.product_cards(list(ids), language=asked.language)}


def _shown(
    asked: Asked,
    ranked: Sequence[Candidate],
    tried: Sequence[Candidate],
    cards: Mapping[ProductId, ProductCard],
    seed: UUID,
) -> list[Candidate]:
    """Return what can be bought, spread over merchants and, where they may differ, categories."""
    can = [one for one in ranked if one.product_id in cards and cards[one.product_id].in_stock]
    groups: list[Callable[[Candidate], Hashable]] = [lambda one: cards[one.product_id].merchant.id]
    if asked.place in candidates.PERSONAL:
        category_of = catalog.categories_of([one.product_id for one in can])
        groups.append(lambda one: category_of[one.product_id])
    spread = rules.spread(can, *groups, most=OF_A_MERCHANT_MAX)
    new = [one for one in tried if one.product_id in cards and cards[one.product_id].in_stock]
    return rules.explored(spread, new, every=EXPLORED_EVERY, seed=str(seed))


def _said(one: Candidate, cards: Mapping[ProductId, ProductCard], asked: Asked) -> Recommendation:
    """Say why a product is shown; beside a product, that one needs no name."""
    is_beside = asked.place in (Place.TOGETHER, Place.SIMILAR)
    source = cards.get(one.source) if one.source and not is_beside else None
    if source is None:
        why = REASONS[one.reason].of(asked.language)
    else:
        why = REASONS_NAMING[one.reason].of(asked.language).format(title=_short(source.title))
    return Recommendation(product=cards[one.product_id], reason=one.reason, why=why)


def _short(title: str) -> str:
    return title if len(title) <= TITLE_MAX else f"{title[: TITLE_MAX - 1].rstrip()}…"


def _newest(
    asked: Asked, found: Found, away: set[ProductId], start: Cursor[str], limit: int
) -> Recommendations:
    """Return a page of the newest of everything, without what is away or was shown before."""
    cursor: str | None = start.value or None
    for _ in range(EMPTY_PAGES_MAX):
        page = catalog.products(sort=ProductSort.NEWEST, cursor=cursor, limit=limit, language=asked.language)
        cursor = page.next_cursor
        cards = {card.id: card for card in page.items if card.in_stock and card.id not in away}
        if cards or cursor is None:
            break
    return Recommendations(
        model=found.model,
        is_personal=found.is_personal,
        items=[_said(Candidate(one, 0.0, Reason.NEW), cards, asked) for one in cards],
        next_cursor=Cursor(_NEWEST + cursor, start.id).encode() if cursor else None,
    )
