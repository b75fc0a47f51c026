"""Choosing a gift."""

from datetime import datetime
from uuid import UUID

from jishi.kernel.channels import Channel
from jishi.kernel.db import execute
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import PromotionId
from jishi.offering.pricing.types_promotions import Gift
from jishi.trade.checkout import queries, queries_offers
from jishi.trade.checkout.types import Cart
from jishi.trade.checkout.types_gifts import GiftChoice

# Keeps the newest choices alone of somebody who chooses for ever: no more than there are lines in a cart.
_CHOOSE = """
INSERT INTO checkout_cart AS mine (owner_id, changed_at, gifts)
VALUES (%(owner)s, %(now)s, jsonb_build_object(%(promotion)s::text, %(sku)s::text))
ON CONFLICT (owner_id) DO UPDATE SET changed_at = excluded.changed_at,
    gifts = CASE WHEN (SELECT count(*) FROM jsonb_object_keys(mine.gifts)) < 120
        THEN mine.gifts ELSE '{}' END || excluded.gifts
"""


def choose_gift(
    *,
    owner_id: UUID,
    promotion_id: PromotionId,
    choice: GiftChoice,
    channel: Channel,
    language: str,
    now: datetime,
) -> Cart:
    """Choose what a promotion shall give, of the gifts it names; answers the whole cart. Safe to call again.

    Raises: NotFound when no promotion in force lets choose that.
    """
    rule = queries_offers.offer(owner_id, channel=channel, now=now).index.by_id.get(str(promotion_id))
    if rule is None or not isinstance(rule.effect, Gift) or not rule.effect.is_chosen:
        raise NotFound
    if choice.sku_id not in {part.sku_id for part in rule.effect.gifts}:
        raise NotFound
    chosen = {"owner": owner_id, "now": now, "promotion": str(promotion_id), "sku": str(choice.sku_id)}
    execute(_CHOOSE, chosen)
    return queries.cart(owner_id, channel=channel, language=language, now=now)
