"""What the simulators remember. Frozen: a change makes a new record, which is written down and then used."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Company(StrEnum):
    """Who is simulated."""

    ALIPAY = "alipay"
    WECHAT = "wechat"
    CARRIER = "carrier"


class CallbackMode(StrEnum):
    """What happens to the callback of a capture."""

    NORMAL = "normal"
    DROP = "drop"  # never sent
    REPEAT = "repeat"  # sent three times though acknowledged
    REORDER = "reorder"  # held back, then released last in, first out
    FORGE_SIGNATURE = "forge_signature"
    FORGE_AMOUNT = "forge_amount"
    FORGE_CURRENCY = "forge_currency"
    FORGE_MERCHANT = "forge_merchant"
    OLD_TIMESTAMP = "old_timestamp"

    @property
    def is_forged(self) -> bool:
        """Whether what is sent is not what a channel would send; the true callback is then never sent."""
        return self.value.startswith("forge") or self is CallbackMode.OLD_TIMESTAMP


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One part of a payment; a plain payment has one, with the payment's own number."""

    out_trade_no: str
    amount_minor: int
    subject: str
    attach: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Money taken once, with a transaction per share (one for all shares at Alipay)."""

    transaction_ids: dict[str, str]
    paid_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment as its channel keeps it."""

    company: Company
    token: str  # names the cashier page; not to be guessed
    product: str
    out_trade_no: str
    shares: tuple[Share, ...]
    amount_minor: int
    currency: str
    subject: str
    notify_url: str
    return_url: str
    created_at: datetime
    expires_at: datetime | None
    is_combined: bool = False
    captures: tuple[Capture, ...] = ()
    closed_at: datetime | None = None
    has_failed: bool = False
    pays_when_closed: bool = False
    callback_mode: CallbackMode = CallbackMode.NORMAL

    @property
    def key(self) -> str:
        """The payment's name in the store."""
        return f"{self.company}:{self.out_trade_no}"

    def state(self, now: datetime) -> str:
        """Return paid, closed, failed or waiting."""
        if self.captures:
            return "paid"
        if self.closed_at or (self.expires_at and self.expires_at <= now):
            return "closed"
        return "failed" if self.has_failed else "waiting"

    def share(self, number: str) -> Share:
        """Return the share with this number. Raises: KeyError."""
        return {share.out_trade_no: share for share in self.shares}[number]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money sent back of one transaction."""

    company: Company
    out_refund_no: str
    refund_id: str
    payment_number: str
    share_number: str
    transaction_id: str
    amount_minor: int
    currency: str
    reason: str
    created_at: datetime
    notify_url: str = ""
    is_abnormal: bool = False  # accepted, then stuck: never reaches the buyer

    @property
    def key(self) -> str:
        """The name in the store: numbers are unique per trade at Alipay, per merchant at WeChat Pay."""
        scope = self.transaction_id if self.company is Company.ALIPAY else ""
        return f"{self.company}:{scope}:{self.out_refund_no}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to deliver a callback, and what the shop answered."""

    at: datetime
    status: int | None
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """News for the shop. `payload` is what it says; signature and time are put on when it is sent."""

    id: str
    company: Company
    kind: str  # capture, refund, scan
    number: str  # out_trade_no or tracking number
    url: str
    payload: dict[str, Any]
    mode: CallbackMode
    state: str  # waiting, held, delivered, dropped, refused (forged: one try only), given_up
    created_at: datetime
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelScan:
    """One scan; `code` is kuaidi100's detailed status code."""

    code: str
    context: str
    place: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A parcel on its way."""

    carrier_code: str
    tracking_number: str
    order_number: str
    from_city: str
    to_city: str
    created_at: datetime
    scans: tuple[ParcelScan, ...] = ()
    callback_url: str = ""
    salt: str = ""

    @property
    def key(self) -> str:
        """The parcel's name in the store."""
        return f"{self.carrier_code}:{self.tracking_number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A text message or mail that arrived."""

    id: str
    kind: str  # sms, mail
    to: tuple[str, ...]
    sender: str
    subject: str
    text: str
    at: datetime
    html: str = ""
    params: tuple[str, ...] = field(default=())
    unsubscribe: str = ""  # a mail's List-Unsubscribe, where it takes List-Unsubscribe-Post
