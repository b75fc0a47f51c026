"""A payment in two instalments: a deposit now, the balance in its window."""

from dataclasses import dataclass
from datetime import datetime

from jishi.kernel.ids import MerchantId, OrderId, PaymentPartId
from jishi.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalments:
    """How a payment is split; deposit + balance is its amount.

    The balance can be paid from `balance_from_at` until before `balance_until_at`. `returns_deposit` says whether the
    deposit goes back to a buyer who does not pay it; the merchant keeps it otherwise.
    """

    deposit: Money
    balance: Money
    balance_from_at: datetime
    balance_until_at: datetime
    returns_deposit: bool
    deposit_paid_at: datetime | None = None

    @property
    def number(self) -> int:
        """Which instalment is due, or was the last: 1 the deposit, 2 the balance."""
        return 1 if self.deposit_paid_at is None else 2

    @property
    def due(self) -> Money:
        """What the next payment takes."""
        return self.deposit if self.number == 1 else self.balance


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDeposit:
    """A deposit in escrow whose payment was closed before the balance came."""

    part_id: PaymentPartId
    order_id: OrderId
    merchant_id: MerchantId
    amount: Money
    returns_deposit: bool
