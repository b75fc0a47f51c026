"""Whatever a program sends, it is told what is wrong with it: no operation breaks.

Every part of every operation's example is replaced in turn by what parsers and databases stumble over, by
somebody who may call it. The operations are those of the OpenAPI document, so that none is forgotten.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from jishi.identity.accounts.tests.factories import session_token
from tests.security.operations import Operation, address_of, body_of, operations
from tests.security.world import Victim

pytestmark = pytest.mark.django_db

ALL = operations("store/") + operations("merchant/")
WITH_BODY = [one for one in ALL if "application/json" in one.spec.get("requestBody", {}).get("content", {})]
WITH_PARAMETERS = [one for one in ALL if one.spec.get("parameters")]

UNSTORABLE = ("a\0b", "a\ud800b")  # no text of PostgreSQL holds them
HOSTILE: tuple[Any, ...] = (
    *UNSTORABLE, "", "x" * 50_000, "\u202e\u200b𠜎", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
    0, -1, 2**63, 10**400, 1e308, None, True, [], {}, ["a\0b"], [[{}]],
)  # fmt: skip
HOSTILE_IN_ADDRESS = (
    "%00", "%ff%fe", "%ed%a0%80", "", "x" * 5_000, "-1", "9" * 30, "9" * 5_000, "NaN", "%25s",
    "9999-12-31T23:59:59Z", "..%2f..%2fetc%2fpasswd",
)  # fmt: skip

Send = Callable[[Operation, str, bytes], Any]
# A fifth of the cases reaches every evil and nearly every part in a fifth of the time; `make proof` tries them all.
EVERY_FIFTH_OR_ALL = pytest.mark.parametrize(
    "step", [pytest.param(5, id="fifth"), pytest.param(1, id="all", marks=pytest.mark.proof)]
)


@pytest.fixture
def send(victim: Victim) -> Send:
    """Call an operation as somebody who may."""
    client = Client(raise_request_exception=False)
    tokens = {"store": session_token(victim.buyer), "merchant": session_token(victim.owner)}

    def call(operation: Operation, address: str, body: bytes) -> Any:
        headers = {"Idempotency-Key": "bad-input-1", "X-Session-Token": tokens[operation.face]}
        return client.generic(
            operation.method, address, body, content_type="application/json", headers=headers
        )

    return call


@EVERY_FIFTH_OR_ALL
@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_no_body_breaks_an_operation(operation: Operation, step: int, victim: Victim, send: Send) -> None:
    good = json.loads(body_of(operation, victim.ids)[0])
    address = address_of(operation, victim.ids)
    cases = [(evil, place, body) for evil in HOSTILE for place, body in spoilt(good, evil)]
    broken = []
    for evil, place, body in cases[::step]:
        answer = send(operation, address, json.dumps(body).encode())
        if answer.status_code == 500 or (evil in UNSTORABLE and answer.status_code < 300):
            broken.append((place, repr(evil)[:40], answer.status_code))
    assert broken == []


def spoilt(value: Any, evil: Any) -> Iterator[tuple[str, Any]]:
    """Return a JSON value with one part after the other replaced, and which part it is."""
    yield "", evil
    if isinstance(value, dict):
        for name, inner in value.items():
            for place, one in spoilt(inner, evil):
                yield f".{name}{place}", {**value, name: one}
    if isinstance(value, list) and value:
        for place, one in spoilt(value[0], evil):
            yield f"[0]{place}", [one, *value[1:]]


@pytest.mark.parametrize("operation", WITH_PARAMETERS, ids=str)
def test_no_address_breaks_an_operation(operation: Operation, victim: Victim, send: Send) -> None:
    broken = []
    for evil in HOSTILE_IN_ADDRESS:
        for address in spoilt_addresses(operation, evil, victim):
            answer = send(operation, address, b"{}")
            if answer.status_code == 500:  # 503 says that this run keeps no search index
                broken.append((address[:120], answer.status_code))
    assert broken == []


def spoilt_addresses(operation: Operation, evil: str, victim: Victim) -> Iterator[str]:
    """Return the operation's address with one parameter after the other replaced."""
    path, _, query = address_of(operation, victim.ids).partition("?")
    for parameter in operation.spec["parameters"]:
        if parameter["in"] == "query":
            yield f"{path}?{query}&{parameter['name']}={evil}"
        if parameter["in"] == "path":
            one = operation.path.replace(f"{{{parameter['name']}}}", evil or "%2f")
            yield one.format(**victim.ids)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 422),
        (b'{"a":' * 100_000, 422),
        (b"\xff\xfe{", 422),
        (b"NaN", 422),
        (b"9" * 5_000, 422),
        (b'{"quantity": ' + b"9" * 5_000 + b"}", 422),
        (b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), 413),
    ],
    ids=lambda value: f"{value[:12]!r}" if isinstance(value, bytes) else str(value),
)
def test_a_body_that_cannot_be_read_is_refused(body: bytes, status: int, victim: Victim, send: Send) -> None:
    for operation in WITH_BODY:
        answer = send(operation, address_of(operation, victim.ids), body)
        assert answer.status_code == status, (str(operation), answer.content[:200])
        assert answer.headers["Content-Type"] == "application/problem+json"


PART = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n%s\r\n1\r\n'
FIELD = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x--\r\n"),
        ("multipart/form-data; boundary=", b"--x--\r\n"),
        (f"multipart/form-data; boundary={'x' * 300}", b"--x--\r\n"),
        ("multipart/form-data; boundary=x", FIELD * 2_000),
        ("multipart/form-data; boundary=x", PART % (b"file", b"a.png", b"") * 300 + b"--x--\r\n"),
        (
            "multipart/form-data; boundary=x",
            PART % (b"file", b"\0/\xff.png", b"Content-Transfer-Encoding: base64\r\n") + b"--x--\r\n",
        ),
        ("application/x-www-form-urlencoded; charset=utf-16", b"file=1"),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 2_000)),
        ("text/plain; charset=no-such", b"\xff"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(content_type: str, body: bytes, victim: Victim) -> None:
    answer = Client(raise_request_exception=False).generic(
        "POST",
        "/api/v1/merchant/media",
        body,
        content_type=content_type,
        headers={"X-Session-Token": session_token(victim.owner)},
    )
    assert answer.status_code == 422, answer.content[:200]
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("hook", ["payments/alipay", "payments/wechat", "carriers/shunfeng"])
def test_a_callback_that_is_too_large_is_refused(hook: str) -> None:
    for body in (b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), b"\xff\0" * 50_000):
        answer = Client(raise_request_exception=False).generic(
            "POST", f"/api/v1/hooks/{hook}", body, content_type="application/x-www-form-urlencoded"
        )
        assert 400 <= answer.status_code < 500, answer.content[:200]
