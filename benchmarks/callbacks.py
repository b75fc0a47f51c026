"""Callbacks of Alipay: every payment is made at the simulator, its callback signed here and sent."""

from collections.abc import Sequence

import httpx
import msgspec

from benchmarks.market import Market
from benchmarks.purchase import TIMEOUT_SECONDS, Many, at_once
from simulators.alipay import wire
from simulators.clock import Clock
from simulators.records import Callback, CallbackMode
from simulators.remote_control import Control
from simulators.settings import Settings, load_accounts, load_keys

ACKNOWLEDGED = "success"


def run(market: Market, steps: Sequence[str], *, threads: int) -> Many:
    """Pay at all these cashiers without a word to the shop, then tell it of all of them, `threads` at once."""
    posts = _signed(market, steps)
    with httpx.Client(base_url=market.web, timeout=TIMEOUT_SECONDS, trust_env=False) as http:

        def tell(headers: dict[str, str], body: bytes) -> None:
            answer = http.post("/api/v1/hooks/payments/alipay", headers=headers, content=body)
            answer.raise_for_status()
            if answer.text.strip() != ACKNOWLEDGED:
                raise httpx.HTTPStatusError("not acknowledged", request=answer.request, response=answer)

        calls = [lambda post=post: tell(*post) for post in posts]
        return at_once([calls[start::threads] for start in range(threads)])


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
