"""WeChat Pay's endpoints: payments single and combined, queries, closing, refunds, bills."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.clock import china_rfc3339
from simulators.faults import FaultKind
from simulators.payments import Refused, captured_by, new_token, share_of
from simulators.records import Company, Payment, Refund, Share
from simulators.signing import md5_upper
from simulators.wechat.bill import bill_text
from simulators.wechat.wire import check_request, combined, signed_answer, transaction
from simulators.world import World, world_of

# HTTP status and WeChat Pay's own code for what the shared core refuses.
STATUS = {
    "SIGN_ERROR": (401, "SIGN_ERROR"),
    "PARAM_ERROR": (400, "PARAM_ERROR"),
    "ORDERPAID": (400, "ORDERPAID"),
    "ORDER_CLOSED": (400, "ORDER_CLOSED"),
    "OUT_TRADE_NO_USED": (403, "OUT_TRADE_NO_USED"),
    "ORDER_NOT_EXIST": (404, "ORDER_NOT_EXIST"),
    "RESOURCE_NOT_EXISTS": (404, "RESOURCE_NOT_EXISTS"),
    "REFUND_NUMBER_USED": (400, "INVALID_REQUEST"),
    "REFUND_TOO_LARGE": (400, "INVALID_REQUEST"),
    "TOTAL_MISMATCH": (400, "INVALID_REQUEST"),
    "NOT_ENOUGH": (403, "NOT_ENOUGH"),
    "NO_STATEMENT_EXIST": (400, "NO_STATEMENT_EXIST"),
}
Content = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    request: Request
    content: Content
    fault: FaultKind | None


Handler = Callable[[World, _Call], Content | None]


def endpoint(operation: str, handle: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Wrap a handler: check the request, let ordered faults happen, sign the answer."""

    async def answered(request: Request) -> Response:
        world = world_of(request)
        body = await request.body()
        now = world.clock.wire()
        fault = world.faults.take(operation)
        if fault is FaultKind.UNAVAILABLE:
            return signed_answer(world.settings, 500, {"code": "SYSTEM_ERROR", "message": "系统异常"}, now)
        try:
            check_request(world.settings, request, body, now)
            if fault is FaultKind.REFUSED:
                raise Refused("NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
            content = handle(world, _Call(request=request, content=_content(body), fault=fault))
            status = 204 if content is None else 200
        except Refused as refusal:
            status, code = STATUS[refusal.code]
            content = {"code": code, "message": refusal.message}
        if fault is FaultKind.LOST_ANSWER:
            return Response("upstream connect error", status_code=502)
        return signed_answer(
            world.settings, status, content, world.clock.wire(), is_forged=fault is FaultKind.BAD_SIGNATURE
        )

    return answered


def _content(body: bytes) -> Content:
    try:
        content = json.loads(body) if body else {}
    except ValueError as error:
        raise Refused("PARAM_ERROR", "请求体不是 JSON") from error
    if not isinstance(content, dict):
        raise Refused("PARAM_ERROR", "请求体不是 JSON 对象")
    return content


def _open_single(world: World, call: _Call) -> Content:
    accounts = world.settings.accounts
    if (call.content.get("appid"), call.content.get("mchid")) != (
        accounts.wechat_appid,
        accounts.wechat_mchid,
    ):
        raise Refused("PARAM_ERROR", "appid 与 mchid 不匹配")
    amount = call.content.get("amount") or {}
    share = _share(call.content, amount.get("total"))
    product = call.request.url.path.rpartition("/")[2]
    return _opened(
        world,
        call.content,
        str(call.content["out_trade_no"]),
        (share,),
        product,
        amount.get("currency", "CNY"),
    )


def _open_combined(world: World, call: _Call) -> Content:
    accounts = world.settings.accounts
    named = (call.content.get("combine_appid"), call.content.get("combine_mchid"))
    orders = call.content.get("sub_orders") or []
    if named != (accounts.wechat_appid, accounts.wechat_mchid) or not 1 <= len(orders) <= 50:
        raise Refused("PARAM_ERROR", "合单参数无效")
    if any(order.get("mchid") != accounts.wechat_mchid or not order.get("attach") for order in orders):
        raise Refused("PARAM_ERROR", "子单商户号或附加数据无效")
    shares = tuple(_share(order, (order.get("amount") or {}).get("total_amount")) for order in orders)
    number = str(call.content.get("combine_out_trade_no", ""))
    product = f"combine-{call.request.url.path.rpartition('/')[2]}"
    return _opened(world, call.content, number, shares, product, orders[0]["amount"].get("currency", "CNY"))


def _share(content: Content, amount_minor: object) -> Share:
    if isinstance(amount_minor, bool) or not isinstance(amount_minor, int) or amount_minor <= 0:
        raise Refused("PARAM_ERROR", "金额必须为正整数（分）")
    if not content.get("out_trade_no") or not content.get("description"):
        raise Refused("PARAM_ERROR", "缺少 out_trade_no 或 description")
    return Share(
        out_trade_no=str(content["out_trade_no"]),
        amount_minor=amount_minor,
        subject=str(content["description"]),
        attach=str(content.get("attach", "")),
    )


def _opened(
    world: World, content: Content, number: str, shares: tuple[Share, ...], product: str, currency: str
) -> Content:
    if not content.get("notify_url") or not 6 <= len(number) <= 32:
        raise Refused("PARAM_ERROR", "缺少 notify_url，或商户订单号长度不符")
    if product.endswith("h5") and not (content.get("scene_info") or {}).get("payer_client_ip"):
        raise Refused("PARAM_ERROR", "缺少 scene_info.payer_client_ip")
    expires = content.get("time_expire")
    payment = world.payments.open(
        Payment(
            company=Company.WECHAT,
            token=new_token(),
            product=product,
            out_trade_no=number,
            shares=shares,
            amount_minor=sum(share.amount_minor for share in shares),
            currency=currency,
            subject=shares[0].subject,
            notify_url=str(content["notify_url"]),
            return_url="",
            created_at=world.clock.now(),
            expires_at=_instant(str(expires)) if expires else None,
            is_combined=product.startswith("combine"),
        )
    )
    if product.endswith("h5"):
        address = f"{world.settings.shop_url}/_sim/wechat/cashier/{quote(payment.token)}"
        return {"h5_url": f"{address}?prepay_id=wx{payment.token[:16]}"}
    return {"code_url": f"weixin://wxpay/bizpayurl?pr={payment.token}"}


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused("PARAM_ERROR", "time_expire 格式错误") from error
    if instant.tzinfo is None:
        raise Refused("PARAM_ERROR", "time_expire 缺少时区")
    return instant


def _payment(world: World, number: str) -> Payment:
    payment = world.payments.find(Company.WECHAT, number)
    if payment is None:
        raise Refused("ORDER_NOT_EXIST", "订单不存在")
    return payment


def _query_single(world: World, call: _Call) -> Content:
    if call.request.query_params.get("mchid") != world.settings.accounts.wechat_mchid:
        raise Refused("PARAM_ERROR", "mchid 有误")
    if transaction_id := call.request.path_params.get("transaction_id"):
        payment = world.payments.by_transaction(Company.WECHAT, transaction_id)
        if payment is None:
            raise Refused("ORDER_NOT_EXIST", "订单不存在")
        number = share_of(payment, transaction_id)
    else:
        number = call.request.path_params["number"]
        payment = _payment(world, number)
    if number not in {share.out_trade_no for share in payment.shares}:
        raise Refused("ORDER_NOT_EXIST", "订单不存在")
    return transaction(world, payment, number)


def _query_combined(world: World, call: _Call) -> Content:
    payment = _payment(world, call.request.path_params["number"])
    if not payment.is_combined:
        raise Refused("ORDER_NOT_EXIST", "订单不存在")
    return combined(world, payment)


def _close(world: World, call: _Call) -> None:
    payment = _payment(world, call.request.path_params["number"])
    if payment.is_combined:
        numbers = {str(order.get("out_trade_no")) for order in call.content.get("sub_orders") or []}
        if numbers != {share.out_trade_no for share in payment.shares}:
            raise Refused("PARAM_ERROR", "子单信息与下单时不一致")
    elif call.content.get("mchid") != world.settings.accounts.wechat_mchid:
        raise Refused("PARAM_ERROR", "mchid 有误")
    world.payments.close(payment)


def _refund(world: World, call: _Call) -> Content:
    amount = call.content.get("amount") or {}
    transaction_id = str(
        call.content.get("transaction_id") or _transaction_of(world, str(call.content.get("out_trade_no")))
    )
    payment = world.payments.by_transaction(Company.WECHAT, transaction_id)
    number = str(call.content.get("out_refund_no", ""))
    if payment is None or not number:
        raise Refused("RESOURCE_NOT_EXISTS", "订单不存在或缺少退款单号")
    if not isinstance(amount.get("refund"), int) or not isinstance(amount.get("total"), int):
        raise Refused("PARAM_ERROR", "金额无效")
    now = world.clock.now()
    wish = Refund(
        company=Company.WECHAT,
        out_refund_no=number,
        refund_id=f"503{md5_upper(number)[:24]}",
        payment_number=payment.out_trade_no,
        share_number=share_of(payment, transaction_id),
        transaction_id=transaction_id,
        amount_minor=amount["refund"],
        currency=str(amount.get("currency", "CNY")),
        reason=str(call.content.get("reason", "")),
        created_at=now,
        notify_url=str(call.content.get("notify_url", "")),
        is_abnormal=call.fault is FaultKind.ABNORMAL,
    )
    refund, is_new = world.payments.refund(wish, amount["total"])
    return _refund_content(refund, captured_by(payment, transaction_id), is_settled=not is_new)


def _query_refund(world: World, call: _Call) -> Content:
    refund = world.payments.find_refund(Company.WECHAT, call.request.path_params["number"])
    payment = world.payments.by_transaction(Company.WECHAT, refund.transaction_id) if refund else None
    if refund is None or payment is None:
        raise Refused("RESOURCE_NOT_EXISTS", "退款单不存在")
    return _refund_content(refund, captured_by(payment, refund.transaction_id), is_settled=True)


def _refund_content(refund: Refund, captured_minor: int, *, is_settled: bool) -> Content:
    """Describe a refund; the answer to its request says PROCESSING, as the real one does."""
    end = "ABNORMAL" if refund.is_abnormal else "SUCCESS"
    content: Content = {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "transaction_id": refund.transaction_id,
        "out_trade_no": refund.share_number,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": china_rfc3339(refund.created_at),
        "status": end if is_settled else "PROCESSING",
        "amount": {
            "total": captured_minor,
            "refund": refund.amount_minor,
            "payer_total": captured_minor,
            "payer_refund": refund.amount_minor,
            "currency": refund.currency,
        },
    }
    if is_settled and not refund.is_abnormal:
        content["success_time"] = china_rfc3339(refund.created_at)
    return content


def _transaction_of(world: World, number: str) -> str:
    payment = _payment(world, number)
    if not payment.captures or number not in payment.captures[0].transaction_ids:
        raise Refused("RESOURCE_NOT_EXISTS", "订单未支付")
    return payment.captures[0].transaction_ids[number]


def _bill(world: World, call: _Call) -> Content:
    kind, packed = (
        call.request.query_params.get("bill_type", "ALL"),
        call.request.query_params.get("tar_type", ""),
    )
    try:
        day = date.fromisoformat(call.request.query_params.get("bill_date", ""))
    except ValueError as error:
        raise Refused("PARAM_ERROR", "账单日期无效") from error
    text = bill_text(world, day, kind)
    if not text:
        raise Refused("NO_STATEMENT_EXIST", "账单文件不存在")
    base = str(call.request.url).partition("/v3/bill/")[0]
    return {
        "hash_type": "SHA1",
        "hash_value": hashlib.sha1(text, usedforsecurity=False).hexdigest(),
        "download_url": f"{base}/v3/billdownload/file?token={day.isoformat()}.{kind}.{packed}",
    }


ROUTES = [
    Route("/v3/pay/transactions/native", endpoint("start", _open_single), methods=["POST"]),
    Route("/v3/pay/transactions/h5", endpoint("start", _open_single), methods=["POST"]),
    Route("/v3/combine-transactions/native", endpoint("start", _open_combined), methods=["POST"]),
    Route("/v3/combine-transactions/h5", endpoint("start", _open_combined), methods=["POST"]),
    Route("/v3/pay/transactions/id/{transaction_id}", endpoint("query", _query_single)),
    Route("/v3/pay/transactions/out-trade-no/{number}", endpoint("query", _query_single)),
    Route("/v3/combine-transactions/out-trade-no/{number}", endpoint("query", _query_combined)),
    Route("/v3/pay/transactions/out-trade-no/{number}/close", endpoint("close", _close), methods=["POST"]),
    Route(
        "/v3/combine-transactions/out-trade-no/{number}/close", endpoint("close", _close), methods=["POST"]
    ),
    Route("/v3/refund/domestic/refunds", endpoint("refund", _refund), methods=["POST"]),
    Route("/v3/refund/domestic/refunds/{number}", endpoint("query_refund", _query_refund)),
    Route("/v3/bill/tradebill", endpoint("bill", _bill)),
]
