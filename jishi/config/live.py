"""The ASGI application of live updates: `/live/{topic}?ticket=…` as Server-Sent Events. Knows no Django.

All streams of a process share one subscription connection to Valkey. A stream first listens, then replays
what the topic's stream holds after `Last-Event-ID` (or after the ticket was made), then follows; ids make
both meet without a gap and without a repetition. After an outage of Valkey every open stream replays again.
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

import valkey.asyncio
from valkey.exceptions import ValkeyError

from jishi.config.environment import environment
from jishi.kernel import clock, metrics, topics

HEARTBEAT_SECONDS = 15.0
RETRY_MS = 2_000
RECONNECT_SECONDS = 0.5
LISTEN_SECONDS = 5.0
SILENT_MAX = 3
STREAM_SECONDS_MAX = 3600.0  # then the browser connects again: no stream outlives its ticket for long
CLOCKS_APART_MS = 2_000  # tickets are stamped by a web node, entries by Valkey
WAITING_MAX = 256  # a reader that is slower than this loses its stream and catches up from the replay
_ID = re.compile(r"[0-9]{1,16}-[0-9]{1,16}")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Order = tuple[int, int]


@dataclass(frozen=True, slots=True)
class News:
    """One entry of a topic's stream."""

    id: str
    event: str
    data: str

    @property
    def order(self) -> Order:
        """The id as numbers: milliseconds, and a count within them."""
        milliseconds, count = self.id.split("-")
        return int(milliseconds), int(count)

    def as_sse(self) -> bytes:
        """Return the entry as the event stream format has it."""
        return f"id: {self.id}\nevent: {self.event}\ndata: {self.data}\n\n".encode()


@dataclass(eq=False, slots=True)
class Reader:
    """One open stream and what it has to send; None in the queue is the order to replay."""

    topic: str
    waiting: asyncio.Queue[News | None] = field(default_factory=lambda: asyncio.Queue(WAITING_MAX))
    overrun: bool = False

    def offer(self, news: News | None) -> None:
        """Queue one entry; a reader that cannot keep up is marked for the end of its stream."""
        try:
            self.waiting.put_nowait(news)
        except asyncio.QueueFull:
            self.overrun = True


class Hub:
    """Every open stream of this process, fed by one connection that hears all live topics."""

    def __init__(self, redis_url: str) -> None:
        self._server = valkey.asyncio.Valkey.from_url(
            redis_url, decode_responses=True, socket_connect_timeout=1.0
        )
        self._readers: dict[str, set[Reader]] = {}
        self._connected = False
        self._listening: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def reader(self, topic: str) -> Iterator[Reader]:
        """Give a reader of the topic, which is told to replay as soon as we hear; forget it afterwards."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="live hub")
        reader = Reader(topic)
        self._readers.setdefault(topic, set()).add(reader)
        if self._connected:
            reader.offer(None)
        try:
            yield reader
        finally:
            self._readers[topic].discard(reader)
            if not self._readers[topic]:
                del self._readers[topic]

    async def after(self, topic: str, last: str) -> list[News]:
        """Return the entries of the topic's stream after the id `last`. Raises: ValkeyError."""
        found = await self._server.xrange(topics.stream_key(topic), min=f"({last}")
        return [News(entry_id, fields["event"], fields["data"]) for entry_id, fields in found]

    async def close(self) -> None:
        """End the connection; open streams end with the process."""
        while self._listening is not None and not self._listening.done():  # a cancelling may be swallowed
            self._listening.cancel()
            await asyncio.wait({self._listening}, timeout=1)
        await self._server.aclose()

    async def _listen(self) -> None:
        """Hear for as long as this process lives; a new connection each time one fails."""
        while True:
            with contextlib.suppress(ValkeyError, OSError):
                await self._hear()
            self._connected = False
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self) -> None:
        """Hand on what is published until the connection fails. Raises: ValkeyError, OSError."""
        async with self._server.pubsub(ignore_subscribe_messages=False) as pubsub:
            await pubsub.psubscribe(topics.stream_key("*"))
            silent = 0
            while silent < SILENT_MAX:
                message = await pubsub.get_message(timeout=LISTEN_SECONDS)
                if message is None:
                    silent += 1
                    await pubsub.ping()  # an answer proves that the connection is alive
                    continue
                silent = 0
                if message["type"] == "psubscribe":
                    self._connected = True
                    for reader in self._all():
                        reader.offer(None)
                elif message["type"] == "pmessage":
                    self._hand_on(message["channel"], message["data"])

    def _hand_on(self, channel: str, data: str) -> None:
        readers = self._readers.get(channel.removeprefix(topics.stream_key("")))
        if readers:
            news = News(*data.split("\n", 2))
            for reader in readers:
                reader.offer(news)

    def _all(self) -> list[Reader]:
        return [reader for readers in self._readers.values() for reader in readers]


class Live:
    """The ASGI application."""

    def __init__(self) -> None:
        self._hub: Hub | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown" and self._hub is not None:
                await self._hub.close()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _http(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path in ("/livez", "/healthz"):
            return await _answer(send, 200, "ok\n")
        topic = unquote(path).removeprefix("/live/")
        if scope["method"] != "GET" or not path.startswith("/live/") or not topics.TOPIC.fullmatch(topic):
            return await _answer(send, 404, "no such topic\n")
        query = parse_qs(scope["query_string"].decode("ascii", "replace"))
        ticket = topics.check(
            query.get("ticket", [""])[0], topic, now=clock.now(), secret=environment().secret_key
        )
        if ticket is None:
            return await _answer(send, 401, "bad ticket\n")
        if self._hub is None:
            self._hub = Hub(environment().redis_url)
        with metrics.STREAMS.track_inprogress(), self._hub.reader(topic) as reader:
            streaming = asyncio.create_task(_stream(self._hub, reader, _start_of(scope, ticket), send))
            gone = asyncio.create_task(_until_gone(receive))
            await asyncio.wait({streaming, gone}, return_when=asyncio.FIRST_COMPLETED)
            streaming.cancel()
            gone.cancel()
            await asyncio.gather(streaming, gone, return_exceptions=True)
        return None


async def _stream(hub: Hub, reader: Reader, last: Order, send: Send) -> None:
    """Send what comes after `last`, until the reader falls behind or its time is over."""
    await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
    await _write(send, f"retry: {RETRY_MS}\n\n".encode())
    ends_at = asyncio.get_running_loop().time() + STREAM_SECONDS_MAX
    this = asyncio.current_task()
    # valkey-py sends under `wait_for`, and that of Python 3.11 swallows a cancelling that meets its end: so it is
    # asked for.
    while (
        not (reader.overrun or (this and this.cancelling())) and asyncio.get_running_loop().time() < ends_at
    ):
        try:
            found = await _next(hub, reader, last)
        except TimeoutError:
            await _write(send, b": still here\n\n")
            continue
        fresh = [news for news in found if news.order > last]
        if fresh:
            await _write(send, b"".join(news.as_sse() for news in fresh))
            last = fresh[-1].order
    await send({"type": "http.response.body", "body": b""})


async def _next(hub: Hub, reader: Reader, last: Order) -> list[News]:
    """Wait for the next entry, or replay when told so. Raises: TimeoutError after `HEARTBEAT_SECONDS`."""
    # Not `wait_for`: that of Python 3.11 swallows a cancelling that meets news.
    async with asyncio.timeout(HEARTBEAT_SECONDS):
        news = await reader.waiting.get()
    if news is not None:
        return [news]
    try:
        return await hub.after(reader.topic, f"{last[0]}-{last[1]}")
    except (ValkeyError, OSError):
        await asyncio.sleep(RECONNECT_SECONDS)
        reader.offer(None)
        return []


def _start_of(scope: Message, ticket: topics.Ticket) -> Order:
    """Return the id after which to replay: the last one the browser got, else the making of the ticket."""
    headers = dict(scope["headers"])
    last = headers.get(b"last-event-id", b"").decode("ascii", "replace")
    if _ID.fullmatch(last):
        return News(last, "", "").order
    return ticket.issued_at_ms - CLOCKS_APART_MS, 0


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _answer(send: Send, status: int, text: str) -> None:
    await send({"type": "http.response.start", "status": status, "headers": _TEXT_HEADERS})
    await send({"type": "http.response.body", "body": text.encode()})


_TEXT_HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

application = Live()
