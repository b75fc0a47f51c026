"""WeChat Pay v3: native (QR code) and H5 payments, one transaction or a combined one, refunds, bills."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from jishi.kernel.foreign import read_json
from jishi.money.payments.channels.bills import wechat_rows
from jishi.money.payments.channels.times import china_rfc3339
from jishi.money.payments.channels.transport import BILL_TIMEOUT, TIMEOUT, send
from jishi.money.payments.channels.types import (
    BillRow,
    CallbackReply,
    ChannelName,
    ChannelRefused,
    ChannelUnavailable,
    ChargeRef,
    ChargeRequest,
    ChargeState,
    ChargeStatus,
    ForgedCallback,
    Malformed,
    NextStep,
    Notice,
    RefundProgress,
    RefundRequest,
    RefundState,
    UnverifiedAnswer,
)
from jishi.money.payments.channels.wechat_read import charge_state, notice, refund_state
from jishi.money.payments.channels.wechat_wire import (
    WechatAccount,
    authorization,
    check_signed,
    opened_resource,
)

__all__ = ["WechatAccount", "WechatChannel"]

CURRENCY = "CNY"
DESCRIPTION_LENGTH_MAX = 127
REASON_LENGTH_MAX = 80

_UNKNOWN = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
_CLOSED = frozenset({"ORDER_CLOSED", "ORDERCLOSED"})
_NO_BILL = frozenset({"NO_STATEMENT_EXIST"})
_SERVER_FAULT = 500


class WechatChannel:
    """The `Channel` of one WeChat Pay merchant account."""

    name = ChannelName.WECHAT

    def __init__(self, account: WechatAccount, *, http: httpx.Client, clock: Callable[[], datetime]) -> None:
        self._account = account
        self._http = http
        self._clock = clock

    def start(self, charge: ChargeRequest) -> NextStep:
        """Open a payment: a QR code for a desktop, an address for a phone; several parts are combined.

        Raises: ChannelUnavailable, ChannelRefused.
        """
        if charge.currency != CURRENCY:
            raise ChannelRefused(
                "CURRENCY_NOT_SUPPORTED", f"WeChat Pay takes {CURRENCY}, not {charge.currency}"
            )
        product = "h5" if charge.client == "phone" else "native"
        if charge.ref.is_combined:
            path, content = f"/v3/combine-transactions/{product}", self._combined(charge)
        else:
            path, content = f"/v3/pay/transactions/{product}", self._single(charge)
        if product == "h5":
            content["scene_info"] = {"payer_client_ip": charge.client_ip, "h5_info": {"type": "Wap"}}
        answer = self._call("POST", path, content)
        try:
            if product == "native":
                return NextStep(kind="qr_code", qr_code=str(answer["code_url"]))
            # WeChat Pay says nothing on the way back, so the address itself must name the charge
            back = quote(f"{charge.return_url}?out_trade_no={charge.out_trade_no}", safe="")
            return NextStep(kind="redirect", redirect_url=f"{answer['h5_url']}&redirect_url={back}")
        except KeyError as error:
            raise UnverifiedAnswer(f"the answer lacks {error}") from error

    def query(self, ref: ChargeRef) -> ChargeState:
        """Ask for the state of a payment. Raises: ChannelUnavailable, ChannelRefused."""
        if ref.is_combined:
            path = f"/v3/combine-transactions/out-trade-no/{ref.out_trade_no}"
        else:
            path = f"/v3/pay/transactions/out-trade-no/{ref.out_trade_no}?mchid={self._account.mchid}"
        try:
            answer = self._call("GET", path)
        except ChannelRefused as refusal:
            if refusal.code not in _UNKNOWN:
                raise
            return ChargeState(out_trade_no=ref.out_trade_no, status=ChargeStatus.NOT_FOUND)
        state = charge_state(answer, self._account)
        if state.out_trade_no != ref.out_trade_no:
            raise UnverifiedAnswer("the answer is about another payment")
        return state

    def close(self, ref: ChargeRef) -> None:
        """Close an unpaid payment; closed or unknown already is no error.

        Raises: ChannelUnavailable, ChannelRefused when it is paid.
        """
        account = self._account
        if ref.is_combined:
            path = f"/v3/combine-transactions/out-trade-no/{ref.out_trade_no}/close"
            parts = [{"mchid": account.mchid, "out_trade_no": number} for number in ref.part_numbers]
            content: dict[str, object] = {"combine_appid": account.appid, "sub_orders": parts}
        else:
            path = f"/v3/pay/transactions/out-trade-no/{ref.out_trade_no}/close"
            content = {"mchid": account.mchid}
        try:
            self._call("POST", path, content)
        except ChannelRefused as refusal:
            if refusal.code not in _UNKNOWN | _CLOSED:
                raise

    def refund(self, request: RefundRequest) -> RefundState:
        """Return money of one transaction, once per `out_refund_no`.

        Raises: ChannelUnavailable, ChannelRefused.
        """
        content: dict[str, object] = {
            "transaction_id": request.channel_transaction_id,
            "out_refund_no": request.out_refund_no,
            "amount": {
                "refund": request.amount_minor,
                "total": request.total_minor,
                "currency": request.currency,
            },
        }
        if request.reason:
            content["reason"] = request.reason[:REASON_LENGTH_MAX]
        if request.notify_url:
            content["notify_url"] = request.notify_url
        answer = self._call("POST", "/v3/refund/domestic/refunds", content)
        return _about(refund_state(answer), answer, request.channel_transaction_id, request.out_refund_no)

    def query_refund(self, *, channel_transaction_id: str, out_refund_no: str) -> RefundState:
        """Ask for the state of a refund. Raises: ChannelUnavailable, ChannelRefused."""
        try:
            answer = self._call("GET", f"/v3/refund/domestic/refunds/{out_refund_no}")
        except ChannelRefused as refusal:
            if refusal.code not in _UNKNOWN:
                raise
            return RefundState(out_refund_no=out_refund_no, status=RefundProgress.NOT_FOUND)
        return _about(refund_state(answer), answer, channel_transaction_id, out_refund_no)

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Verify, open and read a callback. Raises: ForgedCallback."""
        nonce = check_signed(self._account, headers, body, now=self._clock())
        try:
            envelope = read_json(body)
            resource = opened_resource(self._account, envelope["resource"])
            return notice(envelope, resource, self._account, nonce)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Malformed(f"the callback lacks or garbles a field: {error}") from error

    def parse_return(self, query: Mapping[str, str]) -> str:
        """Read the out_trade_no that `start` put into the return address; WeChat Pay signs nothing there.

        It is only a hint where to look: query the payment. Raises: Malformed.
        """
        number = query.get("out_trade_no", "")
        if not number:
            raise Malformed("no out_trade_no")
        return number

    def download_bill(self, day: date) -> Iterator[BillRow]:
        """Yield one day's payments and refunds, checked against the signed hash.

        Raises: ChannelUnavailable, ChannelRefused.
        """
        query = urlencode({"bill_date": day.isoformat(), "bill_type": "ALL"})
        try:
            answer = self._call("GET", f"/v3/bill/tradebill?{query}")
        except ChannelRefused as refusal:
            if refusal.code in _NO_BILL:
                return
            raise
        address = str(answer.get("download_url"))
        if not address.startswith(f"{self._account.gateway_url}/"):
            raise UnverifiedAnswer("the bill lies at a foreign address")
        content = self._download(address.removeprefix(self._account.gateway_url))
        digest = hashlib.sha1(
            content, usedforsecurity=False
        ).hexdigest()  # the hash that the protocol prescribes
        if digest != str(answer.get("hash_value", "")).lower():
            raise UnverifiedAnswer("the bill differs from its signed hash")
        yield from wechat_rows(content.decode("utf-8", "replace"))

    def acknowledge(self) -> CallbackReply:
        """The reply that ends WeChat Pay's repetitions."""
        return _reply(200, "SUCCESS", "OK")

    def refuse(self) -> CallbackReply:
        """The reply that makes WeChat Pay call again."""
        return _reply(400, "FAIL", "refused")

    def _single(self, charge: ChargeRequest) -> dict[str, object]:
        return {
            "appid": self._account.appid,
            "mchid": self._account.mchid,
            "description": _description(charge.subject),
            "out_trade_no": charge.out_trade_no,
            "time_expire": china_rfc3339(charge.expires_at),
            "notify_url": charge.notify_url,
            "amount": {"total": charge.amount_minor, "currency": charge.currency},
        }

    def _combined(self, charge: ChargeRequest) -> dict[str, object]:
        return {
            "combine_appid": self._account.appid,
            "combine_mchid": self._account.mchid,
            "combine_out_trade_no": charge.out_trade_no,
            "time_expire": china_rfc3339(charge.expires_at),
            "notify_url": charge.notify_url,
            "sub_orders": [
                {
                    "mchid": self._account.mchid,
                    "attach": part.out_trade_no,
                    "amount": {"total_amount": part.amount_minor, "currency": charge.currency},
                    "out_trade_no": part.out_trade_no,
                    "description": _description(charge.subject),
                }
                for part in charge.parts
            ],
        }

    def _call(self, method: str, path: str, content: Mapping[str, object] | None = None) -> dict[str, Any]:
        body = (
            b""
            if content is None
            else json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        )
        answer = self._send(method, path, body, TIMEOUT)
        place = f"{method} {path.partition('?')[0]}"
        if answer.status_code >= _SERVER_FAULT or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise ChannelUnavailable(f"{place}: WeChat Pay answered {answer.status_code}")
        try:
            check_signed(self._account, answer.headers, answer.content, now=self._clock())
        except ForgedCallback as error:
            raise UnverifiedAnswer(f"{place}: {answer.status_code}, {error}") from error
        try:
            fields = read_json(answer.content) if answer.content else {}
        except ValueError as error:
            raise UnverifiedAnswer(f"{place}: not JSON") from error
        if not isinstance(fields, dict):
            raise UnverifiedAnswer(f"{place}: no object")
        if not answer.is_success:
            raise ChannelRefused(str(fields.get("code")), str(fields.get("message")))
        return fields

    def _download(self, path: str) -> bytes:
        answer = self._send("GET", path, b"", BILL_TIMEOUT)
        if answer.status_code != httpx.codes.OK:
            raise ChannelUnavailable(f"the bill's address answered {answer.status_code}")
        return answer.content

    def _send(self, method: str, path: str, body: bytes, timeout: httpx.Timeout) -> httpx.Response:
        headers = {
            "Accept": "application/json",
            "Authorization": authorization(self._account, method, path, body, now=self._clock()),
            "Content-Type": "application/json",
            "User-Agent": "jishi",
            "Wechatpay-Serial": self._account.platform_public_key_id,
        }
        url = f"{self._account.gateway_url}{path}"
        return send(self._http, method, url, content=body, headers=headers, timeout=timeout)


def _description(subject: str) -> str:
    return subject.strip()[:DESCRIPTION_LENGTH_MAX] or "-"


def _about(
    state: RefundState, answer: Mapping[str, object], channel_transaction_id: str, out_refund_no: str
) -> RefundState:
    """Refuse a signed answer that is about another refund than the one asked for."""
    if (answer.get("transaction_id"), state.out_refund_no) != (channel_transaction_id, out_refund_no):
        raise UnverifiedAnswer("the answer is about another refund")
    return state


def _reply(status: int, code: str, message: str) -> CallbackReply:
    body = json.dumps({"code": code, "message": message}).encode()
    return CallbackReply(status=status, content_type="application/json", body=body)
