"""Rows on their way to PostgreSQL: gathered by table for a few thousand things, then copied in one commit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import psycopg

from jishi.entry.demo.scale.keys import Keys

# What a row holds, in its order; tables in the order in which they are written.
COLUMNS: Mapping[LiteralString, LiteralString] = {
    "accounts_user": "id, password, is_superuser, nickname, avatar, language, is_active, is_staff, joined_at",
    "merchants_merchant": (
        "id, status, legal_name, bank_name, name_zh, name_en, introduction_zh, introduction_en, logo, banner, "
        "commission_basis_points, settlement_mode, statement_cycle, applied_at, version, registration_number, "
        "contact_name, contact_phone, bank_account_holder, bank_account"
    ),
    "merchants_staff": "id, merchant_id, user_id, role, since",
    "inventory_warehouse": "id, merchant_id, name_zh, name_en, area_code, is_active",
    "shipping_freight_template": "id, merchant_id, name, method, unit, rates, currency, is_default, version",
    "media_asset": (
        "id, merchant_id, kind, key, content_hash, perceptual_hash, width, height, byte_count, file_name, "
        "uploaded_by_id, uploaded_at"
    ),
    "catalog_product": (
        "id, merchant_id, category_id, brand_id, status, title_zh, title_en, subtitle_zh, subtitle_en, "
        "description_zh, description_en, media, axes, attributes, currency, price_from_minor, price_to_minor, "
        "list_price_minor, in_stock, sold_count, version, live_number, published_at, updated_at"
    ),
    "catalog_version": (
        "id, product_id, merchant_id, number, status, wish, reason, written_by_id, written_at, submitted_at, "
        "decided_at"
    ),
    "catalog_sku": (
        "id, product_id, merchant_id, code, choice, choice_name_zh, choice_name_en, currency, price_minor, "
        "list_price_minor, weight_grams, volume_cm3, image_key, position, is_active, in_stock"
    ),
    "catalog_price": "sku_id, offered_from, price_minor, currency",
    "inventory_stock": "sku_id, warehouse_id, merchant_id, on_hand, reserved, bucketed",
    "inventory_movement": "id, merchant_id, sku_id, warehouse_id, kind, quantity, reference, staff_id, moved_at",
    "orders_trade": "id, buyer_id, quote_id, currency, total_minor, placed_at, pay_before_at",
    "orders_order": (
        "id, number, trade_id, buyer_id, merchant_id, status, payment_status, fulfilment_status, close_reason, "
        "currency, goods_minor, merchant_discount_minor, platform_discount_minor, points_discount_minor, "
        "freight_minor, total_minor, refunded_minor, discounts, piece_count, unsent_count, shipping_method, "
        "recipient, note, placed_at, pay_before_at, paid_at, shipped_at, delivered_at, received_at, completed_at, "
        "closed_at"
    ),
    "orders_order_line": (
        "id, order_id, position, buyer_id, merchant_id, product_id, sku_id, warehouse_id, title_zh, title_en, "
        "choice_name_zh, choice_name_en, image, currency, unit_price_minor, quantity, amount_minor, "
        "merchant_discount_minor, platform_discount_minor, points_discount_minor, payable_minor, tax_basis_points, "
        "commission_basis_points, shipped_quantity, cancelled_quantity, refunding_quantity, refunded_quantity, "
        "refunded_minor"
    ),
    "orders_event": "id, order_id, kind, actor, actor_id, reason, at",
    "payments_payment": (
        "id, trade_id, buyer_id, status, amount_minor, refunded_minor, currency, channel, created_at, "
        "pay_before_at, paid_at, closed_at"
    ),
    "payments_part": (
        "id, payment_id, trade_id, order_id, merchant_id, buyer_id, position, amount_minor, refunded_minor, "
        "escrow_minor, currency, released_at"
    ),
    "payments_attempt": (
        "id, payment_id, channel, client, out_trade_no, merchant_account, status, amount_minor, currency, "
        "expires_at, created_at"
    ),
    "payments_capture": (
        "id, payment_id, attempt_id, channel, channel_transaction_id, disposition, source, amount_minor, currency, "
        "paid_at, learnt_at"
    ),
    "payments_capture_part": (
        "id, capture_id, part_id, channel_transaction_id, transaction_amount_minor, amount_minor"
    ),
    "payments_refund": (
        "id, payment_id, part_id, capture_part_id, order_id, merchant_id, buyer_id, status, reason, is_suspense, "
        "note, amount_minor, freight_minor, currency, out_refund_no, requested_at, done_at"
    ),
    "payments_refund_line": (
        "id, refund_id, order_id, order_line_id, quantity, payable_minor, platform_discount_minor, "
        "points_discount_minor, commission_minor"
    ),
    "ledger_journal": "id, key, kind, reference_id, booked_at",
    "ledger_posting": "id, journal_id, account_id, amount_minor, currency",
    "shipping_parcel": (
        "id, order_id, buyer_id, merchant_id, carrier, tracking_number, status, shipped_at, delivered_at"
    ),
    "shipping_parcel_line": "id, parcel_id, order_line_id, sku_id, warehouse_id, quantity",
    "inventory_reservation": "owner_id, sku_id, warehouse_id, quantity, reserved_at",
    "settlement_entry": (
        "id, merchant_id, kind, order_id, order_number, order_line_id, refund_id, goods_minor, freight_minor, "
        "subsidy_minor, commission_minor, amount_minor, currency, happened_at"
    ),
}
# Rows that others change too are locked in the order of their key first, as every flow of the shop does.
_CHANGE_STOCK = """
WITH wanted AS (SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[])
        AS wanted(sku_id, warehouse_id, more_on_hand, more_reserved)),
    held AS (SELECT s.sku_id, s.warehouse_id FROM inventory_stock s JOIN wanted USING (sku_id, warehouse_id)
        ORDER BY s.sku_id, s.warehouse_id FOR NO KEY UPDATE OF s)
UPDATE inventory_stock s SET on_hand = s.on_hand + more_on_hand, reserved = s.reserved + more_reserved
FROM wanted JOIN held USING (sku_id, warehouse_id)
WHERE s.sku_id = wanted.sku_id AND s.warehouse_id = wanted.warehouse_id
"""


class Rows:
    """What is to be copied in one transaction."""

    def __init__(self) -> None:
        self._of: dict[str, list[Sequence[Any]]] = defaultdict(list)
        # By (SKU, warehouse): how much more lies there, and how much more of it is promised.
        self._stock: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, table: str, *values: Any) -> None:
        """Add a row of a table; its values in the order of COLUMNS."""
        self._of[table].append(values)

    def change_stock(self, sku_id: str, warehouse_id: str, *, on_hand: int = 0, reserved: int = 0) -> None:
        """Let a stock row that is there already grow."""
        known = self._stock.get((sku_id, warehouse_id), (0, 0))
        self._stock[sku_id, warehouse_id] = (known[0] + on_hand, known[1] + reserved)

    def copy(self, connection: psycopg.Connection[Any], keys: Keys | None = None) -> None:
        """Write everything in one transaction; with `keys` the foreign keys are looked at by those."""
        with connection.transaction(), connection.cursor() as cursor:
            for table, columns in COLUMNS.items():
                if found := self._of.get(table):
                    if keys:
                        keys.sleep(cursor, table)
                    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                        for row in found:
                            copy.write_row(row)
            if keys:
                keys.wake(cursor)
                keys.hold(cursor, self._of)
            if self._stock:
                known, changes = zip(*self._stock, strict=True), zip(*self._stock.values(), strict=True)
                cursor.execute(_CHANGE_STOCK, [list(one) for one in (*known, *changes)])
