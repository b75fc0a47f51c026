"""A shop of the smallest kind: our clients, pointed at the simulators, and an address for callbacks."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import httpx
import pytest

from jishi.money.payments.channels.alipay import AlipayChannel
from jishi.money.payments.channels.types import CallbackReply, Channel, ChargeRequest, Part
from jishi.money.payments.channels.wechat import WechatChannel
from simulators.testing import RunningSimulators
from tests.wire.small_shop import (
    ChannelMaker,
    ChargeMaker,
    Received,
    Shop,
    alipay_account,
    now,
    wechat_account,
)

_numbers = count(1)


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Listen for callbacks on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            listening.received.append(Received(dict(self.headers.items()), body))
            reply = listening.reply
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening = Shop(
        url=f"http://127.0.0.1:{server.server_port}",
        reply=CallbackReply(status=500, content_type="text/plain", body=b"not ready"),
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield listening
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    """Give the one pool of connections that all clients share."""
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def make_channel(simulators_server: RunningSimulators, http: httpx.Client) -> ChannelMaker:
    """Give a maker of channels: by name, with another clock or HTTP client if need be."""

    def make(
        name: str, *, clock: Callable[[], datetime] = now, client: httpx.Client | None = None
    ) -> Channel:
        if name == "alipay":
            return AlipayChannel(alipay_account(simulators_server), http=client or http, clock=clock)
        return WechatChannel(wechat_account(simulators_server), http=client or http, clock=clock)

    return make


@pytest.fixture(params=["alipay", "wechat"])
def channel(request: pytest.FixtureRequest, make_channel: ChannelMaker) -> Channel:
    """Give each channel in turn: what holds for one holds for the other."""
    return make_channel(request.param)


@pytest.fixture
def charge(shop: Shop) -> ChargeMaker:
    """Give a maker of charges with numbers nobody used before."""

    def make(
        *amounts_minor: int, client: str = "desktop", subject: str = "集市 · 手机壳等 2 件", minutes: int = 30
    ) -> ChargeRequest:
        number = f"T{next(_numbers):09d}"
        parts = tuple(
            Part(out_trade_no=f"{number}P{index}", amount_minor=amount)
            for index, amount in enumerate(amounts_minor or (7500,))
        )
        return ChargeRequest(
            out_trade_no=number,
            parts=parts,
            amount_minor=sum(part.amount_minor for part in parts),
            currency="CNY",
            subject=subject,
            expires_at=now() + timedelta(minutes=minutes),
            notify_url=f"{shop.url}/notify",
            return_url=f"{shop.url}/return",
            client="phone" if client == "phone" else "desktop",
        )

    return make


@pytest.fixture(autouse=True)
def _calm(simulators_server: RunningSimulators) -> Iterator[None]:
    """Leave no fault or mode behind for the next test."""
    yield
    simulators_server.control.clear_faults()
    simulators_server.control.set_callback_mode("normal")
