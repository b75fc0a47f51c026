"""kuaidi100: labels (`label/order`), subscriptions (`poll`), queries (`poll/query.do`), salted pushes."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl

import httpx

from jishi.kernel.foreign import read_json
from jishi.trade.shipping.carriers.types import (
    BadPushSignature,
    CarrierRefused,
    CarrierUnavailable,
    Contact,
    Label,
    LabelRequest,
    MalformedPush,
    ParcelStatus,
    PushReply,
    Scan,
    Subscription,
    Tracking,
)

TIMEOUT = httpx.Timeout(10.0, connect=5.0)  # seconds
CHINA_TIME = timezone(timedelta(hours=8), "CST")
DETAILED = "4"  # resultv2: every scan carries its status
DETAILED_CODE_LENGTH = 3

_SUBSCRIBED_ALREADY = "501"
_NOTHING_YET = "500"
_FINAL = frozenset({"shutdown", "abort"})
_NUMBER = re.compile(r"[A-Za-z0-9-]{4,40}")  # what a merchant may type in, and a parcel keeps
_CONFIRMED_LOST = "确认遗失"  # the protocol has no code for a loss; carriers write it

# Basic states have one digit (or 14), detailed ones start with it.
_STATUS = {
    "0": ParcelStatus.IN_TRANSIT,
    "1": ParcelStatus.COLLECTED,
    "2": ParcelStatus.EXCEPTION,
    "3": ParcelStatus.DELIVERED,
    "4": ParcelStatus.RETURNED,
    "5": ParcelStatus.OUT_FOR_DELIVERY,
    "6": ParcelStatus.EXCEPTION,  # on its way back to the sender
    "7": ParcelStatus.IN_TRANSIT,
    "8": ParcelStatus.IN_TRANSIT,  # customs
    "10": ParcelStatus.IN_TRANSIT,
    "11": ParcelStatus.IN_TRANSIT,
    "12": ParcelStatus.IN_TRANSIT,
    "13": ParcelStatus.EXCEPTION,  # held by customs
    "14": ParcelStatus.EXCEPTION,  # refused at the door
    "101": ParcelStatus.LABEL_CREATED,
    "102": ParcelStatus.LABEL_CREATED,
    "103": ParcelStatus.COLLECTED,
    "401": ParcelStatus.EXCEPTION,  # label cancelled
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kuaidi100Account:
    """Our account. `secret` signs what asks for labels; `label_url` when labels live at another host."""

    base_url: str
    customer: str
    key: str = field(repr=False)
    salt: str = field(repr=False)
    secret: str = field(repr=False)
    label_url: str | None = None


def md5_upper(*texts: str) -> str:
    """Return the protocol's signature: MD5 over the joined texts, in capitals."""
    return hashlib.md5("".join(texts).encode(), usedforsecurity=False).hexdigest().upper()


class Kuaidi100Carrier:
    """The `Carrier` of one kuaidi100 account."""

    def __init__(
        self, account: Kuaidi100Account, *, http: httpx.Client, clock: Callable[[], datetime]
    ) -> None:
        self._account = account
        self._http = http
        self._clock = clock

    def create_label(self, request: LabelRequest) -> Label:
        """Order a label. Raises: CarrierUnavailable, CarrierRefused."""
        account = self._account
        param = _json(
            {
                "kuaidicom": request.carrier_code,
                "orderId": request.order_number,
                "sendMan": _contact(request.sender),
                "recMan": _contact(request.recipient),
                "cargo": request.goods,
                "weight": f"{request.weight_grams / 1000:.2f}",
                "count": "1",
                "payType": "SHIPPER",
                "printType": "NON",
            }
        )
        moment = str(int(self._clock().timestamp() * 1000))
        answer = self._post(
            account.label_url or f"{account.base_url}/label/order",
            {
                "method": "order",
                "key": account.key,
                "t": moment,
                "sign": md5_upper(param, moment, account.key, account.secret),
                "param": param,
            },
        )
        if answer.get("code") != httpx.codes.OK:
            raise CarrierRefused(str(answer.get("code")), str(answer.get("message")))
        try:
            number = answer["data"]["kuaidinum"]
        except (KeyError, TypeError) as error:
            raise CarrierUnavailable("the answer names no tracking number") from error
        if not isinstance(number, str) or not _NUMBER.fullmatch(number):
            raise CarrierUnavailable("the answer's tracking number is none")
        return Label(carrier_code=request.carrier_code, tracking_number=number)

    def subscribe(self, subscription: Subscription) -> None:
        """Ask for pushes about a parcel. Raises: CarrierUnavailable, CarrierRefused."""
        param = _json(
            {
                "company": subscription.carrier_code,
                "number": subscription.tracking_number,
                "from": subscription.from_city,
                "to": subscription.to_city,
                "key": self._account.key,
                "parameters": {
                    "callbackurl": subscription.callback_url,
                    "salt": self._account.salt,
                    "resultv2": DETAILED,
                    "phone": subscription.phone,
                },
            }
        )
        answer = self._post(f"{self._account.base_url}/poll", {"schema": "json", "param": param})
        code = str(answer.get("returnCode"))
        if answer.get("result") is not True and code != _SUBSCRIBED_ALREADY:
            raise CarrierRefused(code, str(answer.get("message")))

    def track(self, *, carrier_code: str, tracking_number: str, phone: str = "") -> Tracking | None:
        """Ask where a parcel is; None when nothing is known yet.

        Raises: CarrierUnavailable, CarrierRefused.
        """
        account = self._account
        param = _json(
            {
                "com": carrier_code,
                "num": tracking_number,
                "phone": phone,
                "resultv2": DETAILED,
                "order": "desc",
            }
        )
        answer = self._post(
            f"{account.base_url}/poll/query.do",
            {
                "customer": account.customer,
                "sign": md5_upper(param, account.key, account.customer),
                "param": param,
            },
        )
        if answer.get("result") is False:
            code = str(answer.get("returnCode"))
            if code == _NOTHING_YET:
                return None
            raise CarrierRefused(code, str(answer.get("message")))
        try:
            tracking = _tracking(answer, is_final=str(answer.get("ischeck")) == "1")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CarrierUnavailable(f"the answer lacks or garbles a field: {error}") from error
        if tracking.tracking_number != tracking_number:
            raise CarrierUnavailable("the answer is about another parcel")
        return tracking

    def parse_push(self, body: bytes) -> Tracking:
        """Verify and read a push. Raises: BadPushSignature, MalformedPush."""
        try:
            fields = dict(
                parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
            )
            param, signature = fields["param"], fields["sign"]
        except (ValueError, KeyError) as error:
            raise MalformedPush("no param, or no sign") from error
        if not hmac.compare_digest(md5_upper(param, self._account.salt).encode(), signature.upper().encode()):
            raise BadPushSignature("not signed with our salt")
        try:
            push = read_json(param)
            return _tracking(push["lastResult"], is_final=push["status"] in _FINAL)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MalformedPush(f"the push lacks or garbles a field: {error}") from error

    def acknowledge(self) -> PushReply:
        """The reply that ends repetitions of a push."""
        return _reply(is_done=True, code="200", message="成功")

    def refuse(self) -> PushReply:
        """The reply that makes kuaidi100 push again."""
        return _reply(is_done=False, code="500", message="失败")

    def _post(self, url: str, fields: Mapping[str, str]) -> dict[str, Any]:
        try:
            answer = self._http.post(url, data=dict(fields), timeout=TIMEOUT, follow_redirects=False)
        except httpx.HTTPError as error:
            raise CarrierUnavailable(f"{url}: {type(error).__name__}") from error
        if answer.status_code != httpx.codes.OK:
            raise CarrierUnavailable(f"{url} answered {answer.status_code}")
        try:
            content = read_json(answer.content)
        except ValueError as error:
            raise CarrierUnavailable(f"{url} answered no JSON") from error
        if not isinstance(content, dict):
            raise CarrierUnavailable(f"{url} answered no object")
        return content


def status_of(code: str, context: str) -> ParcelStatus:
    """Translate a scan's status code; an unknown one of three digits counts as its basic one.

    A loss is told by its text, see `_CONFIRMED_LOST`.
    """
    basic = _STATUS.get(code[:1]) if len(code) == DETAILED_CODE_LENGTH else None
    status = _STATUS.get(code) or basic or ParcelStatus.IN_TRANSIT
    return ParcelStatus.LOST if status is ParcelStatus.EXCEPTION and _CONFIRMED_LOST in context else status


def _tracking(result: Mapping[str, Any], *, is_final: bool) -> Tracking:
    # newest first on the wire; turned round before sorting, so that scans of one second keep their order
    rows = [_scan(row, result) for row in reversed(result.get("data") or [])]
    scans = tuple(sorted(rows, key=lambda scan: scan.at))
    return Tracking(
        carrier_code=str(result["com"]),
        tracking_number=str(result["nu"]),
        status=scans[-1].status if scans else ParcelStatus.LABEL_CREATED,
        scans=scans,
        is_final=is_final,
    )


def _scan(row: Mapping[str, Any], result: Mapping[str, Any]) -> Scan:
    context = str(row["context"])
    at = str(row.get("ftime") or row["time"])[:19]
    return Scan(
        status=status_of(str(row.get("statusCode") or result.get("state") or "0"), context),
        description=context,
        location=str(row.get("areaName") or ""),
        at=datetime.strptime(at, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA_TIME),
    )


def _contact(contact: Contact) -> dict[str, str]:
    return {"name": contact.name, "mobile": contact.phone, "printAddr": contact.address}


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _reply(*, is_done: bool, code: str, message: str) -> PushReply:
    body = _json({"result": is_done, "returnCode": code, "message": message}).encode()
    return PushReply(
        status=200 if is_done else 400, content_type="application/json; charset=utf-8", body=body
    )
