"""Callbacks of Alipay: every payment is made at the simulator, its callback signed here and sent."""

from collections.abc import Sequence
from functools import partial

import msgspec

from benchmarks.client import Client, Refused
from benchmarks.market import Market
from benchmarks.purchase import Many, at_once
from simulators.alipay import wire
from simulators.clock import Clock
from simulators.records import Callback, CallbackMode
from simulators.remote_control import Control
from simulators.settings import Settings, load_accounts, load_keys

ACKNOWLEDGED = "success"


def run(market: Market, steps: Sequence[str], *, threads: int) -> Many:
    """Pay at all these cashiers without a word to the shop, then tell it of all of them, `threads` at once."""
    posts = _signed(market, steps)
    clients = [Client(market.web) for _ in range(threads)]

    def tell(client: Client, headers: dict[str, str], body: bytes) -> None:
        said = client.send("POST", "api/v1/hooks/payments/alipay", body, headers).decode()
        if said.strip() != ACKNOWLEDGED:
            raise Refused(said)

    shares = [
        [partial(tell, client, *post) for post in posts[start::threads]]
        for start, client in enumerate(clients)
    ]
    done = at_once(shares)
    for client in clients:
        client.close()
    return done


def _signed(market: Market, steps: Sequence[str]) -> list[tuple[dict[str, str], bytes]]:
    settings = Settings(
        keys=load_keys(market.checked.secrets_folder, market.values),
        accounts=load_accounts(market.values),
        shop_url=market.edge,
    )
    control = Control(market.checked.simulators_url)
    told = [control.buyer(step, mode="drop", wait=False)["callbacks"][-1] for step in steps]
    control.close()
    return [
        wire.envelope(
            settings, Clock(), msgspec.convert(one | {"mode": CallbackMode.NORMAL}, Callback, strict=False)
        )
        for one in told
    ]
