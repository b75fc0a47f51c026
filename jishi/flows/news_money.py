"""What people hear of money: pages at once, and a message when some of it goes back to them."""

from datetime import datetime

from django.conf import settings

from jishi.identity.notifications import services as notifications
from jishi.identity.notifications.types import News
from jishi.kernel import live
from jishi.kernel.outbox import handler
from jishi.money.payments import queries as payments
from jishi.money.payments.events import PaymentCaptured, PaymentReturned, RefundDone, RefundFailed
from jishi.trade.orders import queries as orders


@handler(own_transaction=True)
def tell_payment(event: PaymentCaptured | PaymentReturned) -> None:
    """Let the pages of a trade know that its payment moved."""
    live.publish(
        f"trade:{event.trade_id}",
        "payment_changed",
        {"payment_id": event.payment_id, "kind": event.name, "at": event.occurred_at},
    )


@handler(own_transaction=True)
def tell_refund(event: RefundDone | RefundFailed) -> None:
    """Let the pages of a trade and its order know that a refund moved."""
    data = {"refund_id": event.refund_id, "kind": event.name, "at": event.occurred_at}
    live.publish(f"trade:{event.trade_id}", "refund_changed", data)
    if event.order_id is not None:
        live.publish(f"order:{event.order_id}", "refund_changed", data)


@handler(own_transaction=True)
def write_of_refund(event: RefundDone, *, now: datetime) -> None:
    """Write to the buyer that money is back on its way to him, also money that came late or twice.

    Raises: NotSent, for the job runner to try again.
    """
    refund = payments.refund(event.refund_id)
    if refund.amount.amount_minor == 0:
        return
    at_sale = orders.orders_at_sale(event.trade_id)
    order = next((one for one in at_sale if one.id == event.order_id), at_sale[0])
    notifications.tell(
        user_id=order.buyer_id,
        news=News.REFUNDED,
        params={
            "number": order.number,
            "amount": f"{refund.amount.amount_minor // 100}.{refund.amount.amount_minor % 100:02d}",
            "url": f"{settings.ENV.public_url}/orders/{order.id}",
        },
        now=now,
    )
