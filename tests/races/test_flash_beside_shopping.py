"""What ordinary buyers notice of a thousand others who rush for a flash sale: their requests with and without it."""

import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from benchmarks.client import Client
from benchmarks.rows import Row
from tests.engines import CHECKOUT
from tests.races.people import Town, json_lines
from tests.races.test_market_flash import begin_sale

pytestmark = [pytest.mark.slow, pytest.mark.proof]

BUYERS, PIECES, SHOPPERS = 1_000, 100, 4
CALM_SECONDS = 20.0
LOOK_SECONDS = 0.1  # a shopper looks at what came before he asks for more
TIMES_MAX = 1.2


@dataclass(slots=True)
class Shopping:
    """People who look at a product, put it into their cart and take it out again, and how long each request took."""

    api: str
    people: Sequence[dict[str, Any]]
    product_id: str
    sku_id: str
    waits: list[float] = field(default_factory=list)
    problems: list[BaseException] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Let them shop until the block ends."""
        threads = [threading.Thread(target=self._shop, args=(one,), daemon=True) for one in self.people]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.closing.set()
            for thread in threads:
                thread.join()
        assert not self.problems

    def taken(self) -> list[float]:
        """Return the waits so far, in seconds, and begin anew."""
        found, self.waits = self.waits, []
        return found

    def _shop(self, person: dict[str, Any]) -> None:
        try:
            with Client(self.api, {"X-Session-Token": person["session_token"]}) as market:
                while not self.closing.is_set():
                    self._round(market)
        except BaseException as error:
            self.problems.append(error)
            raise

    def _round(self, market: Client) -> None:
        self._timed(lambda: market.get(f"store/products/{self.product_id}"))
        wish = {"sku_id": self.sku_id, "quantity": 1}
        cart = self._timed(lambda: market.post("store/cart/lines", wish))
        self._timed(lambda: market.get("store/cart/lines"))
        (line,) = (line for group in cart["groups"] for line in group["lines"])
        self._timed(lambda: market.send("DELETE", f"store/cart/lines/{line['id']}"))

    def _timed(self, call: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        answer = call()
        self.waits.append(time.perf_counter() - began)
        self.closing.wait(LOOK_SECONDS)
        return answer


def test_ordinary_shopping_goes_on_beside_a_flash_sale(town: Town, figures: Callable[[Row], None]) -> None:
    item_id, sku_id = begin_sale(town, PIECES)
    crowd = json_lines(town.market, "seed", "--buyers", str(BUYERS))
    people = json_lines(town.market, "seed", "--buyers", str(SHOPPERS))
    other = next(one for one in town.goods(2) if one != sku_id)
    ((product_id,),) = town.ask("SELECT product_id::text FROM catalog_sku WHERE id = %s", other)
    shopping = Shopping(f"{town.market.url}/api/v1/", people, product_id, other)
    with shopping.going_on():
        shopping.closing.wait(CALM_SECONDS / 4)  # the first requests fill what is kept
        shopping.taken()
        shopping.closing.wait(CALM_SECONDS)
        calm = shopping.taken()
        came = _rush(town, crowd, item_id)
        busy = shopping.taken()

    assert came["wrong"] == 0
    assert came["words"]["201"] == PIECES
    for name, of in (("p50", statistics.median), ("p95", _p95)):
        figures(
            Row(
                work=f"ordinary requests beside a flash sale, times of without it, {name}",
                measured=of(busy) / of(calm),
                unit="times",
                measured_max=TIMES_MAX,
                note=f"{of(calm) * 1000:.1f} → {of(busy) * 1000:.1f} ms; {len(calm)}, {len(busy)} requests; "
                f"the rush: {came['asked']:,} in {came['seconds']:.0f} s",
            )
        )
    town.check()


def _rush(town: Town, buyers: Sequence[dict[str, Any]], item_id: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.races.flash_crowd", town.market.url, item_id],
        input=json.dumps(list(buyers)), capture_output=True, text=True, check=False, cwd=CHECKOUT,
        env=town.market.environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _p95(waits: Sequence[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)]
