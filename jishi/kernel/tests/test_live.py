"""Live updates over a real server and a real Valkey."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st

from jishi.config import live as live_app
from jishi.config.environment import environment
from jishi.kernel import live, topics
from jishi.kernel.cache import client
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import new_id

SECRET = "s" * 40
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@dataclass
class Heard:
    """One event as a browser would see it."""

    id: str
    event: str
    data: str


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the ASGI application as production does, on a free port."""
    config = uvicorn.Config(live_app.Live(), port=0, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join()


@contextmanager
def stream(
    address: str, topic: str, *, last: str | None = None, ticket: str | None = None
) -> Iterator[Iterator[Heard]]:
    """Open a stream and give what it brings, one event at a time."""
    ticket = live.live_ticket(topic, datetime.now(UTC)) if ticket is None else ticket
    headers = {"Last-Event-ID": last} if last else {}
    url = f"{address}/live/{topic}"
    with httpx.stream("GET", url, params={"ticket": ticket}, headers=headers, timeout=20) as response:
        assert response.status_code == 200
        assert response.headers["x-accel-buffering"] == "no"
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()
        assert next(lines) == f"retry: {live_app.RETRY_MS}"
        yield _events(lines)


def _events(lines: Iterator[str]) -> Iterator[Heard]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            yield Heard(**fields)
            fields = {}


def topic_of(thing: UUID) -> str:
    return f"order:{thing}"


def test_every_open_stream_of_a_topic_hears_what_is_published_and_others_do_not(address: str) -> None:
    topic, other = topic_of(new_id()), topic_of(new_id())
    with stream(address, topic) as one, stream(address, topic) as two, stream(address, other) as three:
        live.publish(topic, "status", {"is": "发货"})
        live.publish(other, "status", {"is": "other"})
        first, second, third = next(one), next(two), next(three)
    assert first == second
    assert (first.event, first.data) == ("status", '{"is":"发货"}')
    assert third.data == '{"is":"other"}'


def test_what_was_published_since_the_ticket_was_made_is_replayed(address: str) -> None:
    topic = topic_of(new_id())
    ticket = live.live_ticket(topic, datetime.now(UTC))
    for step in range(3):
        live.publish(topic, "step", {"n": step})
    with stream(address, topic, ticket=ticket) as events:
        assert [next(events).data for _ in range(3)] == ['{"n":0}', '{"n":1}', '{"n":2}']


def test_a_browser_that_comes_back_gets_what_it_missed_once_and_in_order(address: str) -> None:
    topic = topic_of(new_id())
    with stream(address, topic) as events:
        live.publish(topic, "step", {"n": 0})
        last = next(events).id
    for step in range(1, 4):
        live.publish(topic, "step", {"n": step})
    with stream(address, topic, last=last) as events:
        live.publish(topic, "step", {"n": 4})
        assert [next(events).data for _ in range(4)] == [f'{{"n":{step}}}' for step in range(1, 5)]


def test_streams_outlive_an_outage_of_their_connection_and_miss_nothing(address: str) -> None:
    topic = topic_of(new_id())
    with stream(address, topic) as events:
        live.publish(topic, "step", {"n": 0})
        assert next(events).data == '{"n":0}'
        server: Any = client()
        assert server.client_kill_filter(_type="pubsub") >= 1
        live.publish(topic, "step", {"n": 1})  # nobody listens at this moment
        assert next(events).data == '{"n":1}'
        live.publish(topic, "step", {"n": 2})
        assert next(events).data == '{"n":2}'


def test_a_quiet_stream_shows_that_it_lives(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_app, "HEARTBEAT_SECONDS", 0.05)
    topic = topic_of(new_id())
    with httpx.stream(
        "GET",
        f"{address}/live/{topic}",
        params={"ticket": live.live_ticket(topic, datetime.now(UTC))},
        timeout=20,
    ) as response:
        lines = response.iter_lines()
        assert next(line for line in lines if line.startswith(":")) == ": still here"


def test_without_a_ticket_for_this_topic_there_is_no_stream(address: str) -> None:
    topic = topic_of(new_id())
    others = live.live_ticket(topic_of(new_id()), datetime.now(UTC))
    old = live.live_ticket(topic, datetime.now(UTC) - timedelta(seconds=topics.LIFETIME_SECONDS + 1))
    for ticket in ("", "nonsense", others, old, old + "0"):
        answer = httpx.get(f"{address}/live/{topic}", params={"ticket": ticket})
        assert answer.status_code == 401
    assert httpx.get(f"{address}/live/order:1").status_code == 404
    assert httpx.get(f"{address}/elsewhere").status_code == 404
    assert httpx.post(f"{address}/live/{topic}").status_code == 404
    assert httpx.get(f"{address}/healthz").text == "ok\n"


def test_a_slow_reader_loses_its_stream_and_not_the_others_time() -> None:
    reader = live_app.Reader("order:x")
    for step in range(live_app.WAITING_MAX + 1):
        reader.offer(live_app.News(f"{step}-0", "e", "{}"))
    assert reader.overrun


@pytest.mark.parametrize("turns", range(6))
def test_a_browser_that_leaves_while_news_come_in_is_gone(turns: int) -> None:
    """However many turns of the event loop lie between the two: its stream ends, and holds nothing."""

    async def has_ended() -> bool:
        hub, reader = live_app.Hub("redis://127.0.0.1:1"), live_app.Reader("order:x")
        streaming = asyncio.create_task(live_app._stream(hub, reader, (0, 0), nobody))
        for _ in range(10):  # until it waits for news
            await asyncio.sleep(0)
        reader.offer(live_app.News("1-0", "e", "{}"))
        for _ in range(turns):
            await asyncio.sleep(0)
        streaming.cancel()
        for _ in range(10):
            await asyncio.sleep(0)
        return streaming.done()

    assert asyncio.run(has_ended())


@pytest.mark.parametrize("turns", range(1, 30))
def test_a_browser_that_leaves_while_we_read_what_it_missed_is_gone(turns: int) -> None:
    """Whatever the client of Valkey is about: it swallows a cancelling at times."""

    async def has_ended() -> bool:
        hub, reader = live_app.Hub(environment().redis_url), live_app.Reader("order:x")
        await hub.after(
            reader.topic, "0-0"
        )  # so that a connection is kept, which is looked at before it is used
        reader.offer(None)
        streaming = asyncio.create_task(live_app._stream(hub, reader, (0, 0), nobody))
        for _ in range(turns):
            await asyncio.sleep(0)
        streaming.cancel()
        ended, _ = await asyncio.wait({streaming}, timeout=5)
        await hub.close()
        return bool(ended)

    assert asyncio.run(has_ended())


async def nobody(message: live_app.Message) -> None:
    """Where a stream sends whose browser has gone."""


def test_an_unknown_kind_of_topic_is_our_mistake() -> None:
    with pytest.raises(ProgrammingError):
        live.publish("everything", "e", {})


@given(st.text(), st.text())
def test_no_text_is_a_ticket(ticket: str, topic: str) -> None:
    assert topics.check(ticket, topic, now=NOW, secret=SECRET) is None


def test_a_ticket_of_thousands_of_digits_is_none() -> None:
    assert topics.check(f"{'f' * 6_000}.AAAA", "trade:1", now=NOW, secret=SECRET) is None


def test_a_ticket_is_bound_to_topic_secret_and_time() -> None:
    ticket = topics.issue("trade:1", now=NOW, secret=SECRET)
    later = NOW + timedelta(seconds=topics.LIFETIME_SECONDS - 1)
    assert topics.check(ticket, "trade:1", now=later, secret=SECRET) is not None
    assert topics.check(ticket, "trade:2", now=NOW, secret=SECRET) is None
    assert topics.check(ticket, "trade:1", now=NOW, secret="t" * 40) is None
    assert topics.check(ticket, "trade:1", now=later + timedelta(seconds=2), secret=SECRET) is None
    assert topics.check(ticket, "trade:1", now=NOW - timedelta(minutes=5), secret=SECRET) is None
