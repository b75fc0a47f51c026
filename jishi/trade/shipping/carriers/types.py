"""What crosses the border to a carrier: labels, subscriptions, tracking, errors, the `Carrier` protocol."""

from dataclasses import dataclass, field
from typing import Protocol

from jishi.trade.shipping.types import ParcelStatus, Scan

__all__ = [
    "BadPushSignature",
    "Carrier",
    "CarrierError",
    "CarrierRefused",
    "CarrierUnavailable",
    "Contact",
    "ForgedPush",
    "Label",
    "LabelRequest",
    "MalformedPush",
    "ParcelStatus",
    "PushReply",
    "Scan",
    "Subscription",
    "Tracking",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who sends or receives; personal data, so it never shows in logs."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRequest:
    """Ask for a label. The same `order_number` gives the same tracking number however often it is asked."""

    carrier_code: str
    order_number: str
    sender: Contact
    recipient: Contact
    goods: str
    weight_grams: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    carrier_code: str
    tracking_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Ask for pushes about one parcel; some carriers want the last four digits of a phone."""

    carrier_code: str
    tracking_number: str
    callback_url: str
    phone: str = field(default="", repr=False)
    from_city: str = ""
    to_city: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """All that the carrier knows of a parcel; scans oldest first. A final one is not pushed again."""

    carrier_code: str
    tracking_number: str
    status: ParcelStatus
    scans: tuple[Scan, ...]
    is_final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PushReply:
    """What the webhook answers to a push."""

    status: int
    content_type: str
    body: bytes


class CarrierError(Exception):
    """The root of what can go wrong with a carrier."""


class CarrierUnavailable(CarrierError):
    """No usable answer; repeat later."""


class CarrierRefused(CarrierError):
    """The carrier said no; repeating the same will not help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ForgedPush(CarrierError):
    """A push that is not what it claims to be: change nothing, record it, refuse it."""


class BadPushSignature(ForgedPush):
    """Not signed with our salt."""


class MalformedPush(ForgedPush):
    """Not in the carrier's format."""


class Carrier(Protocol):
    """A carrier or tracking service. Methods that call out raise `CarrierUnavailable` or `CarrierRefused`."""

    def create_label(self, request: LabelRequest) -> Label:
        """Order a label and get its tracking number."""

    def subscribe(self, subscription: Subscription) -> None:
        """Ask for pushes; asking twice is no error."""

    def track(self, *, carrier_code: str, tracking_number: str, phone: str = "") -> Tracking | None:
        """Ask where a parcel is; None when the carrier knows nothing of it yet."""

    def parse_push(self, body: bytes) -> Tracking:
        """Verify and read a push. Raises: ForgedPush."""

    def acknowledge(self) -> PushReply:
        """The reply that tells the carrier a push is done with."""

    def refuse(self) -> PushReply:
        """The reply that makes the carrier push again."""
