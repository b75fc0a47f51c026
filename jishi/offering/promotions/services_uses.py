"""Using promotions up: what an order took off is written with it, and given back when it is cancelled.

Every statement locks promotions in the order of their ids, then their uses. A promotion with a budget is written at
once, under the condition that the budget lasts; of one without only the use is written, and counted later.
"""

from collections.abc import Sequence
from datetime import datetime

from jishi.kernel.db import execute, require_transaction, rows
from jishi.kernel.errors import Conflict
from jishi.kernel.ids import OrderId, PromotionId, TradeId, UserId
from jishi.kernel.words import Text
from jishi.offering.promotions.types import PromotionUsed


class PromotionUsedUp(Conflict):
    """Less is left of a budget than an order would take; `promotion_ids` names them."""

    code = "promotion_used_up"
    message = Text(zh="优惠已用完", en="Nothing is left of a promotion")


def take(uses: Sequence[PromotionUsed], *, trade_id: TradeId, buyer_id: UserId, now: datetime) -> None:
    """Write what the orders of a trade take off, inside the caller's transaction, which must undo what is refused.

    One statement, none without uses. Raises: PromotionUsedUp (409).
    """
    if not uses:
        return
    require_transaction("using promotions")
    refused = rows(
        _TAKE,
        {
            "orders": [one.order_id for one in uses],
            "promotions": [one.promotion_id for one in uses],
            "versions": [one.version for one in uses],
            "amounts": [one.amount_minor for one in uses],
            "trade": trade_id,
            "buyer": buyer_id,
            "now": now,
        },
    )
    _require_all(refused)


def give_back(order_ids: Sequence[OrderId], *, now: datetime) -> None:
    """Give back what cancelled orders used, inside the caller's transaction. Safe to call again."""
    require_transaction("giving promotions back")
    execute(_GIVE_BACK, {"orders": list(order_ids), "now": now})


def take_again(order_ids: Sequence[OrderId]) -> None:
    """Use again what was given back of orders that live again after all, if their budgets still last.

    Inside the caller's transaction, which must undo what is refused. Raises: PromotionUsedUp (409).
    """
    require_transaction("using promotions")
    _require_all(rows(_TAKE_AGAIN, {"orders": list(order_ids)}))


def count_uses(promotion_id: PromotionId | None = None) -> int:
    """Bring `spent_minor` up to what was used, of one promotion or of all; return how many promotions it was."""
    return execute(_COUNT, {"promotion": promotion_id})


def _require_all(refused: Sequence[tuple[PromotionId]]) -> None:
    if refused:
        raise PromotionUsedUp(promotion_ids=[str(one) for (one,) in refused])


# Whoever gives a promotion a budget locks its row for update, which waits for the key shares of orders under way; an
# order that waited for him finds the row in neither `free` nor, by its old snapshot, `held`, and is refused.
_LOCKED = """
free AS MATERIALIZED (
    SELECT id FROM promotions_promotion
    WHERE id IN (SELECT promotion_id FROM sums) AND budget_minor IS NULL ORDER BY id FOR KEY SHARE
), held AS MATERIALIZED (
    SELECT id FROM promotions_promotion
    WHERE id IN (SELECT promotion_id FROM sums) AND budget_minor IS NOT NULL ORDER BY id FOR NO KEY UPDATE
), spent AS (
    UPDATE promotions_promotion promotion SET spent_minor = promotion.spent_minor + sums.amount_minor
    FROM held JOIN sums ON sums.promotion_id = held.id
    WHERE promotion.id = held.id
        AND promotion.spent_minor + sums.amount_minor <= promotion.budget_minor
    RETURNING promotion.id
)"""
_REFUSED = """
SELECT promotion_id FROM sums
WHERE promotion_id NOT IN (SELECT id FROM free UNION ALL SELECT id FROM spent) ORDER BY promotion_id
"""
_TAKE = f"""
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(%(orders)s::uuid[], %(promotions)s::uuid[], %(versions)s::int[], %(amounts)s::bigint[])
        AS wanted (order_id, promotion_id, version, amount_minor)
), sums AS MATERIALIZED (
    SELECT promotion_id, sum(amount_minor)::bigint AS amount_minor FROM wanted GROUP BY promotion_id
), {_LOCKED}, written AS (
    INSERT INTO promotions_use
        (order_id, promotion_id, version, trade_id, buyer_id, amount_minor, is_counted, used_at)
    SELECT order_id, promotion_id, version, %(trade)s, %(buyer)s, amount_minor, spent.id IS NOT NULL, %(now)s
    FROM wanted LEFT JOIN spent ON spent.id = wanted.promotion_id
)
{_REFUSED}
"""
_TAKE_AGAIN = f"""
WITH wanted AS MATERIALIZED (
    SELECT order_id, promotion_id, amount_minor FROM promotions_use
    WHERE order_id = ANY(%(orders)s::uuid[]) AND given_back_at IS NOT NULL
), sums AS MATERIALIZED (
    SELECT promotion_id, sum(amount_minor)::bigint AS amount_minor FROM wanted GROUP BY promotion_id
), {_LOCKED}, written AS (
    UPDATE promotions_use used SET given_back_at = NULL, is_counted = spent.id IS NOT NULL
    FROM wanted LEFT JOIN spent ON spent.id = wanted.promotion_id
    WHERE used.order_id = wanted.order_id AND used.promotion_id = wanted.promotion_id
)
{_REFUSED}
"""
_GIVE_BACK = """
WITH held AS MATERIALIZED (
    SELECT id FROM promotions_promotion
    WHERE id IN (SELECT promotion_id FROM promotions_use WHERE order_id = ANY(%(orders)s::uuid[]))
    ORDER BY id FOR NO KEY UPDATE
), due AS MATERIALIZED (
    SELECT used.order_id, used.promotion_id, used.amount_minor, used.is_counted
    FROM held JOIN promotions_use used ON used.promotion_id = held.id
    WHERE used.order_id = ANY(%(orders)s::uuid[]) AND used.given_back_at IS NULL
    FOR NO KEY UPDATE OF used
), given AS (
    UPDATE promotions_use used SET given_back_at = %(now)s, is_counted = FALSE FROM due
    WHERE used.order_id = due.order_id AND used.promotion_id = due.promotion_id
)
UPDATE promotions_promotion promotion SET spent_minor = promotion.spent_minor - sums.amount_minor
FROM (
    SELECT promotion_id, sum(amount_minor)::bigint AS amount_minor FROM due WHERE is_counted GROUP BY promotion_id
) sums
WHERE promotion.id = sums.promotion_id
"""
_COUNT = """
WITH held AS MATERIALIZED (
    SELECT id FROM promotions_promotion
    WHERE id IN (SELECT promotion_id FROM promotions_use WHERE NOT is_counted AND given_back_at IS NULL
        AND (%(promotion)s::uuid IS NULL OR promotion_id = %(promotion)s))
    ORDER BY id FOR NO KEY UPDATE
), due AS MATERIALIZED (
    SELECT used.order_id, used.promotion_id
    FROM held JOIN promotions_use used ON used.promotion_id = held.id
    WHERE NOT used.is_counted AND used.given_back_at IS NULL
    FOR NO KEY UPDATE OF used
), counted AS (
    UPDATE promotions_use used SET is_counted = TRUE FROM due
    WHERE used.order_id = due.order_id AND used.promotion_id = due.promotion_id
    RETURNING used.promotion_id, used.amount_minor
)
UPDATE promotions_promotion promotion SET spent_minor = promotion.spent_minor + sums.amount_minor
FROM (SELECT promotion_id, sum(amount_minor)::bigint AS amount_minor FROM counted GROUP BY promotion_id) sums
WHERE promotion.id = sums.promotion_id
"""
