"""A small market for tests of money: real orders, the real simulators over HTTP, callbacks to a real server.

Every test may ask for the fixture `cash`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Literal
from uuid import UUID

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from jishi.config.environment import AlipayChannel, SmsAccount, WechatChannel
from jishi.flows import invariants, release, take_payment
from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.invariants_sql import STOCK
from jishi.kernel import clock
from jishi.kernel.db import atomic, rows
from jishi.kernel.drain import drain
from jishi.kernel.ids import OrderId, TradeId
from jishi.kernel.money import Money
from jishi.money.ledger import queries as ledger
from jishi.money.payments import queries, services, services_channels
from jishi.money.payments.types import (
    Captured,
    ChannelName,
    PartWish,
    PaymentRequest,
    PaymentStart,
    PaymentStatus,
    Refund,
)
from jishi.trade.orders import services as order_services
from jishi.trade.orders.queries import order_at_sale, orders_at_sale
from jishi.trade.orders.tests import factories
from jishi.trade.orders.types import Actor, OrderAtSale, OrderStatus, PlacedTrade
from simulators.remote_control import Control
from simulators.testing import RunningSimulators

Client = Literal["desktop", "phone"]
Connections = Mapping[ChannelName, services_channels.Connected]
BOTH_CHANNELS = [ChannelName.ALIPAY, ChannelName.WECHAT]


def cny(amount_minor: int) -> Money:
    """Return so many fen."""
    return Money(amount_minor, "CNY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cash:
    """What a test of money does, in its own words."""

    control: Control
    url: str

    def now(self) -> datetime:
        """Return the present: signatures and expiries on the wire are real."""
        return clock.now()

    def place(self, *wishes: factories.OrderWish) -> PlacedTrade:
        """Place a trade (of two merchants unless told) with its payment; no stock is involved."""
        chosen = wishes or (factories.OrderWish(freight_minor=800), factories.OrderWish())
        trade = factories.make_trade(chosen, now=self.now())
        self.open_payment(trade.id)
        return trade

    def open_payment(self, trade_id: TradeId) -> None:
        """Open the payment of a trade, as placing an order does."""
        at_sale = orders_at_sale(trade_id)
        with atomic():
            services.create(
                trade_id=trade_id,
                buyer_id=at_sale[0].buyer_id,
                parts=[
                    PartWish(order_id=order.id, merchant_id=order.merchant_id, amount=order.total)
                    for order in at_sale
                ],
                now=self.now(),
            )

    def start(
        self, trade_id: TradeId, channel: ChannelName = ChannelName.ALIPAY, client: Client = "desktop"
    ) -> PaymentStart:
        """Press Pay."""
        return take_payment.start(
            trade_id=trade_id,
            buyer=orders_at_sale(trade_id)[0].buyer_id,
            request=PaymentRequest(channel=channel, client=client),
            now=self.now(),
        )

    def act(self, started: PaymentStart, action: str = "pay", mode: str | None = None) -> dict[str, Any]:
        """Do at the cashier what a buyer does; returns once the shop has answered the callback."""
        return self.control.buyer(started.redirect_url or started.qr_code or "", action, mode=mode)

    def paid(
        self, *wishes: factories.OrderWish, channel: ChannelName = ChannelName.ALIPAY
    ) -> list[OrderAtSale]:
        """Place a trade and pay it through the channel, callback and all."""
        trade = self.place(*wishes)
        self.act(self.start(trade.id, channel))
        assert self.status(trade.id) is PaymentStatus.PAID
        return orders_at_sale(trade.id)

    def let_the_deadline_pass(self, trade_id: TradeId) -> None:
        """Close a trade that nobody paid, as its deadline job does half an hour later."""
        close_unpaid(trade_id=trade_id, now=self.now() + timedelta(minutes=31))

    def broken_promises(self) -> list[invariants.Violation]:
        """Return what `check-invariants` finds, but for stock: most orders here are of goods without any."""
        return [one for one in invariants.check() if one.promise not in STOCK]

    def complete(self, order_id: OrderId) -> None:
        """Let an order be sent, received and completed, its escrow released."""
        with atomic():
            order_services.lock_order_trade(order_id)
            order_services.note_shipped(order_id=order_id, wanted=None, staff_id=UUID(int=1), now=self.now())
            order_services.mark_received(order_id=order_id, actor=Actor.CLOCK, actor_id=None, now=self.now())
            assert order_services.mark_completed(order_id=order_id, now=self.now())
            release.release_escrow(order_at_sale(order_id), now=self.now())

    def run_jobs(self) -> int:
        """Run every job that is due within the next minutes, as if they passed."""
        return sum(drain(now=self.now() + timedelta(minutes=minute)) for minute in range(3))

    def status(self, trade_id: TradeId) -> PaymentStatus:
        """Return the state of a trade's payment."""
        return queries.summary(trade_id).status

    def refunds(self, order_id: OrderId) -> list[Refund]:
        """Return the refunds of an order."""
        return queries.refunds_of([order_id]).get(order_id, [])

    def attempt_number(self, trade_id: TradeId, channel: ChannelName | None = None) -> str:
        """Return the out_trade_no of the newest attempt."""
        found = rows(
            "SELECT a.out_trade_no FROM payments_attempt a JOIN payments_payment p ON p.id = a.payment_id "
            "WHERE p.trade_id = %s AND (%s::text IS NULL OR a.channel = %s) ORDER BY a.id DESC LIMIT 1",
            [trade_id, channel, channel],
        )
        return str(found[0][0])

    def callbacks(self, outcome: str | None = None) -> list[tuple[str, str]]:
        """Return what was recorded of callbacks: (outcome, reason), oldest first."""
        found = rows("SELECT outcome, reason FROM payments_callback ORDER BY id")
        return [one for one in found if outcome in {None, one[0]}]

    def books(self) -> dict[str, int]:
        """Return every account that is not zero, merchants added up, in minor units."""
        sums: dict[str, int] = {}
        for line in ledger.trial_balance():
            name = "merchant_payable" if line.account.startswith("merchant_payable") else line.account
            sums[name] = sums.get(name, 0) + line.balance.amount_minor
        return {name: amount for name, amount in sums.items() if amount}


@pytest.fixture(scope="session")
def channels(simulators_server: RunningSimulators) -> Connections:
    """Give the clients of both simulated channels."""
    return connected_to(simulators_server)


@pytest.fixture
def cash(
    simulators_server: RunningSimulators,
    channels: Connections,
    live_server: LiveServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Cash]:
    """Connect the shop to the simulators, and the simulators' callbacks to the shop."""
    settings.ENV = replace(
        settings.ENV,
        public_url=live_server.url,
        sms=SmsAccount(
            url=simulators_server.sms_url,
            access_key=simulators_server.accounts.sms_secret_id,
            secret=simulators_server.keys.sms_secret,
        ),
        email_url=simulators_server.mail_url,
    )
    settings.ALLOWED_HOSTS = ["*"]
    import_module(settings.ROOT_URLCONF)  # a first request that has to load the shop may outlast a channel
    monkeypatch.setattr(services_channels, "connected", lambda: channels)
    simulators_server.control.clear_faults()
    simulators_server.control.set_callback_mode("normal")
    yield Cash(control=simulators_server.control, url=live_server.url)
    simulators_server.control.clear_faults()
    simulators_server.control.set_callback_mode("normal")


def connected_to(server: RunningSimulators) -> Connections:
    """Return clients of both simulated channels."""
    folder, accounts = server.keys.folder, server.accounts
    return services_channels.connect(
        alipay=AlipayChannel(
            gateway_url=server.alipay_gateway_url,
            app_id=accounts.alipay_app_id,
            private_key_file=folder / "alipay_app_private.pem",
            public_key_file=folder / "alipay_public.pem",
        ),
        wechat=WechatChannel(
            gateway_url=server.wechat_gateway_url,
            mchid=accounts.wechat_mchid,
            appid=accounts.wechat_appid,
            serial=accounts.wechat_serial,
            api_v3_key=server.keys.wechat_api_v3_key,
            private_key_file=folder / "wechat_merchant_private.pem",
            public_key_file=folder / "wechat_platform_public.pem",
            public_key_id=accounts.wechat_public_key_id,
        ),
        read_clock=clock.now,
    )


def total_of(orders: Sequence[OrderAtSale]) -> int:
    """Return what the orders cost together, in minor units."""
    return sum(order.total.amount_minor for order in orders)


def statuses(trade: PlacedTrade) -> set[OrderStatus]:
    """What the orders of a trade say."""
    return {order.status for order in orders_at_sale(trade.id)}


def captured(cash: Cash, trade: PlacedTrade, transaction_id: str = "2026112300001") -> Captured:
    """The right words about a trade's newest attempt, as if the channel had said them."""
    attempt = queries.attempt_of(cash.attempt_number(trade.id))
    assert attempt is not None
    return Captured(
        out_trade_no=attempt.out_trade_no,
        channel=attempt.channel,
        channel_transaction_id=transaction_id,
        amount=attempt.amount,
        merchant_account=attempt.merchant_account,
        paid_at=cash.now(),
        source="webhook",
    )
