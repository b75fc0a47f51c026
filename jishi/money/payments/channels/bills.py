"""The daily bill files: Alipay's zipped GBK table, WeChat Pay's text with a ` before every value."""

import csv
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from jishi.money.payments.channels.amounts import fee_minor_of, minor_of
from jishi.money.payments.channels.times import china_instant
from jishi.money.payments.channels.types import BillKind, BillRow, UnverifiedAnswer

# What unpacking a broken archive raises: of the wrong length, of another kind, encrypted …
BROKEN_ARCHIVE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError, OSError, EOFError, OverflowError
)  # fmt: skip
BILL_BYTES_MAX = 512 * 1024 * 1024  # unpacked; a zip bomb stops here


def alipay_rows(archive: bytes) -> Iterator[BillRow]:
    """Yield the lines of an Alipay trade bill. Raises: UnverifiedAnswer when it is not one."""
    try:
        yield from _alipay_rows(_detail_table(archive))
    except (ValueError, KeyError, csv.Error, *BROKEN_ARCHIVE) as error:
        raise UnverifiedAnswer(f"the bill cannot be read: {error}") from error


def _detail_table(archive: bytes) -> str:
    """Unpack the table of single transactions; the archive's other table holds sums only."""
    with zipfile.ZipFile(io.BytesIO(archive), metadata_encoding="gbk") as files:
        for entry in files.infolist():
            if entry.filename.endswith(".csv") and "汇总" not in entry.filename:
                if entry.file_size > BILL_BYTES_MAX:
                    raise ValueError("the bill is too large")
                return files.read(entry).decode("gbk")
    raise ValueError("no table of transactions")


def _alipay_rows(table: str) -> Iterator[BillRow]:
    lines = (line for line in table.splitlines() if line.strip() and not line.startswith("#"))
    reader = csv.reader(lines)
    names = [name.strip() for name in next(reader, [])]
    for values in reader:
        row = dict(zip(names, (value.strip() for value in values), strict=True))
        yield _alipay_row(row)


def _alipay_row(row: Mapping[str, str]) -> BillRow:
    is_refund = row["业务类型"] == "退款"
    fee_minor = abs(fee_minor_of(row["服务费（元）"]))
    return BillRow(
        kind=BillKind.REFUND if is_refund else BillKind.PAYMENT,
        out_trade_no=row["商户订单号"],
        channel_transaction_id=row["支付宝交易号"],
        amount_minor=abs(minor_of(row["订单金额（元）"])),
        fee_minor=-fee_minor if is_refund else fee_minor,
        currency="CNY",
        happened_at=china_instant(row["完成时间"]),
        out_refund_no=(row["退款批次号/请求号"] or None) if is_refund else None,
    )


def wechat_rows(text: str) -> Iterator[BillRow]:
    """Yield the lines of a WeChat Pay trade bill. Raises: UnverifiedAnswer when it is not one."""
    try:
        yield from _wechat_rows(text)
    except (ValueError, KeyError) as error:
        raise UnverifiedAnswer(f"the bill cannot be read: {error}") from error


def _wechat_rows(text: str) -> Iterator[BillRow]:
    lines = iter(text.removeprefix("\ufeff").splitlines())
    names = next(lines, "").split(",")
    for line in lines:
        if not line.startswith("`"):
            return  # the heading of the sums
        values = line.removeprefix("`").split(",`")
        yield _wechat_row(dict(zip(names, values, strict=True)))


def _wechat_row(row: Mapping[str, str]) -> BillRow:
    is_refund = row["交易状态"] == "REFUND"
    fee_minor = abs(fee_minor_of(row["手续费"]))
    return BillRow(
        kind=BillKind.REFUND if is_refund else BillKind.PAYMENT,
        out_trade_no=row["商户订单号"],
        channel_transaction_id=row["微信订单号"],
        amount_minor=minor_of(row["申请退款金额"] if is_refund else row["订单金额"]),
        fee_minor=-fee_minor if is_refund else fee_minor,
        currency=row["货币种类"],
        happened_at=china_instant(row["交易时间"]),
        out_refund_no=row["商户退款单号"] if is_refund else None,
        channel_refund_id=row["微信退款单号"] if is_refund else None,
    )
