"""Reading what people like, follow and looked at."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jishi.discovery.interests import history
from jishi.discovery.interests.models import FavouriteRow, FollowRow
from jishi.discovery.interests.types import Favourite, Follow, Viewed
from jishi.identity.merchants import queries as merchants
from jishi.kernel.ids import MerchantId, ProductId, UserId
from jishi.kernel.pagination import Cursor, Page, decode, keyset, page
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_offers as offers
from jishi.offering.catalog.types import ProductCard


def favourites(
    *,
    buyer: UserId,
    product_ids: Sequence[ProductId] = (),
    cursor: str | None = None,
    limit: int = 20,
    language: str,
) -> Page[Favourite]:
    """Return what a buyer likes, the latest first, of the given products only if there are any: three
    statements, four of given ones. Who likes one merchant's offer of a thing likes it wherever it is offered.

    Raises: Invalid for a malformed cursor.
    """
    mine = FavouriteRow.objects.filter(user_id=buyer)
    asked = offers.siblings_of(product_ids) if product_ids else {}
    if product_ids:
        mine = mine.filter(product_id__in=list(asked))
    found = list(
        keyset(mine, by="added_at", cursor=decode(cursor, datetime), limit=limit).values_list(
            "product_id", "added_at", "id"
        )
    )
    shown = page(found, limit=limit, key=lambda one: (one[1], one[2]))
    liked: dict[ProductId, datetime] = {}
    for product_id, added_at, _ in shown.items:
        for one in asked.get(ProductId(product_id), [ProductId(product_id)]):
            liked.setdefault(one, added_at)
    cards = _cards(list(liked), language)
    return Page(
        items=[
            Favourite(product_id=product_id, product=cards.get(product_id), added_at=added_at)
            for product_id, added_at in liked.items()
        ],
        next_cursor=shown.next_cursor,
    )


def follows(
    *,
    buyer: UserId,
    merchant_ids: Sequence[MerchantId] = (),
    cursor: str | None = None,
    limit: int = 20,
    language: str,
) -> Page[Follow]:
    """Return the stores a buyer follows, the latest first, of the given ones only if there are any: two
    statements.

    Raises: Invalid for a malformed cursor.
    """
    mine = FollowRow.objects.filter(user_id=buyer)
    if merchant_ids:
        mine = mine.filter(merchant_id__in=merchant_ids)
    found = list(
        keyset(mine, by="followed_at", cursor=decode(cursor, datetime), limit=limit).values_list(
            "merchant_id", "followed_at", "id"
        )
    )
    shown = page(found, limit=limit, key=lambda one: (one[1], one[2]))
    followed = [(MerchantId(merchant_id), followed_at) for merchant_id, followed_at, _ in shown.items]
    cards = merchants.cards([merchant_id for merchant_id, _ in followed], language=language)
    return Page(
        items=[
            Follow(merchant=cards[merchant_id], followed_at=followed_at)
            for merchant_id, followed_at in followed
        ],
        next_cursor=shown.next_cursor,
    )


def viewed(
    *, owner_id: UUID, cursor: str | None = None, limit: int = 20, language: str, now: datetime
) -> Page[Viewed]:
    """Return what a visitor or buyer looked at, the latest first; what is not on sale any more is left out.

    Two statements at most. Raises: Invalid for a malformed cursor.
    """
    after = decode(cursor, datetime)
    found = history.latest(owner_id, before=after.value if after else None, limit=limit + 1, now=now)
    shown, more = found[:limit], len(found) > limit
    cards = _cards([product_id for product_id, _ in shown], language)
    return Page(
        items=[
            Viewed(product=cards[product_id], viewed_at=viewed_at)
            for product_id, viewed_at in shown
            if product_id in cards
        ],
        next_cursor=Cursor(shown[-1][1], shown[-1][0]).encode() if more else None,
    )


def _cards(product_ids: Sequence[ProductId], language: str) -> dict[ProductId, ProductCard]:
    return {card.id: card for card in catalog.product_cards(product_ids, language=language)}
