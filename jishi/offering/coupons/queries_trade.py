"""The coupons of a trade, and which of them a refund would bring back."""

from collections.abc import Collection

from jishi.kernel.db import rows
from jishi.kernel.ids import CouponId, SkuId, TradeId


def outcomes(trade_id: TradeId, *, kept: Collection[SkuId]) -> dict[CouponId, bool]:
    """Return the coupons of a trade, and of each whether it would come back if only the SKUs `kept` stayed with the
    buyer: what `services_redeeming.give_back` would do.
    """
    found = rows(
        "SELECT c.id, (v.wish ->> 'is_returned_on_refund')::boolean AND NOT c.sku_ids && %s::uuid[] "
        "FROM coupons_coupon c JOIN coupons_template_version v "
        "ON v.template_id = c.template_id AND v.version = c.version "
        "WHERE c.trade_id = %s AND c.status IN ('locked', 'used')",
        [list(kept), trade_id],
    )
    return {CouponId(coupon_id): comes_back for coupon_id, comes_back in found}
