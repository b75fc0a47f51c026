"""What crosses the border of merchants, and what the API shows."""

from dataclasses import dataclass
from enum import StrEnum

from jishi.kernel.ids import MerchantId, UserId


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
class Staff:
    """A person who works for a merchant."""

    user_id: UserId
    merchant_id: MerchantId
    merchant_name: str
    role: StaffRole
