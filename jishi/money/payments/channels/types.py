"""What crosses the border to a payment channel: requests, states, notices, errors, the `Channel` protocol."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol

from jishi.money.payments.types import ChannelName

__all__ = [
    "BadSignature",
    "BillKind",
    "BillRow",
    "CallbackReply",
    "CaptureNotice",
    "CapturedPart",
    "Channel",
    "ChannelError",
    "ChannelName",
    "ChannelRefused",
    "ChannelUnavailable",
    "ChargeRef",
    "ChargeRequest",
    "ChargeState",
    "ChargeStatus",
    "ForgedCallback",
    "Malformed",
    "NextStep",
    "Notice",
    "Part",
    "RefundNotice",
    "RefundProgress",
    "RefundRequest",
    "RefundState",
    "StaleTimestamp",
    "StatusNotice",
    "UnverifiedAnswer",
    "WrongMerchant",
]

NUMBER = re.compile(r"[0-9A-Za-z_]{6,32}")  # what both channels accept as out_trade_no
REFUND_NUMBER = re.compile(r"[0-9A-Za-z_]{1,64}")
AMOUNT_MINOR_MAX = 10_000_000_000  # ¥100 000 000.00, Alipay's ceiling for one trade
PARTS_MAX = 50  # WeChat Pay's ceiling for one combined payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One order's share of a charge, with a number of its own."""

    out_trade_no: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRef:
    """Names a charge at its channel; one of several parts is combined where the channel has such."""

    out_trade_no: str
    part_numbers: tuple[str, ...] = ()

    @property
    def is_combined(self) -> bool:
        """Whether the charge was split into parts of its own."""
        return len(self.part_numbers) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRequest:
    """What one buyer shall pay at once, in minor units; the parts add up to the whole.

    Raises: ValueError where the caller broke the shape (a number, the sum, an amount, an address).
    """

    out_trade_no: str
    parts: tuple[Part, ...]
    amount_minor: int
    currency: str
    subject: str
    expires_at: datetime
    notify_url: str
    return_url: str
    client: Literal["desktop", "phone"] = "desktop"
    client_ip: str = "127.0.0.1"

    def __post_init__(self) -> None:
        for number in (self.out_trade_no, *(part.out_trade_no for part in self.parts)):
            if not NUMBER.fullmatch(number):
                raise ValueError(f"out_trade_no {number!r} is not 6 to 32 letters, digits or underscores")
        if not 1 <= len(self.parts) <= PARTS_MAX:
            raise ValueError(f"a charge has 1 to {PARTS_MAX} parts, not {len(self.parts)}")
        if len({part.out_trade_no for part in self.parts}) != len(self.parts):
            raise ValueError("two parts share one out_trade_no")
        if any(part.amount_minor <= 0 for part in self.parts):
            raise ValueError("every part must be above zero")
        if sum(part.amount_minor for part in self.parts) != self.amount_minor:
            raise ValueError("the parts do not add up to the amount")
        if self.amount_minor > AMOUNT_MINOR_MAX:
            raise ValueError("the amount is above what the channels take")
        if "?" in self.notify_url or "?" in self.return_url:
            raise ValueError("channels add their own query to these addresses and sign it without ours")
        if self.expires_at.tzinfo is None:
            raise ValueError("expires_at must be aware")

    @property
    def ref(self) -> ChargeRef:
        """The name under which this charge is queried and closed."""
        return ChargeRef(
            out_trade_no=self.out_trade_no, part_numbers=tuple(part.out_trade_no for part in self.parts)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What the buyer's browser does next: follow `redirect_url`, or show `qr_code` and wait."""

    kind: Literal["redirect", "qr_code"]
    redirect_url: str | None = None
    qr_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedPart:
    """A part that has a transaction of its own at the channel."""

    out_trade_no: str
    channel_transaction_id: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureNotice:
    """Money taken, verified as the channel's word; whether it is what we asked for is the caller's to check.

    `parts` is empty where the channel knows one transaction only. `channel_transaction_id` is stable for
    one capture and differs for a second one; for a combined payment it is that of the part with the
    smallest number.
    """

    out_trade_no: str
    channel_transaction_id: str
    amount_minor: int
    currency: str
    merchant_account: str
    paid_at: datetime
    parts: tuple[CapturedPart, ...] = ()
    event_id: str | None = None  # set in a callback; the same in every repetition of it
    nonce: str | None = None

    def transaction_id_of(self, part_number: str) -> str:
        """Return the transaction that this part's refunds name; the whole's where parts have none."""
        for part in self.parts:
            if part.out_trade_no == part_number:
                return part.channel_transaction_id
        return self.channel_transaction_id


class ChargeStatus(StrEnum):
    NOT_FOUND = "not_found"  # never started at the channel, or the buyer never opened the cashier
    WAITING = "waiting"
    FAILED = "failed"  # the last attempt failed; the buyer may try again
    PAID = "paid"
    REFUNDED = "refunded"  # paid, and all of it returned since
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeState:
    """A charge as its channel sees it now; `capture` is there once money was taken."""

    out_trade_no: str
    status: ChargeStatus
    capture: CaptureNotice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Money to send back. Repeating it with the same `out_refund_no` never sends it twice.

    `total_minor` is what the named transaction captured, that is the sum of all parts that share it: one
    part's amount in a combined payment, the whole charge's otherwise.
    """

    channel_transaction_id: str
    out_refund_no: str
    amount_minor: int
    total_minor: int
    currency: str
    reason: str
    notify_url: str | None = None

    def __post_init__(self) -> None:
        if not REFUND_NUMBER.fullmatch(self.out_refund_no):
            raise ValueError(
                f"out_refund_no {self.out_refund_no!r} is not 1 to 64 letters, digits, underscores"
            )
        if not 0 < self.amount_minor <= self.total_minor:
            raise ValueError("a refund is above zero and not above its transaction")


class RefundProgress(StrEnum):
    NOT_FOUND = "not_found"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"  # closed or stuck at the channel; a new number is needed


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundState:
    """A refund as its channel sees it now."""

    out_refund_no: str
    status: RefundProgress
    amount_minor: int | None = None
    channel_refund_id: str | None = None
    refunded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundNotice:
    """A verified callback that tells of a refund."""

    channel_transaction_id: str
    merchant_account: str
    refund: RefundState
    event_id: str
    nonce: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusNotice:
    """A verified callback that moves no money, such as a closed trade: acknowledge it, query if need be."""

    out_trade_no: str
    status: str
    event_id: str


Notice = CaptureNotice | RefundNotice | StatusNotice


class BillKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRow:
    """One line of a channel's daily bill; minor units, positive; the fee is negative when given back."""

    kind: BillKind
    out_trade_no: str
    channel_transaction_id: str
    amount_minor: int
    fee_minor: int
    currency: str
    happened_at: datetime
    out_refund_no: str | None = None
    channel_refund_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackReply:
    """What the webhook answers; anything but the channel's own acknowledgement makes it call again."""

    status: int
    content_type: str
    body: bytes


class ChannelError(Exception):
    """The root of what can go wrong with a channel."""


class ChannelUnavailable(ChannelError):
    """No usable answer: it may or may not have happened. Repeat, or query."""


class UnverifiedAnswer(ChannelUnavailable):
    """An answer came whose signature, time or shape does not hold; it says nothing."""


class ChannelRefused(ChannelError):
    """The channel said no, in a verified answer; repeating the same will not help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ForgedCallback(ChannelError):
    """A callback or return that is not what it claims to be: change nothing, record it, refuse it."""


class BadSignature(ForgedCallback):
    """Not signed by the channel, or changed since."""


class StaleTimestamp(ForgedCallback):
    """Signed, but not now: a replay, or a clock that is wrong."""


class WrongMerchant(ForgedCallback):
    """Signed by the channel for another merchant account."""


class Malformed(ForgedCallback):
    """Not in the channel's format."""


class Channel(Protocol):
    """A payment channel. Methods that call out raise `ChannelUnavailable` or `ChannelRefused`."""

    @property
    def name(self) -> ChannelName:
        """The channel's name."""

    def start(self, charge: ChargeRequest) -> NextStep:
        """Open a charge; again with the same number and amount gives a way to the same charge."""

    def query(self, ref: ChargeRef) -> ChargeState:
        """Ask for the state of a charge."""

    def close(self, ref: ChargeRef) -> None:
        """Stop an unpaid charge from being paid; a closed or unknown one is no error.

        Raises: ChannelRefused when it is paid.
        """

    def refund(self, request: RefundRequest) -> RefundState:
        """Send money back, once however often it is called."""

    def query_refund(self, *, channel_transaction_id: str, out_refund_no: str) -> RefundState:
        """Ask for the state of a refund."""

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Verify and read a callback. Raises: ForgedCallback."""

    def parse_return(self, query: Mapping[str, str]) -> str:
        """Read the out_trade_no of a buyer who comes back; it says nothing of payment, so query.

        Raises: ForgedCallback.
        """

    def download_bill(self, day: date) -> Iterator[BillRow]:
        """Yield the channel's lines for one day (China time); nothing for a day without business."""

    def acknowledge(self) -> CallbackReply:
        """The reply that tells the channel a callback is done with."""

    def refuse(self) -> CallbackReply:
        """The reply that makes the channel try again later."""
