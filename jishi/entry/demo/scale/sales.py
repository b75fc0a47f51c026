"""What the n-th order is and how far it came. Pure, as `wares` is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from random import Random

from jishi.entry.demo.plans import Fate
from jishi.entry.demo.scale.names import Names, Row
from jishi.entry.demo.scale.wares import Assortment, SkuWare, Ware
from jishi.kernel.money import round_half_up

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
FATES = {
    Fate.KEPT: 82, Fate.UNPAID: 4, Fate.CANCELLED: 4, Fate.RETURNED: 3, Fate.PART_RETURNED: 4, Fate.APPEASED: 3,
}  # fmt: skip
_FATES, _CUMULATED = tuple(FATES), tuple(accumulate(FATES.values()))
CHANNELS = ("alipay", "wechat", "wechat")
DEAR_MINOR = 100_000
FREIGHT_MINOR, FREE_FROM_MINOR = 800, 9_900


class State(StrEnum):
    """How far an order has come."""

    AWAITING_PAYMENT = "awaiting_payment"
    AWAITING_SHIPMENT = "awaiting_shipment"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RECEIVED = "received"
    COMPLETED = "completed"
    UNPAID = "unpaid"
    CANCELLED = "cancelled"
    RETURNED = "returned"


# Tuples, not sets: a state is met by its identity, without Python's own hash of an enum's member.
UNPAID = (State.AWAITING_PAYMENT, State.UNPAID)
UNSENT = (*UNPAID, State.AWAITING_SHIPMENT, State.CANCELLED)
CLOSED = (State.UNPAID, State.CANCELLED, State.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """When each step is taken or would have been, in milliseconds since 1970."""

    placed: int
    pay_before: int
    paid: int
    shipped: int
    delivered: int
    received: int
    refunded: int
    completed: int


@dataclass(slots=True, kw_only=True)
class SoldLine:
    """Pieces of a SKU; `back_*` is what was refunded of it."""

    ware: Ware
    sku: SkuWare
    quantity: int
    commission_basis_points: int
    back_quantity: int = 0
    back_minor: int = 0

    @property
    def amount_minor(self) -> int:
        """Return what the pieces cost."""
        return self.sku.price_minor * self.quantity

    @property
    def commission_minor(self) -> int:
        """Return the platform's part."""
        return round_half_up(self.amount_minor * self.commission_basis_points, 10_000)

    @property
    def back_commission_minor(self) -> int:
        """Return what of the platform's part went back."""
        if self.back_minor == self.amount_minor:
            return self.commission_minor
        return round_half_up(self.back_minor * self.commission_basis_points, 10_000)


@dataclass(slots=True, kw_only=True)
class Sale:
    """An order with its trade, payment and parcel."""

    number: int
    seller: int
    buyer: int
    channel: str
    state: State
    steps: Steps
    lines: list[SoldLine]
    fate: Fate
    freight_minor: int = 0
    freight_back_minor: int = 0

    @property
    def goods_minor(self) -> int:
        """Return what its goods cost."""
        return sum(one.amount_minor for one in self.lines)

    @property
    def total_minor(self) -> int:
        """Return what it costs."""
        return self.goods_minor + self.freight_minor

    @property
    def refunded_minor(self) -> int:
        """Return what went back."""
        return sum(one.back_minor for one in self.lines) + self.freight_back_minor

    @property
    def is_paid(self) -> bool:
        """Say whether money came."""
        return self.state not in UNPAID

    @property
    def is_sent(self) -> bool:
        """Say whether it has left."""
        return self.state not in UNSENT

    @property
    def is_closed(self) -> bool:
        """Say whether it ended without anything sold."""
        return self.state in CLOSED


@dataclass(frozen=True, kw_only=True)
class Trading:
    """All orders of a run, of its assortment; instants and lengths of time in milliseconds."""

    names: Names
    assortment: Assortment
    count: int
    buyers: int
    now: int
    within: int
    payment_window: int
    return_window: int
    recipients: Sequence[str]

    def sale(self, number: int) -> Sale:
        """Return an order: the later ones have the higher numbers, and there are more of them lately."""
        chance = Random(self.names.chance(Row.ORDER, number))
        back = 1 - ((number + 0.5) / self.count) ** 0.8
        steps = self._steps(chance, self.now - 60_000 - int(self.within * back))
        wares = self._wares(chance, steps.placed)
        seller = self.assortment.sellers[wares[0].seller]
        fate = chance.choices(_FATES, cum_weights=_CUMULATED)[0]
        made = Sale(
            number=number,
            seller=wares[0].seller,
            buyer=int(self.buyers * chance.random() ** 1.5),
            channel=chance.choice(CHANNELS),
            state=self._state(fate, steps),
            steps=steps,
            lines=[self._line(chance, ware, seller.commission_basis_points) for ware in wares],
            fate=fate,
        )
        made.freight_minor = 0 if made.goods_minor >= FREE_FROM_MINOR else FREIGHT_MINOR
        _give_back(made, self.now)
        return made

    def _steps(self, chance: Random, placed: int) -> Steps:
        def later(at: int, low: float, high: float) -> int:
            return at + int(HOUR_MS * chance.uniform(low, high))

        paid = later(placed, 0.02, 0.24)
        shipped = later(paid, 4, 34)
        delivered = later(shipped, 30, 80)
        received = later(delivered, 1, 110)
        completed = received + self.return_window
        return Steps(
            placed=placed,
            pay_before=placed + self.payment_window,
            paid=paid,
            shipped=shipped,
            delivered=delivered,
            received=received,
            refunded=min(later(received, 5, 90), completed - 1),
            completed=completed,
        )

    def _state(self, fate: Fate, steps: Steps) -> State:
        if fate is Fate.UNPAID:
            return State.UNPAID if steps.pay_before < self.now else State.AWAITING_PAYMENT
        if steps.paid > self.now:
            return State.AWAITING_PAYMENT
        if fate is Fate.CANCELLED and steps.paid + 2 * HOUR_MS < self.now:
            return State.CANCELLED
        if fate is Fate.RETURNED and steps.refunded < self.now:
            return State.RETURNED
        reached = (
            (steps.completed, State.COMPLETED),
            (steps.received, State.RECEIVED),
            (steps.delivered, State.DELIVERED),
            (steps.shipped, State.SHIPPED),
        )
        return next((state for at, state in reached if at < self.now), State.AWAITING_SHIPMENT)

    def _wares(self, chance: Random, at: int) -> list[Ware]:
        """Return products of one merchant: what sells well is bought often (Zipf), and only what was there."""
        there, all_of = self.assortment.listed_before(at), self.assortment
        rank = int(math.exp(chance.random() * math.log(all_of.count + 1))) - 1
        first = all_of.at_rank(min(rank, all_of.count - 1)) % there
        numbers = [first]
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
            other = all_of.neighbour(first, chance.random() ** 2)
            if other < there and other not in numbers:
                numbers.append(other)
        return [all_of.ware(number) for number in numbers]

    def _line(self, chance: Random, ware: Ware, commission: int) -> SoldLine:
        sku = chance.choice([one for one in ware.skus if one.is_there])
        few = sku.price_minor > DEAR_MINOR
        return SoldLine(
            ware=ware,
            sku=sku,
            quantity=1 if few else chance.choice((1, 1, 1, 1, 2, 2, 3)),
            commission_basis_points=commission,
        )


def _give_back(sale: Sale, now: int) -> None:
    """Let the money go back that the order's fate sends back by now."""
    if sale.state in (State.CANCELLED, State.RETURNED):
        for line in sale.lines:
            line.back_quantity, line.back_minor = line.quantity, line.amount_minor
        sale.freight_back_minor = sale.freight_minor
    if sale.state not in (State.RECEIVED, State.COMPLETED) or sale.steps.refunded >= now:
        return
    first = sale.lines[0]
    if sale.fate is Fate.PART_RETURNED and sum(one.quantity for one in sale.lines) > 1:
        first.back_quantity, first.back_minor = 1, round_half_up(first.amount_minor, first.quantity)
    elif sale.fate is Fate.APPEASED and len(sale.lines) == 1:
        first.back_minor = first.amount_minor // 10
