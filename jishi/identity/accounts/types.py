"""What crosses the border of accounts, and what the API shows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from jishi.kernel.ids import AddressId, UserId

# No control characters: PostgreSQL refuses NUL, and a line is a line.
LINE = r"^[^\x00-\x1f\x7f]*$"
LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
FILLED_LINE = r"^[^\x00-\x1f\x7f]*[^\x00-\x1f\x7f\s][^\x00-\x1f\x7f]*$"
MOBILE = r"^1[3-9][0-9]{9}$"

Recipients = Annotated[str, Field(max_length=40, pattern=FILLED_LINE, examples=["王小明"])]
Mobile = Annotated[str, Field(pattern=MOBILE, examples=["13800138000"])]
AreaCode = Annotated[str, Field(pattern=r"^[1-9][0-9]{5}$", examples=["310104"])]
Street = Annotated[str, Field(max_length=200, pattern=FILLED_LINE, examples=["漕溪北路 100 号 3 栋 402"])]
Postcode = Annotated[str, Field(pattern=r"^([0-9]{6})?$", examples=["200030"])]
Nickname = Annotated[str, Field(max_length=40, pattern=FILLED_LINE)]
Language = Literal["zh", "en"]
# A day of the year; the 29th of February is one.
DayOfYear = Annotated[
    str,
    Field(
        pattern=r"^((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))?$",
        examples=["11-05"],
    ),
]


class PlatformRole(StrEnum):
    """What a member of the platform's own staff may do; each is a Django group of the same name."""

    OPERATIONS = "operations"
    FINANCE = "finance"
    SERVICE = "service"
    RISK = "risk"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """The signed-in person; e-mail and phone are masked. `birthday` is a day of the year ("MM-DD"), without the year;
    `has_coupon_news` says whether he wants to be told of coupons that end soon.
    """

    id: UserId
    nickname: str
    email: str | None
    phone: str | None
    language: str
    avatar: str | None = None
    email_is_verified: bool = False
    birthday: str | None = None
    has_coupon_news: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MeChange:
    """Change one's own profile; what is left out stays, an empty `birthday` is none. The picture has operations of
    its own.
    """

    nickname: Nickname | None = None
    language: Language | None = None
    birthday: DayOfYear | None = None
    has_coupon_news: StrictBool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressWish:
    """What a buyer writes down: `area_code` is the six-digit district code, `phone` a mainland mobile."""

    recipient: Recipients
    phone: Mobile
    area_code: AreaCode
    street: Street
    postcode: Postcode = ""
    is_default: StrictBool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChange:
    """Correct an address; what is left out stays. Only another address can take `is_default` away."""

    recipient: Recipients | None = None
    phone: Mobile | None = None
    area_code: AreaCode | None = None
    street: Street | None = None
    postcode: Postcode | None = None
    is_default: Literal[True] | None = None


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


# What an order keeps of which nothing travels: whom it is for is its buyer.
NOBODY = Recipient(
    recipient="", phone="", area_code="", province="", city="", district="", street="", postcode=""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as colleagues and the platform see him: `login` is the masked e-mail address or phone."""

    id: UserId
    nickname: str
    login: str
    language: str
