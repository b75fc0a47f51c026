"""What is refused before an operation sees it: too large, unreadable, not there. Never a page, never a 500."""

from typing import Any

import pytest
from django.test import Client

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.offering.catalog.tests.factories import make_product

pytestmark = pytest.mark.django_db

ADDRESSES, MEDIA, CARRIER = (
    "/api/v1/store/addresses",
    "/api/v1/merchant/media",
    "/api/v1/hooks/carriers/shunfeng",
)
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


@pytest.fixture
def token() -> str:
    owner = make_buyer()
    make_merchant(owner=owner)
    return session_token(owner)


def part(name: str, content: bytes, *headers: str) -> bytes:
    first = f'Content-Disposition: form-data; name="{name}"; filename="a"'
    return "\r\n".join(("--x", first, *headers, "", "")).encode() + content + b"\r\n"


def send(
    token: str, method: str, path: str, body: bytes = b"", content_type: str = "application/json"
) -> Any:
    return Client(raise_request_exception=False).generic(
        method, path, body, content_type=content_type, headers={"X-Session-Token": token}
    )


@pytest.mark.parametrize(
    ("path", "content_type"),
    [(ADDRESSES, "application/json"), (CARRIER, FORM), ("/api/v1/hooks/payments/alipay", FORM)],
)
def test_a_body_that_is_too_large(token: str, path: str, content_type: str) -> None:
    answer = send(token, "POST", path, b'{"street":"' + b"x" * 3_000_000 + b'"}', content_type)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "body", "content_type", "field"),
    [
        (ADDRESSES, b"{", "application/json", "body"),
        (ADDRESSES, b"\xff\xfe", "application/json", "body"),
        (ADDRESSES, b"[" * 100_000, "application/json", "body"),
        (ADDRESSES, b"a=b", "text/plain", "body"),
        (MEDIA, b"abc", "multipart/form-data", "body"),
        (MEDIA, part("file", b"!!!", "Content-Transfer-Encoding: base64") + b"--x--\r\n", MULTIPART, "body"),
        (MEDIA, b"".join(part(f"f{n}", b"1") for n in range(200)) + b"--x--\r\n", MULTIPART, "body"),
        (MEDIA, b"--x--\r\n", MULTIPART, "file"),
    ],
)
def test_a_body_that_cannot_be_read(
    token: str, path: str, body: bytes, content_type: str, field: str
) -> None:
    answer = send(token, "POST", path, body, content_type)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "invalid", field)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_query_with_too_many_parameters(token: str) -> None:
    answer = send(token, "GET", "/api/v1/store/search?" + "&".join(f"a{n}=1" for n in range(2_000)))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_an_address_that_is_none(token: str) -> None:
    answer = send(token, "GET", "/api/v1/store/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Content-Language"] == "zh"


def test_a_page_that_is_none_stays_a_page() -> None:
    answer = Client().get("/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_method_that_is_none(token: str) -> None:
    answer = send(token, "DELETE", "/api/v1/store/me")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "PATCH"}


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        (
            "POST",
            "/api/v1/store/cart/lines",
            b'{"sku_id":"0198f3a2-7c44-7b1e-9d3a-2f6c1c0a51aa","quantity":"2"}',
            "quantity",
        ),
        ("PATCH", "/api/v1/store/cart/lines", b'{"is_selected":0}', "is_selected"),
        ("POST", "/api/v1/merchant/warehouses", b'{"name":"a\\u0000","area_code":"330110"}', "name"),
        ("POST", "/api/v1/merchant/warehouses", b'{"name":"A","area_code":"hangzhou"}', "area_code"),
    ],
)
def test_a_field_of_another_kind_is_named(
    token: str, method: str, path: str, body: bytes, field: str
) -> None:
    answer = send(token, method, path, body)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "invalid", field)


def test_a_whole_number_may_be_written_with_a_point(token: str) -> None:
    product = make_product()
    answer = send(
        token, "POST", "/api/v1/store/cart/lines", f'{{"sku_id":"{product.sku_id}","quantity":2.0}}'.encode()
    )
    assert answer.status_code == 201, answer.content
    assert b'"quantity":2,' in answer.content


@pytest.mark.parametrize("path", ["/api/v1/store/me", "/api/v1/store/nothing", "/api/v1/store/home"])
def test_a_host_that_is_not_ours(path: str) -> None:
    answer = Client(raise_request_exception=False).get(path, headers={"host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_host")
