"""What the simulated channels must know of the demo market's past, so that its money can still go back.

The past was never really paid: this writes the same payments and refunds into the channels' own books, so that a
bill of any day agrees with ours, and a refund of a payment of last month is sent like any other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings

from jishi.kernel.db import rows
from jishi.money.payments.services_channels import in_use, names_in_use
from jishi.money.payments.types import ChannelName

PRODUCTS = {"alipay": "alipay.trade.page.pay", "wechat": "native"}
SUBJECT = "集市 · 订单"
CHUNK = 2000
SECONDS_MAX = 30.0


def account(channel: ChannelName) -> str:
    """Return whom a channel of this market pays; a name that no channel knows where there is none."""
    return in_use(channel).merchant_account if channel in names_in_use() else "demo"


def tell(simulators_url: str) -> None:
    """Write all money taken and sent back into the simulators' books; what they know stays as it is.

    Raises: httpx.HTTPError.
    """
    payments, refunds = _payments(), _refunds()
    with httpx.Client(
        base_url=f"{simulators_url}/_sim/control", timeout=SECONDS_MAX, trust_env=False
    ) as http:
        for start in range(0, max(len(payments), len(refunds)), CHUNK):
            part = slice(start, start + CHUNK)
            told = {"payments": payments[part], "refunds": refunds[part]}
            http.post("/history", json=told).raise_for_status()


def _payments() -> list[dict[str, Any]]:
    return [
        _payment(*one)
        for one in rows(
            "SELECT c.channel, a.out_trade_no, c.channel_transaction_id, c.amount_minor, c.currency, a.created_at, "
            "c.paid_at FROM payments_capture c JOIN payments_attempt a ON a.id = c.attempt_id ORDER BY c.paid_at"
        )
    ]


def _payment(
    channel: str,
    number: str,
    transaction_id: str,
    amount_minor: int,
    currency: str,
    created_at: datetime,
    paid_at: datetime,
) -> dict[str, Any]:
    share = {"out_trade_no": number, "amount_minor": amount_minor, "subject": SUBJECT}
    return {
        "company": channel,
        "token": transaction_id,
        "product": PRODUCTS[channel],
        "out_trade_no": number,
        "shares": [share],
        "amount_minor": amount_minor,
        "currency": currency,
        "subject": SUBJECT,
        "notify_url": f"{settings.ENV.public_url}/api/v1/hooks/payments/{channel}",
        "return_url": settings.ENV.public_url,
        "created_at": created_at.isoformat(),
        "expires_at": None,
        "captures": [{"transaction_ids": {number: transaction_id}, "paid_at": paid_at.isoformat()}],
    }


def _refunds() -> list[dict[str, Any]]:
    found: Sequence[tuple[Any, ...]] = rows(
        "SELECT c.channel, r.out_refund_no, a.out_trade_no, cp.channel_transaction_id, r.amount_minor, r.currency, "
        "r.note, r.done_at FROM payments_refund r JOIN payments_capture_part cp ON cp.id = r.capture_part_id "
        "JOIN payments_capture c ON c.id = cp.capture_id JOIN payments_attempt a ON a.id = c.attempt_id "
        "WHERE r.status = 'done' ORDER BY r.done_at"
    )
    return [
        {
            "company": channel,
            "out_refund_no": number,
            "refund_id": f"demo-{number}",
            "payment_number": payment_number,
            "share_number": payment_number,
            "transaction_id": transaction_id,
            "amount_minor": amount_minor,
            "currency": currency,
            "reason": note,
            "created_at": done_at.isoformat(),
        }
        for channel, number, payment_number, transaction_id, amount_minor, currency, note, done_at in found
    ]
