"""Whatever stands in cursors, cookies, tokens, keys, searches and configuration: a word about it, never a break."""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.core import signing
from django.test import Client
from hypothesis import strategies as st
from pytest_django import Settings

from jishi.config.env_sources import read_env_file
from jishi.config.env_values import BadEnvironment
from jishi.config.environment import load
from jishi.discovery.search import indexer, places, reading
from jishi.entry.http.api import api
from jishi.entry.http.middleware import VISITOR_COOKIE
from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.kernel import clock, hot, topics
from jishi.kernel.ids import new_id
from tests.security.hostile import EXAMPLES, Figures, attack, spoilt, spoilt_fields, texts, values
from tests.security.operations import BASE, Operation, address_of, operations
from tests.security.world import Victim, belongings

pytestmark = pytest.mark.django_db

LISTS = [
    one
    for one in operations("store/") + operations("merchant/")
    if one.method == "GET" and any(part["name"] == "cursor" for part in one.spec.get("parameters", ()))
]
headers_text = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=200)


@pytest.fixture(autouse=True)
def _no_limits(settings: Settings) -> None:
    """Many at once is what limits are for, and other tests test those."""
    settings.BUYER_RATE = settings.VISITOR_RATE = {"per_second": 1e6, "burst": 10**6}


def client() -> Client:
    return Client(raise_request_exception=False)


# -- cursors -----------------------------------------------------------------------------------------------

keys = st.one_of(
    values,
    st.datetimes().map(lambda moment: f"{moment.isoformat()}+00:00"),
    st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00", 2**63 - 1, 2**63]),
    st.uuids().map(str),
    st.tuples(values, values),
    st.tuples(st.integers(), st.uuids().map(str)),
)
cursors = st.one_of(
    st.tuples(keys, st.one_of(st.uuids().map(str), values)).map(
        lambda pair: base64.urlsafe_b64encode(json.dumps(pair).encode()).decode().rstrip("=")[:600]
    ),
    texts,
    st.binary(max_size=400).map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
)


@EXAMPLES
def test_cursors(victim: Victim, examples: int, figures: Figures) -> None:
    """Of every list, made up as its own are made: the next page, or 422 that names the cursor."""
    tokens = {"store": session_token(victim.buyer), "merchant": session_token(victim.owner)}
    browser = client()
    schemas = api.get_openapi_schema(path_prefix=BASE)["components"]["schemas"]
    sorts = {str(one): ["", *sorts_of(one, schemas)] for one in LISTS}
    assert max(map(len, sorts.values())) > 5

    def suffer(said: tuple[Operation, str, str]) -> None:
        operation, cursor, sort = said
        address = address_of(operation, victim.ids)
        query = urlencode({"cursor": cursor.encode("utf-8", "replace")} | ({"sort": sort} if sort else {}))
        answer = browser.get(
            f"{address}{'&' if '?' in address else '?'}{query}",
            headers={"X-Session-Token": tokens[operation.face]},
        )
        assert answer.status_code in (200, 422, 503), (str(operation), answer.content)

    listed = st.sampled_from(LISTS).flatmap(
        lambda one: st.tuples(st.just(one), cursors, st.sampled_from(sorts[str(one)]))
    )
    attack(f"cursors of {len(LISTS)} lists", listed, examples, figures, suffer)


def sorts_of(operation: Operation, schemas: dict[str, Any]) -> list[str]:
    """Return the orders of a list."""
    for parameter in operation.spec["parameters"]:
        if parameter["name"] == "sort":
            schema = parameter["schema"]
            schema = schema.get("allOf", [schema])[0]
            named = schema.get("$ref", "").rpartition("/")[2]
            return list(schemas.get(named, schema).get("enum", []))
    return []


# -- who asks ----------------------------------------------------------------------------------------------


@EXAMPLES
def test_cookies_and_tokens(victim: Victim, examples: int, figures: Figures) -> None:
    """Nobody becomes somebody by a token that he made up or spoilt."""
    genuine = session_token(victim.buyer)
    signed = signing.get_cookie_signer(salt=VISITOR_COOKIE).sign(str(new_id()))
    before = belongings(victim)
    tokens = st.one_of(headers_text, spoilt([genuine.encode()]).map(lambda raw: raw.decode("latin-1")))
    visitors = st.one_of(headers_text, spoilt([signed.encode()]).map(lambda raw: raw.decode("latin-1")))

    def suffer(said: tuple[str, str, str, bool]) -> None:
        token, visitor, language, is_header = said
        browser = client()
        cookies = {VISITOR_COOKIE: visitor, "jishi_language": language, "csrftoken": language}
        headers = {"X-Session-Token": token} if is_header else {}
        if not is_header:
            cookies[django_settings.SESSION_COOKIE_NAME] = token
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        for path in ("/api/v1/store/cart/lines", "/api/v1/store/me", "/admin/"):
            status = browser.get(path, headers=headers).status_code
            assert status in (200, 302, 401), status
            assert status != 200 or path.endswith("lines") or genuine in token

    attack(
        "cookies and session tokens",
        st.tuples(tokens, visitors, headers_text, st.booleans()),
        examples,
        figures,
        suffer,
    )
    assert belongings(victim) == before


@EXAMPLES
def test_tickets_to_live_updates(examples: int, figures: Figures) -> None:
    topic, secret, now = f"order:{new_id()}", "secret", clock.now()
    genuine = topics.issue(topic, now=now, secret=secret)
    assert topics.check(genuine, topic, now=now, secret=secret)

    def suffer(ticket: str) -> None:
        found = topics.check(ticket, topic, now=now, secret=secret)
        assert found is None or found.issued_at_ms == int(now.timestamp() * 1000)

    spoilt_ones = spoilt([genuine.encode()]).map(lambda raw: raw.decode("latin-1"))
    attack("tickets to live updates", st.one_of(spoilt_ones, texts), examples, figures, suffer)


# -- orders ------------------------------------------------------------------------------------------------


@EXAMPLES
def test_quote_ids_totals_and_keys(victim: Victim, examples: int, figures: Figures) -> None:
    """No order without the quote, its total and a key; somebody else's quote is nobody's."""
    browser, before = client(), belongings(victim)
    stranger = session_token(make_buyer(nickname="陌生人"))
    wish = {"quote_id": victim.ids["quote_id"], "expected_total": {"amount_minor": 10_000, "currency": "CNY"}}

    def suffer(said: tuple[Any, str, str]) -> None:
        body, key, path_id = said
        headers = {"X-Session-Token": stranger, "Idempotency-Key": key}
        for path in (
            "/api/v1/store/trades",
            f"/api/v1/store/trades/{quote(path_id, errors='replace')}/payments",
        ):
            answer = browser.generic(
                "POST", path, json.dumps(body).encode(), content_type="application/json", headers=headers
            )
            assert 400 <= answer.status_code < 500, (path, answer.status_code, answer.content)

    bodies = st.one_of(
        spoilt_fields(wish, values), values, st.uuids().map(lambda one: wish | {"quote_id": str(one)})
    )
    path_ids = st.one_of(texts.filter(lambda text: len(text) < 200), st.uuids().map(str))
    attack("quote ids, totals and keys", st.tuples(bodies, headers_text, path_ids), examples, figures, suffer)
    assert belongings(victim) == before


# -- search ------------------------------------------------------------------------------------------------


@pytest.fixture
def index(victim: Victim) -> Iterator[None]:
    indexer.catch_up()
    yield
    for folder in sorted(places.place().root.rglob("*"), reverse=True):
        folder.rmdir() if folder.is_dir() else folder.unlink()
    reading.forget()
    hot.forget()


@EXAMPLES
def test_searches_and_suggestions(index: None, victim: Victim, examples: int, figures: Figures) -> None:
    """Words and filters, in the API and in the addresses of pages."""
    browser = client()
    syntax = st.sampled_from(
        [
            "title:茶",
            "茶 AND",
            "+茶 -水",
            '"茶',
            "茶*",
            "/.*/",
            "[a TO b]",
            "茶^9",
            "茶~2",
            "lan ya er ji",
            "(((",
            "\\",
            "🍵",
        ]
    )
    lines = texts.map(lambda text: text[:2_000])  # longer addresses the servers in front refuse
    words = st.one_of(lines, syntax, st.tuples(syntax, lines).map(" ".join))
    pairs = st.one_of(
        texts, texts.map(lambda text: f"colour:{text}"), st.sampled_from(["category:x", ":", "a:"])
    )
    amounts = st.one_of(lines, st.integers().map(str))

    def suffer(said: tuple[str, str, list[str], str, str]) -> None:
        path, q, chosen, low, sort = said
        if path == "/s":
            query = [("q", q), *(("f", one) for one in chosen), ("from", low), ("to", low), ("sort", sort)]
        else:
            filters = [*(("attribute", one) for one in chosen), ("price_from_minor", low), ("sort", sort)]
            query = [("q", q), *(filters if sort or chosen else [])]
        answer = browser.get(f"{path}?{urlencode(query, errors='replace')}")
        assert answer.status_code in ((200,) if path == "/s" else (200, 422)), (path, answer.content[:300])

    paths = st.sampled_from(["/api/v1/store/search", "/api/v1/store/suggestions", "/s"])
    attack(
        "searches and suggestions",
        st.tuples(paths, words, st.lists(pairs, max_size=4), amounts, st.one_of(st.just(""), lines)),
        examples,
        figures,
        suffer,
    )


# -- configuration -----------------------------------------------------------------------------------------

ENVIRONMENT = {
    "JISHI_SECRET_KEY": "k" * 64, "JISHI_ENCRYPTION_KEYS": f"k1:{base64.b64encode(b'1' * 32).decode()}",
    "JISHI_BLIND_INDEX_KEYS": f"k1:{base64.b64encode(b'2' * 32).decode()}", "JISHI_PORT": "8000",
    "JISHI_PUBLIC_URL": "https://shop.example", "JISHI_SITE_ADDRESS": "shop.example",
    "JISHI_BIND_ADDRESS": "0.0.0.0", "JISHI_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8",
    "DATABASE_URL": "postgresql://jishi:secret@db.example:5432/jishi?sslmode=require",
    "REDIS_URL": "rediss://:secret@cache.example:6379/0", "EMAIL_URL": "smtp+tls://u:p@mail.example:587",
    "JISHI_EMAIL_FROM": "Jishi <no-reply@shop.example>", "JISHI_WEB_WORKERS": "2", "JISHI_HOME": "/srv/jishi",
    "JISHI_ALIPAY_APP_ID": "2021", "JISHI_ALIPAY_GATEWAY_URL": "https://openapi.alipay.com/gateway.do",
    "JISHI_ALIPAY_PRIVATE_KEY_FILE": "/a", "JISHI_ALIPAY_PUBLIC_KEY_FILE": "/b", "JISHI_DEMO": "0",
    "JISHI_CARRIER_URL": "https://poll.kuaidi100.com", "JISHI_CARRIER_CUSTOMER": "c", "JISHI_CARRIER_KEY": "k",
    "JISHI_CARRIER_SALT": "s", "JISHI_CARRIER_SECRET": "s", "JISHI_LOG_LEVEL": "INFO",
    "JISHI_MEDIA_ROOT": "/srv/media",
}  # fmt: skip


@EXAMPLES
def test_environments(examples: int, figures: Figures) -> None:
    """A configuration is read, or the variable that is wrong is named."""
    assert load(ENVIRONMENT).public_host == "shop.example"

    def suffer(variables: dict[str, str]) -> None:
        with suppress(BadEnvironment):
            load(variables)

    wrong = st.one_of(
        texts,
        st.sampled_from(
            [
                "http://[::1",
                "https://a:99999",
                "postgresql://",
                "redis://h/x",
                "k1:",
                "k1:!!",
                "10.0.0.0/99",
                "::ffff",
                "a@b@c",
            ]
        ),
    )
    attack("environments", spoilt_fields(ENVIRONMENT, wrong), examples, figures, suffer)


@EXAMPLES
def test_environment_files(tmp_path: Path, examples: int, figures: Figures) -> None:
    genuine = "".join(f"{name}={value}\n" for name, value in ENVIRONMENT.items()).encode()
    file = tmp_path / ".env"

    def suffer(data: bytes) -> None:
        file.write_bytes(data)
        with suppress(BadEnvironment):
            assert all(name.isidentifier() for name in read_env_file(file))

    attack("environment files", spoilt([genuine, b"# a\nexport A='b'\n"]), examples, figures, suffer)


def test_every_list_with_a_cursor_is_among_them(victim: Victim) -> None:
    assert len(LISTS) >= 15
    assert all(UUID(victim.ids[name]) for one in LISTS for name in one.path_names)
