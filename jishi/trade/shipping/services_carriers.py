"""Talking to carriers: labels, subscriptions, pushes. Nothing here may run inside a transaction."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings

from jishi.identity.accounts.types import Recipient
from jishi.kernel import outgoing
from jishi.kernel.errors import Invalid, NotFound, ShopError
from jishi.kernel.network import network
from jishi.kernel.words import Text
from jishi.trade.shipping.carriers.kuaidi100 import Kuaidi100Account, Kuaidi100Carrier
from jishi.trade.shipping.carriers.types import (
    BadPushSignature,
    CarrierRefused,
    CarrierUnavailable,
    Contact,
    ForgedPush,
    LabelRequest,
    PushReply,
    Subscription,
    Tracking,
)
from jishi.trade.shipping.rules import CARRIERS

__all__ = [
    "CarrierAway",
    "LabelRefused",
    "PushReply",
    "RefusedPush",
    "Sender",
    "Tracking",
    "order_label",
    "read_push",
    "reply",
    "require_carrier",
    "subscribe",
]

log = structlog.get_logger(__name__)


class CarrierAway(ShopError):
    """The carrier does not answer; the merchant may type in a tracking number himself."""

    code = "carrier_away"
    status = 503
    message = Text(
        zh="快递公司暂时没有响应,请稍后再试或手动填写运单号",
        en="The carrier does not answer; try again later or type in a tracking number",
    )


class LabelRefused(Invalid):
    """The carrier gives no label for this; `reason` is its own."""

    code = "label_refused"
    message = Text(zh="快递公司未能出单:{reason}", en="The carrier gave no label: {reason}")


class RefusedPush(Exception):
    """A push that is not what it claims to be; `reason` is for the record."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whose goods a label is for."""

    name: str
    phone: str
    address: str


def require_carrier(code: str) -> None:
    """Check that a parcel can be sent with this carrier. Raises: Invalid (422, field=carrier)."""
    if code not in CARRIERS:
        raise Invalid(field="carrier")


def order_label(
    *,
    carrier: str,
    label_key: str,
    sender: Sender,
    recipient: Recipient,
    goods: str,
    now: datetime,
) -> str:
    """Order a label and return its tracking number; the same `label_key` gives the same number.

    Raises: CarrierAway (503), LabelRefused (422), Invalid (field=tracking_number) without an account.
    """
    client = _client(now)
    if client is None:
        raise Invalid(field="tracking_number")
    request = LabelRequest(
        carrier_code=carrier,
        order_number=label_key,
        sender=Contact(name=sender.name, phone=sender.phone, address=sender.address),
        recipient=Contact(name=recipient.recipient, phone=recipient.phone, address=_address(recipient)),
        goods=goods,
    )
    try:
        with network():
            return client.create_label(request).tracking_number
    except CarrierRefused as error:
        log.warning("label_refused", carrier=carrier, code=error.code)
        raise LabelRefused(field="carrier", reason=error.message) from error
    except CarrierUnavailable as error:
        log.warning("carrier_unavailable", carrier=carrier, reason=str(error))
        raise CarrierAway from error


def subscribe(*, carrier: str, tracking_number: str, now: datetime) -> None:
    """Ask for pushes about a parcel; asking twice is no mistake. Does nothing where no carrier is connected.

    Raises: CarrierUnavailable, CarrierRefused (a job tries again).
    """
    client = _client(now)
    if client is None:
        return
    with network():
        client.subscribe(
            Subscription(
                carrier_code=carrier,
                tracking_number=tracking_number,
                callback_url=f"{settings.ENV.public_url}/api/v1/hooks/carriers/{carrier}",
            )
        )


def read_push(*, carrier: str, body: bytes, now: datetime) -> Tracking:
    """Verify and read a push that came in for a carrier. Raises: RefusedPush, NotFound without an account."""
    client = _client(now)
    if client is None:
        raise NotFound
    try:
        tracking = client.parse_push(body)
    except BadPushSignature as error:
        raise RefusedPush("signature") from error
    except ForgedPush as error:
        raise RefusedPush("malformed") from error
    if tracking.carrier_code != carrier:
        raise RefusedPush("carrier")
    return tracking


def reply(*, is_done: bool, now: datetime) -> PushReply:
    """Return what a push is answered with: done, or nothing changed. Raises: NotFound without an account."""
    client = _client(now)
    if client is None:
        raise NotFound
    return client.acknowledge() if is_done else client.refuse()


def _client(now: datetime) -> Kuaidi100Carrier | None:
    account = settings.ENV.carrier
    if account is None:
        return None
    return Kuaidi100Carrier(
        Kuaidi100Account(
            base_url=account.url,
            customer=account.customer,
            key=account.key,
            salt=account.salt,
            secret=account.secret,
            label_url=account.label_url,
        ),
        http=outgoing.client(),
        clock=lambda: now,
    )


def _address(recipient: Recipient) -> str:
    return f"{recipient.province}{recipient.city}{recipient.district}{recipient.street}"
