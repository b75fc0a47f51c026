"""Behind the edge: what a request says of hosts, of itself and of where to go next changes nobody else's page."""

import gzip
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from jishi.entry.console.tests.conftest import sign_in
from jishi.entry.http.fast_lane import FastLane
from jishi.entry.http.wsgi import application
from jishi.identity.accounts.tests.factories import make_buyer, make_platform_staff, session_token
from jishi.identity.accounts.types import PlatformRole
from jishi.money.payments.channels.alipay import _is_of_alipay
from tests.security.conftest import ALLAUTH, Browser, Inbox
from tests.security.world import Victim

pytestmark = pytest.mark.django_db

GUARDS = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "strict-origin-when-cross-origin",
}  # fmt: skip


# -- every kind of answer is guarded -----------------------------------------------------------------------


def answers(victim: Victim) -> Iterator[tuple[str, Any]]:
    """Return one answer of each kind: pages, data, files, refusals, redirects."""
    client = Client(raise_request_exception=False)
    owner = {"X-Session-Token": session_token(victim.owner)}
    for path in (
        "/", "/en/", f"/p/{victim.ids['product_id']}", "/cart", "/nothing-here", "/merchant/", "/offline",
        "/robots.txt", "/sitemap.xml", "/manifest.webmanifest", "/service-worker.js", "/healthz", "/admin/",
        "/admin/login/", "/api/v1/store/regions", "/api/v1/store/me", "/api/v1/nothing-here", "/api/v1/openapi.json",
        "/api/v1/docs", f"{ALLAUTH}/config", f"{ALLAUTH}/auth/session", "/_allauth/openapi.json", "/terms", "/ui",
    ):  # fmt: skip
        yield path, client.get(path)
    for path in ("exports/orders", "exports/products?format=xlsx", "products"):
        yield path, client.get(f"/api/v1/merchant/{path}", headers=owner)
    page = client.get("/")
    yield "304", client.get("/", headers={"If-None-Match": page.headers.get("ETag", '"x"')})
    yield "405", client.put("/api/v1/store/regions")
    yield "400 host", client.get("/", headers={"Host": "evil.example"})
    yield "413", client.post("/api/v1/store/cart/lines", b"x" * 2_600_000, content_type="application/json")
    yield "422", client.post("/api/v1/store/cart/lines", b"{", content_type="application/json")
    yield "403", client.post(f"{ALLAUTH}/auth/login", b"{}", content_type="application/json")
    yield "hook", client.post("/api/v1/hooks/payments/alipay", b"x", content_type="text/plain")


def test_every_kind_of_answer_is_guarded(victim: Victim) -> None:
    bare = [
        (name, header)
        for name, answer in answers(victim)
        for header, value in GUARDS.items()
        if answer.headers.get(header) != value
    ]
    assert bare == []
    open_ones = [name for name, one in answers(victim) if "Content-Security-Policy" not in one.headers]
    assert open_ones == []


def test_what_is_personal_is_kept_by_no_cache(victim: Victim) -> None:
    client = Client(raise_request_exception=False)
    for user, paths in (
        (
            victim.buyer,
            ("store/me", "store/orders", "store/addresses", "store/cart/lines", "store/favourites"),
        ),
        (victim.owner, ("merchant/orders", "merchant/balance", "merchant/exports/orders")),
    ):
        for path in paths:
            answer = client.get(f"/api/v1/{path}", headers={"X-Session-Token": session_token(user)})
            assert "no-store" in answer.headers["Cache-Control"], path


# -- caches ------------------------------------------------------------------------------------------------

POISON = (
    {"HTTP_X_FORWARDED_HOST": "evil.example"}, {"HTTP_FORWARDED": "host=evil.example"},
    {"HTTP_X_ORIGINAL_URL": "/admin/"}, {"HTTP_X_REWRITE_URL": "/admin/"}, {"HTTP_X_FORWARDED_PREFIX": "/evil"},
    {"HTTP_X_FORWARDED_PORT": "1"}, {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"}, {"HTTP_ACCEPT": "evil/evil"},
    {"HTTP_ACCEPT_LANGUAGE": "en"}, {"HTTP_ACCEPT_ENCODING": "evil"}, {"HTTP_ORIGIN": "https://evil.example"},
    {"HTTP_X_FORWARDED_FOR": "198.51.100.66"}, {"HTTP_USER_AGENT": "evil"}, {"HTTP_REFERER": "https://evil.example"},
    {"HTTP_COOKIE": "jishi_language=en; theme=evil; jishi_session=evil"}, {"HTTP_X_SESSION_TOKEN": "evil"},
    {"HTTP_IF_NONE_MATCH": '"evil"'}, {"HTTP_RANGE": "bytes=0-1"}, {"QUERY_STRING": "utm=evil"},
    {"HTTP_X_FORWARDED_PROTO": "https"},
)  # fmt: skip


def ask(lane: FastLane, path: str, **more: str) -> tuple[str, dict[str, str], bytes]:
    """Ask as the web server does, the shop's own memory of public answers in front."""
    said: list[Any] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": True,
        "wsgi.run_once": False, "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000", **more,
    }  # fmt: skip
    answer = lane(environ, lambda status, headers, *_: said.append((status, dict(headers))))
    body = b"".join(answer)
    getattr(answer, "close", lambda: None)()
    return said[-1][0], said[-1][1], body


@pytest.mark.parametrize(
    "page", ["/", "/p/{product_id}", "/api/v1/store/home", "/api/v1/store/products/{product_id}"]
)
def test_what_one_asks_strangely_is_answered_to_nobody_else(
    page: str, victim: Victim, one_connection: None
) -> None:
    path = page.format(**victim.ids)
    lane = FastLane(application._application, seconds=60)
    clean = ask(FastLane(application._application, seconds=0), path)
    assert clean[0].startswith("200")
    for evil in POISON:
        _, headers, body = ask(lane, path, **evil)
        assert b"evil" not in body and "evil" not in json.dumps(headers), evil
        status, again, whole = ask(lane, path)
        assert (status, whole) == (clean[0], clean[2]), evil
        assert again.get("Content-Language") == clean[1].get("Content-Language"), evil
        assert "Set-Cookie" not in again, evil


def test_a_public_answer_in_two_languages_says_so(victim: Victim) -> None:
    """Or a cache in front would give one's language to all: the address tells it, or Vary does."""
    client = Client()
    for path in ("store/home", "store/categories", f"store/products/{victim.ids['product_id']}"):
        zh, en = (client.get(f"/api/v1/{path}", headers={"Accept-Language": one}) for one in ("zh", "en"))
        if zh.content != en.content:
            assert "Accept-Language" in zh.headers["Vary"], path
    zh, en = (client.get("/", headers={"Accept-Language": one}) for one in ("zh", "en"))
    assert zh.content == en.content


# -- hosts and where to go next ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["localhost:6666", "127.0.0.1:6666", "evil.example", "127.0.0.1:8000@evil.example"]
)
def test_a_mail_leads_to_the_shop_whatever_host_was_asked(host: str, inbox: Inbox) -> None:
    browser = Browser()
    browser.get(f"{ALLAUTH}/config")
    wish = {"email": "gast@example.com", "password": "lentils-and-rice-7"}
    answer = browser.post(f"{ALLAUTH}/auth/signup", wish, Host=host, X_Forwarded_Host="evil.example")
    if answer.status_code == 400:
        assert inbox.all(wish["email"]) == []
        return
    text = json.dumps(inbox.all(wish["email"]))
    assert settings.ENV.public_url in text
    assert "6666" not in text and "evil" not in text


@pytest.mark.parametrize("evil", [
    "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "///evil.example/%2f..",
    "https:evil.example", "\thttps://evil.example", "http://127.0.0.1@evil.example/",
])  # fmt: skip
def test_no_way_in_leads_out(evil: str) -> None:
    """The door of the back office, its choice of language, and allauth's providers."""
    client = Client(raise_request_exception=False)
    sign_in(client, make_platform_staff(PlatformRole.SERVICE))
    told = [
        client.get("/admin/login/", {"next": evil}),
        client.post("/admin/login/", {"next": evil}),
        client.post("/admin/language/", {"language": "en", "next": evil}, headers={"Referer": evil.strip()}),
        client.post("/admin/logout/", {"next": evil}),
        client.post(
            f"{ALLAUTH}/auth/provider/redirect", {"provider": "x", "process": "login", "callback_url": evil}
        ),
        Client().get("/sign-in", {"next": evil}),
    ]
    for answer in told:
        where = answer.headers.get("Location", "/")
        assert re.match(r"/(?![/\\])", where) or where.startswith(settings.ENV.public_url), (evil, where)


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        ("https://dwbillcenter.alipay.com/downloadBillFile.resource?x=1", True),
        ("https://openapi.alipay.com/bill", True),
        ("http://dwbillcenter.alipay.com/downloadBillFile.resource?x=1", True),
        ("ftp://dwbillcenter.alipay.com/bill", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("https://alipay.com.evil.example/", False),
        ("https://evil-alipay.com/", False),
        ("https://openapi.alipay.com@evil.example/", False),
        ("file:///etc/passwd", False),
        ("https://[::1", False),
        ("None", False),
    ],
)
def test_a_bill_is_fetched_from_the_channel_only(address: str, is_ours: bool) -> None:
    assert _is_of_alipay(address, "https://openapi.alipay.com/gateway.do") is is_ours
    assert not _is_of_alipay("http://10.0.0.1/bill", "http://127.0.0.1:8000/_sim/alipay/gateway.do")


# -- bodies ------------------------------------------------------------------------------------------------


def test_a_packed_body_is_never_unpacked(victim: Victim) -> None:
    """A bomb of a few kilobytes stays a few kilobytes that are no JSON."""
    bomb = gzip.compress(b'{"quantity": 1}' + b" " * 50_000_000)
    headers = {"X-Session-Token": session_token(make_buyer()), "Content-Encoding": "gzip"}
    for path in ("store/cart/lines", "store/quotes", "hooks/payments/wechat"):
        answer = Client(raise_request_exception=False).generic(
            "POST", f"/api/v1/{path}", bomb, content_type="application/json", headers=headers
        )
        assert answer.status_code in (400, 422), path
