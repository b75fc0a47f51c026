"""Whatever is sent to the doors of sign-in and of live updates: an answer of ours, and nobody becomes somebody."""

import asyncio
import itertools
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest
from hypothesis import strategies as st

from jishi.config.live import Live
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel import clock, live, topics
from jishi.kernel.cache import client
from jishi.kernel.ids import new_id
from tests.security.conftest import ALLAUTH, Browser, Inbox
from tests.security.hostile import EXAMPLES, Figures, attack, spoilt, spoilt_fields, taken_back, texts, values
from tests.security.test_bad_sign_in import DOORS, EMAIL, PASSWORD

# -- sign-in -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@EXAMPLES
@pytest.mark.parametrize("is_signed_in", [False, True], ids=["stranger", "buyer"])
def test_bodies_at_the_doors_of_sign_in(
    is_signed_in: bool, inbox: Inbox, examples: int, figures: Figures
) -> None:
    """Somebody who does not say the password does not get in by whatever else he says."""
    make_buyer(email=EMAIL, password=PASSWORD)
    before = Browser()
    before.get(f"{ALLAUTH}/config")
    if is_signed_in:
        assert before.allauth("/auth/login", {"email": EMAIL, "password": PASSWORD}).status_code == 200
    numbers = itertools.count()

    def suffer(said: tuple[str, bytes]) -> None:
        door, body = said
        number = next(numbers)
        browser = Browser(
            address=f"198.18.{number >> 8}.{number & 255}"
        )  # limits are another test's business
        browser.client.cookies.load({name: one.value for name, one in before.client.cookies.items()})
        with taken_back():
            answer = browser.send(f"{ALLAUTH}{door}", body)
        assert answer.status_code < 500, (door, body[:200], answer.status_code)
        if not is_signed_in and door == "/auth/login" and answer.status_code == 200:
            assert json.loads(body)["password"] == PASSWORD

    def at(door: str) -> st.SearchStrategy[tuple[str, bytes]]:
        near = st.one_of(spoilt_fields(DOORS[door], values), values).map(lambda one: json.dumps(one).encode())
        return st.tuples(st.just(door), st.one_of(near, spoilt([json.dumps(DOORS[door]).encode()])))

    who = "signed in" if is_signed_in else "strangers"
    attack(
        f"bodies at {len(DOORS)} doors of sign-in, {who}",
        st.sampled_from(sorted(DOORS)).flatmap(at),
        examples,
        figures,
        suffer,
    )


# -- live updates ------------------------------------------------------------------------------------------

SECONDS_MAX = 10  # a stream that says nothing for so long hangs
PUBLISHED = 3
Sent = list[dict[str, Any]]


@pytest.fixture
def topic() -> Iterator[str]:
    """Give a topic of which some news are kept."""
    name = f"order:{new_id()}"
    for number in range(PUBLISHED):
        live.publish(name, "step", {"n": number})
    yield name
    client().delete(topics.stream_key(name))


async def asked(app: Live, scope: dict[str, Any], news: int) -> Sent:
    """Call the application as its server does; hang up after so much news, or when it says it is done."""
    sent: Sent = []
    is_over = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await is_over.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        written = b"".join(one.get("body", b"") for one in sent)
        is_told = b"retry:" in written and written.count(b"\nevent: ") >= news
        if message["type"] == "http.response.body" and (is_told or not message.get("more_body")):
            is_over.set()

    async with asyncio.timeout(SECONDS_MAX):
        await app(scope, receive, send)  # type: ignore[arg-type]  # its messages are ours
    return sent


def news_after(header: bytes, kept: list[str]) -> list[str]:
    """Return the ids that a browser which names this one last must still get; all, when it names none of ours."""
    name = header.decode("ascii", "replace")
    parts = name.split("-")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) <= 16 for part in parts):
        return kept
    return [one for one in kept if tuple(map(int, one.split("-"))) > tuple(map(int, parts))]


@EXAMPLES
def test_topics_tickets_and_last_events_of_live_updates(topic: str, examples: int, figures: Figures) -> None:
    """Who has the ticket gets what he missed, once and in order; who has not, nothing."""
    ticket = live.live_ticket(topic, clock.now())
    kept = [str(entry, "ascii") for entry, _ in client().xrange(topics.stream_key(topic))]  # type: ignore[union-attr]
    assert len(kept) == PUBLISHED

    with asyncio.Runner() as runner:
        app = Live()

        def suffer(said: tuple[str, str, bytes, str]) -> None:
            path, query, last, method = said
            scope = {
                "type": "http", "method": method, "path": path, "query_string": query.encode("ascii", "replace"),
                "headers": [(b"last-event-id", last)],
            }  # fmt: skip
            wanted = news_after(last, kept)
            sent = runner.run(asked(app, scope, len(wanted)))
            body = b"".join(one.get("body", b"") for one in sent).decode()
            if sent[0]["status"] == 200 and body != "ok\n":
                assert topic in unquote(path)
                assert [line[4:] for line in body.splitlines() if line.startswith("id: ")] == wanted
            else:
                assert sent[0]["status"] in (200, 401, 404)
                assert "id: " not in body

        names = st.one_of(
            texts,
            spoilt([topic.encode()]).map(lambda raw: raw.decode("latin-1")),
            st.just(f"order:{new_id()}"),
        )
        paths = st.one_of(
            st.just(f"/live/{topic}"),
            names.map(lambda name: f"/live/{name}"),
            names.map(lambda name: f"/live/{quote(name, errors='replace')}"),
            texts,
        )
        tickets = st.one_of(texts, spoilt([ticket.encode()]).map(lambda raw: raw.decode("latin-1")))
        queries = st.one_of(
            st.just(f"ticket={ticket}"),
            tickets.map(lambda one: urlencode({"ticket": one}, errors="replace")),
            texts,
        )
        lasts = st.one_of(
            st.sampled_from(
                [b"", kept[0].encode(), kept[1].encode(), b"0-0", b"9999999999999999-9999999999999999"]
            ),
            spoilt([kept[1].encode()]).filter(lambda raw: len(raw) < 8_000),
            texts.map(lambda one: one.encode("utf-8", "replace")[:8_000]),
        )
        methods = st.sampled_from(["GET", "GET", "GET", "GET", "POST", "HEAD", "get"])
        genuine = st.tuples(st.just(f"/live/{topic}"), st.just(f"ticket={ticket}"), lasts, st.just("GET"))
        attack(
            "topics, tickets and last events of live updates",
            st.one_of(genuine, st.tuples(paths, queries, lasts, methods)),
            examples,
            figures,
            suffer,
        )
        runner.run(ended(app))


async def ended(app: Live) -> None:
    """Let the application close what it opened."""

    async def receive() -> dict[str, Any]:
        return {"type": "lifespan.shutdown"}

    async def send(message: dict[str, Any]) -> None:
        assert message["type"] == "lifespan.shutdown.complete"

    await app({"type": "lifespan"}, receive, send)  # type: ignore[arg-type]
