"""The promises of pre-sales and of payments in two instalments, as queries that return what breaks them."""

from collections.abc import Mapping

_TAKEN = """(SELECT c.presale_id, sum(l.quantity - l.cancelled_quantity) AS pieces FROM presale_claim c
            JOIN orders_order_line l ON l.order_id = c.order_id GROUP BY 1)"""

PRESALES: Mapping[str, str] = {
    "what is left of a running pre-sale and what its orders took are what was set aside": f"""
        SELECT p.id::text, p.cut, coalesce(b.pieces, 0), coalesce(c.pieces, 0) FROM presale p
        LEFT JOIN (SELECT activity_id, sum("left") AS pieces FROM inventory_bucket GROUP BY 1) b
            ON b.activity_id = p.id
        LEFT JOIN {_TAKEN} c ON c.presale_id = p.id
        WHERE p.opened_at IS NOT NULL AND p.closed_at IS NULL
            AND p.cut <> coalesce(b.pieces, 0) + coalesce(c.pieces, 0)""",
    "no pre-sale is sold beyond its quota, and none that is over keeps pieces": f"""
        SELECT p.id::text, p.quota, p.cut, p.unsold, coalesce(c.pieces, 0) FROM presale p
        LEFT JOIN {_TAKEN} c ON c.presale_id = p.id
        WHERE coalesce(c.pieces, 0) > p.cut - p.unsold OR (p.closed_at IS NOT NULL
            AND EXISTS (SELECT FROM inventory_bucket b WHERE b.activity_id = p.id))""",
    "no buyer has more of a pre-sale than his share": """
        SELECT p.id::text, c.buyer_id::text, p.per_buyer_max, sum(l.quantity) FROM presale p
        JOIN presale_claim c ON c.presale_id = p.id JOIN orders_order o ON o.id = c.order_id
            AND o.status <> 'closed'
        JOIN orders_order_line l ON l.order_id = o.id GROUP BY p.id, c.buyer_id
        HAVING sum(l.quantity) > p.per_buyer_max""",
    "an order is paid in two as its pre-sale says": """
        SELECT c.order_id::text, p.deposit_minor * c.quantity, pay.deposit_minor FROM presale_claim c
        JOIN presale p ON p.id = c.presale_id JOIN payments_part part ON part.order_id = c.order_id
        JOIN payments_payment pay ON pay.id = part.payment_id
        WHERE pay.deposit_minor IS DISTINCT FROM p.deposit_minor * c.quantity
            OR pay.balance_until_at <> p.balance_until_at OR pay.returns_deposit <> p.returns_deposit""",
    "a deposit is paid where its order says so": """
        SELECT o.id::text, o.payment_status, p.deposit_paid_at FROM orders_order o
        JOIN payments_payment p ON p.trade_id = o.trade_id
        WHERE (o.payment_status = 'deposit_paid') <> (p.deposit_paid_at IS NOT NULL AND p.paid_at IS NULL)""",
    "what was taken for a payment is what was due of it": """
        SELECT p.id::text, coalesce(c.taken, 0), p.amount_minor, p.deposit_minor FROM payments_payment p
        LEFT JOIN (SELECT payment_id, sum(amount_minor) AS taken FROM payments_capture
            WHERE disposition = 'applied' GROUP BY 1) c ON c.payment_id = p.id
        WHERE coalesce(c.taken, 0) <> CASE WHEN p.status IN ('paid', 'partially_refunded') OR (p.paid_at IS NOT NULL
            AND c.taken IS NOT NULL) THEN p.amount_minor
            WHEN p.deposit_paid_at IS NOT NULL THEN p.deposit_minor ELSE 0 END""",
    "no capture gives back more than it took": """
        SELECT cp.id::text, cp.amount_minor, sum(r.amount_minor) FROM payments_capture_part cp
        JOIN payments_refund r ON r.capture_part_id = cp.id GROUP BY cp.id
        HAVING sum(r.amount_minor) > cp.amount_minor""",
    "a deposit that its merchant keeps is of a closed order, and all of what was paid": """
        SELECT part.order_id::text, o.status, part.forfeited_minor, p.deposit_minor FROM payments_part part
        JOIN orders_order o ON o.id = part.order_id JOIN payments_payment p ON p.id = part.payment_id
        WHERE part.forfeited_minor > 0 AND (o.status <> 'closed' OR part.refunded_minor > 0
            OR part.forfeited_minor IS DISTINCT FROM p.deposit_minor)""",
    "no deposit stays in escrow once its order is closed and nothing is on its way back": """
        SELECT o.id::text, part.escrow_minor FROM orders_order o JOIN payments_part part ON part.order_id = o.id
        WHERE o.status = 'closed' AND o.payment_status = 'deposit_paid' AND part.escrow_minor > 0
            AND NOT EXISTS (SELECT FROM payments_refund r WHERE r.order_id = o.id AND r.status <> 'done')""",
}
