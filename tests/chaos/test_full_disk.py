"""A full disk: who buys is told so, nothing is lost, and the shop goes on by itself when there is space again."""

import io
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from PIL import Image

from benchmarks.rows import Row
from tests.chaos import books
from tests.chaos.conftest import Troubled
from tests.chaos.shopping import Journal, Shopper, shopping
from tests.engines import wait_until
from tests.market import Market, family

pytestmark = pytest.mark.proof
SHOPPERS = 2
TOLD = {"503 no_space", "503 away"}
RECOVERY_SECONDS_MAX = 10.0  # PostgreSQL may have given up for lack of space, and is started again with rests


def test_the_database_has_no_space_left(troubled: Troubled, figures: Callable[[Row], None]) -> None:
    market, journal = troubled.market, Journal()
    buyers = books.new_buyers(market, SHOPPERS)
    goods = books.rich_goods(market)
    with shopping(market.url, buyers, goods, journal, simulators=troubled.simulators.url):
        wait_until(lambda: bool(journal.bought or journal.problems), what="the first purchase")
        with troubled.disk.full():
            wait_until(
                lambda: bool(TOLD & journal.retried.keys() or journal.problems),
                what="a buyer who is told that there is no space",
                seconds_max=120,
            )
        freed = time.monotonic()
        wait_until(
            lambda: journal.bought_since(freed) > 0 or bool(journal.problems),
            what="a purchase after the disk was full",
            seconds_max=120,
        )
        recovered = time.monotonic() - freed
    market.wait_ready()
    assert "500 unforeseen" not in journal.retried
    figures(Row(work="full disk: from space to the next purchase", measured=recovered, unit="s",
                measured_max=RECOVERY_SECONDS_MAX, note=f"told: {dict(journal.retried)}"))  # fmt: skip
    books.close(market, buyers, journal, figures, what="full disk", simulators_url=troubled.simulators.url)


def test_the_pictures_have_no_space_left(troubled: Troubled) -> None:
    (buyer,) = books.new_buyers(troubled.market, 1)
    before = _files(troubled)
    with troubled.media_disk.full():
        refused = _upload(troubled.market.url, buyer)
        assert (refused.status_code, refused.json()["code"]) == (httpx.codes.SERVICE_UNAVAILABLE, "no_space")
        bought = Shopper(
            troubled.market.url, buyer, books.rich_goods(troubled.market), Journal(), troubled.simulators.url
        ).buy_once()
        assert bought.trade["id"]
        wait_until(lambda: not _is_ready(troubled.market.url), what="/readyz to tell of the disk")
    troubled.market.wait_ready(seconds_max=60)
    assert _upload(troubled.market.url, buyer).status_code == httpx.codes.CREATED
    made = _files(troubled) - before
    assert made
    for path in made:
        with Image.open(path) as picture:
            picture.load()  # no half of one was kept


def test_the_house_has_no_space_left_for_logs_and_notes(troubled: Troubled) -> None:
    market = troubled.market
    (buyer,) = books.new_buyers(market, 1)
    goods = books.rich_goods(market)
    before = _living(market)
    with troubled.home_disk.full():
        assert httpx.get(f"{market.url}/nowhere", trust_env=False).status_code == httpx.codes.NOT_FOUND
        assert Shopper(market.url, buyer, goods, Journal(), troubled.simulators.url).buy_once().trade["id"]
        assert _living(market) == before
        said = _said(market).count("web is back")
        market.kill("web")
        wait_until(
            lambda: _said(market).count("web is back") > said or market.supervisor.poll() is not None,
            what="a new web server on a full disk",
            seconds_max=60,
        )
        assert market.supervisor.poll() is None, _said(market)
        assert Shopper(market.url, buyer, goods, Journal(), troubled.simulators.url).buy_once().trade["id"]
    market.wait_ready(seconds_max=60)  # others are told of the new web server, late
    assert Shopper(market.url, buyer, goods, Journal(), troubled.simulators.url).buy_once().trade["id"]
    after = _living(market)
    assert {name for name in before if after[name] != before[name]} == {"web"}
    assert _said(market).count("processes.json cannot be written") == 1


def _is_ready(url: str) -> bool:
    return httpx.get(f"{url}/readyz", trust_env=False).is_success


def _said(market: Market) -> str:
    return market.log.read_text(encoding="utf-8")


def _living(market: Market) -> dict[str, set[int]]:
    """Return all processes of the market, those that a server has started for its work included."""
    return {name: family(market.pid_of(name)) for name in ("web", "live", "worker", "indexer", "edge")}


def _files(troubled: Troubled) -> set[Path]:
    return {path for path in troubled.media_disk.root.rglob("*") if path.is_file()}


def _upload(url: str, buyer: dict[str, str]) -> httpx.Response:
    picture = io.BytesIO()
    Image.new("RGB", (512, 512), "orange").save(picture, "PNG")
    return httpx.post(
        f"{url}/api/v1/store/me/avatar",
        files={"file": ("me.png", picture.getvalue(), "image/png")},
        headers={"X-Session-Token": buyer["session_token"]},
        timeout=30,
        trust_env=False,
    )
