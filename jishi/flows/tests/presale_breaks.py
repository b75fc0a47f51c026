"""What breaks each promise of pre-sales in the market of test_invariants."""

PRESALE = (
    "INSERT INTO presale (id, merchant_id, sku_id, product_id, price_minor, deposit_minor, worth_minor, currency, "
    "deposit_from_at, deposit_until_at, balance_from_at, balance_until_at, ship_by_at, quota, per_buyer_max, "
    "returns_deposit, made_at, opened_at, cut, unsold) SELECT uuidv7(), merchant_id, sku_id, sku_id, 100, 10, 10, "
    "'CNY', now(), now() + interval '1 day', now() + interval '1 day', now() + interval '3 days', "
    "now() + interval '3 days', 9, 1, false, now(), now(), {cut}, 0 FROM inventory_stock LIMIT 1 RETURNING id"
)
CLAIM = (
    "WITH item AS ("
    + PRESALE
    + ") INSERT INTO presale_claim (order_id, presale_id, buyer_id, quantity, claimed_at) "
    "SELECT o.id, item.id, o.buyer_id, 1, now() FROM item, orders_order o WHERE o.status <> 'closed'"
)
PRESALE_BREAKS = {
    "what is left of a running pre-sale and what its orders took are what was set aside": PRESALE.format(
        cut=2
    ),
    "no pre-sale is sold beyond its quota, and none that is over keeps pieces": CLAIM.format(cut=0),
    "no buyer has more of a pre-sale than his share": CLAIM.format(cut=9),
    "an order is paid in two as its pre-sale says": CLAIM.format(cut=9),
    "a deposit is paid where its order says so": (
        "UPDATE orders_order SET payment_status = 'deposit_paid', paid_at = NULL WHERE completed_at IS NULL"
    ),
    "what was taken for a payment is what was due of it": (
        "UPDATE payments_capture SET amount_minor = amount_minor + 1"
    ),
    "no capture gives back more than it took": (
        "INSERT INTO payments_refund (id, payment_id, part_id, capture_part_id, order_id, merchant_id, buyer_id, "
        "status, reason, is_suspense, note, amount_minor, freight_minor, currency, out_refund_no, requested_at) "
        "SELECT uuidv7(), part.payment_id, part.id, cp.id, part.order_id, part.merchant_id, part.buyer_id, "
        "'requested', 'partial', false, '', cp.amount_minor + 1, 0, 'CNY', left(cp.id::text, 32), now() "
        "FROM payments_capture_part cp JOIN payments_part part ON part.id = cp.part_id"
    ),
    "a deposit that its merchant keeps is of a closed order, and all of what was paid": (
        "UPDATE payments_part SET forfeited_minor = 1"
    ),
    "no deposit stays in escrow once its order is closed and nothing is on its way back": (
        "UPDATE orders_order SET payment_status = 'deposit_paid', paid_at = NULL, status = 'closed', "
        "close_reason = 'unpaid', closed_at = now() WHERE completed_at IS NULL"
    ),
}
