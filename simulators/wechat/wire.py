"""What WeChat Pay signs and seals, and how it checks what the shop signed."""

import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulators.clock import Clock, china_rfc3339
from simulators.payments import Refused
from simulators.records import Callback, CallbackMode, Capture, Payment, Refund
from simulators.settings import Settings
from simulators.signing import random_signature, rsa_sign, rsa_verifies, seal
from simulators.world import World

PREFIX = "/_sim/wechat"  # not part of what is signed: the real gateway has no prefix
SCHEMA = "WECHATPAY2-SHA256-RSA2048"
WINDOW_SECONDS = 300
OLD = timedelta(hours=1)
_PAIR = re.compile(r'(\w+)="([^"]*)"')


def check_request(settings: Settings, request: Request, body: bytes, now: datetime) -> None:
    """Check who asks, when, and that he signed exactly this. Raises: Refused."""
    scheme, _, pairs = request.headers.get("authorization", "").partition(" ")
    given = dict(_PAIR.findall(pairs))
    accounts = settings.accounts
    if scheme != SCHEMA or not {"mchid", "nonce_str", "timestamp", "serial_no", "signature"} <= given.keys():
        raise Refused("SIGN_ERROR", "Http头缺少Authorization或格式错误")
    if (given["mchid"], given["serial_no"]) != (accounts.wechat_mchid, accounts.wechat_serial):
        raise Refused("SIGN_ERROR", "商户号或证书序列号有误")
    if not given["timestamp"].isdigit() or abs(now.timestamp() - int(given["timestamp"])) > WINDOW_SECONDS:
        raise Refused("SIGN_ERROR", "Http头Authorization时间戳超出有效期")
    path = request.scope["raw_path"].decode("ascii").partition("?")[0].removeprefix(PREFIX)
    query = request.scope["query_string"].decode("ascii")
    target = f"{path}?{query}" if query else path
    text = f"{request.method}\n{target}\n{given['timestamp']}\n{given['nonce_str']}\n".encode() + body + b"\n"
    if not rsa_verifies(settings.keys.wechat_merchant_public, text, given["signature"]):
        raise Refused("SIGN_ERROR", "签名错误")


def signed_answer(
    settings: Settings,
    status: int,
    content: Mapping[str, object] | None,
    now: datetime,
    *,
    is_forged: bool = False,
) -> Response:
    """Write an answer, signed whatever its status."""
    body = b"" if content is None else json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    headers = signature_headers(settings, body, now)
    if is_forged:
        headers["Wechatpay-Signature"] = random_signature()
    media_type = "application/json; charset=utf-8" if body else None
    return Response(body, status_code=status, headers=headers, media_type=media_type)


def signature_headers(settings: Settings, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers that sign a body at an instant."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(16)
    text = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    return {
        "Request-ID": secrets.token_hex(16),
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": settings.accounts.wechat_public_key_id,
        "Wechatpay-Signature": rsa_sign(settings.keys.wechat_platform_private, text),
        "Wechatpay-Signature-Type": SCHEMA,
        "Wechatpay-Timestamp": timestamp,
    }


def transaction(
    world: World, payment: Payment, number: str, capture: Capture | None = None
) -> dict[str, Any]:
    """Return a single transaction: of a plain payment, or of one share of a combined one."""
    accounts = world.settings.accounts
    share = payment.share(number)
    capture = capture or (payment.captures[0] if payment.captures else None)
    amount: dict[str, Any] = {"total": share.amount_minor, "currency": payment.currency}
    content: dict[str, Any] = {
        "appid": accounts.wechat_appid,
        "mchid": accounts.wechat_mchid,
        "out_trade_no": number,
        "attach": share.attach,
        "trade_state": _unpaid_state(world, payment),
        "amount": amount,
    }
    if capture:
        content |= _paid(world, payment, capture, number)
        content["payer"] = {"openid": "o-simulated-buyer"}
        amount |= {"payer_total": share.amount_minor, "payer_currency": payment.currency}
    return content


def combined(world: World, payment: Payment, capture: Capture | None = None) -> dict[str, Any]:
    """Return a combined payment with all of its shares."""
    accounts = world.settings.accounts
    capture = capture or (payment.captures[0] if payment.captures else None)
    orders = []
    for share in payment.shares:
        amount: dict[str, Any] = {"total_amount": share.amount_minor, "currency": payment.currency}
        order: dict[str, Any] = {
            "mchid": accounts.wechat_mchid,
            "out_trade_no": share.out_trade_no,
            "attach": share.attach,
            "trade_state": _unpaid_state(world, payment),
            "amount": amount,
        }
        if capture:
            order |= _paid(world, payment, capture, share.out_trade_no)
            amount |= {"payer_amount": share.amount_minor, "payer_currency": payment.currency}
        orders.append(order)
    return {
        "combine_appid": accounts.wechat_appid,
        "combine_mchid": accounts.wechat_mchid,
        "combine_out_trade_no": payment.out_trade_no,
        "combine_payer_info": {"openid": "o-simulated-buyer"},
        "sub_orders": orders,
    }


def capture_payload(world: World, payment: Payment, capture: Capture) -> dict[str, Any]:
    """Return what a callback says of money taken, before it is sealed."""
    if payment.is_combined:
        return combined(world, payment, capture)
    return transaction(world, payment, payment.out_trade_no, capture)


def refund_payload(settings: Settings, refund: Refund, captured_minor: int) -> dict[str, Any]:
    """Return what a callback says of money sent back, before it is sealed."""
    return {
        "mchid": settings.accounts.wechat_mchid,
        "transaction_id": refund.transaction_id,
        "out_trade_no": refund.share_number,
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "refund_status": "SUCCESS",
        "success_time": china_rfc3339(refund.created_at),
        "user_received_account": "支付用户零钱",
        "amount": {
            "total": captured_minor,
            "refund": refund.amount_minor,
            "payer_total": captured_minor,
            "payer_refund": refund.amount_minor,
        },
    }


def envelope(settings: Settings, clock: Clock, callback: Callback) -> tuple[dict[str, str], bytes]:
    """Seal and sign a callback, true or forged as its mode says."""
    kind = "refund" if callback.kind == "refund" else "transaction"
    plain = json.dumps(_changed(callback), ensure_ascii=False).encode()
    ciphertext, nonce = seal(settings.keys.wechat_api_v3_key, plain, kind)
    body = json.dumps(
        {
            "id": callback.id,
            "create_time": china_rfc3339(callback.created_at),
            "event_type": f"{kind.upper()}.SUCCESS",
            "resource_type": "encrypt-resource",
            "summary": "支付成功" if kind == "transaction" else "退款成功",
            "resource": {
                "original_type": kind,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": ciphertext,
                "associated_data": kind,
                "nonce": nonce,
            },
        },
        ensure_ascii=False,
    ).encode()
    now = clock.wire()
    headers = signature_headers(
        settings, body, now - OLD if callback.mode is CallbackMode.OLD_TIMESTAMP else now
    )
    if callback.mode is CallbackMode.FORGE_SIGNATURE:
        headers["Wechatpay-Signature"] = random_signature()
    return {"Content-Type": "application/json", **headers}, body


def _changed(callback: Callback) -> dict[str, Any]:
    """Return the payload with what a forged callback lies about."""
    payload = json.loads(json.dumps(callback.payload))
    targets = payload.get("sub_orders") or [payload]
    if callback.mode is CallbackMode.FORGE_MERCHANT:
        payload["combine_mchid" if "combine_mchid" in payload else "mchid"] = "1999999999"
    for target in targets:
        if callback.mode is CallbackMode.FORGE_AMOUNT:
            target["amount"]["total_amount" if "sub_orders" in payload else "total"] = 1
        if callback.mode is CallbackMode.FORGE_CURRENCY:
            target["amount"]["currency"] = "USD"
    return dict(payload)


def _unpaid_state(world: World, payment: Payment) -> str:
    return {"closed": "CLOSED", "failed": "PAYERROR"}.get(payment.state(world.clock.now()), "NOTPAY")


def _paid(world: World, payment: Payment, capture: Capture, number: str) -> dict[str, Any]:
    transaction_id = capture.transaction_ids[number]
    has_refund = world.payments.refunded(transaction_id) > 0
    return {
        "transaction_id": transaction_id,
        "trade_type": "MWEB" if payment.product.endswith("h5") else "NATIVE",
        "trade_state": "REFUND" if has_refund else "SUCCESS",
        "trade_state_desc": "转入退款" if has_refund else "支付成功",
        "bank_type": "OTHERS",
        "success_time": china_rfc3339(capture.paid_at),
    }
