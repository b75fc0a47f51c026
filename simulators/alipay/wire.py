"""What Alipay signs: answers node by node, callbacks and return addresses pair by pair."""

import json
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from simulators.amounts import yuan_from_minor
from simulators.clock import Clock, china_text
from simulators.records import Callback, CallbackMode, Capture, Payment, Refund
from simulators.settings import Settings
from simulators.signing import random_signature, rsa_sign, rsa_verifies

FORM = "application/x-www-form-urlencoded; charset=utf-8"
OLD = timedelta(days=3)  # beyond the 25 hours through which Alipay repeats


async def request_fields(request: Request) -> dict[str, str]:
    """Read a gateway request: the pairs of the address and of the form, together."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        pairs += parse_qsl((await request.body()).decode(), keep_blank_values=True)
    return dict(pairs)


def request_verifies(settings: Settings, fields: Mapping[str, str]) -> bool:
    """Check the shop's signature: over everything but `sign` itself."""
    text = _pairs({name: value for name, value in fields.items() if name != "sign"})
    return rsa_verifies(settings.keys.alipay_app_public, text.encode(), fields.get("sign", ""))


def answer(
    settings: Settings, node_name: str, node: Mapping[str, object], *, is_forged: bool = False
) -> bytes:
    """Write an answer with the signature over the node's own text."""
    text = json.dumps(node, ensure_ascii=False, separators=(",", ":"))
    signature = random_signature() if is_forged else rsa_sign(settings.keys.alipay_private, text.encode())
    return f'{{"{node_name}":{text},"sign":"{signature}"}}'.encode()


def signed_pairs(settings: Settings, fields: Mapping[str, str]) -> dict[str, str]:
    """Sign a callback or return address; `sign_type` is sent but not signed."""
    signature = rsa_sign(settings.keys.alipay_private, _pairs(fields).encode())
    return {**fields, "sign_type": "RSA2", "sign": signature}


def return_address(settings: Settings, clock: Clock, payment: Payment) -> str:
    """Return the signed address at which a buyer comes back from the cashier."""
    fields = {
        "app_id": settings.accounts.alipay_app_id,
        "auth_app_id": settings.accounts.alipay_app_id,
        "charset": "utf-8",
        "method": f"{payment.product}.return",
        "out_trade_no": payment.out_trade_no,
        "seller_id": settings.accounts.alipay_seller_id,
        "timestamp": china_text(clock.wire()),
        "total_amount": yuan_from_minor(payment.amount_minor),
        "trade_no": transaction_id(payment.captures[0]),
        "version": "1.0",
    }
    joint = "&" if "?" in payment.return_url else "?"
    return f"{payment.return_url}{joint}{urlencode(signed_pairs(settings, fields))}"


def capture_payload(settings: Settings, payment: Payment, capture: Capture) -> dict[str, str]:
    """Return what a callback says of money taken."""
    amount = yuan_from_minor(payment.amount_minor)
    return {
        **_trade_payload(settings, payment, transaction_id(capture)),
        "gmt_create": china_text(payment.created_at),
        "gmt_payment": china_text(capture.paid_at),
        "trade_status": "TRADE_SUCCESS",
        "total_amount": amount,
        "receipt_amount": amount,
        "buyer_pay_amount": amount,
        "invoice_amount": amount,
        "point_amount": "0.00",
        "fund_bill_list": json.dumps([{"amount": amount, "fundChannel": "ALIPAYACCOUNT"}]),
    }


def refund_payload(
    settings: Settings, payment: Payment, refund: Refund, refunded_minor: int
) -> dict[str, str]:
    """Return what a callback says of money sent back; the trade closes when nothing is left of it."""
    is_over = refunded_minor >= payment.amount_minor
    return {
        **_trade_payload(settings, payment, refund.transaction_id),
        "gmt_create": china_text(payment.created_at),
        "gmt_payment": china_text(payment.captures[0].paid_at),
        "gmt_refund": china_text(refund.created_at),
        "out_biz_no": refund.out_refund_no,
        "refund_fee": yuan_from_minor(refunded_minor),
        "total_amount": yuan_from_minor(payment.amount_minor),
        "trade_status": "TRADE_CLOSED" if is_over else "TRADE_SUCCESS",
    }


def envelope(settings: Settings, clock: Clock, callback: Callback) -> tuple[dict[str, str], bytes]:
    """Make a callback ready to send, true or forged as its mode says."""
    changes = {
        CallbackMode.FORGE_AMOUNT: {
            "total_amount": "0.01",
            "buyer_pay_amount": "0.01",
            "receipt_amount": "0.01",
        },
        CallbackMode.FORGE_CURRENCY: {"trans_currency": "USD"},
        CallbackMode.FORGE_MERCHANT: {"app_id": "2021999999999999", "auth_app_id": "2021999999999999"},
    }
    now = clock.wire()
    sent_at = now - OLD if callback.mode is CallbackMode.OLD_TIMESTAMP else now
    fields = {
        **callback.payload,
        "notify_id": callback.id,
        "notify_time": china_text(sent_at),
        **changes.get(callback.mode, {}),
    }
    pairs = signed_pairs(settings, fields)
    if callback.mode is CallbackMode.FORGE_SIGNATURE:
        pairs["sign"] = random_signature()
    return {"Content-Type": FORM}, urlencode(pairs).encode("ascii")


def transaction_id(capture: Capture) -> str:
    """Return the one transaction of a capture."""
    return next(iter(capture.transaction_ids.values()))


def _trade_payload(settings: Settings, payment: Payment, trade_no: str) -> dict[str, str]:
    return {
        "app_id": settings.accounts.alipay_app_id,
        "auth_app_id": settings.accounts.alipay_app_id,
        "buyer_id": "2088100000000001",
        "buyer_logon_id": "138****0000",
        "charset": "utf-8",
        "notify_type": "trade_status_sync",
        "out_trade_no": payment.out_trade_no,
        "seller_id": settings.accounts.alipay_seller_id,
        "subject": payment.subject,
        "trade_no": trade_no,
        "version": "1.0",
    }


def _pairs(fields: Mapping[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
