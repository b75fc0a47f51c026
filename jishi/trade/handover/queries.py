"""Reads of codes and vouchers; what is sealed is opened for its buyer alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from jishi.kernel.crypto import blind_indexes, open_text
from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, SkuId, UserId, WarehouseId
from jishi.kernel.pagination import Page, Sort, limit_of, page
from jishi.kernel.words import Text
from jishi.trade.handover.models import VOUCHER_PURPOSE
from jishi.trade.handover.rules import digits_of, state_of
from jishi.trade.handover.types import (
    CodePool,
    FoundVoucher,
    GivenCode,
    Handover,
    Voucher,
    VoucherState,
)

_ORDER = "SELECT status NOT IN ('closed', 'completed') FROM orders_order WHERE id = %s AND buyer_id = %s"


def handover_of(*, order_id: OrderId, buyer: UserId, now: datetime) -> Handover:
    """Return what a buyer has of his order without a parcel. Raises: NotFound, also when it is not his."""
    order = row(_ORDER, [order_id, buyer])
    if order is None:
        raise NotFound
    codes = [
        _code(found)
        for found in rows(
            "SELECT id, order_line_id, opened_at, CASE WHEN opened_at IS NOT NULL THEN text END "
            "FROM handover_code WHERE order_id = %s AND buyer_id = %s ORDER BY order_line_id, id",
            [order_id, buyer],
        )
    ]
    vouchers = [
        _voucher(found, now)
        for found in rows(
            "SELECT id, order_line_id, text, expires_at, redeemed_at, void_at "
            "FROM handover_voucher WHERE order_id = %s AND buyer_id = %s ORDER BY order_line_id, id",
            [order_id, buyer],
        )
    ]
    unused = sum(one.opened_at is None for one in codes) + sum(
        one.state in {VoucherState.UNUSED, VoucherState.EXPIRED} for one in vouchers
    )
    return Handover(codes=codes, vouchers=vouchers, unused_count=unused if order[0] else 0)


def _code(found: tuple[Any, ...]) -> GivenCode:
    code_id, line_id, opened_at, sealed = found
    text = (
        open_text(bytes(sealed), table="handover_code", column="text", row_id=code_id)
        if sealed is not None
        else ""
    )
    return GivenCode(id=code_id, order_line_id=OrderLineId(line_id), text=text, opened_at=opened_at)


def _voucher(found: tuple[Any, ...], now: datetime) -> Voucher:
    voucher_id, line_id, sealed, expires_at, redeemed_at, void_at = found
    return Voucher(
        id=voucher_id,
        order_line_id=OrderLineId(line_id),
        code=open_text(bytes(sealed), table="handover_voucher", column="text", row_id=voucher_id),
        state=state_of(redeemed_at=redeemed_at, void_at=void_at, expires_at=expires_at, now=now),
        expires_at=expires_at,
        redeemed_at=redeemed_at,
    )


def unused_pieces(order_id: OrderId, *, expired_by: datetime | None = None) -> dict[OrderLineId, int]:
    """Return by order line how many codes nobody has opened and vouchers nobody has used; with `expired_by` only
    vouchers that were good until then at the latest.
    """
    codes = (
        []
        if expired_by
        else rows(
            "SELECT order_line_id, count(*) FROM handover_code WHERE order_id = %s AND opened_at IS NULL "
            "GROUP BY order_line_id",
            [order_id],
        )
    )
    vouchers = rows(
        "SELECT order_line_id, count(*) FROM handover_voucher WHERE order_id = %s AND redeemed_at IS NULL "
        "AND void_at IS NULL AND (%s::timestamptz IS NULL OR expires_at <= %s) GROUP BY order_line_id",
        [order_id, expired_by, expired_by],
    )
    return {OrderLineId(line_id): pieces for line_id, pieces in [*codes, *vouchers]}


def orders_with_expired(now: datetime, *, limit: int) -> list[OrderId]:
    """Return orders that have vouchers nobody used in time, the longest expired first."""
    found = rows(
        "SELECT order_id FROM handover_voucher WHERE expires_at <= %s AND redeemed_at IS NULL "
        "AND void_at IS NULL GROUP BY order_id ORDER BY min(expires_at), order_id LIMIT %s",
        [now, limit],
    )
    return [OrderId(order_id) for (order_id,) in found]


def find_voucher(*, merchant_id: MerchantId, code: str, now: datetime) -> FoundVoucher:
    """Return a merchant's voucher by its digits. Raises: NotFound, also for another merchant's."""
    found = row(
        "SELECT id, order_id, order_line_id, sku_id, warehouse_id, expires_at, redeemed_at, void_at "
        "FROM handover_voucher WHERE merchant_id = %s AND text_index = ANY(%s::bytea[])",
        [merchant_id, blind_indexes(digits_of(code), VOUCHER_PURPOSE)],
    )
    if found is None:
        raise NotFound
    voucher_id, order_id, line_id, sku_id, warehouse_id, expires_at, redeemed_at, void_at = found
    return FoundVoucher(
        id=voucher_id,
        order_id=OrderId(order_id),
        order_line_id=OrderLineId(line_id),
        sku_id=SkuId(sku_id),
        warehouse_id=WarehouseId(warehouse_id),
        state=state_of(redeemed_at=redeemed_at, void_at=void_at, expires_at=expires_at, now=now),
        expires_at=expires_at,
    )


_BY_SKU = Sort(("k.id",), UUID)
_POOLS = """
SELECT k.id, k.code, p.title_zh, p.title_en, k.choice_name_zh, k.choice_name_en, c.unsold, c.given, c.opened
FROM catalog_product p JOIN catalog_sku k ON k.product_id = p.id AND k.is_active
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE order_line_id IS NULL) AS unsold, count(order_line_id) AS given,
           count(opened_at) AS opened FROM handover_code WHERE sku_id = k.id
) c
WHERE p.merchant_id = %s AND p.kind = 'virtual' AND {after} {order} LIMIT %s
"""


def pools(*, merchant_id: MerchantId, cursor: str | None, limit: int | None, language: str) -> Page[CodePool]:
    """Return a page of a merchant's pools, those of the newest SKUs first: one statement."""
    size = limit_of(limit)
    after, params = _BY_SKU.after(cursor)
    found = rows(_POOLS.format(after=after, order=_BY_SKU.order), [merchant_id, *params, size + 1])
    return page([_pool(one, language) for one in found], limit=size, key=lambda one: (one.sku_id, one.sku_id))


def _pool(found: tuple[Any, ...], language: str) -> CodePool:
    sku_id, code, title_zh, title_en, choice_zh, choice_en, left, given, opened = found
    return CodePool(
        sku_id=SkuId(sku_id),
        code=code,
        title=Text(title_zh, title_en).of(language),
        choice_name=Text(choice_zh, choice_en).of(language),
        left=left,
        given=given,
        opened=opened,
    )


def left_of(sku_id: SkuId) -> int:
    """Return how many codes of a SKU nobody has."""
    found = row("SELECT count(*) FROM handover_code WHERE sku_id = %s AND order_line_id IS NULL", [sku_id])
    return int(found[0]) if found else 0
