"""The verbs of codes and vouchers, inside a flow's transaction."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from jishi.kernel.crypto import blind_index, blind_indexes
from jishi.kernel.db import execute, lock, require_transaction, rows
from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, SkuId, UserId, WarehouseId
from jishi.trade.handover.models import CODE_PURPOSE, VOUCHER_PURPOSE, CodeRow, VoucherRow
from jishi.trade.handover.types import VOUCHER_DIGITS, SoldPieces, Withdrawn


def fill(
    *, merchant_id: MerchantId, sku_id: SkuId, warehouse_id: WarehouseId, texts: Sequence[str], now: datetime
) -> int:
    """Put codes into the pool of a SKU; return how many were new to all pools of the merchant.

    Codes that differ in nothing but case or blanks around them are one. Booking their stock is the caller's.
    """
    require_transaction("filling a pool")
    # Two uploads of one merchant come one after the other, else both could bring the same code.
    lock(f"handover.codes:{merchant_id}")
    by_index = {blind_index(text, CODE_PURPOSE): text.strip() for text in texts}
    there = _known(merchant_id, list(by_index.values()))
    new = [text for text in by_index.values() if text.casefold() not in there]
    CodeRow.objects.bulk_create(
        [
            CodeRow(
                merchant_id=merchant_id, sku_id=sku_id, warehouse_id=warehouse_id, text=text, uploaded_at=now
            )
            for text in new
        ]
    )
    return len(new)


def _known(merchant_id: MerchantId, texts: Sequence[str]) -> set[str]:
    """Return those of the texts, case folded, that stand in a pool of the merchant under whichever live key."""
    indexes = {index: text.casefold() for text in texts for index in blind_indexes(text, CODE_PURPOSE)}
    found = rows(
        "SELECT text_index FROM handover_code WHERE merchant_id = %s AND text_index = ANY(%s::bytea[])",
        [merchant_id, list(indexes)],
    )
    return {indexes[bytes(index)] for (index,) in found}


_PICK = """
SELECT wanted.line_id, c.id
FROM unnest(%(lines)s::uuid[], %(skus)s::uuid[], %(warehouses)s::uuid[], %(pieces)s::int[])
    AS wanted (line_id, sku_id, warehouse_id, pieces)
CROSS JOIN LATERAL (
    SELECT id FROM handover_code WHERE sku_id = wanted.sku_id AND warehouse_id = wanted.warehouse_id
    AND order_line_id IS NULL ORDER BY id LIMIT wanted.pieces FOR UPDATE SKIP LOCKED
) c
"""
_GIVE = """
UPDATE handover_code c SET order_id = given.order_id, order_line_id = given.line_id, buyer_id = given.buyer_id,
    given_at = %(now)s
FROM unnest(%(codes)s::uuid[], %(orders)s::uuid[], %(lines)s::uuid[], %(buyers)s::uuid[])
    AS given (id, order_id, line_id, buyer_id)
WHERE c.id = given.id
"""


def give(sold: Sequence[SoldPieces], *, now: datetime) -> list[SoldPieces]:
    """Give a code for each piece to the buyers; return the lines that got all of theirs, two statements.

    Two that are paid at the same instant take different codes: those a neighbour holds are passed over, and what
    is reserved is always there. A line whose pool is short gets none.
    """
    require_transaction("giving codes")
    picked: dict[OrderLineId, list[UUID]] = {}
    for line_id, code_id in rows(
        _PICK,
        {
            "lines": [line.order_line_id for line in sold],
            "skus": [line.sku_id for line in sold],
            "warehouses": [line.warehouse_id for line in sold],
            "pieces": [line.quantity for line in sold],
        },
    ):
        picked.setdefault(OrderLineId(line_id), []).append(code_id)
    served = [line for line in sold if len(picked.get(line.order_line_id, [])) == line.quantity]
    given = [(code_id, line) for line in served for code_id in picked[line.order_line_id]]
    execute(
        _GIVE,
        {
            "now": now,
            "codes": [code_id for code_id, _ in given],
            "orders": [line.order_id for _, line in given],
            "lines": [line.order_line_id for _, line in given],
            "buyers": [line.buyer_id for _, line in given],
        },
    )
    return served


def issue(sold: Sequence[SoldPieces], days: Mapping[OrderLineId, int], *, now: datetime) -> None:
    """Issue a voucher for each piece, good for so many days from now."""
    require_transaction("issuing vouchers")
    VoucherRow.objects.bulk_create(
        [
            VoucherRow(
                merchant_id=line.merchant_id,
                order_id=line.order_id,
                order_line_id=line.order_line_id,
                buyer_id=line.buyer_id,
                sku_id=line.sku_id,
                warehouse_id=line.warehouse_id,
                text=number,
                issued_at=now,
                expires_at=now + timedelta(days=days[line.order_line_id]),
            )
            for line, number in zip(
                [line for line in sold for _ in range(line.quantity)],
                _numbers(sum(line.quantity for line in sold)),
                strict=True,
            )
        ]
    )


def _numbers(count: int) -> list[str]:
    """Return fresh numbers that nobody can guess: of 10¹² so few are ever good that a guess finds none."""
    found: dict[str, None] = {}
    while len(found) < count:
        drawn = [f"{secrets.randbelow(10**VOUCHER_DIGITS):0{VOUCHER_DIGITS}d}" for _ in range(count)]
        taken = {
            bytes(index)
            for (index,) in rows(
                "SELECT text_index FROM handover_voucher WHERE text_index = ANY(%s::bytea[])",
                [[blind_index(number, VOUCHER_PURPOSE) for number in drawn]],
            )
        }
        found |= {one: None for one in drawn if blind_index(one, VOUCHER_PURPOSE) not in taken}
    return list(found)[:count]


def open_code(*, code_id: UUID, order_id: OrderId, buyer: UserId, now: datetime) -> bool:
    """Note that a buyer has seen his code; False when there is no such code of his. Again is no mistake."""
    require_transaction("opening a code")
    return bool(
        execute(
            "UPDATE handover_code SET opened_at = coalesce(opened_at, %s) "
            "WHERE id = %s AND order_id = %s AND buyer_id = %s",
            [now, code_id, order_id, buyer],
        )
    )


def redeem(*, voucher_id: UUID, staff_id: UserId, now: datetime) -> bool:
    """Use a voucher; False when it cannot be used any more."""
    require_transaction("redeeming a voucher")
    return bool(
        execute(
            "UPDATE handover_voucher SET redeemed_at = %s, redeemed_by = %s "
            "WHERE id = %s AND redeemed_at IS NULL AND void_at IS NULL AND expires_at > %s",
            [now, staff_id, voucher_id, now],
        )
    )


# What a line still gives its buyer: nothing of a closed order, else what is neither refunded nor about to be.
_WITHDRAW_CODES = """
WITH ranked AS (
    SELECT c.id, row_number() OVER (PARTITION BY c.order_line_id ORDER BY c.opened_at NULLS LAST, c.id) AS place,
           CASE WHEN o.status = 'closed' THEN 0 ELSE l.quantity - l.refunding_quantity - l.refunded_quantity END
               AS kept
    FROM handover_code c JOIN orders_order_line l ON l.id = c.order_line_id
    JOIN orders_order o ON o.id = l.order_id
    WHERE c.order_id = %s
), gone AS (
    UPDATE handover_code c SET order_id = NULL, order_line_id = NULL, buyer_id = NULL, given_at = NULL
    FROM ranked WHERE c.id = ranked.id AND ranked.place > ranked.kept AND c.opened_at IS NULL
    RETURNING c.sku_id, c.warehouse_id
)
SELECT sku_id, warehouse_id, count(*)::int FROM gone GROUP BY 1, 2 ORDER BY 1, 2
"""
_VOID_VOUCHERS = """
WITH ranked AS (
    SELECT v.id, row_number() OVER (PARTITION BY v.order_line_id ORDER BY v.expires_at <= %(now)s, v.id) AS place,
           CASE WHEN o.status = 'closed' THEN 0 ELSE l.quantity - l.shipped_quantity - l.cancelled_quantity END
               AS kept
    FROM handover_voucher v JOIN orders_order_line l ON l.id = v.order_line_id
    JOIN orders_order o ON o.id = l.order_id
    WHERE v.order_id = %(order)s AND v.redeemed_at IS NULL AND v.void_at IS NULL
)
UPDATE handover_voucher v SET void_at = %(now)s FROM ranked WHERE v.id = ranked.id AND ranked.place > ranked.kept
"""


def withdraw(order_id: OrderId, *, now: datetime) -> list[Withdrawn]:
    """Make codes and vouchers agree with what is left of an order after a refund; return the codes that went back.

    Codes that nobody has opened return to their pools, unused vouchers are void; what was opened or used stays.
    Safe to call again. The order's trade is locked.
    """
    require_transaction("withdrawing codes")
    execute(_VOID_VOUCHERS, {"order": order_id, "now": now})
    return [
        Withdrawn(sku_id=SkuId(sku_id), warehouse_id=WarehouseId(warehouse_id), quantity=pieces)
        for sku_id, warehouse_id, pieces in rows(_WITHDRAW_CODES, [order_id])
    ]
