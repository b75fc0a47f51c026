"""What crosses the border of accounts, and what the API shows."""

from dataclasses import dataclass

from jishi.kernel.ids import AddressId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """The signed-in person; e-mail and phone are masked."""

    id: UserId
    nickname: str
    email: str | None
    phone: str | None
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressWish:
    """What a buyer writes down: `area_code` is the six-digit district code, `phone` a mainland mobile number."""

    recipient: str
    phone: str
    area_code: str
    street: str
    postcode: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A buyer's own address, in clear because he must be able to correct it."""

    id: AddressId
    recipient: str
    phone: str
    area_code: str
    province: str
    city: str
    district: str
    street: str
    postcode: str
    is_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Where a parcel goes: the snapshot an order keeps (encrypted there)."""

    recipient: str
    phone: str
    area_code: str
    province: str
    city: str
    district: str
    street: str
    postcode: str
