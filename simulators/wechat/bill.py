"""WeChat Pay's daily trade bill: text with a grave accent before every value, sums at the end."""

import gzip
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from simulators.amounts import fee_minor, yuan_from_minor
from simulators.clock import CHINA_TIME, china_text
from simulators.payments import Refused, captured_by
from simulators.records import Capture, Company, Payment, Refund
from simulators.wechat.wire import check_request
from simulators.world import World, world_of

COLUMNS = (
    "交易时间", "公众账号ID", "商户号", "特约商户号", "设备号", "微信订单号", "商户订单号", "用户标识",
    "交易类型", "交易状态", "付款银行", "货币种类", "应结订单金额", "代金券金额", "微信退款单号",
    "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态", "商品名称", "商户数据包",
    "手续费", "费率", "订单金额", "申请退款金额", "费率备注",
)  # fmt: skip
SUMS = (
    "总交易单数", "应结订单总金额", "退款总金额", "充值券退款总金额", "手续费总金额", "订单总金额",
    "申请退款总金额",
)  # fmt: skip


def bill_text(world: World, day: date, kind: str) -> bytes:
    """Return the bill of a day (China time): ALL, SUCCESS or REFUND; nothing for a day without business."""
    rows = _rows(world, day, kind)
    if not rows:
        return b""
    lines = [",".join(COLUMNS)]
    lines += [",".join(f"`{row[name]}" for name in COLUMNS) for row in rows]
    lines += [",".join(SUMS), ",".join(f"`{value}" for value in (len(rows), *["0.00"] * (len(SUMS) - 1)))]
    return "\r\n".join(lines).encode()


async def download(request: Request) -> Response:
    """Send a bill; the request is signed, the answer, as at WeChat Pay, is not."""
    world = world_of(request)
    try:
        check_request(world.settings, request, b"", world.clock.wire())
        day, kind, packed = request.query_params.get("token", "").split(".")
        text = bill_text(world, date.fromisoformat(day), kind)
    except (Refused, ValueError):
        return Response(status_code=401)
    return Response(gzip.compress(text) if packed == "GZIP" else text, media_type="text/plain; charset=utf-8")


def _rows(world: World, day: date, kind: str) -> list[dict[str, str]]:
    rows = []
    for payment in world.payments.all():
        for capture in payment.captures if payment.company is Company.WECHAT and kind != "REFUND" else ():
            if capture.paid_at.astimezone(CHINA_TIME).date() == day:
                rows += [_payment_row(world, payment, capture, number) for number in capture.transaction_ids]
    for refund in world.payments.refunds():
        is_of_day = refund.created_at.astimezone(CHINA_TIME).date() == day
        if refund.company is Company.WECHAT and is_of_day and kind != "SUCCESS":
            rows += _refund_rows(world, refund)
    return sorted(rows, key=lambda row: row["交易时间"])


def _payment_row(world: World, payment: Payment, capture: Capture, number: str) -> dict[str, str]:
    share = payment.share(number)
    amount = yuan_from_minor(share.amount_minor)
    return _blank(world, payment) | {
        "交易时间": china_text(capture.paid_at),
        "微信订单号": capture.transaction_ids[number],
        "商户订单号": number,
        "交易状态": "SUCCESS",
        "应结订单金额": amount,
        "商户数据包": share.attach,
        "手续费": f"{yuan_from_minor(fee_minor(share.amount_minor))}000",
        "订单金额": amount,
    }


def _refund_rows(world: World, refund: Refund) -> list[dict[str, str]]:
    payment = world.payments.by_transaction(Company.WECHAT, refund.transaction_id)
    if payment is None:
        return []
    amount = yuan_from_minor(refund.amount_minor)
    row = _blank(world, payment) | {
        "交易时间": china_text(refund.created_at),
        "微信订单号": refund.transaction_id,
        "商户订单号": refund.share_number,
        "交易状态": "REFUND",
        "微信退款单号": refund.refund_id,
        "商户退款单号": refund.out_refund_no,
        "退款金额": amount,
        "退款类型": "ORIGINAL",
        "退款状态": "PROCESSING" if refund.is_abnormal else "SUCCESS",
        "手续费": f"{yuan_from_minor(-fee_minor(refund.amount_minor))}000",
        "订单金额": yuan_from_minor(captured_by(payment, refund.transaction_id)),
        "申请退款金额": amount,
    }
    return [row]


def _blank(world: World, payment: Payment) -> dict[str, str]:
    """Return a row with what all rows share, and zeros where an amount does not apply."""
    zeros = ("应结订单金额", "代金券金额", "退款金额", "充值券退款金额", "订单金额", "申请退款金额")
    return (
        dict.fromkeys(COLUMNS, "")
        | dict.fromkeys(zeros, "0.00")
        | {
            "公众账号ID": world.settings.accounts.wechat_appid,
            "商户号": world.settings.accounts.wechat_mchid,
            "特约商户号": "0",
            "用户标识": "o-simulated-buyer",
            "交易类型": "MWEB" if payment.product.endswith("h5") else "NATIVE",
            "付款银行": "OTHERS",
            "货币种类": payment.currency,
            "商品名称": payment.subject,
            "费率": "0.60%",
        }
    )
