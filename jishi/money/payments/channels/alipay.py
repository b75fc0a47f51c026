"""Alipay's OpenAPI: RSA2 both ways, one gateway address, one trade per charge."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from jishi.money.payments.channels.alipay_wire import answer_node, check_fields, form_fields, pairs_text
from jishi.money.payments.channels.amounts import minor_of, yuan_of
from jishi.money.payments.channels.bills import alipay_rows
from jishi.money.payments.channels.signing import private_key_of, public_key_of, sign
from jishi.money.payments.channels.times import china_instant, china_text
from jishi.money.payments.channels.transport import BILL_TIMEOUT, send
from jishi.money.payments.channels.types import (
    BillRow,
    CallbackReply,
    CaptureNotice,
    ChannelName,
    ChannelRefused,
    ChannelUnavailable,
    ChargeRef,
    ChargeRequest,
    ChargeState,
    ChargeStatus,
    Malformed,
    NextStep,
    Notice,
    RefundNotice,
    RefundProgress,
    RefundRequest,
    RefundState,
    StaleTimestamp,
    StatusNotice,
    UnverifiedAnswer,
    WrongMerchant,
)

CURRENCY = "CNY"
SUBJECT_LENGTH_MAX = 256
# Alipay repeats a callback for 25 hours after the event, so an honest one may be a day old, but not older.
NOTIFY_AGE_MAX = timedelta(hours=26)
CLOCK_SKEW_MAX = timedelta(minutes=5)

_UNKNOWN_TRADE = "ACQ.TRADE_NOT_EXIST"
_NO_BILL = re.compile(r"bill_not_exist|no_bill", re.IGNORECASE)
_PASSING_FAULTS = frozenset({"ACQ.SYSTEM_ERROR", "isp.unknow-error", "isp.unknown-error"})
_PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AlipayAccount:
    """Our application at Alipay. `page_url` is where browsers are sent when it differs from the gateway."""

    app_id: str
    gateway_url: str
    private_key: RSAPrivateKey = field(repr=False)
    alipay_public_key: RSAPublicKey
    page_url: str | None = None
    seller_id: str | None = None

    @classmethod
    def of_keys(
        cls, *, app_id: str, gateway_url: str, private_key: str, alipay_public_key: str
    ) -> "AlipayAccount":
        """Build an account from keys as text (PEM or bare base64). Raises: ValueError."""
        return cls(
            app_id=app_id,
            gateway_url=gateway_url,
            private_key=private_key_of(private_key),
            alipay_public_key=public_key_of(alipay_public_key),
        )


class AlipayChannel:
    """The `Channel` of one Alipay application."""

    name = ChannelName.ALIPAY

    def __init__(self, account: AlipayAccount, *, http: httpx.Client, clock: Callable[[], datetime]) -> None:
        self._account = account
        self._http = http
        self._clock = clock

    def start(self, charge: ChargeRequest) -> NextStep:
        """Sign the address of Alipay's cashier; the trade comes to be when the buyer opens it.

        Raises: ChannelRefused for another currency than CNY.
        """
        if charge.currency != CURRENCY:
            raise ChannelRefused("CURRENCY_NOT_SUPPORTED", f"Alipay takes {CURRENCY}, not {charge.currency}")
        is_phone = charge.client == "phone"
        content = {
            "out_trade_no": charge.out_trade_no,
            "product_code": "QUICK_WAP_WAY" if is_phone else "FAST_INSTANT_TRADE_PAY",
            "total_amount": yuan_of(charge.amount_minor),
            "subject": _subject(charge.subject),
            "time_expire": china_text(charge.expires_at),
        }
        if is_phone:
            content["quit_url"] = charge.return_url
        fields = self._signed(
            "alipay.trade.wap.pay" if is_phone else "alipay.trade.page.pay",
            content,
            notify_url=charge.notify_url,
            return_url=charge.return_url,
        )
        page = self._account.page_url or self._account.gateway_url
        return NextStep(kind="redirect", redirect_url=f"{page}?{urlencode(fields)}")

    def query(self, ref: ChargeRef) -> ChargeState:
        """Ask for the state of a trade. Raises: ChannelUnavailable, ChannelRefused."""
        try:
            node = self._call("alipay.trade.query", {"out_trade_no": ref.out_trade_no})
        except ChannelRefused as refusal:
            if refusal.code != _UNKNOWN_TRADE:
                raise
            return ChargeState(out_trade_no=ref.out_trade_no, status=ChargeStatus.NOT_FOUND)
        if node.get("out_trade_no") != ref.out_trade_no:
            raise UnverifiedAnswer("the answer is about another trade")
        return _charge_state(ref.out_trade_no, node, self._account.app_id)

    def close(self, ref: ChargeRef) -> None:
        """Close an unpaid trade. A trade that the buyer never opened cannot be closed: `time_expire` ends it.

        Raises: ChannelUnavailable, ChannelRefused when it is paid.
        """
        try:
            self._call("alipay.trade.close", {"out_trade_no": ref.out_trade_no})
        except ChannelRefused as refusal:
            if refusal.code == _UNKNOWN_TRADE or self.query(ref).status is ChargeStatus.CLOSED:
                return
            raise

    def refund(self, request: RefundRequest) -> RefundState:
        """Return money of one trade, once per `out_refund_no`. Raises: ChannelUnavailable, ChannelRefused."""
        node = self._call(
            "alipay.trade.refund",
            {
                "trade_no": request.channel_transaction_id,
                "out_request_no": request.out_refund_no,
                "refund_amount": yuan_of(request.amount_minor),
                "refund_reason": request.reason[:SUBJECT_LENGTH_MAX],
            },
        )
        if node.get("trade_no") != request.channel_transaction_id:
            raise UnverifiedAnswer("the answer is about another trade")
        if node.get("fund_change") == "Y":
            return RefundState(
                out_refund_no=request.out_refund_no,
                status=RefundProgress.DONE,
                amount_minor=request.amount_minor,
            )
        # N: nothing moved in this call, either because an earlier one did it or because it is still under way
        return self.query_refund(
            channel_transaction_id=request.channel_transaction_id, out_refund_no=request.out_refund_no
        )

    def query_refund(self, *, channel_transaction_id: str, out_refund_no: str) -> RefundState:
        """Ask for the state of a refund. Raises: ChannelUnavailable, ChannelRefused."""
        try:
            node = self._call(
                "alipay.trade.fastpay.refund.query",
                {
                    "trade_no": channel_transaction_id,
                    "out_request_no": out_refund_no,
                    "query_options": ["gmt_refund_pay"],
                },
            )
        except ChannelRefused as refusal:
            if refusal.code != _UNKNOWN_TRADE:
                raise
            return RefundState(out_refund_no=out_refund_no, status=RefundProgress.NOT_FOUND)
        return _refund_state(node, channel_transaction_id, out_refund_no)

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> Notice:  # noqa: ARG002 - the protocol's shape
        """Verify and read a callback. Raises: ForgedCallback."""
        fields = form_fields(body)
        check_fields(self._account.alipay_public_key, fields)
        self._check_merchant(fields)
        try:
            return self._notice(fields)
        except (KeyError, ValueError) as error:
            raise Malformed(f"the callback lacks or garbles a field: {error}") from error

    def parse_return(self, query: Mapping[str, str]) -> str:
        """Verify the address a buyer comes back with and read its out_trade_no. Raises: ForgedCallback."""
        check_fields(self._account.alipay_public_key, query)
        self._check_merchant(query)
        if "out_trade_no" not in query:
            raise Malformed("no out_trade_no")
        return query["out_trade_no"]

    def download_bill(self, day: date) -> Iterator[BillRow]:
        """Yield one day's payments and refunds. Raises: ChannelUnavailable, ChannelRefused."""
        try:
            node = self._call(
                "alipay.data.dataservice.bill.downloadurl.query",
                {"bill_type": "trade", "bill_date": day.isoformat()},
            )
        except ChannelRefused as refusal:
            if _NO_BILL.search(refusal.code):
                return
            raise
        address = str(node.get("bill_download_url"))
        if not _is_of_alipay(address, self._account.gateway_url):
            raise UnverifiedAnswer("the bill lies at a foreign address")
        answer = self._fetch(address)
        if answer.status_code != httpx.codes.OK:
            raise ChannelUnavailable(f"the bill's address answered {answer.status_code}")
        yield from alipay_rows(answer.content)

    def _fetch(self, address: str) -> httpx.Response:
        """Fetch a bill over TLS where the gateway speaks it, though its answer says http. Raises: ChannelUnavailable.

        In clear only from a machine at which nobody listens for TLS.
        """
        wanted = urlsplit(address)
        if wanted.scheme == "http" and urlsplit(self._account.gateway_url).scheme == "https":
            secure = urlunsplit(("https", wanted.netloc.removesuffix(":80"), wanted.path, wanted.query, ""))
            try:
                return send(self._http, "GET", secure, headers={}, timeout=BILL_TIMEOUT)
            except ChannelUnavailable as unavailable:
                if not _is_refused(unavailable):
                    raise
        return send(self._http, "GET", address, headers={}, timeout=BILL_TIMEOUT)

    def acknowledge(self) -> CallbackReply:
        """The reply that ends Alipay's repetitions."""
        return CallbackReply(status=200, content_type="text/plain; charset=utf-8", body=b"success")

    def refuse(self) -> CallbackReply:
        """The reply that makes Alipay call again; it goes by the text, not by the status."""
        return CallbackReply(status=400, content_type="text/plain; charset=utf-8", body=b"fail")

    def _signed(self, method: str, content: Mapping[str, object], **extra: str) -> dict[str, str]:
        fields = {
            "app_id": self._account.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": china_text(self._clock()),
            "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            **extra,
        }
        return fields | {"sign": sign(self._account.private_key, pairs_text(fields))}

    def _call(self, method: str, content: Mapping[str, object]) -> dict[str, object]:
        fields = self._signed(method, content)
        form = urlencode({"biz_content": fields.pop("biz_content")}).encode("ascii")
        answer = send(
            self._http,
            "POST",
            f"{self._account.gateway_url}?{urlencode(fields)}",
            content=form,
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
        )
        if answer.status_code != httpx.codes.OK:
            raise ChannelUnavailable(f"{method}: Alipay answered {answer.status_code}")
        node = answer_node(self._account.alipay_public_key, method, answer.content.decode("utf-8", "replace"))
        if node.get("code") == "10000":
            return node
        code = str(node.get("sub_code") or node.get("code"))
        if node.get("code") == "20000" or code in _PASSING_FAULTS:
            raise ChannelUnavailable(f"{method}: {code}")
        raise ChannelRefused(code, str(node.get("sub_msg") or node.get("msg")))

    def _check_merchant(self, fields: Mapping[str, str]) -> None:
        if fields.get("app_id") != self._account.app_id:
            raise WrongMerchant(f"for app_id {fields.get('app_id')!r}")
        if self._account.seller_id and fields.get("seller_id") != self._account.seller_id:
            raise WrongMerchant(f"for seller_id {fields.get('seller_id')!r}")

    def _notice(self, fields: Mapping[str, str]) -> Notice:
        age = self._clock() - china_instant(fields["notify_time"])
        if not -CLOCK_SKEW_MAX <= age <= NOTIFY_AGE_MAX:
            raise StaleTimestamp(f"sent at {fields['notify_time']}")
        status, event_id = fields["trade_status"], fields["notify_id"]
        if "refund_fee" in fields:
            return RefundNotice(
                channel_transaction_id=fields["trade_no"],
                merchant_account=fields["app_id"],
                refund=RefundState(
                    out_refund_no=fields["out_biz_no"],
                    status=RefundProgress.DONE,
                    refunded_at=china_instant(fields["gmt_refund"]),
                ),
                event_id=event_id,
            )
        if status not in _PAID:
            return StatusNotice(out_trade_no=fields["out_trade_no"], status=status, event_id=event_id)
        return CaptureNotice(
            out_trade_no=fields["out_trade_no"],
            channel_transaction_id=fields["trade_no"],
            amount_minor=minor_of(fields["total_amount"]),
            currency=fields.get("trans_currency", CURRENCY),
            merchant_account=fields["app_id"],
            paid_at=china_instant(fields["gmt_payment"]),
            event_id=event_id,
        )


def _subject(text: str) -> str:
    """Drop what Alipay refuses in a subject."""
    return re.sub(r"[/=&]", " ", text).strip()[:SUBJECT_LENGTH_MAX] or "-"


def _is_of_alipay(address: str, gateway_url: str) -> bool:
    """Say whether an address is the gateway's own machine, or one of the same company's domain.

    The real gateway answers, signed, with an `http` address of another machine of its domain.
    """
    try:
        wanted, gateway = urlsplit(address), urlsplit(gateway_url)
        host, own = wanted.hostname or "", gateway.hostname or ""
    except ValueError:
        return False
    domain = ".".join(own.rsplit(".", 2)[-2:])
    is_name = not own.replace(".", "").isdigit()
    is_web = wanted.scheme in ("http", "https")
    return is_web and (host == own or (is_name and host.endswith(f".{domain}")))


def _is_refused(error: BaseException | None) -> bool:
    """Say whether an error comes from a connection that was refused."""
    while error and not isinstance(error, ConnectionRefusedError):
        error = error.__cause__ or error.__context__  # httpcore hides its cause
    return error is not None


def _charge_state(out_trade_no: str, node: Mapping[str, object], app_id: str) -> ChargeState:
    trade_status, paid_text = str(node.get("trade_status")), node.get("send_pay_date")
    if trade_status == "WAIT_BUYER_PAY":
        return ChargeState(out_trade_no=out_trade_no, status=ChargeStatus.WAITING)
    if trade_status == "TRADE_CLOSED" and paid_text is None:
        return ChargeState(out_trade_no=out_trade_no, status=ChargeStatus.CLOSED)
    if trade_status not in _PAID and trade_status != "TRADE_CLOSED":
        raise UnverifiedAnswer(f"unknown trade_status {trade_status!r}")
    try:
        capture = CaptureNotice(
            out_trade_no=out_trade_no,
            channel_transaction_id=str(node["trade_no"]),
            amount_minor=minor_of(str(node["total_amount"])),
            currency=str(node.get("trans_currency", CURRENCY)),
            merchant_account=app_id,
            paid_at=china_instant(str(paid_text)),
        )
    except (KeyError, ValueError) as error:
        raise UnverifiedAnswer(f"the answer lacks or garbles a field: {error}") from error
    status = ChargeStatus.PAID if trade_status in _PAID else ChargeStatus.REFUNDED
    return ChargeState(out_trade_no=out_trade_no, status=status, capture=capture)


def _refund_state(node: Mapping[str, object], channel_transaction_id: str, out_refund_no: str) -> RefundState:
    if "refund_amount" not in node:
        return RefundState(out_refund_no=out_refund_no, status=RefundProgress.NOT_FOUND)
    if (node.get("trade_no"), node.get("out_request_no")) != (channel_transaction_id, out_refund_no):
        raise UnverifiedAnswer("the answer is about another refund")
    is_done = node.get("refund_status") == "REFUND_SUCCESS"
    paid_back = node.get("gmt_refund_pay")
    try:
        return RefundState(
            out_refund_no=out_refund_no,
            status=RefundProgress.DONE if is_done else RefundProgress.PROCESSING,
            amount_minor=minor_of(str(node["refund_amount"])),
            refunded_at=china_instant(str(paid_back)) if paid_back else None,
        )
    except ValueError as error:
        raise UnverifiedAnswer(f"the answer garbles a field: {error}") from error
