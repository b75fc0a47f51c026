"""From a confirmed quote to a trade: docs/algorithms/place_order.md walks through it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.conf import settings

from jishi.flows import flash, presale, take_payment
from jishi.flows.close_unpaid import close_unpaid
from jishi.identity.merchants import queries as merchants
from jishi.identity.merchants.types import Seller
from jishi.kernel import idempotency
from jishi.kernel.db import atomic
from jishi.kernel.errors import Conflict
from jishi.kernel.ids import MerchantId, PromotionId, QuoteId, SkuId, TradeId, UserId, new_id
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.money.payments import services as payments
from jishi.money.payments.types import PartWish
from jishi.offering.coupons import services_redeeming as coupons
from jishi.offering.flash.services_gate import NotAdmitted
from jishi.offering.inventory import services as inventory
from jishi.offering.presale.queries import PresaleOver
from jishi.offering.pricing.rules import claw_backs_of
from jishi.offering.pricing.types import Priced, gift_of
from jishi.offering.promotions import services_uses as promotions
from jishi.offering.promotions.types import PromotionUsed
from jishi.trade.checkout import services_quotes as checkout
from jishi.trade.checkout.types import (
    Calculation,
    CartLineWish,
    Quote,
    QuoteRequest,
    SoldLine,
    SoldOrder,
    UsedQuote,
    Wish,
)
from jishi.trade.orders import queries, queries_pages, queries_placed, services_placing
from jishi.trade.orders.types import LineDraft, OrderDraft, PlacedTrade, Trade, TradeDraft

# Somebody may take the pieces of one warehouse between our allocation and our reservation; another may have
# them.
ALLOCATIONS_MAX = 3


class CartChanged(Conflict):
    """What the buyer confirmed no longer holds; `quote` is what holds now, to be confirmed again."""

    code = "cart_changed"
    message = Text(
        zh="价格或库存有变化,请确认后重新提交", en="Prices or stock have changed; please confirm again"
    )


def place_order(
    *,
    buyer: UserId,
    quote_id: QuoteId,
    expected_total: Money,
    key: str,
    language: str,
    now: datetime,
) -> Trade:
    """Turn a confirmed quote into one order per merchant and one payment for the buyer.

    Safe to call again: the same key returns the same trade.
    Raises: CartChanged (409, carries the new quote), OutOfStock (409, names the SKUs), QuoteUsed,
    AddressNeeded, TooManyUnpaid, KeyReused, NotAdmitted, FlashOver, FlashShareUsed, PresaleOver,
    PresaleShareUsed and what a quote raises (409),
    NotFound, Invalid for a malformed key.
    """
    order = _Order(
        buyer=buyer, quote_id=quote_id, expected_total=expected_total, key=key, language=language, now=now
    )
    try:
        return _place_somewhere(order)
    except checkout.QuoteMoved as moved:
        if moved.wish.presale_id:  # its checkout quotes it again
            raise PresaleOver from None
        if moved.wish.flash_item_id:  # only the gate of the flash sale can let him try again
            raise NotAdmitted from None
        raise CartChanged(quote=_quote_again(order, moved.wish)) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What the buyer asks for."""

    buyer: UserId
    quote_id: QuoteId
    expected_total: Money
    key: str
    language: str
    now: datetime


class _Taken(Exception):
    """Somebody else took the pieces that were allocated to us a moment ago."""

    def __init__(self, short: inventory.OutOfStock) -> None:
        super().__init__()
        self.short = short


def _place_somewhere(order: _Order) -> Trade:
    """Place the order, allocating again when somebody was faster at the same warehouse."""
    for _ in range(ALLOCATIONS_MAX - 1):
        try:
            return _place(order)
        except _Taken:
            continue
    try:
        return _place(order)
    except _Taken as taken:
        raise inventory.OutOfStock(**taken.short.data) from taken


def _place(order: _Order) -> Trade:
    """Do it all in one transaction; what goes wrong leaves no trace, not even of the key."""
    with atomic():
        trade_id = TradeId(new_id())
        claimed = idempotency.claim(
            owner=order.buyer, key=order.key, request=_fingerprint(order), result_id=trade_id
        )
        if not claimed.is_new:
            return _read(order, TradeId(claimed.the_result))
        return _write(order, trade_id)


def _read(order: _Order, trade_id: TradeId) -> Trade:
    return queries_pages.trade_of_buyer(
        trade_id=trade_id, buyer=order.buyer, language=order.language, now=order.now
    )


def _write(order: _Order, trade_id: TradeId) -> Trade:
    """Write the trade and return it as its buyer sees it.

    Lock order: key, cart, trade (new), coupons, promotions with a budget, stock: what is scarce is held the shortest.
    """
    used = checkout.use_quote(
        buyer=order.buyer, quote_id=order.quote_id, expected_total=order.expected_total, now=order.now
    )
    calculation = used.calculation
    _require_within_limits(calculation, order.buyer)
    if used.wish.flash_item_id:
        flash.require_share(used.wish.flash_item_id, calculation, order.buyer)
    instalments = (
        presale.instalments(used.wish.presale_id, calculation, order.buyer) if used.wish.presale_id else None
    )
    pay_before_at = order.now + timedelta(minutes=settings.ENV.payment_window_minutes)
    sellers = merchants.sellers([one.merchant_id for one in calculation.orders], language=order.language)
    draft = _draft(used, order.buyer, trade_id, sellers)
    trade = services_placing.draft_trade(
        draft, now=order.now, pay_before_at=pay_before_at, unpaid_max=settings.ENV.unpaid_trades_max
    )
    payment = payments.create(
        trade_id=trade.id,
        buyer_id=order.buyer,
        parts=_parts(trade),
        instalments=instalments,
        now=order.now,
    )
    close_unpaid.defer(at=pay_before_at, trade_id=trade.id)
    _lock_coupons(used, order, trade_id)
    _use_promotions(used, trade, order)
    _reserve(trade, used.wish, order)
    if not calculation.priced.total.amount_minor:
        take_payment.pay_nothing(trade_id=trade.id, now=order.now)
        return _read(order, trade_id)
    cards = {merchant_id: seller.card for merchant_id, seller in sellers.items()}
    return queries_placed.as_shown(draft, trade, payment, cards, language=order.language)


def _require_within_limits(calculation: Calculation, buyer: UserId) -> None:
    """Count what the buyer has of limited goods; his held cart serialises his checkouts."""
    limits = checkout.limits_of(calculation)
    if limits:
        checkout.require_within_limits(calculation, queries.bought_pieces(buyer, list(limits)))


def _lock_coupons(used: UsedQuote, order: _Order, trade_id: TradeId) -> None:
    try:
        coupons.lock(trade_id=trade_id, buyer=order.buyer, uses=used.coupons, now=order.now)
    except coupons.CouponTaken:
        raise checkout.QuoteMoved(used.wish) from None


def _use_promotions(used: UsedQuote, trade: PlacedTrade, order: _Order) -> None:
    """Write what the promotions took off; of a budget that somebody else has just spent the buyer is asked again."""
    order_ids = {one.merchant_id: one.id for one in trade.orders}
    uses = [
        PromotionUsed(
            order_id=order_ids[one.merchant_id],
            promotion_id=PromotionId(UUID(one.rule_id)),
            version=one.rule_version,
            amount_minor=one.amount_minor,
        )
        for one in used.calculation.uses
    ]
    try:
        promotions.take(uses, trade_id=trade.id, buyer_id=order.buyer, now=order.now)
    except promotions.PromotionUsedUp as spent:
        raise checkout.QuoteMoved(used.wish) from spent


def _reserve(trade: PlacedTrade, wish: Wish, order: _Order) -> None:
    try:
        if wish.flash_item_id:
            flash.take(wish.flash_item_id, trade, buyer=order.buyer, now=order.now)
        elif wish.presale_id:
            presale.take(wish.presale_id, trade, buyer=order.buyer, now=order.now)
        else:
            inventory.reserve([line for one in trade.orders for line in one.stock_lines], now=order.now)
    except inventory.OutOfStock as short:
        raise _Taken(short) from short


def _quote_again(order: _Order, wish: Wish) -> Quote:
    lines = None if wish.is_from_cart else [_line_wish(sku_id, pieces) for sku_id, pieces in wish.pieces]
    return checkout.quote(
        owner_id=order.buyer,
        buyer=order.buyer,
        request=QuoteRequest(
            lines=lines,
            address_id=wish.address_id,
            shipping=wish.shipping,
            notes=wish.notes,
            coupons=wish.coupons,
        ),
        channel=wish.channel,
        language=order.language,
        now=order.now,
    )


def _line_wish(sku_id: SkuId, pieces: int) -> CartLineWish:
    return CartLineWish(sku_id=sku_id, quantity=pieces)


def _fingerprint(order: _Order) -> bytes:
    return msgspec.json.encode([order.quote_id, order.expected_total])


def _parts(trade: PlacedTrade) -> list[PartWish]:
    return [PartWish(order_id=one.id, merchant_id=one.merchant_id, amount=one.total) for one in trade.orders]


def _draft(
    used: UsedQuote, buyer: UserId, trade_id: TradeId, sellers: Mapping[MerchantId, Seller]
) -> TradeDraft:
    """Freeze a calculation: what is sold, at which price, at which commission, to whom."""
    return TradeDraft(
        id=trade_id,
        buyer_id=buyer,
        quote_id=used.quote_id,
        recipient=used.recipient,
        orders=[
            _order_draft(one, sellers[one.merchant_id].terms.commission_basis_points, used.calculation.priced)
            for one in used.calculation.orders
        ],
        total=used.calculation.priced.total,
    )


def _order_draft(sold: SoldOrder, commission_basis_points: int, priced: Priced) -> OrderDraft:
    return OrderDraft(
        merchant_id=sold.merchant_id,
        lines=[_line_draft(line, commission_basis_points) for line in sold.lines],
        discounts=[*sold.discounts, *sold.freight_discounts],
        freight=sold.freight_payable,
        total=sold.total,
        shipping_method=sold.freight.method,
        note=sold.note,
        claw_backs=claw_backs_of(priced, sold.merchant_id),
    )


def _line_draft(line: SoldLine, commission_basis_points: int) -> LineDraft:
    sku, priced = line.sku, line.priced
    return LineDraft(
        sku_id=sku.sku_id,
        product_id=sku.product_id,
        warehouse_id=priced.warehouse_id,
        title=sku.title,
        choice_name=sku.choice_name,
        image=sku.image,
        unit_price=priced.unit_price,
        quantity=priced.quantity,
        amount=priced.amount,
        merchant_discount=priced.merchant_discount,
        platform_discount=priced.platform_discount,
        points_discount=priced.points_discount,
        payable=priced.payable,
        commission_basis_points=commission_basis_points,
        gift_of=PromotionId(UUID(given_by)) if (given_by := gift_of(priced)) else None,
        kind=sku.kind,
        voucher_days=sku.voucher_days,
    )
