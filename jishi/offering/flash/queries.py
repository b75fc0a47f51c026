"""Reads of flash sales: the board, what is left, what a price and an order need of an item."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from jishi.kernel import cache
from jishi.kernel.db import row, rows
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import FlashItemId, FlashSessionId, MerchantId, OrderId, ProductId, SkuId, UserId
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.flash import rules
from jishi.offering.flash.types import (
    FlashApplication,
    FlashBoard,
    FlashItem,
    FlashLeft,
    FlashMark,
    FlashOffer,
    FlashProgress,
    FlashReminded,
    FlashSession,
    FlashStage,
    FlashStatus,
)
from jishi.offering.inventory import queries_buckets as buckets
from jishi.offering.pricing.rules import Offer

SHOWN_FOR = timedelta(days=2)
ITEMS_MAX = 100
PROGRESS_SECONDS = 1


class FlashOver(Conflict):
    """The item's session has not begun or is over; its normal price holds."""

    code = "flash_over"
    message = Text(zh="本场秒杀未开始或已结束", en="This flash sale has not begun or is over")


_ITEM = (
    "SELECT i.id, i.product_id, i.sku_id, i.merchant_id, i.price_minor, i.currency, i.quota, i.per_buyer_max, "
    "i.cut, i.opened_at IS NOT NULL, s.starts_at, s.ends_at FROM flash_item i "
    "JOIN flash_session s ON s.id = i.session_id WHERE i.status = 'accepted' AND "
)
_APPLICATION = (
    "SELECT i.id, i.session_id, i.merchant_id, i.sku_id, i.price_minor, i.currency, i.quota, i.per_buyer_max, "
    "i.status, i.reason, i.cut - i.unsold, s.starts_at, s.ends_at, i.applied_at FROM flash_item i "
    "JOIN flash_session s ON s.id = i.session_id WHERE "
)


def sessions(*, now: datetime, days: int = SHOWN_FOR.days) -> list[FlashSession]:
    """Return the sessions that run or come within so many days, the earliest first."""
    found = rows(
        "SELECT id, starts_at, ends_at FROM flash_session WHERE ends_at > %s AND starts_at < %s ORDER BY starts_at",
        [now, now + timedelta(days=days)],
    )
    return [
        FlashSession(
            id=session_id,
            starts_at=starts_at,
            ends_at=ends_at,
            apply_until=starts_at - rules.PREHEAT,
            stage=rules.stage(starts_at, ends_at, now),
        )
        for session_id, starts_at, ends_at in found
    ]


def slot_hours() -> tuple[int, ...]:
    """Return the hours of the day (China time) at which sessions start."""
    return tuple(hour for (hour,) in rows("SELECT hour FROM flash_slot ORDER BY hour")) or rules.SLOTS_HOURS


def board(*, session_id: FlashSessionId | None, language: str, now: datetime) -> FlashBoard:
    """Return the sessions and the items of one of them, the running or next one unless one is named.

    Raises: NotFound for a session that is not on the board.
    """
    shown = sessions(now=now)
    if session_id is not None and session_id not in {one.id for one in shown}:
        raise NotFound
    chosen = session_id or (shown[0].id if shown else None)
    found = rows(f"{_ITEM} i.session_id = %s ORDER BY i.id LIMIT {ITEMS_MAX}", [chosen])
    return FlashBoard(
        now=now, sessions=shown, session_id=chosen, items=_items(found, language=language, now=now)
    )


def board_kept(*, session_id: FlashSessionId | None, language: str, now: datetime) -> FlashBoard:
    """Return the board, made once a second for everybody: the home page shows it too. Raises: NotFound."""
    key = f"flash.board:{session_id}:{language}"
    kept = cache.get_bytes(key)
    if kept is not None:
        return msgspec.json.decode(kept, type=FlashBoard)
    made = board(session_id=session_id, language=language, now=now)
    cache.set_bytes(key, msgspec.json.encode(made), seconds=PROGRESS_SECONDS)
    return made


def progress(session_id: FlashSessionId, *, now: datetime) -> FlashProgress:
    """Return what is left of a session's items; made once a second, whoever asks."""
    key = f"flash.progress:{session_id}"
    kept = cache.get_bytes(key)
    if kept is not None:
        return msgspec.json.decode(kept, type=FlashProgress)
    found = rows(f"{_ITEM} i.session_id = %s LIMIT {ITEMS_MAX}", [session_id])
    left = buckets.left_of([one[0] for one in found])
    made = FlashProgress(
        now=now,
        items=[
            FlashLeft(
                item_id=item_id, left=(pieces := _left(item, left)), sold_percent=_percent(item, pieces)
            )
            for item in found
            for item_id in [item[0]]
        ],
    )
    cache.set_bytes(key, msgspec.json.encode(made), seconds=PROGRESS_SECONDS)
    return made


def mark_of(product_id: ProductId, *, language: str, now: datetime) -> FlashMark:
    """Return the offer of a product that runs or comes next, within a day."""
    found = rows(
        f"{_ITEM} i.product_id = %s AND s.ends_at > %s AND s.starts_at < %s ORDER BY s.starts_at, i.price_minor "
        "LIMIT 1",
        [product_id, now, now + timedelta(days=1)],
    )
    items = _items(found, language=language, now=now)
    if not items:
        return FlashMark(item=None, starts_at=None, ends_at=None, now=now)
    return FlashMark(item=items[0], starts_at=found[0][-2], ends_at=found[0][-1], now=now)


def reminded(buyer: UserId, *, language: str, now: datetime) -> list[FlashReminded]:
    """Return what a buyer waits for, the earliest first; what has begun is not waited for."""
    found = rows(
        f"{_ITEM} s.starts_at > %s AND i.id IN (SELECT item_id FROM flash_reminder WHERE buyer_id = %s) "
        "ORDER BY s.starts_at, i.id",
        [now, buyer],
    )
    starts = {one[0]: one[-2] for one in found}
    return [
        FlashReminded(
            item=item,
            starts_at=starts[item.id],
            minutes_before=int(rules.REMIND_BEFORE.total_seconds()) // 60,
        )
        for item in _items(found, language=language, now=now)
    ]


def running(item_id: FlashItemId, *, now: datetime) -> FlashOffer:
    """Return an item whose session runs. Raises: NotFound, FlashOver (409)."""
    found = row(f"{_ITEM} i.id = %s", [item_id])
    if found is None:
        raise NotFound
    offer = _offer(found)
    if rules.stage(offer.starts_at, offer.ends_at, now) is not FlashStage.RUNNING:
        raise FlashOver
    return offer


def with_flash(offer: Offer, item_id: FlashItemId, *, now: datetime) -> Offer:
    """Add a running item's price to what promotions offer. Raises: NotFound, FlashOver (409)."""
    return replace(offer, index=offer.index.plus(rules.promotion(running(item_id, now=now))))


def left(item_id: FlashItemId) -> int:
    """Return the pieces of an item that can be had this moment."""
    return buckets.left_of([item_id]).get(item_id, 0)


def buyers_since(item_id: FlashItemId, since: datetime) -> int:
    """Return how many buyers placed an order for an item since an instant."""
    found = row(
        "SELECT count(DISTINCT buyer_id) FROM flash_claim WHERE item_id = %s AND claimed_at > %s",
        [item_id, since],
    )
    return int(found[0]) if found else 0


def claims(item_id: FlashItemId, buyer: UserId) -> tuple[int, dict[OrderId, int]]:
    """Return a buyer's share of an item in pieces, and the orders he placed for it with their pieces."""
    found = rows(
        "SELECT i.per_buyer_max, c.order_id, c.quantity FROM flash_item i LEFT JOIN flash_claim c "
        "ON c.item_id = i.id AND c.buyer_id = %s WHERE i.id = %s",
        [buyer, item_id],
    )
    orders = {OrderId(order_id): quantity for _, order_id, quantity in found if order_id is not None}
    return (int(found[0][0]) if found else 0), orders


def has_claims(order_ids: Sequence[OrderId]) -> bool:
    """Say whether some of the orders were placed in a flash sale."""
    return (
        row("SELECT 1 FROM flash_claim WHERE order_id = ANY(%s::uuid[]) LIMIT 1", [list(order_ids)])
        is not None
    )


def applications(
    merchant_id: MerchantId | None,
    *,
    language: str,
    status: FlashStatus | None = None,
    before: FlashItemId | None = None,
    limit: int = 50,
) -> list[FlashApplication]:
    """Return a merchant's applications, or all merchants' for the platform when None, the newest first."""
    found = rows(
        f"{_APPLICATION} (%(merchant)s::uuid IS NULL OR i.merchant_id = %(merchant)s) "
        "AND (%(status)s::text IS NULL OR i.status = %(status)s) AND (%(before)s::uuid IS NULL OR i.id < %(before)s) "
        "ORDER BY i.id DESC LIMIT %(limit)s",
        {"merchant": merchant_id, "status": status, "before": before, "limit": limit},
    )
    return _applications(found, language)


def application(merchant_id: MerchantId, item_id: FlashItemId, *, language: str) -> FlashApplication:
    """Return one application of a merchant. Raises: NotFound."""
    found = rows(f"{_APPLICATION} i.id = %s AND i.merchant_id = %s", [item_id, merchant_id])
    if not found:
        raise NotFound
    return _applications(found, language)[0]


def _applications(found: Sequence[tuple[Any, ...]], language: str) -> list[FlashApplication]:
    skus = catalog.skus_for_sale([one[3] for one in found])
    left_now = buckets.left_of([one[0] for one in found])
    return [
        FlashApplication(
            id=item_id,
            session_id=session_id,
            merchant_id=merchant_id,
            sku_id=sku_id,
            title=skus[sku_id].title.of(language),
            choice_name=skus[sku_id].choice_name.of(language),
            image=skus[sku_id].image,
            price=Money(price_minor, currency),
            usual_price=skus[sku_id].price,
            quota=quota,
            per_buyer_max=per_buyer_max,
            status=FlashStatus(status),
            reason=reason,
            sold=gone - left_now.get(item_id, 0),
            starts_at=starts_at,
            ends_at=ends_at,
            applied_at=applied_at,
        )
        for (
            item_id, session_id, merchant_id, sku_id, price_minor, currency, quota, per_buyer_max, status, reason,
            gone, starts_at, ends_at, applied_at,
        ) in found
    ]  # fmt: skip


def _items(found: Sequence[tuple[Any, ...]], *, language: str, now: datetime) -> list[FlashItem]:
    skus = catalog.skus_for_sale([SkuId(one[2]) for one in found]) if found else {}
    left_now: dict[UUID, int] = buckets.left_of([one[0] for one in found]) if found else {}
    return [
        FlashItem(
            id=(offer := _offer(one)).id,
            product_id=one[1],
            sku_id=offer.sku_id,
            title=skus[offer.sku_id].title.of(language),
            choice_name=skus[offer.sku_id].choice_name.of(language),
            image=skus[offer.sku_id].image,
            price=offer.price,
            usual_price=skus[offer.sku_id].price,
            quota=one[6],
            left=(pieces := _left(one, left_now)),
            sold_percent=_percent(one, pieces),
            per_buyer_max=offer.per_buyer_max,
            stage=rules.stage(offer.starts_at, offer.ends_at, now, left=pieces),
        )
        for one in found
        if skus[one[2]].is_for_sale
    ]


def _left(item: tuple[Any, ...], left_now: dict[UUID, int]) -> int:
    """Return the pieces left; before the bucket is cut all of the quota is to come."""
    quota, is_open = item[6], item[9]
    return left_now.get(item[0], 0) if is_open else int(quota)


def _percent(item: tuple[Any, ...], pieces: int) -> int:
    quota, cut, is_open = item[6], item[8], item[9]
    return (
        rules.sold_percent(cut or 1, pieces if cut else 0) if is_open else rules.sold_percent(quota, pieces)
    )


def _offer(item: tuple[Any, ...]) -> FlashOffer:
    item_id, _, sku_id, merchant_id, price_minor, currency, _, per_buyer_max, _, _, starts_at, ends_at = item
    return FlashOffer(
        id=FlashItemId(item_id),
        merchant_id=MerchantId(merchant_id),
        sku_id=SkuId(sku_id),
        price=Money(price_minor, currency),
        per_buyer_max=per_buyer_max,
        starts_at=starts_at,
        ends_at=ends_at,
    )
