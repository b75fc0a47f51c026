"""Liking, following, and what is remembered of looking around."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jishi.discovery.behaviour import services as behaviour
from jishi.discovery.interests import history
from jishi.discovery.interests.models import FavouriteRow, FollowRow
from jishi.identity.merchants import queries as merchants
from jishi.kernel.cache import Away
from jishi.kernel.db import execute
from jishi.kernel.errors import Conflict, NotFound, ShopError
from jishi.kernel.ids import MerchantId, ProductId, UserId, VisitorId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_offers as offers

FAVOURITES_MAX = 2_000
FOLLOWS_MAX = 2_000


class TooMany(Conflict):
    """Nobody keeps more than so many."""

    code = "too_many"
    message = Text(zh="收藏已达上限,请先清理", en="That is as many as can be kept; please remove some first")


class HistoryAway(ShopError):
    """The history cannot be reached; nothing was forgotten."""

    code = "history_away"
    status = 503
    message = Text(
        zh="浏览记录暂时无法清除,请稍后再试",
        en="The history cannot be cleared at the moment; please try again",
    )


def add_favourite(*, buyer: UserId, product_id: ProductId, now: datetime) -> None:
    """Remember that a buyer likes a product; liking it again, or at another merchant, changes nothing.

    Raises: NotFound when it is not on sale, TooMany (409).
    """
    if not catalog.product_cards([product_id], language="zh"):
        raise NotFound
    if FavouriteRow.objects.filter(user_id=buyer, product_id__in=offers.siblings(product_id)).exists():
        return
    _add("interests_favourite", "product_id", "added_at", buyer, product_id, FAVOURITES_MAX, now)
    behaviour.note_favourite(buyer=buyer, product_id=product_id, now=now)


def remove_favourite(*, buyer: UserId, product_id: ProductId) -> None:
    """Forget that a buyer likes a product, whoever offers it; what he does not like is not missed."""
    FavouriteRow.objects.filter(user_id=buyer, product_id__in=offers.siblings(product_id)).delete()


def follow(*, buyer: UserId, merchant_id: MerchantId, now: datetime) -> None:
    """Let a buyer follow a store; following it again changes nothing.

    Raises: NotFound when it is not open, TooMany (409).
    """
    if not merchants.active_ids([merchant_id]):
        raise NotFound
    _add("interests_follow", "merchant_id", "followed_at", buyer, merchant_id, FOLLOWS_MAX, now)


def unfollow(*, buyer: UserId, merchant_id: MerchantId) -> None:
    """Let a buyer follow a store no longer; one he does not follow is not missed."""
    FollowRow.objects.filter(user_id=buyer, merchant_id=merchant_id).delete()


def view(*, owner_id: UUID, product_id: ProductId, now: datetime) -> None:
    """Remember that a visitor or buyer opened a product page."""
    history.remember(owner_id, product_id, now=now)


def forget_views(*, owner_id: UUID, product_ids: Sequence[ProductId] | None = None) -> None:
    """Forget what a visitor or buyer looked at, all of it when None. Raises: HistoryAway (503)."""
    try:
        history.forget(owner_id, product_ids)
    except Away:
        raise HistoryAway from None


def merge_views(*, visitor: VisitorId, buyer: UserId) -> None:
    """Bring a visitor's history into that of the buyer he turned out to be. Safe to call again."""
    history.merge(visitor=visitor, buyer=buyer)


def _add(table: str, column: str, at: str, buyer: UserId, target: UUID, most: int, now: datetime) -> None:
    """Insert once, unless the buyer holds `most` others. One statement. Raises: TooMany."""
    known = f"EXISTS (SELECT 1 FROM {table} WHERE user_id = %(buyer)s AND {column} = %(target)s)"
    done = execute(
        f"INSERT INTO {table} (id, user_id, {column}, {at}) "
        "SELECT %(id)s, %(buyer)s, %(target)s, %(now)s "
        f"WHERE {known} OR (SELECT count(*) FROM {table} WHERE user_id = %(buyer)s) < %(most)s "
        f"ON CONFLICT (user_id, {column}) DO UPDATE SET {at} = {table}.{at}",
        {"id": new_id(), "buyer": buyer, "target": target, "now": now, "most": most},
    )
    if not done:
        raise TooMany(most=most)
