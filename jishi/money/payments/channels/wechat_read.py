"""Reads WeChat Pay's transactions and refunds, single and combined, into our own shapes."""

from collections.abc import Mapping
from typing import Any

from jishi.money.payments.channels.times import aware_instant
from jishi.money.payments.channels.types import (
    CapturedPart,
    CaptureNotice,
    ChargeState,
    ChargeStatus,
    Notice,
    RefundNotice,
    RefundProgress,
    RefundState,
    StatusNotice,
    UnverifiedAnswer,
    WrongMerchant,
)
from jishi.money.payments.channels.wechat_wire import WechatAccount

# REFUND means that some of it went back, not that all did: the capture stands.
_STATUS = {
    "SUCCESS": ChargeStatus.PAID,
    "REFUND": ChargeStatus.PAID,
    "NOTPAY": ChargeStatus.WAITING,
    "USERPAYING": ChargeStatus.WAITING,
    "PAYERROR": ChargeStatus.FAILED,
    "CLOSED": ChargeStatus.CLOSED,
    "REVOKED": ChargeStatus.CLOSED,
}
_REFUND = {
    "SUCCESS": RefundProgress.DONE,
    "PROCESSING": RefundProgress.PROCESSING,
    "CLOSED": RefundProgress.FAILED,
    "ABNORMAL": RefundProgress.FAILED,
}
_REFUND_EVENTS = frozenset({"REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED"})


def charge_state(answer: Mapping[str, Any], account: WechatAccount) -> ChargeState:
    """Read the answer to a query, single or combined. Raises: UnverifiedAnswer."""
    try:
        _check_merchant(answer, account)
        orders = answer.get("sub_orders") or [answer]
        statuses = {_STATUS[order["trade_state"]] for order in orders}
        number = str(answer.get("combine_out_trade_no") or answer["out_trade_no"])
        if len(statuses) != 1:
            raise UnverifiedAnswer("the parts of a combined payment disagree")
        status = statuses.pop()
        capture = _capture(answer, account) if status is ChargeStatus.PAID else None
    except WrongMerchant as error:
        raise UnverifiedAnswer(str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnverifiedAnswer(f"the answer lacks or garbles a field: {error}") from error
    return ChargeState(out_trade_no=number, status=status, capture=capture)


def refund_state(answer: Mapping[str, Any]) -> RefundState:
    """Read a refund. Raises: UnverifiedAnswer."""
    try:
        return _refund(answer, str(answer["status"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnverifiedAnswer(f"the answer lacks or garbles a field: {error}") from error


def notice(
    envelope: Mapping[str, Any], resource: Mapping[str, Any], account: WechatAccount, nonce: str
) -> Notice:
    """Read the opened resource of a callback.

    Raises: WrongMerchant; KeyError, TypeError, ValueError, AttributeError for a field missing or garbled.
    """
    event_type, event_id = str(envelope["event_type"]), str(envelope["id"])
    _check_merchant(resource, account)
    if event_type in _REFUND_EVENTS:
        return RefundNotice(
            channel_transaction_id=str(resource["transaction_id"]),
            merchant_account=account.mchid,
            refund=_refund(resource, str(resource["refund_status"])),
            event_id=event_id,
            nonce=nonce,
        )
    orders = resource.get("sub_orders") or [resource]
    number = str(resource.get("combine_out_trade_no") or resource["out_trade_no"])
    states = {str(order["trade_state"]) for order in orders}
    if event_type != "TRANSACTION.SUCCESS" or states != {"SUCCESS"}:
        return StatusNotice(out_trade_no=number, status=event_type, event_id=event_id)
    return _capture(resource, account, event_id=event_id, nonce=nonce)


def _check_merchant(fields: Mapping[str, Any], account: WechatAccount) -> None:
    """Refuse what is about another merchant's money; a refund names no app, the rest names ours."""
    if "refund_id" in fields:
        mchid, appid = fields["mchid"], account.appid
    elif "combine_out_trade_no" in fields:
        mchid, appid = fields["combine_mchid"], fields["combine_appid"]
    else:
        mchid, appid = fields["mchid"], fields["appid"]
    if (mchid, appid) != (account.mchid, account.appid):
        raise WrongMerchant(f"for mchid {mchid!r}, appid {appid!r}")


def _capture(
    fields: Mapping[str, Any],
    account: WechatAccount,
    *,
    event_id: str | None = None,
    nonce: str | None = None,
) -> CaptureNotice:
    if "combine_out_trade_no" not in fields:
        return CaptureNotice(
            out_trade_no=str(fields["out_trade_no"]),
            channel_transaction_id=str(fields["transaction_id"]),
            amount_minor=_minor(fields["amount"]["total"]),
            currency=str(fields["amount"]["currency"]),
            merchant_account=account.mchid,
            paid_at=aware_instant(str(fields["success_time"])),
            event_id=event_id,
            nonce=nonce,
        )
    orders = sorted(fields["sub_orders"], key=lambda order: str(order["out_trade_no"]))
    currencies = {str(order["amount"]["currency"]) for order in orders}
    if len(currencies) != 1:
        raise ValueError("a combined payment in two currencies")
    parts = tuple(
        CapturedPart(
            out_trade_no=str(order["out_trade_no"]),
            channel_transaction_id=str(order["transaction_id"]),
            amount_minor=_minor(order["amount"]["total_amount"]),
        )
        for order in orders
    )
    return CaptureNotice(
        out_trade_no=str(fields["combine_out_trade_no"]),
        channel_transaction_id=parts[0].channel_transaction_id,
        amount_minor=sum(part.amount_minor for part in parts),
        currency=currencies.pop(),
        merchant_account=account.mchid,
        paid_at=max(aware_instant(str(order["success_time"])) for order in orders),
        parts=parts,
        event_id=event_id,
        nonce=nonce,
    )


def _refund(fields: Mapping[str, Any], status: str) -> RefundState:
    success_time = fields.get("success_time")
    return RefundState(
        out_refund_no=str(fields["out_refund_no"]),
        status=_REFUND[status],
        amount_minor=_minor(fields["amount"]["refund"]),
        channel_refund_id=str(fields["refund_id"]),
        refunded_at=aware_instant(str(success_time)) if success_time else None,
    )


def _minor(value: object) -> int:
    """Accept an amount only as the integer that the protocol prescribes."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is no amount")
    return value
