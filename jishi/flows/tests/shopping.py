"""Buyers who shop, for tests of flows: real goods, stock and quotes; money comes as a channel's word."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

from jishi.flows import take_payment
from jishi.flows.place_order import place_order
from jishi.flows.ship import ship_order
from jishi.identity.accounts.tests.factories import make_address, make_buyer
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import atomic, rows
from jishi.kernel.ids import AddressId, MerchantId, OrderId, SkuId, TradeId, UserId
from jishi.kernel.money import Money
from jishi.money.payments import services as payments
from jishi.money.payments import services_attempts
from jishi.money.payments.types import Captured, ChannelName, Learnt, PaymentRequest
from jishi.offering.catalog.tests.factories import MadeProduct, make_product
from jishi.offering.inventory.tests.factories import make_stock
from jishi.trade.checkout import services, services_quotes
from jishi.trade.checkout.types import CartLineWish, Quote, QuoteRequest
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.types import ParcelWish, PiecesWish, Trade
from jishi.trade.shipping.types import Parcel

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
DEADLINE = NOW + timedelta(minutes=30)
ACCOUNT = "test-account"
_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopper:
    """A buyer with an address."""

    buyer: UserId
    address: AddressId

    def put(self, sku_id: SkuId, quantity: int = 1) -> None:
        """Put pieces into the cart."""
        wish = CartLineWish(sku_id=sku_id, quantity=quantity)
        services.add_line(owner_id=self.buyer, wish=wish, language="zh", now=NOW)

    def quote(self, *pieces: tuple[SkuId, int], now: datetime = NOW) -> Quote:
        """Price the cart, or the named pieces at once."""
        lines = [CartLineWish(sku_id=sku_id, quantity=quantity) for sku_id, quantity in pieces]
        request = QuoteRequest(lines=lines or None, address_id=self.address)
        return services_quotes.quote(
            owner_id=self.buyer, buyer=self.buyer, request=request, language="zh", now=now
        )

    def place(
        self,
        quote: Quote,
        *,
        key: str | None = None,
        expected: Money | None = None,
        now: datetime = NOW,
    ) -> Trade:
        """Submit a quote, as a new checkout unless a key is given."""
        return place_order(
            buyer=self.buyer,
            quote_id=quote.id,
            expected_total=expected or quote.total,
            key=key or f"test-{uuid4()}",
            language="zh",
            now=now,
        )

    def buy(self, *pieces: tuple[SkuId, int], now: datetime = NOW) -> Trade:
        """Buy pieces at once, not paid yet."""
        return self.place(self.quote(*pieces, now=now), now=now)

    def buy_and_pay(self, *pieces: tuple[SkuId, int], now: datetime = NOW) -> Trade:
        """Buy pieces and pay for them."""
        trade = self.buy(*pieces, now=now)
        pay(trade.id, now=now)
        return trade


def make_shopper() -> Shopper:
    """Make a buyer with an address in Shanghai."""
    buyer = make_buyer()
    return Shopper(buyer=buyer, address=make_address(buyer))


def make_goods(*prices_minor: int, stock: int = 10, merchant_id: MerchantId | None = None) -> MadeProduct:
    """Make a product on sale with stock, of a merchant of its own unless one is named."""
    made = make_product(merchant_id=merchant_id or make_merchant(), prices_minor=prices_minor or [10_000])
    for sku_id in made.sku_ids:
        make_stock(sku_id, stock)
    return made


def pay(trade_id: TradeId, *, now: datetime = LATER, transaction: str | None = None) -> Learnt:
    """Let a channel tell that the whole trade was paid, now or after its end."""
    return take_payment.learn(capture_of(trade_id, at=now, transaction=transaction), now=now)


def capture_of(trade_id: TradeId, *, at: datetime, transaction: str | None = None) -> Captured:
    """Return a channel's word about money for a trade, making the attempt it belongs to."""
    with atomic():
        attempt = services_attempts.open_attempt(
            payments.lock(trade_id=trade_id),
            request=PaymentRequest(channel=ChannelName.ALIPAY),
            merchant_account=ACCOUNT,
            now=at,
        )
    return Captured(
        out_trade_no=attempt.out_trade_no,
        channel=ChannelName.ALIPAY,
        channel_transaction_id=transaction or f"T{next(_numbers):08d}",
        amount=attempt.amount,
        merchant_account=ACCOUNT,
        paid_at=at,
        source="webhook",
    )


def send(order_id: OrderId, *pieces: PiecesWish, number: str | None = None, now: datetime = LATER) -> Parcel:
    """Ship pieces of an order, all that are left without any, under a tracking number."""
    return ship_order(
        order_id=order_id,
        merchant_id=order_at_sale(order_id).merchant_id,
        wish=ParcelWish(
            carrier="shunfeng",
            tracking_number=number or f"SF{next(_numbers):010d}",
            lines=list(pieces) or None,
        ),
        staff=UserId(UUID(int=7)),
        now=now,
    )


def stock_of(sku_id: SkuId) -> tuple[int, int]:
    """Return (on hand, reserved) of a SKU over all warehouses."""
    ((on_hand, reserved),) = rows(
        "SELECT sum(on_hand)::int, sum(reserved)::int FROM inventory_stock WHERE sku_id = %s", [sku_id]
    )
    return on_hand, reserved


def scheduled(job_name: str) -> list[datetime]:
    """Return when the scheduled jobs of a name are due."""
    found = rows("SELECT due_at FROM kernel_scheduled_job WHERE name = %s ORDER BY due_at", [job_name])
    return [due_at for (due_at,) in found]


def queued(job_name: str) -> int:
    """Return how many jobs of a name wait in the queue."""
    ((found,),) = rows("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [job_name])
    return int(found)
