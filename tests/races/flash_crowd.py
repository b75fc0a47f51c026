"""A crowd before the gate of a flash sale, over HTTP as browsers come: the work, the queue, the price, the order."""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from uuid import uuid4

import httpx

from jishi.offering.flash.rules import PROOF_AGE_MIN
from jishi.offering.flash.tests.proving import proof
from jishi.offering.flash.types import Challenge

CONNECTIONS = 64  # of all; who finds none free waits for one
HOMES = 16  # addresses that they come from: one address alone would be held to its own limit
PATIENCE_SECONDS = 300.0
STANDS_BACK = 10  # beside the market, on the machine that it shares with it
TURNED_AWAY = frozenset({"sold_out", "409 out_of_stock", "409 flash_share_used"})


@dataclass(slots=True)
class Rush:
    """What the crowd came to. `words` are final answers, one for each thing somebody tried to buy."""

    words: Counter[str] = field(default_factory=Counter)
    sold_to: Counter[str] = field(default_factory=Counter)  # by session token, in orders
    asked: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    queued: int = 0
    seconds: float = 0.0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def sold(self) -> int:
        """Return the orders that were acknowledged."""
        return sum(self.sold_to.values())

    async def note(self, word: str, token: str) -> None:
        """Keep what became of one try."""
        async with self._changed:
            self.words[word] += 1
            if word == "201":
                self.sold_to[token] += 1
            self._changed.notify_all()

    async def wait_for_sales(self, count: int) -> None:
        """Return as soon as so many orders were acknowledged."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.sold >= count)


@dataclass(frozen=True, slots=True)
class Comer:
    """One buyer at the gate; whoever is `hasty` submits two checkouts at once."""

    http: httpx.AsyncClient
    buyer: dict[str, Any]
    item_id: str
    rush: Rush
    is_hasty: bool

    async def come(self) -> None:
        """Go as far as the market lets one go."""
        token = self.buyer["session_token"]
        asked = (await self._ask("GET", f"/flash/items/{self.item_id}/challenge")).json()
        nonce = proof(Challenge(challenge=asked["challenge"], bits=asked["bits"]))
        await asyncio.sleep(PROOF_AGE_MIN.total_seconds())  # nobody presses a button sooner
        admission = await self._wait_at_gate({"challenge": asked["challenge"], "nonce": nonce})
        if admission is None:
            await self.rush.note("sold_out", token)
            return
        tries = [self._buy(admission) for _ in range(2 if self.is_hasty else 1)]
        for word in await asyncio.gather(*tries):
            await self.rush.note(word, token)

    async def _wait_at_gate(self, wish: dict[str, Any]) -> str | None:
        while True:
            said = (await self._ask("POST", f"/flash/items/{self.item_id}/admissions", wish)).json()
            if said["state"] != "queued":
                token: str | None = said["token"]
                return token
            self.rush.queued += 1
            await asyncio.sleep(said["ask_again_seconds"])

    async def _buy(self, admission: str) -> str:
        wish = {"admission": admission, "quantity": 1, "address_id": self.buyer["address_id"]}
        quote = await self._ask("POST", f"/flash/items/{self.item_id}/quotes", wish)
        if quote.status_code != httpx.codes.CREATED:
            return _word(quote)
        body = {"quote_id": quote.json()["id"], "expected_total": quote.json()["total"]}
        return _word(await self._ask("POST", "/trades", body, {"Idempotency-Key": f"flash-{uuid4()}"}))

    async def _ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send one request; who is told that he is too fast waits and sends it again."""
        known = {"X-Session-Token": self.buyer["session_token"], **(headers or {})}
        while True:
            answer = await self.http.request(method, path, json=body, headers=known)
            self.rush.asked += 1
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                if answer.is_server_error:
                    self.rush.wrong[_word(answer)] += 1
                return answer
            await asyncio.sleep(float(answer.headers["Retry-After"]))


async def crowd(
    url: str,
    buyers: Sequence[dict[str, Any]],
    item_id: str,
    *,
    hasty_every: int = 10,
    meanwhile: Callable[[Rush], Coroutine[Any, Any, None]] | None = None,
) -> Rush:
    """Let all buyers come at once, every so many of them hastily, while something else happens; return the outcome.

    Raises: TimeoutError when somebody is still waiting after PATIENCE_SECONDS.
    """
    rush = Rush()
    began = asyncio.get_running_loop().time()
    async with AsyncExitStack() as stack:
        homes = [await stack.enter_async_context(_home(url, number)) for number in range(HOMES)]
        comers = [
            Comer(http, buyer, item_id, rush, is_hasty=place % hasty_every == 0)
            for place, (http, buyer) in enumerate(zip(cycle(homes), buyers, strict=False))
        ]
        async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as tasks:
            for comer in comers:
                tasks.create_task(comer.come())
            if meanwhile:
                tasks.create_task(meanwhile(rush))
    rush.seconds = asyncio.get_running_loop().time() - began
    return rush


def _home(url: str, number: int) -> httpx.AsyncClient:
    way = httpx.AsyncHTTPTransport(
        local_address=f"127.0.0.{number + 2}", limits=httpx.Limits(max_connections=CONNECTIONS // HOMES)
    )
    timeout = httpx.Timeout(PATIENCE_SECONDS)
    return httpx.AsyncClient(base_url=f"{url}/api/v1/store", transport=way, timeout=timeout, trust_env=False)


def _word(answer: httpx.Response) -> str:
    if answer.is_success:
        return str(answer.status_code)
    is_ours = "problem" in answer.headers.get("content-type", "")
    return f"{answer.status_code} {answer.json()['code'] if is_ours else ''}".strip()


def main() -> None:
    """Rush as a process of its own: `python -m tests.races.flash_crowd URL ITEM` with the buyers on standard input.

    Prints what came of it as one line of JSON. What it costs belongs to the buyers' machines, so it stands back.
    """
    os.nice(STANDS_BACK)
    url, item_id = sys.argv[1:]
    rush = asyncio.run(crowd(url, json.load(sys.stdin), item_id))
    came = {"words": rush.words, "wrong": rush.wrong.total(), "asked": rush.asked, "seconds": rush.seconds}
    sys.stdout.write(json.dumps(came))


if __name__ == "__main__":
    main()
