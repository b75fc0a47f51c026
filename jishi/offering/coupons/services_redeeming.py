"""What becomes of coupons in trades: locked with the order, used with its payment, back when nothing comes of it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from jishi.kernel.db import execute, require_transaction, rows
from jishi.kernel.errors import Conflict
from jishi.kernel.ids import CouponId, SkuId, TradeId, UserId
from jishi.kernel.words import Text
from jishi.offering.coupons.types import CouponUse


class CouponTaken(Conflict):
    """A coupon is not its buyer's to use any more: another of his trades has it, or its time is over."""

    code = "coupon_taken"
    message = Text(zh="优惠券已被使用或已过期", en="A coupon was used or has expired")


def lock(*, trade_id: TradeId, buyer: UserId, uses: Sequence[CouponUse], now: datetime) -> None:
    """Bind a buyer's coupons to a new trade, all or none, inside the caller's transaction.

    Raises: CouponTaken (409), which must undo the transaction.
    """
    require_transaction("locking coupons")
    ordered = sorted(uses, key=lambda use: use.coupon_id)
    for use in ordered:  # one for each owner and group: a handful
        locked = execute(
            "UPDATE coupons_coupon SET status = 'locked', trade_id = %s, sku_ids = %s, amount_minor = %s, "
            "revenue_minor = %s WHERE id = %s AND buyer_id = %s AND status = 'held' AND valid_from <= %s "
            "AND valid_until > %s",
            [
                trade_id,
                list(use.sku_ids),
                use.amount_minor,
                use.revenue_minor,
                use.coupon_id,
                buyer,
                now,
                now,
            ],
        )
        if not locked:
            raise CouponTaken


def mark_used(*, trade_id: TradeId, now: datetime) -> None:
    """Note that the trade was paid. Safe to call again."""
    execute(
        "UPDATE coupons_coupon SET status = 'used', used_at = %s WHERE trade_id = %s AND status = 'locked'",
        [now, trade_id],
    )


def release(trade_id: TradeId) -> None:
    """Give back the coupons of a trade that nobody paid. Safe to call again; what has expired stays so."""
    execute("UPDATE coupons_coupon SET status = 'held' WHERE trade_id = %s AND status = 'locked'", [trade_id])


def take_again(*, trade_id: TradeId, buyer: UserId, rule_ids: Collection[str], now: datetime) -> bool:
    """Use the released coupons among the rules of a trade that was paid late; False, and no change that may stay,
    when one of them has been in another trade since.
    """
    require_transaction("taking coupons again")
    wanted = rows(
        "SELECT id, status = 'held' AND trade_id = %s FROM coupons_coupon "
        "WHERE buyer_id = %s AND id::text = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [trade_id, buyer, list(rule_ids)],
    )
    if not all(is_free for _, is_free in wanted):
        return False
    execute(
        "UPDATE coupons_coupon SET status = 'used', used_at = %s WHERE id = ANY(%s)",
        [now, [coupon_id for coupon_id, _ in wanted]],
    )
    return True


def give_back(*, trade_id: TradeId, kept: Collection[SkuId]) -> list[CouponId]:
    """Return coupons of a trade to their buyer where nothing of what they covered was kept, and their terms say so;
    return which. Safe to call again.
    """
    found = rows(
        "UPDATE coupons_coupon c SET status = 'held', used_at = NULL FROM coupons_template_version v "
        "WHERE v.template_id = c.template_id AND v.version = c.version AND c.trade_id = %s "
        "AND c.status IN ('locked', 'used') AND (v.wish ->> 'is_returned_on_refund')::boolean "
        "AND NOT c.sku_ids && %s::uuid[] RETURNING c.id",
        [trade_id, list(kept)],
    )
    return [CouponId(coupon_id) for (coupon_id,) in found]
