"""Alipay's daily trade bill: a zip of two GBK tables, single transactions and sums."""

import csv
import io
import zipfile
from datetime import date

from simulators.alipay.wire import transaction_id
from simulators.amounts import fee_minor, yuan_from_minor
from simulators.clock import CHINA_TIME, china_text
from simulators.records import Company, Payment, Refund
from simulators.world import World

COLUMNS = (
    "支付宝交易号", "商户订单号", "业务类型", "商品名称", "创建时间", "完成时间", "门店编号", "门店名称",
    "操作员", "终端号", "对方账户", "订单金额（元）", "商家实收（元）", "支付宝红包（元）", "集分宝（元）",
    "支付宝优惠（元）", "商家优惠（元）", "券核销金额（元）", "券名称", "商家红包消费金额（元）",
    "卡消费金额（元）", "退款批次号/请求号", "服务费（元）", "分润（元）", "备注",
)  # fmt: skip


def bill_archive(world: World, day: date) -> bytes:
    """Return the bill of a day (China time); nothing for a day without business."""
    rows = _rows(world, day)
    if not rows:
        return b""
    seller, stamp = world.settings.accounts.alipay_seller_id, day.strftime("%Y%m%d")
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{seller}_{stamp}_业务明细.csv", _detail(seller, day, rows))
        archive.writestr(f"{seller}_{stamp}_业务明细(汇总).csv", _summary(seller, day, rows))
    return memory.getvalue()


def _rows(world: World, day: date) -> list[dict[str, str]]:
    rows = [
        _payment_row(payment, transaction_id(capture), china_text(capture.paid_at))
        for payment in world.payments.all()
        if payment.company is Company.ALIPAY
        for capture in payment.captures
        if capture.paid_at.astimezone(CHINA_TIME).date() == day
    ]
    for refund in world.payments.refunds():
        is_of_day = refund.created_at.astimezone(CHINA_TIME).date() == day
        payment_of = world.payments.find(Company.ALIPAY, refund.payment_number)
        if refund.company is Company.ALIPAY and is_of_day and not refund.is_abnormal and payment_of:
            rows.append(_refund_row(payment_of, refund))
    return sorted(rows, key=lambda row: row["完成时间"])


def _payment_row(payment: Payment, trade_no: str, paid_text: str) -> dict[str, str]:
    amount = yuan_from_minor(payment.amount_minor)
    return {
        "支付宝交易号": trade_no,
        "商户订单号": payment.out_trade_no,
        "业务类型": "交易",
        "商品名称": payment.subject,
        "创建时间": china_text(payment.created_at),
        "完成时间": paid_text,
        "对方账户": "*买家(138****0000)",
        "订单金额（元）": amount,
        "商家实收（元）": amount,
        "服务费（元）": yuan_from_minor(-fee_minor(payment.amount_minor)),
    }


def _refund_row(payment: Payment, refund: Refund) -> dict[str, str]:
    amount = yuan_from_minor(-refund.amount_minor)
    return {
        "支付宝交易号": refund.transaction_id,
        "商户订单号": payment.out_trade_no,
        "业务类型": "退款",
        "商品名称": payment.subject,
        "创建时间": china_text(payment.created_at),
        "完成时间": china_text(refund.created_at),
        "对方账户": "*买家(138****0000)",
        "订单金额（元）": amount,
        "商家实收（元）": amount,
        "退款批次号/请求号": refund.out_refund_no,
        "服务费（元）": yuan_from_minor(fee_minor(refund.amount_minor)),
    }


def _detail(seller: str, day: date, rows: list[dict[str, str]]) -> bytes:
    """Write the table as Alipay does: remarks after #, a tab behind values so that Excel leaves them."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([f"{row.get(name, '')}\t" for name in COLUMNS])
    lines = [
        "#支付宝业务明细查询",
        f"#账号：[{seller}0156]",
        f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{day:%Y年%m月%d日} 24:00:00]",
        "#-----------------------------------------业务明细列表----------------------------------------",
        table.getvalue().rstrip("\r\n"),
        "#-----------------------------------------业务明细列表结束------------------------------------",
        "#导出时间：[模拟]",
    ]
    return "\r\n".join(lines).encode("gbk", "replace")


def _summary(seller: str, day: date, rows: list[dict[str, str]]) -> bytes:
    payments = sum(row["业务类型"] == "交易" for row in rows)
    lines = [
        "#支付宝业务汇总查询",
        f"#账号：[{seller}0156]",
        "门店编号,门店名称,交易订单总笔数,退款订单总笔数",
        f"合计,,{payments},{len(rows) - payments}",
        f"#日期：[{day.isoformat()}]",
    ]
    return "\r\n".join(lines).encode("gbk", "replace")
