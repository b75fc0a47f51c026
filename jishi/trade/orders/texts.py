"""What the timeline says to people."""

from collections.abc import Mapping

from jishi.kernel.words import Text

TIMELINE: Mapping[str, Text] = {
    "placed": Text(zh="订单已提交", en="Order placed"),
    "deposit_paid": Text(zh="定金已付,待付尾款", en="Deposit received; the balance is awaited"),
    "deposit_forfeited": Text(zh="定金按约定归商家所有", en="The merchant keeps the deposit, as agreed"),
    "deposit_returning": Text(zh="定金正在原路退回", en="The deposit is on its way back"),
    "deposit_returned": Text(zh="定金已退回", en="The deposit was returned"),
    "paid": Text(zh="付款成功", en="Payment received"),
    "closed_unpaid": Text(zh="超时未付款,订单已关闭", en="Closed, because it was not paid in time"),
    "cancelled": Text(zh="订单已取消", en="Order cancelled"),
    "reopened": Text(zh="付款已到账,订单已恢复", en="The payment arrived; the order is open again"),
    "partially_shipped": Text(zh="部分商品已发货", en="Some of the goods were shipped"),
    "shipped": Text(zh="商品已全部发货", en="All goods were shipped"),
    "codes_given": Text(zh="卡密已发放,可在订单中查看", en="Codes given; see them in the order"),
    "vouchers_issued": Text(zh="服务券已发放", en="Vouchers issued"),
    "voucher_used": Text(zh="服务券已核销", en="A voucher was used"),
    "vouchers_expired": Text(
        zh="服务券已过期,未使用的自动退款", en="Vouchers expired; what was not used is refunded"
    ),
    "handed_over": Text(zh="无需物流,已交付", en="Handed over, no parcel needed"),
    "service_had": Text(zh="服务已完成", en="The service was had"),
    "delivered": Text(zh="包裹已送达", en="Delivered"),
    "received": Text(zh="已确认收货", en="Receipt confirmed"),
    "completed": Text(zh="交易完成", en="Completed"),
    "refund_opened": Text(zh="退款处理中", en="A refund is under way"),
    "late_payment_returned": Text(
        zh="付款到账时订单已关闭,款项正在原路退回",
        en="The payment came too late; it is on its way back to you",
    ),
    "second_capture_returned": Text(
        zh="重复付款,多付的款项正在原路退回",
        en="You were charged twice; the second payment is on its way back",
    ),
    "refunded": Text(zh="退款已到账", en="Refunded"),
}


def timeline_text(kind: str, reason: str, language: str) -> str:
    """Return one entry's text; what this release has no words for is shown by its kind."""
    known = TIMELINE.get(kind)
    text = known.of(language) if known else kind.replace("_", " ")
    if not reason:
        return text
    return f"{text}: {reason}" if language == "en" else f"{text}:{reason}"
