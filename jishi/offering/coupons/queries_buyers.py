"""What buyers read: coupons to claim, and those they have."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from jishi.identity.merchants import queries as merchants
from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.db import rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import CouponId, CouponTemplateId, MerchantId, UserId
from jishi.kernel.pagination import Page, Sort, limit_of, page
from jishi.offering.coupons.queries import read_wish
from jishi.offering.coupons.types import CouponTemplateWish
from jishi.offering.coupons.types_buyers import (
    BuyerCoupon,
    CouponOffer,
    CouponState,
    CouponTerms,
    GoodsKind,
    OfferState,
)
from jishi.offering.pricing.types_promotions import FreightOff, Tier, Tiers

_BY_ID = Sort(("id",), UUID)
_BY_END = Sort(("valid_until", "id"), datetime, is_descending=False)
_BY_END_LAST = Sort(("valid_until", "id"), datetime)
_OFFERS = """
SELECT t.id, t.merchant_id, t.wish::text, t.stock IS NOT NULL AND t.given_count >= t.stock,
       (SELECT count(*) FROM coupons_coupon c WHERE c.template_id = t.id AND c.buyer_id = %(buyer)s)
           >= t.per_person_max
FROM coupons_template t LEFT JOIN merchants_merchant m ON m.id = t.merchant_id
WHERE t.status = 'live' AND t.way = 'claim' AND (t.merchant_id IS NULL OR m.status = 'active')
  AND (t.claim_from IS NULL OR t.claim_from <= %(now)s) AND (t.claim_until IS NULL OR t.claim_until > %(now)s)
  AND (t.valid_until IS NULL OR t.valid_until > %(now)s)
  AND (%(merchant)s::uuid IS NULL OR t.merchant_id = %(merchant)s)
  AND (%(named)s::uuid[] IS NULL OR t.id = ANY(%(named)s::uuid[]))
  AND (%(before)s::uuid IS NULL OR t.id < %(before)s)
ORDER BY t.id DESC LIMIT %(most)s
"""
# What stands behind each state, as one condition on a coupon.
_STATES = {
    CouponState.USABLE: "c.status = 'held' AND c.valid_until > %(now)s",
    CouponState.LOCKED: "c.status = 'locked'",
    CouponState.USED: "c.status = 'used'",
    CouponState.EXPIRED: "c.status = 'held' AND c.valid_until <= %(now)s",
}
_MINE = """
SELECT c.id, c.valid_from, c.valid_until, c.status, t.merchant_id, v.wish::text
FROM coupons_coupon c JOIN coupons_template t ON t.id = c.template_id
JOIN coupons_template_version v ON v.template_id = c.template_id AND v.version = c.version
WHERE c.buyer_id = %(buyer)s
"""


def offers(
    *,
    buyer: UserId | None,
    merchant_id: MerchantId | None = None,
    named: Sequence[CouponTemplateId] | None = None,
    cursor: str | None = None,
    limit: int = 20,
    language: str,
    now: datetime,
) -> Page[CouponOffer]:
    """Return what can be claimed now, the newest first, of one merchant or of named templates only if they are given:
    two statements. A visitor sees what a buyer sees who has had none.

    Raises: Invalid for a malformed cursor.
    """
    _, before = _BY_ID.after(cursor)
    found = rows(
        _OFFERS,
        {
            "buyer": buyer,
            "now": now,
            "merchant": merchant_id,
            "named": None if named is None else list(named),
            "before": before[-1] if before else None,
            "most": limit_of(limit) + 1,
        },
    )
    shown = page(found, limit=limit_of(limit), key=lambda one: (one[0], one[0]))
    cards = _cards((one[1] for one in shown.items), language)
    return Page(items=[_offer(one, cards, language) for one in shown.items], next_cursor=shown.next_cursor)


def coupons_of(
    *,
    buyer: UserId,
    state: CouponState,
    cursor: str | None = None,
    limit: int = 20,
    language: str,
    now: datetime,
) -> Page[BuyerCoupon]:
    """Return a buyer's coupons in a state: usable ones by their end, the others from the latest end; two statements.

    Raises: Invalid for a malformed cursor.
    """
    sort = _BY_END if state is CouponState.USABLE else _BY_END_LAST
    _, after = sort.after(cursor)
    compare, order = (">", "ASC") if state is CouponState.USABLE else ("<", "DESC")
    found = rows(
        f"{_MINE} AND {_STATES[state]} AND (%(id)s::uuid IS NULL "
        f"OR (c.valid_until, c.id) {compare} (%(end)s::timestamptz, %(id)s::uuid)) "
        f"ORDER BY c.valid_until {order}, c.id {order} LIMIT %(most)s",
        {
            "buyer": buyer,
            "now": now,
            "end": after[-2] if after else None,
            "id": after[-1] if after else None,
            "most": limit_of(limit) + 1,
        },
    )
    shown = page(found, limit=limit_of(limit), key=lambda one: (one[2], one[0]))
    cards = _cards((one[4] for one in shown.items), language)
    return Page(
        items=[_coupon(one, cards, language, now) for one in shown.items], next_cursor=shown.next_cursor
    )


def coupon(*, buyer: UserId, coupon_id: CouponId, language: str, now: datetime) -> BuyerCoupon:
    """Return one coupon of a buyer. Raises: NotFound, also when it is not his."""
    found = rows(f"{_MINE} AND c.id = %(id)s", {"buyer": buyer, "id": coupon_id})
    if not found:
        raise NotFound
    return _coupon(found[0], _cards([found[0][4]], language), language, now)


def _cards(merchant_ids: Iterable[MerchantId | None], language: str) -> dict[MerchantId, MerchantCard]:
    named = {one for one in merchant_ids if one is not None}
    return merchants.cards(named, language=language) if named else {}


def _offer(found: tuple[Any, ...], cards: dict[MerchantId, MerchantCard], language: str) -> CouponOffer:
    template_id, merchant_id, stored, is_gone, has_all = found
    wish = read_wish(stored)
    state = OfferState.CLAIMED if has_all else OfferState.GONE if is_gone else OfferState.OPEN
    return CouponOffer(
        id=template_id,
        terms=_terms(wish, cards.get(merchant_id), language),
        valid_from=wish.valid_from,
        valid_until=wish.valid_until,
        valid_days=wish.valid_days,
        claim_until=wish.claim_until,
        state=state,
    )


def _coupon(
    found: tuple[Any, ...], cards: dict[MerchantId, MerchantCard], language: str, now: datetime
) -> BuyerCoupon:
    coupon_id, valid_from, valid_until, status, merchant_id, stored = found
    state = CouponState.USABLE if valid_until > now else CouponState.EXPIRED
    return BuyerCoupon(
        id=coupon_id,
        terms=_terms(read_wish(stored), cards.get(merchant_id), language),
        valid_from=valid_from,
        valid_until=valid_until,
        state=state if status == "held" else CouponState(status),
    )


def _tiers(effect: Tiers | FreightOff) -> list[Tier]:
    if isinstance(effect, FreightOff):
        return [
            Tier(threshold=max(effect.threshold, 1), off=effect.off)
        ]  # from the first minor unit: from any
    return sorted(effect.tiers, key=lambda tier: tier.threshold)


def _terms(wish: CouponTemplateWish, merchant: MerchantCard | None, language: str) -> CouponTerms:
    goods, effect = wish.goods, wish.effect
    is_freight = isinstance(effect, FreightOff)
    is_some = bool(goods.product_ids or goods.category_ids or goods.brand_ids or goods.tags)
    return CouponTerms(
        name=wish.name.of(language),
        merchant=merchant,
        goods=GoodsKind.SOME if is_some else GoodsKind.STORE if merchant else GoodsKind.ALL,
        measure=effect.measure,
        tiers=_tiers(effect),
        is_each=isinstance(effect, Tiers) and effect.is_each,
        is_freight=is_freight,
        is_new_only=wish.audience.is_new_only,
    )
