"""The rows of an order in every book that it stands in: orders, payments, ledger, parcels, stock, statements.

Money is booked as the flows of the shop book it (docs/algorithms/ledger.md); `jishi check-invariants` watches that.
"""

from base64 import b32hexencode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from jishi.entry.demo.history import CARRIERS, PREFIXES
from jishi.entry.demo.scale.copying import Rows
from jishi.entry.demo.scale.names import Names, Row, dashed, instant
from jishi.entry.demo.scale.sales import HOUR_MS, Sale, SoldLine, State, Trading
from jishi.entry.demo.scale.wares import Seller
from jishi.kernel.crypto import seal_text
from jishi.kernel.ids import MerchantId
from jishi.kernel.words import CURRENCY
from jishi.money.ledger import rules as ledger

LINES_MAX = 4
EVENTS_MAX = 16
_FULFILMENT = {
    State.SHIPPED: "shipped", State.DELIVERED: "delivered", State.RECEIVED: "received", State.COMPLETED: "received",
    State.RETURNED: "received",
}  # fmt: skip
_CLOSE_REASON = {
    State.UNPAID: "unpaid", State.CANCELLED: "cancelled_by_buyer", State.RETURNED: "refunded",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is the same for every order of a run."""

    trading: Trading
    accounts: Mapping[str, int]
    channel_accounts: Mapping[str, str]
    buyer_since: int
    image_url: str  # with {key} where the picture's goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """The ids of one order's rows."""

    names: Names
    sale: Sale
    order: str
    trade: str

    @classmethod
    def of(cls, names: Names, sale: Sale) -> "Ids":
        """Return the ids of an order; those that most of its rows name are made once."""
        number, placed = sale.number, sale.steps.placed
        order, trade = (names.id(row, number, placed) for row in (Row.ORDER, Row.TRADE))
        return cls(names=names, sale=sale, order=order, trade=trade)

    def at(self, row: Row, at: int, place: int = 0, most: int = 1) -> str:
        """Return the id of the order's `place`-th row of at most `most` of its table."""
        return self.names.id(row, self.sale.number * most + place, at)

    def placed(self, row: Row, place: int = 0, most: int = 1) -> str:
        """Return the id of a row that was made with the order."""
        return self.at(row, self.sale.steps.placed, place, most)


def write(rows: Rows, desk: Desk, sales: Sequence[Sale], numbers: Sequence[str]) -> None:
    """Add everything of some orders; `numbers` are what people call them."""
    wanted = Wanted()
    for sale, number in zip(sales, numbers, strict=True):
        ids = Ids.of(desk.trading.names, sale)
        seller = desk.trading.assortment.sellers[sale.seller]
        buyer_id = desk.trading.names.id(Row.BUYER, sale.buyer, desk.buyer_since)
        _order(rows, desk, ids, seller, buyer_id, number)
        _events(rows, ids, seller, buyer_id)
        _payment(rows, desk, ids, seller, buyer_id)
        if sale.is_sent:
            _parcel(rows, ids, seller, buyer_id, wanted)
        elif not sale.is_closed:
            _reserve(rows, ids, seller, wanted)
        if sale.refunded_minor:
            _refund(rows, desk, ids, seller, buyer_id, number)
        if sale.state is State.COMPLETED:
            _complete(rows, desk, ids, seller, number)
    wanted.receive(rows, desk.trading.names)


def _moment(at: int, is_past: bool) -> str | None:
    return instant(at) if is_past else None


def _order(rows: Rows, desk: Desk, ids: Ids, seller: Seller, buyer_id: str, number: str) -> None:
    sale, steps = ids.sale, ids.sale.steps
    placed, before = instant(steps.placed), instant(steps.pay_before)
    pieces = sum(one.quantity for one in sale.lines)
    sent = sale.is_sent
    arrived = sent and sale.state is not State.SHIPPED
    in_hand = arrived and sale.state is not State.DELIVERED
    sealed = seal_text(
        desk.trading.recipients[sale.buyer % len(desk.trading.recipients)],
        table="orders_order", column="recipient", row_id=dashed(ids.order),
    )  # fmt: skip
    rows.add(
        "orders_trade",
        ids.trade, buyer_id, ids.placed(Row.QUOTE), CURRENCY, sale.total_minor, placed, before,
    )  # fmt: skip
    rows.add(
        "orders_order",
        ids.order, number, ids.trade, buyer_id, seller.merchant_id,
        "closed" if sale.is_closed else sale.state.value, _paid_status(sale),
        _FULFILMENT.get(sale.state, "unshipped"), _CLOSE_REASON.get(sale.state), CURRENCY, sale.goods_minor, 0, 0, 0,
        sale.freight_minor, sale.total_minor, sale.refunded_minor, "[]", pieces,
        0 if sent or sale.is_closed else pieces, "standard", f"\\x{sealed.hex()}", "", placed, before,
        _moment(steps.paid, sale.is_paid), _moment(steps.shipped, sent), _moment(steps.delivered, arrived),
        _moment(steps.received, in_hand), _moment(steps.completed, sale.state is State.COMPLETED),
        _moment(_closed(sale), sale.is_closed),
    )  # fmt: skip
    for place, line in enumerate(sale.lines):
        _line(rows, desk, ids, seller, buyer_id, line, place)


def _closed(sale: Sale) -> int:
    return sale.steps.pay_before if sale.state is State.UNPAID else _refunded(sale)


def _refunded(sale: Sale) -> int:
    """Return when money went back."""
    return sale.steps.paid + 2 * HOUR_MS if sale.state is State.CANCELLED else sale.steps.refunded


def _paid_status(sale: Sale) -> str:
    if not sale.is_paid:
        return "unpaid"
    if not sale.refunded_minor:
        return "paid"
    return "refunded" if sale.refunded_minor == sale.total_minor else "partially_refunded"


def _line(
    rows: Rows, desk: Desk, ids: Ids, seller: Seller, buyer_id: str, line: SoldLine, place: int
) -> None:
    sale, ware, name = ids.sale, line.ware, line.sku.choice_name
    key = desk.trading.assortment.picture_of(ware, line.sku)
    rows.add(
        "orders_order_line",
        ids.placed(Row.LINE, place, LINES_MAX), ids.order, place + 1, buyer_id, seller.merchant_id,
        ware.id, line.sku.id, seller.warehouse_ids[0], ware.title.zh, ware.title.en, name.zh, name.en,
        desk.image_url.replace("{key}", key), CURRENCY, line.sku.price_minor, line.quantity, line.amount_minor,
        0, 0, 0, line.amount_minor, 0, line.commission_basis_points, line.quantity if sale.is_sent else 0,
        line.quantity if sale.state in (State.UNPAID, State.CANCELLED) else 0, 0, line.back_quantity,
        line.back_minor,
    )  # fmt: skip


def _events(rows: Rows, ids: Ids, seller: Seller, buyer_id: str) -> None:
    sale, steps = ids.sale, ids.sale.steps
    told: list[tuple[str, str, str | None, int, bool]] = [
        ("placed", "buyer", buyer_id, steps.placed, True),
        ("closed_unpaid", "clock", None, steps.pay_before, sale.state is State.UNPAID),
        ("paid", "channel", None, steps.paid, sale.is_paid),
        ("cancelled", "buyer", buyer_id, steps.paid + 2 * HOUR_MS, sale.state is State.CANCELLED),
        ("shipped", "merchant", seller.owner_id, steps.shipped, sale.is_sent),
        ("delivered", "carrier", None, steps.delivered, sale.is_sent and sale.state is not State.SHIPPED),
        (
            "received", "buyer", buyer_id, steps.received,
            sale.state in (State.RECEIVED, State.COMPLETED, State.RETURNED),
        ),
        ("refunded", "platform", None, _refunded(sale), sale.refunded_minor > 0),
        ("completed", "clock", None, steps.completed, sale.state is State.COMPLETED),
    ]  # fmt: skip
    for place, (kind, actor, actor_id, at, happened) in enumerate(told):
        if happened:
            event_id = ids.at(Row.EVENT, at, place, EVENTS_MAX)
            rows.add("orders_event", event_id, ids.order, kind, actor, actor_id, "", instant(at))


# -- money ---------------------------------------------------------------------------------------------------


def _payment(rows: Rows, desk: Desk, ids: Ids, seller: Seller, buyer_id: str) -> None:
    sale, steps, total = ids.sale, ids.sale.steps, ids.sale.total_minor
    payment_id, part_id = ids.placed(Row.PAYMENT), ids.placed(Row.PART)
    placed, before, paid = instant(steps.placed), instant(steps.pay_before), instant(steps.paid)
    status = {State.AWAITING_PAYMENT: "created", State.UNPAID: "closed"}.get(sale.state, _paid_status(sale))
    completed = sale.state is State.COMPLETED
    held = 0 if completed or not sale.is_paid else total - sale.refunded_minor
    rows.add(
        "payments_payment",
        payment_id, ids.trade, buyer_id, status, total, sale.refunded_minor, CURRENCY,
        sale.channel if sale.is_paid else None, placed, before, _moment(steps.paid, sale.is_paid),
        _moment(steps.pay_before, sale.state is State.UNPAID),
    )  # fmt: skip
    rows.add(
        "payments_part",
        part_id, payment_id, ids.trade, ids.order, seller.merchant_id, buyer_id, 1, total,
        sale.refunded_minor, held, CURRENCY, _moment(steps.completed, completed),
    )  # fmt: skip
    if not sale.is_paid:
        return
    attempt_id, capture_id = ids.at(Row.ATTEMPT, steps.paid), ids.at(Row.CAPTURE, steps.paid)
    rows.add(
        "payments_attempt",
        attempt_id, payment_id, sale.channel, "desktop", _number(attempt_id), desk.channel_accounts[sale.channel],
        "paid", total, CURRENCY, before, paid,
    )  # fmt: skip
    # The channel's own number of the payment is the capture's: ids are unique, and so are they.
    rows.add(
        "payments_capture",
        capture_id, payment_id, attempt_id, sale.channel, capture_id, "applied", "webhook", total, CURRENCY, paid,
        paid,
    )  # fmt: skip
    rows.add(
        "payments_capture_part",
        ids.at(Row.CAPTURE_PART, steps.paid), capture_id, part_id, capture_id, total, total,
    )  # fmt: skip
    _post(
        rows, desk, ids, 0, f"captured:{dashed(part_id)}", "payment_captured", steps.paid,
        {ledger.channel_clearing(sale.channel): total, ledger.ORDER_ESCROW: -total},
    )  # fmt: skip


def _number(made: str) -> str:
    """Return an id as the channels know it."""
    return b32hexencode(bytes.fromhex(made)).decode().rstrip("=")


def _refund(rows: Rows, desk: Desk, ids: Ids, seller: Seller, buyer_id: str, number: str) -> None:
    sale, at, back = ids.sale, _refunded(ids.sale), ids.sale.refunded_minor
    refund_id = ids.at(Row.REFUND, at)
    reason = "cancelled" if sale.state is State.CANCELLED else "partial"
    if not any(one.back_quantity for one in sale.lines):
        reason = "goodwill"
    rows.add(
        "payments_refund",
        refund_id, ids.placed(Row.PAYMENT), ids.placed(Row.PART), ids.at(Row.CAPTURE_PART, sale.steps.paid),
        ids.order, seller.merchant_id, buyer_id, "done", reason, False, "", back, sale.freight_back_minor, CURRENCY,
        _number(refund_id), instant(at), instant(at),
    )  # fmt: skip
    for place, line in enumerate(sale.lines):
        if not line.back_minor:
            continue
        line_id = ids.placed(Row.LINE, place, LINES_MAX)
        rows.add(
            "payments_refund_line",
            ids.at(Row.REFUND_LINE, at, place, LINES_MAX), refund_id, ids.order, line_id, line.back_quantity,
            line.back_minor, 0, 0, line.back_commission_minor,
        )  # fmt: skip
        if line.back_quantity and sale.is_sent:
            _take_back(rows, ids, seller, line, place, number)
    _post(
        rows, desk, ids, 1, f"refunded:{dashed(refund_id)}", "refunded", at,
        {ledger.ORDER_ESCROW: back, ledger.channel_clearing(sale.channel): -back},
    )  # fmt: skip


def _complete(rows: Rows, desk: Desk, ids: Ids, seller: Seller, number: str) -> None:
    """Let the merchant earn: his statement's lines, and the money out of escrow."""
    sale, at = ids.sale, ids.sale.steps.completed
    entries: list[tuple[str, int | None, str | None, int, int, int]] = []
    refund_id = ids.at(Row.REFUND, _refunded(sale))
    for place, line in enumerate(sale.lines):
        entries.append(("sale", place, None, line.amount_minor, 0, line.commission_minor))
        if line.back_minor:
            entries.append(("refund", place, refund_id, -line.back_minor, 0, -line.back_commission_minor))
    if sale.freight_minor:
        entries.append(("freight", None, None, 0, sale.freight_minor, 0))
    for place, (kind, line_place, back_by, goods, freight, commission) in enumerate(entries):
        rows.add(
            "settlement_entry",
            ids.at(Row.ENTRY, at, place, LINES_MAX * 2), seller.merchant_id, kind, ids.order, number,
            None if line_place is None else ids.placed(Row.LINE, line_place, LINES_MAX), back_by, goods, freight, 0,
            commission, goods + freight - commission, CURRENCY, instant(at),
        )  # fmt: skip
    earned = sum(one[5] for one in entries)
    held = sale.total_minor - sale.refunded_minor
    owner = ledger.merchant_payable(MerchantId(UUID(seller.merchant_id)))
    _post(
        rows, desk, ids, 2, f"completed:{dashed(ids.order)}", "order_completed", at,
        {ledger.ORDER_ESCROW: held, owner: earned - held, ledger.COMMISSION_REVENUE: -earned},
    )  # fmt: skip


def _post(
    rows: Rows, desk: Desk, ids: Ids, place: int, key: str, kind: str, at: int, amounts: Mapping[str, int]
) -> None:
    journal_id = ids.at(Row.JOURNAL, at, place, 4)
    rows.add("ledger_journal", journal_id, key, kind, ids.order, instant(at))
    for side, (account, amount) in enumerate(amounts.items()):
        if amount:
            posting_id = ids.at(Row.POSTING, at, place * 4 + side, 16)
            rows.add("ledger_posting", posting_id, journal_id, desk.accounts[account], amount, CURRENCY)


# -- pieces --------------------------------------------------------------------------------------------------


class Wanted:
    """The pieces that some orders took, by where they lay: as many came in just before the first of them.

    What sells best has long sold more than its first delivery.
    """

    def __init__(self) -> None:
        self._pieces: dict[tuple[str, str], tuple[int, int, int, Seller]] = {}

    def add(self, sale: Sale, seller: Seller, place: int) -> None:
        """Count the pieces of an order's line."""
        line = sale.lines[place]
        first = (sale.number * LINES_MAX + place, sale.steps.placed - HOUR_MS, 0, seller)
        number, at, so_far, _ = self._pieces.get((line.sku.id, seller.warehouse_ids[0]), first)
        self._pieces[line.sku.id, seller.warehouse_ids[0]] = (number, at, so_far + line.quantity, seller)

    def receive(self, rows: Rows, names: Names) -> None:
        """Book the deliveries."""
        for (sku_id, warehouse_id), (number, at, pieces, seller) in self._pieces.items():
            rows.add(
                "inventory_movement",
                names.id(Row.DELIVERY, number, at), seller.merchant_id, sku_id, warehouse_id, "received", pieces,
                "SEED", seller.owner_id, instant(at),
            )  # fmt: skip


def _reserve(rows: Rows, ids: Ids, seller: Seller, wanted: Wanted) -> None:
    for place, line in enumerate(ids.sale.lines):
        warehouse_id = seller.warehouse_ids[0]
        rows.add(
            "inventory_reservation",
            ids.order, line.sku.id, warehouse_id, line.quantity, instant(ids.sale.steps.placed),
        )  # fmt: skip
        rows.change_stock(line.sku.id, warehouse_id, on_hand=line.quantity, reserved=line.quantity)
        wanted.add(ids.sale, seller, place)


def _parcel(rows: Rows, ids: Ids, seller: Seller, buyer_id: str, wanted: Wanted) -> None:
    sale, shipped = ids.sale, ids.sale.steps.shipped
    carrier = CARRIERS[sale.number % len(CARRIERS)]
    tracking = f"{PREFIXES[carrier]}{ids.names.salt % 1000:03}{sale.number:09}"
    parcel_id, arrived = ids.at(Row.PARCEL, shipped), sale.state is not State.SHIPPED
    rows.add(
        "shipping_parcel",
        parcel_id, ids.order, buyer_id, seller.merchant_id, carrier, tracking,
        "delivered" if arrived else "in_transit", instant(shipped), _moment(sale.steps.delivered, arrived),
    )  # fmt: skip
    for place, line in enumerate(sale.lines):
        rows.add(
            "shipping_parcel_line",
            ids.at(Row.PARCEL_LINE, shipped, place, LINES_MAX), parcel_id, ids.placed(Row.LINE, place, LINES_MAX),
            line.sku.id, seller.warehouse_ids[0], line.quantity,
        )  # fmt: skip
        rows.add(
            "inventory_movement",
            ids.at(Row.SENT, shipped, place, LINES_MAX), seller.merchant_id, line.sku.id, seller.warehouse_ids[0],
            "shipped", -line.quantity, f"{carrier} {tracking}", seller.owner_id, instant(shipped),
        )  # fmt: skip
        wanted.add(sale, seller, place)


def _take_back(rows: Rows, ids: Ids, seller: Seller, line: SoldLine, place: int, number: str) -> None:
    at, warehouse_id = _refunded(ids.sale), seller.warehouse_ids[0]
    rows.add(
        "inventory_movement",
        ids.at(Row.TAKEN_BACK, at, place, LINES_MAX), seller.merchant_id, line.sku.id, warehouse_id, "returned",
        line.back_quantity, number, seller.owner_id, instant(at),
    )  # fmt: skip
    rows.change_stock(line.sku.id, warehouse_id, on_hand=line.back_quantity)
