"""What a pre-sale adds to placing an order, and its ends by its merchant."""

from datetime import datetime

from jishi.flows.cancel import CannotCancel
from jishi.flows.close_unpaid import release_unpaid
from jishi.kernel import audit
from jishi.kernel.db import atomic
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import MerchantId, OrderId, PresaleId, UserId
from jishi.kernel.words import Text
from jishi.money.payments import services as payments
from jishi.money.payments.types_instalments import Instalments
from jishi.offering.inventory import services_buckets as buckets
from jishi.offering.presale import queries as presale_queries
from jishi.offering.presale import services as presales
from jishi.trade.checkout.types import Calculation
from jishi.trade.orders import queries, services
from jishi.trade.orders.types import Actor, CloseReason, OrderStatus, PlacedTrade


class PresaleShareUsed(Conflict):
    """The buyer has his share of the pre-sale; `limit` is that in pieces."""

    code = "presale_share_used"
    message = Text(zh="本商品预售每人限购 {limit} 件", en="At most {limit} for each buyer")


def instalments(presale_id: PresaleId, calculation: Calculation, buyer: UserId) -> Instalments:
    """Check what a buyer wants of a pre-sale, and has of it in orders that are not closed, against his share; return
    how he pays. His held cart serialises his checkouts.

    Raises: PresaleShareUsed, PresaleOver (409).
    """
    limit, earlier = presale_queries.claims(presale_id, buyer)
    standing = queries.not_closed(list(earlier)) if earlier else set()
    wanted = sum(line.priced.quantity for order in calculation.orders for line in order.lines)
    if wanted + sum(earlier[order_id] for order_id in standing) > limit:
        raise PresaleShareUsed(limit=limit)
    _, _, terms = presale_queries.terms_of(presale_id)
    deposit, total = terms.deposit * wanted, calculation.priced.total
    if deposit >= total:
        raise presale_queries.PresaleOver
    return Instalments(
        deposit=deposit,
        balance=total - deposit,
        balance_from_at=terms.balance_from_at,
        balance_until_at=terms.balance_until_at,
        returns_deposit=terms.returns_deposit,
    )


def take(presale_id: PresaleId, trade: PlacedTrade, *, buyer: UserId, now: datetime) -> None:
    """Take a placed trade's pieces out of the pre-sale's bucket; the scarce row comes last.

    Raises: OutOfStock (409).
    """
    lines = [line for order in trade.orders for line in order.stock_lines]
    for order in trade.orders:
        presales.claim(
            presale_id=presale_id,
            order_id=order.id,
            buyer=buyer,
            quantity=sum(line.quantity for line in order.stock_lines),
            now=now,
        )
    buckets.reserve_from(presale_id, lines, now=now)


def give_up(*, merchant_id: MerchantId, order_id: OrderId, reason: str, staff: UserId, now: datetime) -> None:
    """Let a merchant who cannot deliver end an order before its balance is paid; the deposit goes back in full.

    Raises: NotFound, CannotCancel (409).
    """
    with atomic():
        trade_id = services.lock_order_trade(order_id)
        order = queries.order_at_sale(order_id)
        if order.merchant_id != merchant_id:
            raise NotFound
        if order.status is not OrderStatus.AWAITING_BALANCE or not payments.close(trade_id=trade_id, now=now):
            raise CannotCancel(status=order.status)
        release_unpaid(
            trade_id,
            reason=CloseReason.CANCELLED_BY_MERCHANT,
            actor=Actor.MERCHANT,
            actor_id=staff,
            note=reason,
            returns_deposit=True,
            now=now,
        )
        audit.record(
            actor=staff,
            actor_kind="staff",
            action="presale.given_up",
            subject_kind="order",
            subject_id=order_id,
            merchant_id=merchant_id,
            data={"reason": reason},
            now=now,
        )
