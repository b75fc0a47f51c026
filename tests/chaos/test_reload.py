"""`jishi reload` while buyers buy and readers read: every process is another one, and no request fails."""

import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection

from PIL import Image

from benchmarks.rows import Row
from tests.chaos import books
from tests.chaos.shopping import Journal, reading, shopping
from tests.engines import wait_until
from tests.market import Market, family

SHOPPERS = 2
RELOADED = ("web", "live", "worker", "indexer")
PAGES = ("/", "/api/v1/store/products?limit=24", "/healthz")
BYTE_SECONDS = 0.1  # the time of one byte on the slow line
STRAGGLING_SECONDS = 12.0  # how long it goes on after the edge has turned away from the server that leaves
EDGE = b"a-slow-line"


def test_a_reload_drops_no_request_even_if_it_fails(market: Market, figures: Callable[[Row], None]) -> None:
    before = {name: market.pid_of(name) for name in RELOADED}
    workers = family(market.pid_of("web"))
    buyers = books.new_buyers(market, SHOPPERS)
    journal, read = Journal(), Journal()
    with (
        shopping(market.url, buyers, books.rich_goods(market), journal),
        reading(market.url, PAGES, read),
        ThreadPoolExecutor() as people,
        _slow_upload(market, buyers[0], people) as (upload, last_byte),
    ):
        wait_until(lambda: bool(journal.bought or journal.problems), what="the first purchase")
        begun = _reloads_begun(market)
        # A new web server that cannot start (its port is taken) must not touch the one that works.
        with socket.create_server(("127.0.0.1", market.configuration.ports.stand_in)):
            first = people.submit(market.command, "reload")
            wait_until(lambda: _reloads_begun(market) > begun, what="the first reload")
            second = people.submit(
                market.command, "reload"
            )  # somebody else, who must not hear the first's end
            failed_reload = first.result()
        untouched = {name: market.pid_of(name) for name in RELOADED} == before
        _wait_until_the_server_leaves(market, before["web"])
        last_byte.set()
        done = second.result()
        bought = len(journal.bought)
        wait_until(lambda: len(journal.bought) > bought, what="a purchase after the reload")
    assert failed_reload.returncode == 2
    assert "not reloaded" in failed_reload.stderr
    assert f"port {market.configuration.ports.stand_in} is already in use" in failed_reload.stderr
    assert untouched
    assert done.returncode == 0, done.stdout + done.stderr
    assert upload.result() == (201, "image")
    assert {name for name in RELOADED if market.pid_of(name) == before[name]} == set()
    assert not workers & family(market.pid_of("web"))
    assert "stand-in" not in market.processes()
    failed = sum(journal.retried.values()) + sum(read.retried.values())
    note = f"{dict(journal.retried)} {dict(read.retried)}"
    figures(
        Row(
            work="reload: requests",
            measured=journal.answered + read.answered,
            unit="requests",
            measured_min=100,
        )
    )
    figures(
        Row(
            work="reload: failed requests",
            measured=failed,
            unit="requests",
            measured_min=0,
            measured_max=0,
            note=note,
        )
    )
    books.close(market, buyers, journal, figures, what="reload")


@contextmanager
def _slow_upload(
    market: Market, buyer: Mapping[str, str], people: ThreadPoolExecutor
) -> Iterator[tuple[Future[tuple[int, str]], threading.Event]]:
    """Upload a picture byte by byte during the block, until the event hurries it; the server has its beginning."""
    picture = io.BytesIO()
    Image.new("RGB", (512, 512), "orange").save(picture, "PNG")
    head = b'Content-Disposition: form-data; name="file"; filename="me.png"\r\nContent-Type: image/png'
    body = b"--%b\r\n%b\r\n\r\n%b\r\n--%b--\r\n" % (EDGE, head, picture.getvalue(), EDGE)
    headers = {
        "X-Session-Token": buyer["session_token"],
        "Content-Type": f"multipart/form-data; boundary={EDGE.decode()}",
        "Content-Length": str(len(body)),
    }
    begun, hurry = threading.Event(), threading.Event()

    def byte_by_byte() -> Iterator[bytes]:
        for place in range(len(body)):
            if hurry.wait(BYTE_SECONDS):
                yield body[place:]
                return
            yield body[place : place + 1]
            begun.set()

    def send() -> tuple[int, str]:
        line = HTTPConnection("127.0.0.1", market.port)
        line.request("POST", "/api/v1/store/review-pictures", byte_by_byte(), headers)
        answer = line.getresponse()
        said = answer.read().decode()
        return answer.status, json.loads(said)["kind"] if answer.status == 201 else said

    upload = people.submit(send)
    try:
        assert begun.wait(30), "the upload has not begun"
        yield upload, hurry
    finally:
        hurry.set()


def _reloads_begun(market: Market) -> int:
    return market.log.read_text(encoding="utf-8").count("jishi: reloading")


def _wait_until_the_server_leaves(market: Market, pid: int) -> None:
    """Return some time after the first web server was left by the edge, or when it is gone."""
    note = market.home / "run" / "stand-in"
    wait_until(note.exists, what="the stand-in", seconds_max=120.0)
    left = time.monotonic()

    def is_late() -> bool:
        is_gone = market.processes().get("web", {}).get("pid") != pid
        return is_gone or time.monotonic() > left + STRAGGLING_SECONDS

    wait_until(is_late, what="a straggling request")


def test_a_reload_needs_a_market(market: Market, tmp_path: object) -> None:
    alone = market.environment | {"JISHI_HOME": str(tmp_path), "JISHI_DEMO": "1"}
    elsewhere = Market(home=market.home, port=market.port, environment=alone, supervisor=market.supervisor)
    refused = elsewhere.command("reload")
    assert refused.returncode == 2
    assert refused.stderr == f"jishi: no market runs in {tmp_path}\n"
