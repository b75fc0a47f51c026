"""The gateway: one address, the method in a field, business content as JSON in another."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from simulators.alipay.bill import bill_archive
from simulators.alipay.wire import answer, request_fields, request_verifies, transaction_id
from simulators.amounts import minor_from_yuan, yuan_from_minor
from simulators.clock import china_text, from_china_text
from simulators.faults import FaultKind
from simulators.payments import Refused, captured_by, new_token
from simulators.records import Company, Payment, Refund, Share
from simulators.signing import md5_upper
from simulators.world import World, world_of

Node = dict[str, object]
PAGES = frozenset({"alipay.trade.page.pay", "alipay.trade.wap.pay"})
SUCCESS = {"code": "10000", "msg": "Success"}
# What the shared core calls a thing, and what Alipay calls it.
CODES = {
    "ORDERPAID": "ACQ.TRADE_HAS_SUCCESS",
    "ORDER_CLOSED": "ACQ.TRADE_HAS_CLOSE",
    "OUT_TRADE_NO_USED": "ACQ.CONTEXT_INCONSISTENT",
    "REFUND_NUMBER_USED": "ACQ.DISCORDANT_REPEAT_REQUEST",
    "REFUND_TOO_LARGE": "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
    "RESOURCE_NOT_EXISTS": "ACQ.TRADE_NOT_EXIST",
}
OPERATIONS = {
    "alipay.trade.query": "query",
    "alipay.trade.close": "close",
    "alipay.trade.refund": "refund",
    "alipay.trade.fastpay.refund.query": "query_refund",
    "alipay.data.dataservice.bill.downloadurl.query": "bill",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    base_url: str  # the gateway's own folder, as the shop addressed it
    content: Mapping[str, Any]
    fault: FaultKind | None


async def gateway(request: Request) -> Response:
    """Answer one request: a page for a buyer's browser, signed JSON for the shop."""
    world = world_of(request)
    fields = await request_fields(request)
    method = fields.get("method", "")
    if method in PAGES:
        return _open_page(world, fields)
    fault = world.faults.take(OPERATIONS.get(method, ""))
    if fault is FaultKind.UNAVAILABLE:
        return Response("upstream connect error", status_code=502)
    node = _answer_node(world, str(request.url).partition("/gateway.do")[0], fields, fault)
    if fault is FaultKind.LOST_ANSWER:
        return Response("upstream connect error", status_code=502)
    name = f"{method.replace('.', '_')}_response" if method in METHODS else "error_response"
    body = answer(world.settings, name, node, is_forged=fault is FaultKind.BAD_SIGNATURE)
    return Response(body, media_type="application/json;charset=utf-8")


def open_trade(world: World, fields: Mapping[str, str]) -> Payment:
    """Open the trade that a signed cashier address asks for, or find it open already. Raises: Refused."""
    _check(world, fields)
    content = _content(fields)
    try:
        number = str(content["out_trade_no"])
        amount_minor = minor_from_yuan(str(content["total_amount"]))
        subject = str(content["subject"])
        expires = content.get("time_expire")
        expires_at = from_china_text(str(expires)) if expires else None
    except (KeyError, ValueError) as error:
        raise Refused("ACQ.INVALID_PARAMETER", "参数无效") from error
    share = Share(out_trade_no=number, amount_minor=amount_minor, subject=subject)
    return world.payments.open(
        Payment(
            company=Company.ALIPAY,
            token=new_token(),
            product=fields["method"],
            out_trade_no=number,
            shares=(share,),
            amount_minor=amount_minor,
            currency="CNY",
            subject=subject,
            notify_url=fields.get("notify_url", ""),
            return_url=fields.get("return_url", ""),
            created_at=world.clock.now(),
            expires_at=expires_at,
        )
    )


async def download(request: Request) -> Response:
    """Send a bill's archive; whoever has the address may fetch it, as at Alipay."""
    world = world_of(request)
    day = request.query_params.get("bill_date", "")
    if request.query_params.get("token") != _bill_token(world, day):
        return Response(status_code=403)
    return Response(bill_archive(world, date.fromisoformat(day)), media_type="application/zip")


def _open_page(world: World, fields: Mapping[str, str]) -> Response:
    try:
        payment = open_trade(world, fields)
    except Refused as refusal:
        number = _content(fields).get("out_trade_no", "")
        known = world.payments.find(Company.ALIPAY, str(number))
        if refusal.code not in ("ORDERPAID", "ORDER_CLOSED") or known is None:
            code = CODES.get(refusal.code, refusal.code)
            return HTMLResponse(f"<h1>{escape(code)}</h1><p>{escape(refusal.message)}</p>", status_code=400)
        payment = known  # the cashier itself tells that it is over
    return RedirectResponse(f"/_sim/alipay/cashier/{quote(payment.token)}", status_code=302)


def _answer_node(world: World, base_url: str, fields: Mapping[str, str], fault: FaultKind | None) -> Node:
    try:
        _check(world, fields)
        if fault is FaultKind.REFUSED:
            raise Refused("ACQ.SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足")
        node = METHODS[fields["method"]](
            world, _Call(base_url=base_url, content=_content(fields), fault=fault)
        )
    except Refused as refusal:
        code = CODES.get(refusal.code, refusal.code)
        is_invalid = code.startswith("isv.")
        return {
            "code": "40002" if is_invalid else "40004",
            "msg": "Invalid Arguments" if is_invalid else "Business Failed",
            "sub_code": code,
            "sub_msg": refusal.message,
        }
    return {**SUCCESS, **node}


def _check(world: World, fields: Mapping[str, str]) -> None:
    if fields.get("app_id") != world.settings.accounts.alipay_app_id:
        raise Refused("isv.invalid-app-id", "无效的AppID参数")
    if fields.get("sign_type") != "RSA2":
        raise Refused("isv.invalid-signature-type", "签名类型无效")
    if not request_verifies(world.settings, fields):
        raise Refused("isv.invalid-signature", "验签出错，请检查签名")
    if fields.get("method") not in PAGES and fields.get("method") not in METHODS:
        raise Refused("isv.invalid-method", "不存在的方法名")


def _content(fields: Mapping[str, str]) -> dict[str, Any]:
    try:
        content = json.loads(fields.get("biz_content", "{}"))
    except ValueError as error:
        raise Refused("ACQ.INVALID_PARAMETER", "biz_content 不是 JSON") from error
    return content if isinstance(content, dict) else {}


def _trade(world: World, content: Mapping[str, Any]) -> tuple[Payment, str]:
    """Find a trade by either of its numbers; also say which transaction is meant ('' before any)."""
    if trade_no := str(content.get("trade_no", "")):
        payment = world.payments.by_transaction(Company.ALIPAY, trade_no)
    else:
        payment = world.payments.find(Company.ALIPAY, str(content.get("out_trade_no", "")))
        trade_no = transaction_id(payment.captures[0]) if payment and payment.captures else ""
    if payment is None:
        raise Refused("ACQ.TRADE_NOT_EXIST", "交易不存在")
    return payment, trade_no


def _query(world: World, call: _Call) -> Node:
    payment, trade_no = _trade(world, call.content)
    state = payment.state(world.clock.now())
    node: Node = {
        "out_trade_no": payment.out_trade_no,
        "total_amount": yuan_from_minor(payment.amount_minor),
        "trade_status": {"closed": "TRADE_CLOSED"}.get(state, "WAIT_BUYER_PAY"),
        "buyer_logon_id": "138****0000",
    }
    if not payment.captures:
        return node
    capture = next(c for c in payment.captures if transaction_id(c) == trade_no)
    is_over = world.payments.refunded(trade_no) >= captured_by(payment, trade_no)
    return {
        **node,
        "trade_no": trade_no,
        "trade_status": "TRADE_CLOSED" if is_over else "TRADE_SUCCESS",
        "send_pay_date": china_text(capture.paid_at),
        "receipt_amount": yuan_from_minor(payment.amount_minor),
    }


def _close(world: World, call: _Call) -> Node:
    payment, _ = _trade(world, call.content)
    if payment.state(world.clock.now()) in ("paid", "closed"):
        raise Refused("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    world.payments.close(payment)
    return {"out_trade_no": payment.out_trade_no}


def _refund(world: World, call: _Call) -> Node:
    payment, trade_no = _trade(world, call.content)
    if not trade_no:
        raise Refused("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    try:
        amount_minor = minor_from_yuan(str(call.content.get("refund_amount", "")))
    except ValueError as error:
        raise Refused("ACQ.INVALID_PARAMETER", "退款金额无效") from error
    number = str(call.content.get("out_request_no") or payment.out_trade_no)
    wish = Refund(
        company=Company.ALIPAY,
        out_refund_no=number,
        refund_id=f"{trade_no}-{number}",
        payment_number=payment.out_trade_no,
        share_number=payment.out_trade_no,
        transaction_id=trade_no,
        amount_minor=amount_minor,
        currency=payment.currency,
        reason=str(call.content.get("refund_reason", "")),
        created_at=world.clock.now(),
        notify_url=payment.notify_url,
        is_abnormal=call.fault is FaultKind.ABNORMAL,
    )
    refund, is_new = world.payments.refund(wish, None)
    return {
        "trade_no": trade_no,
        "out_trade_no": payment.out_trade_no,
        "buyer_logon_id": "138****0000",
        "fund_change": "Y" if is_new and not refund.is_abnormal else "N",
        "refund_fee": yuan_from_minor(world.payments.refunded(trade_no)),
    }


def _query_refund(world: World, call: _Call) -> Node:
    payment, trade_no = _trade(world, call.content)
    refund = world.payments.find_refund(Company.ALIPAY, str(call.content.get("out_request_no", "")), trade_no)
    if refund is None:
        return {}  # a success that says nothing: there is no such refund
    node: Node = {
        "trade_no": trade_no,
        "out_trade_no": payment.out_trade_no,
        "out_request_no": refund.out_refund_no,
        "total_amount": yuan_from_minor(payment.amount_minor),
        "refund_amount": yuan_from_minor(refund.amount_minor),
    }
    if refund.is_abnormal:
        return node
    return {**node, "refund_status": "REFUND_SUCCESS", "gmt_refund_pay": china_text(refund.created_at)}


def _bill(world: World, call: _Call) -> Node:
    try:
        day = date.fromisoformat(str(call.content.get("bill_date", "")))
    except ValueError as error:
        raise Refused("isv.invalid-arguments", "账单日期无效") from error
    if not bill_archive(world, day):
        raise Refused("isp.bill_not_exist", "账单不存在")
    token = _bill_token(world, day.isoformat())
    return {"bill_download_url": f"{call.base_url}/bill.zip?bill_date={day.isoformat()}&token={token}"}


def _bill_token(world: World, day: str) -> str:
    return md5_upper(f"{day}{world.settings.keys.sms_secret}")


METHODS: dict[str, Callable[[World, _Call], Node]] = {
    "alipay.trade.query": _query,
    "alipay.trade.close": _close,
    "alipay.trade.refund": _refund,
    "alipay.trade.fastpay.refund.query": _query_refund,
    "alipay.data.dataservice.bill.downloadurl.query": _bill,
}
