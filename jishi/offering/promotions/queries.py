"""Reads of promotions: those in force, for the price, and those of an owner, for his list."""

import threading
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, PromotionId
from jishi.kernel.words import CURRENCY
from jishi.offering.pricing.rules import Offer, PromotionIndex
from jishi.offering.pricing.types_promotions import Buyer, Promotion
from jishi.offering.promotions.rules import promotion_of
from jishi.offering.promotions.types import PromotionCard, PromotionStatus, PromotionWish

CARDS_MAX = 50
_WISH = TypeAdapter(PromotionWish)


class _Known:
    """What this process knows of the promotions in force: brought up to an edition by what changed since its own."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.edition = -1
        self.promotions: dict[PromotionId, Promotion] = {}
        self.index = PromotionIndex(())

    def up_to(self, number: int) -> PromotionIndex:
        with self.lock:
            if number < self.edition:  # another database came in the place of this one
                self.edition, self.promotions = -1, {}
            if self.edition < number:
                for promotion_id, version, merchant_id, status, wish in rows(_CHANGED, [self.edition]):
                    if status == PromotionStatus.LIVE.value:
                        self.promotions[promotion_id] = promotion_of(
                            promotion_id, version, merchant_id, read_wish(wish), CURRENCY
                        )
                    else:
                        self.promotions.pop(promotion_id, None)
                self.edition, self.index = number, PromotionIndex(self.promotions.values())
            return self.index


_known = _Known()


def forget() -> None:
    """Know no promotion, as before the first edition: for tests, whose database goes back in time between them."""
    with _known.lock:
        _known.edition, _known.promotions, _known.index = 0, {}, PromotionIndex(())


_CHANGED = """
SELECT id, version, merchant_id, status, wish::text FROM promotions_promotion WHERE edition > %s
"""
_CARD = (
    "SELECT id, version, status, wish::text, spent_minor + coalesce((SELECT sum(used.amount_minor)::bigint "
    "FROM promotions_use used WHERE used.promotion_id = promotions_promotion.id AND NOT used.is_counted "
    "AND used.given_back_at IS NULL), 0), merchant_id, changed_at FROM promotions_promotion"
)


def read_wish(stored: str) -> PromotionWish:
    """Return a wish from its JSON."""
    return _WISH.validate_json(stored)


def written(wish: PromotionWish) -> str:
    """Return a wish as JSON."""
    return _WISH.dump_json(wish).decode()


EDITION = "coalesce((SELECT number FROM promotions_edition), 0)"  # for a statement that reads it along


def edition() -> int:
    """Return the number that grows whenever what is in force may have changed."""
    (found,) = rows(f"SELECT {EDITION}")
    return int(found[0])


def in_force(number: int) -> PromotionIndex:
    """Return the live promotions as of an edition or a later one, those whose time is over or has not come included.

    One statement for each edition and process, which reads what has changed.
    """
    return _known.up_to(number)


def offer(number: int, buyer: Buyer, *, now: datetime) -> Offer:
    """Return what promotions offer a buyer at an instant, as of an edition."""
    return Offer(index=in_force(number), buyer=buyer, at=now)


def at_version(promotion_id: PromotionId, version: int) -> Promotion:
    """Return a promotion as it was at a version, for working out an old price again. Raises: NotFound."""
    found = row(
        "SELECT p.merchant_id, v.wish::text FROM promotions_promotion_version v "
        "JOIN promotions_promotion p ON p.id = v.promotion_id WHERE v.promotion_id = %s AND v.version = %s",
        [promotion_id, version],
    )
    if found is None:
        raise NotFound
    return promotion_of(promotion_id, version, found[0], read_wish(found[1]), CURRENCY)


def promotions_of(
    merchant_id: MerchantId | None,
    *,
    status: PromotionStatus | None = None,
    before: PromotionId | None = None,
) -> list[PromotionCard]:
    """Return an owner's promotions, the newest first, up to `CARDS_MAX`; None is the platform."""
    found = rows(
        f"{_CARD} WHERE merchant_id IS NOT DISTINCT FROM %(owner)s "
        "AND (%(status)s::text IS NULL OR status = %(status)s) AND (%(before)s::uuid IS NULL OR id < %(before)s) "
        "ORDER BY id DESC LIMIT %(most)s",
        {"owner": merchant_id, "status": status, "before": before, "most": CARDS_MAX},
    )
    return [_card(one) for one in found]


def promotion(merchant_id: MerchantId | None, promotion_id: PromotionId) -> PromotionCard:
    """Return an owner's promotion. Raises: NotFound."""
    found = row(f"{_CARD} WHERE id = %s AND merchant_id IS NOT DISTINCT FROM %s", [promotion_id, merchant_id])
    if found is None:
        raise NotFound
    return _card(found)


def _card(found: tuple[Any, ...]) -> PromotionCard:
    promotion_id, version, status, wish, spent_minor, merchant_id, changed_at = found
    return PromotionCard(
        id=promotion_id,
        version=version,
        status=PromotionStatus(status),
        wish=read_wish(wish),
        spent_minor=spent_minor,
        merchant_id=merchant_id,
        changed_at=changed_at,
    )
