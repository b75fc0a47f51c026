"""What people write stays text: in SQL, in pages, in spreadsheets, in headers, in logs, in the addresses we call."""

import ast
import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zipfile import ZipFile

import pytest
import structlog
from django.test import Client

from jishi.entry.console.tests.conftest import Hire, hire, list_address, page_address
from jishi.entry.console.tests.factories import MAKERS
from jishi.flows.tests.shopping import make_goods, make_shopper
from jishi.identity.accounts.models import User
from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.models import Merchant
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel import logging as shop_logging
from jishi.kernel.ids import MerchantId, UserId
from jishi.kernel.words import Text
from jishi.offering.catalog.models import Product
from jishi.offering.catalog.tests.factories import MadeProduct, make_brand, make_product
from jishi.trade.orders.models import Order
from tests.security.world import Victim

__all__ = ["hire"]

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
RUNS = "alert(8472)"
SCRIPT = f"</script></title><script>{RUNS}</script><img src=x onerror={RUNS}>{{{{7*7}}}}${{7*7}}"
RUNNING = re.compile(
    r"<script(?![^>]*application/)[^>]*>[^<]*alert\(8472\)|<[a-z]+[^>\"]*\son[a-z]+=|<[a-z]+[^>]*=\s*[\"']?javascript:",
    re.IGNORECASE,
)


# -- SQL and LIKE ------------------------------------------------------------------------------------------


@pytest.fixture
def shop() -> tuple[UserId, MerchantId]:
    owner = make_buyer()
    return owner, make_merchant(owner=owner)


def found(owner: UserId, path: str, **query: str) -> list[dict[str, Any]]:
    answer = Client().get(
        f"/api/v1/merchant/{path}?{urlencode(query)}", headers={"X-Session-Token": session_token(owner)}
    )
    assert answer.status_code == 200, answer.content
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", "100% 棉", "a' OR '1'='1", "'; DROP TABLE x; --"])
def test_a_search_means_its_signs_literally(words: str, shop: tuple[UserId, MerchantId]) -> None:
    owner, merchant_id = shop
    plain = make_product(merchant_id=merchant_id, title=Text("茶杯", "Cup"))
    literal = make_product(merchant_id=merchant_id, title=Text(f"甲{words}乙", "Sign"))

    assert [one["id"] for one in found(owner, "products", words=words)] == [str(literal.id)]
    assert len(found(owner, "products")) == 2
    for path in ("stock", "stock/movements", "brands", "staff", "reviews"):
        assert isinstance(found(owner, path, words=words, search=words), list)
    assert Product._base_manager.filter(id=plain.id).exists()


def test_the_back_office_searches_for_what_was_typed(hire: Hire) -> None:
    """On every desk, also on those that show no box to type into."""
    boss = hire("administrator")
    for model, make in MAKERS.items():
        make()
        for words in ("%", "_", "'", "a' OR '1'='1", "\\", "\0", "x" * 5_000):
            answer = boss.client.get(f"{list_address(model)}?{urlencode({'q': words})}")
            assert answer.status_code in (200, 302, 400), (model, words, answer.status_code)


# -- pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def poisoned() -> MadeProduct:
    """A product whose every text tries to run something."""
    merchant_id = make_merchant(name_zh=SCRIPT[:40])
    return make_product(
        merchant_id=merchant_id, title=Text(SCRIPT[:115], SCRIPT[:115]), brand=make_brand(SCRIPT[:60])
    )


@pytest.mark.parametrize(
    "page", ["/p/{product}", "/en/p/{product}", "/store/{merchant}", "/", "/c/{category}", "/s?q={words}"]
)
def test_no_text_of_a_merchant_runs_in_a_page(page: str, poisoned: MadeProduct) -> None:
    """In the title, the state, the structured data and what the server has rendered."""
    address = page.format(
        product=poisoned.id, merchant=poisoned.merchant_id, category=poisoned.category_id, words=quote(SCRIPT)
    )
    answer = Client().get(address)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert RUNNING.findall(text) == []
    if "{product}" in page:
        assert "alert(8472)" in text, "or nothing was shown, and nothing proven"
        assert "49" not in re.findall(r"<title>.*?</title>", text)[0], "a template was worked out"
    for block in re.findall(r'<script type="application/(?:ld\+)?json"[^>]*>(.*?)</script>', text, re.DOTALL):
        json.loads(block)


@pytest.mark.parametrize("html", [
    f"<script>{RUNS}</script>", f"<img src=x onerror={RUNS}>", f'<a href="javascript:{RUNS}">x</a>',
    f"<svg onload={RUNS}>", f'<iframe src="data:text/html,{RUNS}"></iframe>', f"<style>@import '{RUNS}'</style>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUNS}>", f'<a href="JaVa\tScript:{RUNS}">x</a>',
    '<img src="https://elsewhere.example/pixel.png">', '<form action="https://elsewhere.example"><input name=a>',
])  # fmt: skip
def test_a_description_is_cleaned_before_it_is_kept(html: str) -> None:
    from jishi.offering.catalog.rules import clean_html

    kept = clean_html(f"<p>介绍</p>{html}", media_url="/media/")
    assert kept.startswith("<p>介绍</p>")
    assert RUNNING.findall(kept) == [] and "javascript" not in kept.lower()
    assert "elsewhere.example" not in kept and "<style" not in kept


def test_no_text_of_a_person_runs_in_the_back_office(hire: Hire, poisoned: MadeProduct) -> None:
    boss, me, tea = hire("administrator"), make_shopper(), make_goods(6_800)
    User.objects.filter(pk=me.buyer).update(nickname=SCRIPT[:28])
    Product._base_manager.filter(id=tea.id).update(title_zh=SCRIPT[:115])
    order_id = me.buy((tea.sku_id, 1)).orders[0].id
    rows = [
        User(pk=me.buyer), Product(pk=poisoned.id), Merchant(pk=poisoned.merchant_id), Order(pk=order_id),
    ]  # fmt: skip
    for row in rows:
        for address in (list_address(type(row)), page_address(row)):
            answer = boss.client.get(address)
            assert answer.status_code == 200
            assert RUNNING.findall(answer.content.decode()) == [], address


# -- spreadsheets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", '=1";=2', "=cmd|' /C calc'!A0"]
)
def test_no_text_is_a_formula_in_an_export(text: str, shop: tuple[UserId, MerchantId]) -> None:
    owner, merchant_id = shop
    make_product(merchant_id=merchant_id, title=Text(text, text))
    headers = {"X-Session-Token": session_token(owner)}
    table: Any = Client().get("/api/v1/merchant/exports/products", headers=headers)
    book: Any = Client().get("/api/v1/merchant/exports/products?format=xlsx", headers=headers)
    lines = b"".join(table.streaming_content).decode("utf-8-sig")
    with ZipFile(io.BytesIO(b"".join(book.streaming_content))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")

    cells = re.findall(r'(?:^|,)"?([^",\r\n]*)', lines, re.MULTILINE)
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t")) or re.match(r"-\D", cell)] == []
    assert b"<f>" not in sheet


# -- headers and logs --------------------------------------------------------------------------------------

SPLIT = "en%0d%0aX-Injected:%20yes%0d%0a%0d%0a<script>"


@pytest.mark.parametrize("address", [
    f"/?language={SPLIT}", f"/s?q={SPLIT}", f"/{SPLIT}", f"/en/{SPLIT}", f"/admin/{SPLIT}",
    f"/admin/login/?next={SPLIT}",
    f"/api/v1/store/{SPLIT}", f"/merchant/{SPLIT}", f"/account/verify-email/{SPLIT}", f"/sitemap-stores-{SPLIT}.xml",
    f"/api/v1/store/search?q={SPLIT}", f"/_allauth/browser/v1/{SPLIT}", f"/media/{SPLIT}", "//evil.example/%2f..",
])  # fmt: skip
def test_no_address_writes_a_header(address: str) -> None:
    answer = Client(raise_request_exception=False).get(address)
    assert answer.status_code < 500
    assert "X-Injected" not in answer.headers
    assert not [value for value in answer.headers.values() if "\n" in str(value) or "\r" in str(value)]
    assert "evil.example" not in answer.headers.get("Location", "")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the shop logs, as its processes write it."""
    root = logging.getLogger()
    kept, level, configuration = list(root.handlers), root.level, structlog.get_config()
    written, stderr = io.StringIO(), sys.stderr
    sys.stderr = written
    try:
        shop_logging.configure()
        yield written
    finally:
        sys.stderr = stderr
        root.handlers[:], root.level = kept, level
        structlog.configure(**configuration)


def test_nobody_writes_a_line_of_the_log_himself(lines: io.StringIO, victim: Victim) -> None:
    forged = 'x\r\n{"event": "paid", "level": "info"}\n\u2028{"event": "paid"}\x1b[2J'
    client = Client(raise_request_exception=False)
    for name in ("alipay", "wechat"):
        body = urlencode({"sign": forged, "app_id": forged, "out_trade_no": forged})
        client.post(f"/api/v1/hooks/payments/{name}", body, content_type="application/x-www-form-urlencoded")
    logging.getLogger("jishi.test").error("said %s", forged)
    structlog.get_logger("jishi.test").error("heard", word=forged, **{"key\n": 1})
    found = [json.loads(line) for line in lines.getvalue().split("\n") if line]
    assert len(found) >= 2
    assert "paid" not in {line["event"] for line in found}
    assert "\x1b" not in lines.getvalue()


# -- addresses that we call --------------------------------------------------------------------------------

# Who talks to other machines, each to addresses of the configuration. What people write is fetched by one only, which
# refuses whatever is not the public internet (`jishi/kernel/tests/test_fetching.py`).
OF_PEOPLE = {"jishi/kernel/fetching.py"}
CALLERS = OF_PEOPLE | {
    "jishi/identity/notifications/mail.py", "jishi/identity/notifications/sms.py",
    "jishi/kernel/outgoing.py", "jishi/money/payments/channels/transport.py",
    "jishi/money/payments/channels/alipay.py", "jishi/money/payments/channels/wechat.py",
    "jishi/money/payments/services_channels.py", "jishi/trade/shipping/carriers/kuaidi100.py",
}  # fmt: skip
FETCHING = {"httpx", "httpcore", "requests", "urllib.request", "http.client", "ftplib", "smtplib", "aiohttp"}
OF_THE_OPERATOR = ("jishi/entry/cli/", "jishi/entry/demo/")


def test_only_these_talk_to_other_machines() -> None:
    """So that no picture, link or hook of a merchant can make the shop look into its own network."""
    calling = set()
    for file in (ROOT / "jishi").rglob("*.py"):
        name = file.relative_to(ROOT).as_posix()
        if "/tests/" in name or name.startswith(OF_THE_OPERATOR):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if FETCHING & set(names):
                calling.add(name)
    assert calling == CALLERS
