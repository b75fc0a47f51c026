"""What crosses the border of merchants, and what the API shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from jishi.identity.accounts.types import FILLED_LINE, LINE, LINES
from jishi.kernel.exact import Exact
from jishi.kernel.ids import MerchantId, UserId
from jishi.kernel.words import Text

# Files of our own only, no way up; empty takes the picture away.
Picture = Annotated[
    str, Field(max_length=300, pattern=r"^(/media/([A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.[a-z0-9]{2,5})?$")
]
Line = Annotated[str, Field(max_length=60, pattern=LINE)]
Words = Annotated[str, Field(max_length=2000, pattern=LINES)]
Name = Annotated[str, Field(max_length=40, pattern=FILLED_LINE)]


class MerchantStatus(StrEnum):
    APPLYING = "applying"
    IN_REVIEW = "in_review"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    CLOSED = "closed"
    REJECTED = "rejected"


class StaffRole(StrEnum):
    OWNER = "owner"
    OPERATOR = "operator"
    WAREHOUSE = "warehouse"
    FINANCE = "finance"
    SERVICE = "service"
    CASHIER = "cashier"


class SettlementMode(StrEnum):
    OWN_CLEARING = "own_clearing"
    CHANNEL_SPLIT = "channel_split"


class StatementCycle(StrEnum):
    """How often a merchant's statement is closed."""

    T1 = "t1"  # every day, for the day before
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantCard:
    """A merchant as shown beside goods; `name` is in the asked language."""

    id: MerchantId
    name: str
    logo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A merchant's public shop front."""

    id: MerchantId
    name: str
    logo: str | None
    banner: str | None
    introduction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was agreed with a merchant; `commission_basis_points` on goods after his own discounts."""

    merchant_id: MerchantId
    commission_basis_points: int
    settlement_mode: SettlementMode
    statement_cycle: str  # t1 | weekly | monthly


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """A merchant at a sale: how he is shown, and what was agreed with him."""

    card: MerchantCard
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A person who works for a merchant."""

    user_id: UserId
    merchant_id: MerchantId
    merchant_name: str
    role: StaffRole


# -- the merchant's side ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreTexts:
    """What a merchant writes about his store, in both languages; English may be empty."""

    name_zh: Name
    name_en: Line = ""
    introduction_zh: Words = ""
    introduction_en: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantProfile:
    """A merchant as his own staff see him, the bank account masked; `terms` as agreed with the platform.

    `role` is what whoever asks does for the merchant.
    """

    id: MerchantId
    status: MerchantStatus
    legal_name: str
    name: Text
    introduction: Text
    logo: str | None
    banner: str | None
    contact_name: str
    contact_phone: str
    bank_name: str
    bank_account: str
    terms: Terms
    version: int
    role: StaffRole | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChange:
    """Change the store's profile; what is left out stays. `version` is the one read, against lost updates.

    Pictures are addresses of the merchant's own uploads (`/media/…`); an empty text takes the picture away.
    """

    version: Annotated[int, Field(ge=1), Exact]
    name_zh: Name | None = None
    name_en: Line | None = None
    introduction_zh: Words | None = None
    introduction_en: Words | None = None
    logo: Picture | None = None
    banner: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """A colleague in the staff list; `login` is the masked e-mail address or phone."""

    user_id: UserId
    nickname: str
    login: str
    role: StaffRole
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWish:
    """Give somebody who has an account, found by a verified e-mail address or phone, a role."""

    login: Annotated[str, Field(min_length=3, max_length=254, pattern=FILLED_LINE)]
    role: StaffRole


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChange:
    role: StaffRole


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One thing that was done at the merchant; `actor_kind` is buyer, staff, platform, system or channel."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str | None
    action: str
    subject_kind: str
    subject_id: UUID
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What somebody who wants to sell hands in; numbers, contact and bank account are kept encrypted."""

    legal_name: str
    registration_number: str
    texts: StoreTexts
    contact_name: str
    contact_phone: str
    bank_name: str
    bank_account_holder: str
    bank_account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """Where payouts go, in clear: for the payout itself, never for a screen."""

    merchant_id: MerchantId
    bank_name: str
    holder: str
    number: str
