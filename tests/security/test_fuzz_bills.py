"""Whatever comes as a bill of a channel: it is read to its end, or refused as one that cannot be read."""

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from jishi.money.payments.channels import bills
from jishi.money.payments.channels.types import BillRow, UnverifiedAnswer
from simulators.alipay.bill import COLUMNS as ALIPAY_COLUMNS
from simulators.wechat.bill import COLUMNS as WECHAT_COLUMNS
from tests.security.hostile import EXAMPLES, Figures, attack, spoilt


def alipay_table() -> bytes:
    row = dict.fromkeys(ALIPAY_COLUMNS, "") | {
        "支付宝交易号": "2026113022001", "商户订单号": "T1", "业务类型": "交易", "完成时间": "2026-11-30 10:00:00",
        "订单金额（元）": "12.50", "服务费（元）": "-0.08",
    }  # fmt: skip
    table = io.StringIO()
    csv.writer(table, lineterminator="\r\n").writerows([ALIPAY_COLUMNS, *[list(row.values())] * 3])
    return table.getvalue().encode("gbk")


def zipped(table: bytes, name: str = "2088_20261130_业务明细.csv") -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, table)
    return memory.getvalue()


def wechat_table() -> bytes:
    row = dict.fromkeys(WECHAT_COLUMNS, "") | {
        "交易时间": "2026-11-30 10:00:00", "微信订单号": "4200001", "商户订单号": "T1", "交易状态": "SUCCESS",
        "货币种类": "CNY", "手续费": "0.08000", "订单金额": "12.50", "申请退款金额": "0.00",
    }  # fmt: skip
    line = ",".join(f"`{value}" for value in row.values())
    return "\r\n".join([",".join(WECHAT_COLUMNS), line, line, "总交易单数", "`2"]).encode()


@pytest.mark.parametrize("kind", ["zip", "table", "text"])
@EXAMPLES
def test_bill_files(kind: str, examples: int, figures: Figures) -> None:
    read: dict[str, tuple[bytes, Callable[[bytes], Any]]] = {
        "zip": (zipped(alipay_table()), bills.alipay_rows),
        "table": (alipay_table(), lambda table: bills.alipay_rows(zipped(table))),
        "text": (wechat_table(), lambda text: bills.wechat_rows(text.decode("utf-8", "replace"))),
    }
    genuine, reading = read[kind]
    assert all(isinstance(row, BillRow) for row in reading(genuine))

    def suffer(data: bytes) -> None:
        try:
            for row in reading(data):
                assert isinstance(row, BillRow)
                assert "\0" not in row.out_trade_no
        except UnverifiedAnswer:
            return

    attack(f"bill files, {kind}", spoilt([genuine]), examples, figures, suffer)


def test_a_bill_that_unpacks_to_gigabytes_is_refused_before_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bills, "BILL_BYTES_MAX", 1_000_000)
    with pytest.raises(UnverifiedAnswer):
        list(bills.alipay_rows(zipped(b"0" * 20_000_000)))
