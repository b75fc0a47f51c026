"""The promises of the house as queries: each returns the rows that break it, so an empty answer is good news.

They read the tables of many contexts on purpose, and not by the functions that wrote them: an auditor does
not ask the bookkeeper. What may be compared is compared over two ways that share no code.
"""

from collections.abc import Mapping

from jishi.flows.invariants_presale import PRESALES

STOCK: Mapping[str, str] = {
    "pieces on hand are the sum of the movements": """
        SELECT coalesce(s.sku_id, m.sku_id)::text, coalesce(s.warehouse_id, m.warehouse_id)::text, s.on_hand,
        m.moved FROM inventory_stock s FULL JOIN (SELECT sku_id, warehouse_id, sum(quantity) AS moved FROM
        inventory_movement
            GROUP BY 1, 2) m USING (sku_id, warehouse_id)
        WHERE coalesce(s.on_hand, 0) <> coalesce(m.moved, 0)""",
    "reserved pieces are the sum of the reservations": """
        SELECT coalesce(s.sku_id, r.sku_id)::text, coalesce(s.warehouse_id, r.warehouse_id)::text,
        s.reserved, r.claimed FROM inventory_stock s FULL JOIN (SELECT sku_id, warehouse_id, sum(quantity) AS
        claimed
            FROM inventory_reservation GROUP BY 1, 2) r USING (sku_id, warehouse_id)
        WHERE coalesce(s.reserved, 0) <> coalesce(r.claimed, 0)""",
    "no more is promised than lies there": """
        SELECT sku_id::text, warehouse_id::text, on_hand, reserved, bucketed FROM inventory_stock
        WHERE reserved < 0 OR bucketed < 0 OR reserved + bucketed > on_hand""",
    "pieces set aside are the sum of the buckets": """
        SELECT coalesce(s.sku_id, b.sku_id)::text, coalesce(s.warehouse_id, b.warehouse_id)::text,
        s.bucketed, b.pieces FROM inventory_stock s FULL JOIN (SELECT sku_id, warehouse_id, sum("left") AS
        pieces FROM inventory_bucket GROUP BY 1, 2) b USING (sku_id, warehouse_id)
        WHERE coalesce(s.bucketed, 0) <> coalesce(b.pieces, 0)""",
    "what left stock for buyers is what the parcels hold": """
        SELECT coalesce(m.sku_id, p.sku_id)::text, coalesce(m.warehouse_id, p.warehouse_id)::text, m.gone,
        p.packed FROM (SELECT sku_id, warehouse_id, -sum(quantity) AS gone FROM inventory_movement
            WHERE kind = 'shipped' GROUP BY 1, 2) m
        FULL JOIN (SELECT sku_id, warehouse_id, sum(quantity) AS packed FROM (
                SELECT sku_id, warehouse_id, quantity FROM shipping_parcel_line
                UNION ALL SELECT sku_id, warehouse_id, shipped_quantity FROM orders_order_line
                WHERE kind <> 'physical' AND shipped_quantity > 0) gone
            GROUP BY 1, 2) p USING (sku_id, warehouse_id)
        WHERE m.gone IS DISTINCT FROM p.packed""",
    "what an order says it has to send is what its lines have left": """
        SELECT o.id::text, o.status, o.unsent_count, sum(l.quantity - l.shipped_quantity -
        l.cancelled_quantity) FROM orders_order o JOIN orders_order_line l ON l.order_id = o.id GROUP BY o.id
        HAVING o.unsent_count <> sum(l.quantity - l.shipped_quantity - l.cancelled_quantity)""",
    "reservations are the pieces that orders still have to send": """
        SELECT coalesce(r.owner_id, l.order_id)::text, coalesce(r.sku_id, l.sku_id)::text, r.quantity,
        l.pieces FROM (SELECT owner_id, sku_id, warehouse_id, sum(quantity) AS quantity FROM
        inventory_reservation
            WHERE quantity > 0 GROUP BY 1, 2, 3) r
        FULL JOIN (SELECT l.order_id, l.sku_id, l.warehouse_id,
                sum(l.quantity - l.shipped_quantity - l.cancelled_quantity) AS pieces
            FROM orders_order_line l JOIN orders_order o ON o.id = l.order_id
            WHERE o.status IN ('awaiting_payment', 'awaiting_balance', 'awaiting_shipment', 'partially_shipped')
            AND l.quantity > l.shipped_quantity + l.cancelled_quantity GROUP BY 1, 2, 3) l
        ON r.owner_id = l.order_id AND r.sku_id = l.sku_id AND r.warehouse_id = l.warehouse_id
        WHERE r.quantity IS DISTINCT FROM l.pieces""",
}

HANDOVER: Mapping[str, str] = {
    "a pool holds a code for each virtual piece on hand": """
        SELECT coalesce(s.sku_id, c.sku_id)::text, coalesce(s.warehouse_id, c.warehouse_id)::text, s.on_hand, c.codes
        FROM (SELECT s.sku_id, s.warehouse_id, s.on_hand FROM inventory_stock s JOIN catalog_sku k ON k.id = s.sku_id
            JOIN catalog_product p ON p.id = k.product_id WHERE p.kind = 'virtual') s
        FULL JOIN (SELECT sku_id, warehouse_id, count(*) AS codes FROM handover_code WHERE order_line_id IS NULL
            GROUP BY 1, 2) c USING (sku_id, warehouse_id)
        WHERE coalesce(s.on_hand, 0) <> coalesce(c.codes, 0)""",
    "codes given are pieces that were sent, and all that were not taken back": """
        SELECT l.id::text, l.shipped_quantity, count(c.id) FROM orders_order_line l
        LEFT JOIN handover_code c ON c.order_line_id = l.id WHERE l.kind = 'virtual' GROUP BY l.id
        HAVING count(c.id) > l.shipped_quantity
            OR count(c.id) < l.shipped_quantity - l.refunding_quantity - l.refunded_quantity
                AND NOT EXISTS (SELECT FROM orders_order o WHERE o.id = l.order_id AND o.status = 'closed')""",
    "a voucher stands for each piece of a service still to be had, and for each that was": """
        SELECT l.id::text, l.quantity - l.shipped_quantity - l.cancelled_quantity, l.shipped_quantity,
            count(v.id) FILTER (WHERE v.redeemed_at IS NULL AND v.void_at IS NULL), count(v.redeemed_at)
        FROM orders_order_line l JOIN orders_order o ON o.id = l.order_id AND o.paid_at IS NOT NULL
        LEFT JOIN handover_voucher v ON v.order_line_id = l.id WHERE l.kind = 'service' GROUP BY l.id
        HAVING count(v.id) FILTER (WHERE v.redeemed_at IS NULL AND v.void_at IS NULL)
            <> l.quantity - l.shipped_quantity - l.cancelled_quantity
            OR count(v.redeemed_at) <> l.shipped_quantity""",
}

FLASH: Mapping[str, str] = {
    "what is left of a running flash item and what its orders took are what was set aside": """
        SELECT i.id::text, i.cut, coalesce(b.pieces, 0), coalesce(c.pieces, 0) FROM flash_item i
        LEFT JOIN (SELECT activity_id, sum("left") AS pieces FROM inventory_bucket GROUP BY 1) b
            ON b.activity_id = i.id
        LEFT JOIN (SELECT c.item_id, sum(l.quantity - l.cancelled_quantity) AS pieces FROM flash_claim c
            JOIN orders_order_line l ON l.order_id = c.order_id GROUP BY 1) c ON c.item_id = i.id
        WHERE i.opened_at IS NOT NULL AND i.closed_at IS NULL
            AND i.cut <> coalesce(b.pieces, 0) + coalesce(c.pieces, 0)""",
    "no flash item is sold beyond its quota, and none that is over keeps pieces": """
        SELECT i.id::text, i.quota, i.cut, i.unsold, coalesce(c.pieces, 0) FROM flash_item i
        LEFT JOIN (SELECT c.item_id, sum(l.quantity - l.cancelled_quantity) AS pieces FROM flash_claim c
            JOIN orders_order_line l ON l.order_id = c.order_id GROUP BY 1) c ON c.item_id = i.id
        WHERE coalesce(c.pieces, 0) > i.cut - i.unsold OR (i.closed_at IS NOT NULL
            AND EXISTS (SELECT FROM inventory_bucket b WHERE b.activity_id = i.id))""",
    "no buyer has more of a flash item than his share": """
        SELECT i.id::text, c.buyer_id::text, i.per_buyer_max, sum(l.quantity) FROM flash_item i
        JOIN flash_claim c ON c.item_id = i.id JOIN orders_order o ON o.id = c.order_id AND o.status <> 'closed'
        JOIN orders_order_line l ON l.order_id = o.id GROUP BY i.id, c.buyer_id
        HAVING sum(l.quantity) > i.per_buyer_max""",
}

LEDGER: Mapping[str, str] = {
    "all postings sum to zero": """
        SELECT currency, sum(amount_minor) FROM ledger_posting GROUP BY currency
        HAVING sum(amount_minor) <> 0""",
    "every journal sums to zero": """
        SELECT journal_id::text, currency, sum(amount_minor) FROM ledger_posting GROUP BY journal_id, currency
        HAVING sum(amount_minor) <> 0""",
    "every posting has its journal and its account": """
        SELECT p.id::text FROM ledger_posting p LEFT JOIN ledger_journal j ON j.id = p.journal_id
        LEFT JOIN ledger_account a ON a.id = p.account_id WHERE j.id IS NULL OR a.id IS NULL""",
}

_BALANCE = """(SELECT coalesce(sum(p.amount_minor), 0) FROM ledger_posting p
            JOIN ledger_account a ON a.id = p.account_id """
_GONE = """(SELECT l.order_id, sum(l.payable_minor + l.points_discount_minor) AS goods
            FROM payments_refund_line l JOIN payments_refund r ON r.id = l.refund_id WHERE r.status = 'done'
            GROUP BY l.order_id)"""

PAYMENTS: Mapping[str, str] = {
    "the escrow account is what was captured and neither completed nor refunded": f"""
        SELECT escrow, held FROM (SELECT -{_BALANCE} WHERE a.name = 'order_escrow') AS escrow,
            (SELECT coalesce(sum(escrow_minor), 0) FROM payments_part) AS held) books WHERE escrow <> held""",
    "each order's escrow is its price and points, less what went back, until it completes": f"""
        SELECT o.id::text, part.escrow_minor, o.total_minor + o.points_discount_minor - coalesce(gone.goods,
        0)
            - coalesce(freight.gone, 0)
        FROM orders_order o JOIN payments_part part ON part.order_id = o.id
        LEFT JOIN {_GONE} gone ON gone.order_id = o.id
        LEFT JOIN (SELECT order_id, sum(freight_minor) AS gone FROM payments_refund WHERE status = 'done'
            GROUP BY order_id) freight ON freight.order_id = o.id
        WHERE part.escrow_minor <> CASE WHEN o.completed_at IS NOT NULL OR o.payment_status = 'unpaid' THEN 0
            WHEN o.payment_status = 'deposit_paid' THEN (SELECT deposit_minor FROM payments_payment p
                WHERE p.id = part.payment_id) - part.refunded_minor - part.forfeited_minor
            ELSE o.total_minor + o.points_discount_minor - coalesce(gone.goods, 0)
                - coalesce(freight.gone, 0) END""",
    "every paid payment has its trade paid, and every paid trade its payment": """
        SELECT p.id::text, p.status, o.id::text, o.payment_status FROM payments_payment p
        LEFT JOIN orders_order o ON o.trade_id = p.trade_id
        WHERE o.id IS NULL OR (o.payment_status NOT IN ('unpaid', 'deposit_paid')) <> (p.status IN ('paid',
            'partially_refunded') OR (p.status = 'refunded'
            AND EXISTS (SELECT 1 FROM payments_capture c WHERE c.payment_id = p.id
                AND c.disposition = 'applied')))""",
    "every payment has exactly the parts of its trade's orders": """
        SELECT p.id::text, p.amount_minor, sum(part.amount_minor) FROM payments_payment p
        LEFT JOIN payments_part part ON part.payment_id = p.id GROUP BY p.id
        HAVING p.amount_minor IS DISTINCT FROM sum(part.amount_minor)""",
    "no order is without a payment": """
        SELECT o.id::text FROM orders_order o LEFT JOIN payments_part part ON part.order_id = o.id
        WHERE part.id IS NULL OR part.amount_minor <> o.total_minor""",
    "each channel's account is what it took, less what it sent back and settled": f"""
        SELECT channel, held, taken - returned - settled FROM (SELECT c.channel,
            {_BALANCE} WHERE a.name = 'channel_clearing:' || c.channel) AS held,
            coalesce((SELECT sum(amount_minor) FROM payments_capture WHERE channel = c.channel), 0) AS taken,
            coalesce((SELECT sum(r.amount_minor) FROM payments_refund r JOIN payments_capture_part cp
                ON cp.id = r.capture_part_id JOIN payments_capture x ON x.id = cp.capture_id
                WHERE r.status = 'done' AND x.channel = c.channel), 0) AS returned,
            coalesce((SELECT sum(captured_minor - refunded_minor) FROM payments_bill WHERE channel = c.channel
                AND settled_at IS NOT NULL), 0) AS settled
            FROM (VALUES ('alipay'), ('wechat')) AS c(channel)) books
        WHERE held <> taken - returned - settled""",
    "suspense is what came unasked and has not gone back yet": f"""
        SELECT held, waiting FROM (SELECT -{_BALANCE} WHERE a.name = 'suspense') AS held,
            (SELECT coalesce(sum(c.amount_minor), 0) FROM payments_capture c WHERE c.disposition <> 'applied')
            - (SELECT coalesce(sum(amount_minor), 0) FROM payments_refund WHERE is_suspense AND status =
            'done')
            AS waiting) books WHERE held <> waiting""",
    "what went back of a part, and of an order, is the sum of its done refunds": """
        SELECT part.order_id::text, part.refunded_minor, o.refunded_minor, coalesce(r.gone, 0) FROM
        payments_part part JOIN orders_order o ON o.id = part.order_id LEFT JOIN (SELECT order_id,
        sum(amount_minor) AS gone
            FROM payments_refund WHERE status = 'done' AND NOT is_suspense GROUP BY order_id) r
            ON r.order_id = part.order_id
        WHERE part.refunded_minor <> coalesce(r.gone, 0) OR o.refunded_minor <> coalesce(r.gone, 0)""",
    "no line is refunded above what was paid for it": """
        SELECT l.id::text, l.payable_minor, sum(r.payable_minor), l.quantity, sum(r.quantity) FROM
        orders_order_line l JOIN payments_refund_line r ON r.order_line_id = l.id GROUP BY l.id
        HAVING sum(r.payable_minor) > l.payable_minor OR sum(r.quantity) > l.quantity
            OR sum(r.platform_discount_minor) > l.platform_discount_minor
            OR sum(r.points_discount_minor) > l.points_discount_minor""",
}

# round_half_up of the rate on the goods after the merchant's own discounts, in integers
_COMMISSION = (
    "((2 * (l.amount_minor - l.merchant_discount_minor) * l.commission_basis_points + 10000) / 20000)"
)

SETTLEMENT: Mapping[str, str] = {
    "what merchants are owed is what their statement lines say, less what was sent": """
        SELECT merchant_id::text, sum(owed), sum(said) - sum(sent) FROM (
            SELECT split_part(a.name, ':', 2)::uuid AS merchant_id, -p.amount_minor AS owed, 0 AS said, 0 AS sent
            FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
            WHERE starts_with(a.name, 'merchant_payable:')
            UNION ALL SELECT merchant_id, 0, amount_minor, 0 FROM settlement_entry
            UNION ALL SELECT merchant_id, 0, 0, amount_minor FROM settlement_payout
            WHERE status IN ('processing', 'paid')
        ) books GROUP BY merchant_id HAVING sum(owed) <> sum(said) - sum(sent)""",
    "the commission account is what the statement lines say": f"""
        SELECT earned, said FROM (SELECT -{_BALANCE} WHERE a.name = 'commission_revenue') AS earned,
            (SELECT coalesce(sum(commission_minor), 0) FROM settlement_entry) AS said) books
        WHERE earned <> said""",
    "the bank holds what channels settled and owners gave, less what merchants were paid": f"""
        SELECT held, settled + given - paid FROM (SELECT {_BALANCE} WHERE a.name = 'bank') AS held,
            -{_BALANCE} WHERE a.name = 'equity') AS given,
            (SELECT coalesce(sum(captured_minor - refunded_minor - fee_minor), 0) FROM payments_bill
                WHERE settled_at IS NOT NULL) AS settled,
            (SELECT coalesce(sum(amount_minor), 0) FROM settlement_payout WHERE status = 'paid') AS paid) books
        WHERE held <> settled + given - paid""",
    "statement lines are what the order lines say": f"""
        SELECT o.id::text, coalesce(e.said, 0), w.worth + o.freight_minor - coalesce(r.back, 0) FROM
        orders_order o JOIN (SELECT l.order_id, sum(l.payable_minor + l.platform_discount_minor +
        l.points_discount_minor
            - {_COMMISSION}) AS worth, max(l.commission_basis_points) AS rate
            FROM orders_order_line l GROUP BY l.order_id) w ON w.order_id = o.id
        LEFT JOIN (SELECT order_id, sum(amount_minor) AS said FROM settlement_entry GROUP BY order_id) e
            ON e.order_id = o.id
        LEFT JOIN (SELECT r.order_id, sum(r.freight_minor + coalesce(l.back, 0)) AS back FROM payments_refund
        r
            LEFT JOIN (SELECT refund_id, sum(payable_minor + platform_discount_minor + points_discount_minor
                - commission_minor) AS back FROM payments_refund_line GROUP BY refund_id) l ON l.refund_id =
                r.id
            WHERE r.status = 'done' GROUP BY r.order_id) r ON r.order_id = o.id
        JOIN payments_part part ON part.order_id = o.id
        WHERE coalesce(e.said, 0) <> CASE WHEN part.forfeited_minor > 0 THEN part.forfeited_minor
                - ((2 * part.forfeited_minor * w.rate + 10000) / 20000)
            WHEN o.completed_at IS NULL THEN 0
            ELSE w.worth + o.freight_minor - coalesce(r.back, 0) END""",
    "statements are the sums of their lines": """
        SELECT s.id::text, s.due_minor - s.opening_minor, sum(e.amount_minor) FROM settlement_statement s
        LEFT JOIN settlement_entry e ON e.statement_id = s.id GROUP BY s.id
        HAVING s.due_minor - s.opening_minor IS DISTINCT FROM coalesce(sum(e.amount_minor), 0)""",
    "payout clearing is what was given to the bank and is not settled": f"""
        SELECT held, sent FROM (SELECT -{_BALANCE} WHERE a.name = 'payout_clearing') AS held,
            (SELECT coalesce(sum(amount_minor), 0) FROM settlement_payout WHERE status = 'processing') AS
            sent) books
        WHERE held <> sent""",
}

ALL: Mapping[str, str] = {
    **STOCK,
    **HANDOVER,
    **FLASH,
    **PRESALES,
    **LEDGER,
    **PAYMENTS,
    **SETTLEMENT,
}
