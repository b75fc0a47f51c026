"""The SQL that changes orders. Every change of an order and its timeline entry are one statement."""

# Completed by `move`; answers the orders that were moved.
_MOVE = """
WITH moved AS (
    UPDATE orders_order o SET status = %(status)s{changes}
    WHERE {which} AND status = ANY(%(sources)s)
    RETURNING o.id, o.trade_id, o.buyer_id, o.merchant_id, o.status
), told AS (
    INSERT INTO orders_event (id, order_id, kind, actor, actor_id, reason, at)
    SELECT uuidv7(), id, %(kind)s, %(actor)s, %(actor_id)s, %(reason)s, %(now)s FROM moved
){more}
SELECT id, trade_id, buyer_id, merchant_id, status FROM moved ORDER BY id
"""
_OF_TRADE = "o.trade_id = %(trade_id)s"
_THESE = "o.id = ANY(%(order_ids)s)"


def _move(which: str, changes: str = "", more: str = "") -> str:
    return _MOVE.format(which=which, changes=f", {changes}" if changes else "", more=more)


# Everything of a new trade, each table's rows as JSON objects by column. The columns are named: those that a newer
# release has added already get their defaults.
PLACE = """
WITH trade AS (
    INSERT INTO orders_trade ({trades})
    SELECT {trades} FROM jsonb_populate_recordset(NULL::orders_trade, %(trades)s::jsonb)
), placed AS (
    INSERT INTO orders_order ({orders})
    SELECT {orders} FROM jsonb_populate_recordset(NULL::orders_order, %(orders)s::jsonb)
), line AS (
    INSERT INTO orders_order_line ({lines})
    SELECT {lines} FROM jsonb_populate_recordset(NULL::orders_order_line, %(lines)s::jsonb)
)
INSERT INTO orders_event ({events})
SELECT {events} FROM jsonb_populate_recordset(NULL::orders_event, %(events)s::jsonb)
"""

MARK_PAID = _move(_OF_TRADE, "payment_status = 'paid', paid_at = %(now)s")

MARK_DEPOSIT_PAID = _move(
    _OF_TRADE,
    "payment_status = 'deposit_paid', pay_before_at = %(until)s",
    more="""
, deadline AS (
    UPDATE orders_trade SET pay_before_at = %(until)s WHERE id = %(trade_id)s
)""",
)

CLOSE = _move(
    _THESE,
    "close_reason = %(close_reason)s, closed_at = %(now)s, unsent_count = 0",
    more="""
, kept AS (
    UPDATE orders_order_line l SET cancelled_quantity = quantity - shipped_quantity
    FROM moved WHERE l.order_id = moved.id
)""",
)

REOPEN = _move(
    _OF_TRADE + " AND close_reason = 'unpaid' AND payment_status = 'unpaid'",
    "close_reason = NULL, closed_at = NULL, unsent_count = piece_count",
    more="""
, wanted AS (
    UPDATE orders_order_line l SET cancelled_quantity = 0 FROM moved WHERE l.order_id = moved.id
)""",
)

DELIVER = _move(_THESE, "fulfilment_status = 'delivered', delivered_at = %(now)s")
RECEIVE = _move(_THESE, "fulfilment_status = 'received', received_at = %(now)s")
COMPLETE = _move(_THESE, "completed_at = %(now)s")

# Pieces that left: `given` has one row per order line.
SHIP = _move(
    _THESE,
    "fulfilment_status = %(fulfilment)s::text, unsent_count = unsent_count - %(pieces)s, "
    "shipped_at = CASE WHEN %(fulfilment)s::text = 'shipped' THEN %(now)s ELSE shipped_at END",
    more="""
, sent AS (
    UPDATE orders_order_line l SET shipped_quantity = shipped_quantity + given.quantity
    FROM unnest(%(line_ids)s::uuid[], %(quantities)s::int[]) AS given (id, quantity), moved
    WHERE l.id = given.id AND l.order_id = moved.id
)""",
)

# Pieces about to be refunded; those not sent yet will never be. Completed and closed orders keep their
# status.
RESERVE_REFUND = """
WITH given AS (
    SELECT * FROM unnest(%(line_ids)s::uuid[], %(quantities)s::int[], %(unsent)s::int[])
        AS given (id, quantity, unsent)
), counted AS (
    UPDATE orders_order_line l
    SET refunding_quantity = refunding_quantity + given.quantity,
        cancelled_quantity = cancelled_quantity + given.unsent
    FROM given WHERE l.id = given.id
)
, moved AS (
    UPDATE orders_order o SET status = %(status)s::text, fulfilment_status = %(fulfilment)s::text,
        unsent_count = unsent_count - (SELECT coalesce(sum(unsent), 0) FROM given),
        shipped_at = CASE WHEN %(fulfilment)s::text IN ('shipped', 'delivered') THEN coalesce(shipped_at, %(now)s)
                          ELSE shipped_at END,
        delivered_at = CASE WHEN %(fulfilment)s::text = 'delivered' THEN coalesce(delivered_at, %(now)s)
                            ELSE delivered_at END
    WHERE id = %(order_id)s
    RETURNING o.id, o.trade_id, o.buyer_id, o.merchant_id, o.status
), told AS (
    INSERT INTO orders_event (id, order_id, kind, actor, actor_id, reason, at)
    SELECT uuidv7(), id, 'refund_opened', 'merchant', NULL, '', %(now)s FROM moved
)
SELECT id, trade_id, buyer_id, merchant_id, status FROM moved
"""

NOTE_REFUND = """
WITH given AS (
    SELECT * FROM unnest(%(line_ids)s::uuid[], %(quantities)s::int[], %(amounts)s::bigint[])
        AS given (id, quantity, amount)
), counted AS (
    UPDATE orders_order_line l
    SET refunding_quantity = greatest(l.refunding_quantity - coalesce(given.quantity, 0), 0),
        refunded_quantity = l.refunded_quantity + coalesce(given.quantity, 0),
        refunded_minor = l.refunded_minor + coalesce(given.amount, 0),
        cancelled_quantity = CASE WHEN %(status)s::text = 'closed' THEN l.quantity - l.shipped_quantity
                                  ELSE l.cancelled_quantity END
    FROM orders_order_line same LEFT JOIN given ON given.id = same.id
    WHERE l.id = same.id AND same.order_id = %(order_id)s
), moved AS (
    UPDATE orders_order o
    SET refunded_minor = refunded_minor + %(amount)s, payment_status = %(payment)s, status = %(status)s::text,
        close_reason = %(close_reason)s,
        closed_at = CASE WHEN %(status)s::text = 'closed' THEN coalesce(closed_at, %(now)s) END,
        unsent_count = CASE WHEN %(status)s::text = 'closed' THEN 0 ELSE unsent_count END
    WHERE id = %(order_id)s
    RETURNING o.id, o.trade_id, o.buyer_id, o.merchant_id, o.status
), told AS (
    INSERT INTO orders_event (id, order_id, kind, actor, actor_id, reason, at)
    SELECT uuidv7(), id, 'refunded', 'platform', NULL, '', %(now)s FROM moved
)
SELECT id, trade_id, buyer_id, merchant_id, status FROM moved
"""

NOTE_DEPOSIT_BACK = """
WITH moved AS (
    UPDATE orders_order o SET refunded_minor = refunded_minor + %(amount)s
    WHERE id = %(order_id)s AND status = 'closed' AND payment_status = 'deposit_paid'
    RETURNING o.id, o.trade_id, o.buyer_id, o.merchant_id, o.status
), told AS (
    INSERT INTO orders_event (id, order_id, kind, actor, actor_id, reason, at)
    SELECT uuidv7(), id, 'deposit_returned', 'platform', NULL, '', %(now)s FROM moved
)
SELECT id, trade_id, buyer_id, merchant_id, status FROM moved
"""

AT_SALE = """
SELECT o.id, o.number, o.trade_id, o.buyer_id, o.merchant_id, o.status, o.payment_status, o.fulfilment_status,
       o.currency, o.freight_minor, o.total_minor,
       l.id, l.sku_id, l.warehouse_id, l.quantity, l.amount_minor, l.merchant_discount_minor,
       l.platform_discount_minor, l.points_discount_minor, l.payable_minor, l.commission_basis_points,
       l.shipped_quantity, l.refunded_quantity, o.claw_backs::text, l.kind, l.voucher_days
FROM orders_order o JOIN orders_order_line l ON l.order_id = o.id
WHERE {which} ORDER BY o.id, l.position
"""
