"""The strangers' way says what the usual way says, to the byte, and never anything that is somebody's own."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from django.core.handlers.wsgi import WSGIHandler
from pytest_django import Settings

from jishi.entry.http import strangers
from jishi.entry.http.fast_lane import ROUTE
from jishi.entry.http.strangers import Strangers, public_operations
from jishi.entry.http.wsgi import usual
from jishi.kernel import hot, metrics, trace
from jishi.kernel.http import PublicRequest
from jishi.kernel.ids import new_id
from tests.security.operations import BASE, Operation, operations
from tests.security.world import Victim

pytestmark = pytest.mark.django_db

PUBLIC = {
    "list_categories", "get_category", "list_products", "get_product", "get_store", "list_reviews",
    "get_review_summary", "get_home", "get_text", "search", "suggest", "list_regions", "list_hot_words",
    "list_store_categories", "get_store_front", "get_product_promotions", "list_promotion_labels", "get_promotion",
    "get_event_page",
}  # fmt: skip
QUERIES = (
    "", "language=en", "language=zh&limit=1", "limit=1&limit=2", "limit=0", "limit=101", "limit=%2B5", "limit=24.0",
    "limit=", "cursor=zzz", "cursor=", "sort=best", "sort=sales", "category_id=1", "category_id={category_id}",
    "merchant_id={merchant_id}&sort=price_up", "product_id={merchant_id}", "stars=6", "with_pictures=on",
    "any_words=%E8%80%B3&none_words=x&phrase=y&in_title=true", "range=volume:1~2&range=volume", "published_days=0",
    "ships_from=310000&delivery=drone", "rating_from_hundredths=400&sort=rating",
    "quantity=2", "quantity=0", "product_id={product_id}&product_id={product_id}",
    "q=%E8%80%B3%E6%9C%BA", "q=%00", "q=%ff", "brand_id={brand_id}&brand_id=x", "attribute=colour:red&attribute=a",
    "attribute=" + "x" * 200, "page=0", "size=1&in_stock=yes", "price_from_minor=-1", "utm=1&=&&;", "q=" + "x" * 101,
    "&".join(f"a{number}=1" for number in range(1_001)),
)  # fmt: skip
# What a request may say beside its address; how each is answered is not to depend on the way.
SAID: tuple[dict[str, str], ...] = (
    {}, {"HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9"}, {"HTTP_X_FORWARDED_PROTO": "https"}, {"wsgi.url_scheme": "https"},
    {"HTTP_HOST": "evil.example"}, {"HTTP_HOST": ""}, {"HTTP_X_FORWARDED_FOR": "198.51.100.66"},
    {"HTTP_IF_NONE_MATCH": '"other"'}, {"CONTENT_LENGTH": "2", "CONTENT_TYPE": "application/json"},
    {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"}, {"SCRIPT_NAME": "/shop"},
)  # fmt: skip
COOKIE = {"HTTP_COOKIE": "theme=dark"}


@dataclass(slots=True)
class Answer:
    """What came back, and what was noted of it."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    route: str
    counted: float


@dataclass(slots=True)
class Shop:
    """Both ways, and which of them was taken."""

    django: Callable[..., Iterable[bytes]] = usual
    usual_asked: int = 0
    spans: list[str] = field(default_factory=list)
    _strangers: Strangers = field(init=False)

    def __post_init__(self) -> None:
        self._strangers = Strangers(self._usual)

    def _usual(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.usual_asked += 1
        return self.django(environ, start_response)

    def ask(self, path: str, query: str = "", **said: str) -> Answer:
        """Ask as the web server does, with nothing kept in this process."""
        hot.forget()
        answers: list[Any] = []
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(b"{}"), "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0),
            "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
            "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000", **said,
        }  # fmt: skip
        before = _counts()
        given = self._strangers(environ, lambda status, headers, *_: answers.append((status, headers)))
        body = b"".join(given)
        getattr(given, "close", lambda: None)()
        status, headers = answers[-1]
        route = str(environ.get(ROUTE, ""))
        key = ("GET", route, status[:3])
        return Answer(status, sorted(headers), body, route, _counts().get(key, 0) - before.get(key, 0))


def _counts() -> dict[tuple[str, ...], float]:
    """Return how many requests were counted under each method, route and status."""
    return {
        (sample.labels["method"], sample.labels["route"], sample.labels["status"]): sample.value
        for family in metrics.REQUESTS.collect()
        for sample in family.samples
        if sample.name.endswith("_total")
    }


class Noting:
    """An exporter that notes what it is told."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def begin(self, _: trace.Span, above: trace.Place | None) -> tuple[trace.Place, Any]:
        return trace.Place("0" * 32, "0" * 16, is_sampled=False), above

    def end(self, span: trace.Span, begun: Any, error: str | None) -> None:
        self._shop.spans.append(f"{span.what} {span.attributes} {begun} {error}")


@pytest.fixture
def shop(one_connection: None) -> Iterator[Shop]:
    """Give the shop with both ways, and every span of it noted."""
    made = Shop()
    trace.export_to(Noting(made))
    yield made
    trace.export_to(None)


def reads() -> list[Operation]:
    return [one for one in operations("store/") if one.method == "GET"]


def _is_public(operation: Operation) -> bool:
    return str(operation.spec["operationId"]).endswith(tuple(f"_{name}" for name in PUBLIC))


def paths(operation: Operation, ids: dict[str, str]) -> list[str]:
    """Return an operation's address with what is there, and with what is not."""
    there = operation.path
    if not operation.path_names:
        return [there, f"{there}/", f"{there}x"]
    (name,) = operation.path_names
    values = (ids[name], ids[name].upper(), str(new_id()), "x", "", f"{ids[name]}/", "%", "..", "é")
    return [there.replace(f"{{{name}}}", value) for value in values]


def test_what_is_public_is_known() -> None:
    assert {one.operation.view_func.__name__ for one in public_operations()} == PUBLIC
    assert len([one for one in reads() if _is_public(one)]) == len(PUBLIC)
    assert all(one.operation.auth_param is not None for one in public_operations())
    assert not [one for one in public_operations() if one.operation.auth_callbacks]


@pytest.mark.parametrize("operation", [one for one in reads() if _is_public(one)], ids=str)
def test_both_ways_say_the_same(
    operation: Operation, victim: Victim, shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    good, *bad = paths(operation, victim.ids)
    etag = dict(shop.ask(good).headers).get("ETag", '"none"')
    asked: list[tuple[str, str, dict[str, str]]] = [
        (good, query.format(**victim.ids), {}) for query in QUERIES
    ]
    asked += [(good, "", said) for said in (*SAID, {"HTTP_IF_NONE_MATCH": etag})]
    asked += [(path, "", said) for path in bad for said in SAID[:2]]
    for path, query, said in asked:
        both = []
        for more in ({}, COOKIE):
            caplog.clear()
            shop.spans.clear()
            answer = shop.ask(path.encode().decode("latin-1"), query, **said, **more)
            both.append((answer, [one.getMessage() for one in caplog.records], list(shop.spans)))
        assert both[0] == both[1], (path, query, said)


@pytest.mark.parametrize("operation", [one for one in reads() if _is_public(one)], ids=str)
def test_strangers_do_not_take_the_usual_way(operation: Operation, victim: Victim, shop: Shop) -> None:
    path = paths(operation, victim.ids)[0]
    assert shop.ask(path).status[:3] in ("200", "503")  # no index is built here
    assert shop.ask(path, "limit=0").counted == 1
    assert shop.usual_asked == 0
    for who in (
        COOKIE, {"HTTP_X_SESSION_TOKEN": "x"}, {"HTTP_AUTHORIZATION": "Bearer x"}, {"HTTP_RANGE": "bytes=0-1"},
        {"REQUEST_METHOD": "POST"}, {"REQUEST_METHOD": "HEAD"}, {"REQUEST_METHOD": "OPTIONS"},
    ):  # fmt: skip
        before = shop.usual_asked
        shop.ask(path, **who)
        assert shop.usual_asked == before + 1, who


@pytest.mark.parametrize("operation", [one for one in reads() if not _is_public(one)], ids=str)
def test_what_is_somebodys_own_is_never_reached_without_asking_who(
    operation: Operation, victim: Victim, shop: Shop
) -> None:
    path = operation.path
    for name in operation.path_names:
        path = path.replace(f"{{{name}}}", quote(victim.ids[name]))
    shop.ask(path)
    assert shop.usual_asked == 1


def test_pages_and_other_doors_take_the_usual_way(shop: Shop) -> None:
    for path in (
        "/",
        f"{BASE}openapi.json",
        f"{BASE}merchant/products",
        f"{BASE}store",
        f"{BASE}store/",
        "/readyz",
    ):
        before = shop.usual_asked
        shop.ask(path)
        assert shop.usual_asked == before + 1, path


def test_a_fault_of_ours_is_told_as_ever(
    victim: Victim, shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The view fails: the same problem, the same line in the log, the same count."""
    broken = next(one for one in public_operations() if one.operation.view_func.__name__ == "get_home")

    def fall(request: PublicRequest) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(broken.operation, "view_func", fall)
    both = []
    for more in ({}, COOKIE):
        caplog.clear()
        both.append((shop.ask(f"{BASE}store/home", **more), [one.getMessage() for one in caplog.records]))
    assert both[0] == both[1]
    assert both[0][0].status.startswith("500") and "unforeseen error" in both[0][1]
    assert shop.usual_asked == 1


def test_over_https_both_ways_ask_for_https_from_now_on(
    one_connection: None, settings: Settings, request: pytest.FixtureRequest
) -> None:
    """The middleware reads this once, at the start: here it starts anew."""
    settings.SECURE_HSTS_SECONDS = 3_600
    strangers._guards.cache_clear()
    request.addfinalizer(strangers._guards.cache_clear)
    shop = Shop(WSGIHandler())
    for said in ({}, {"HTTP_X_FORWARDED_PROTO": "https"}):
        alone, known = (shop.ask(f"{BASE}store/regions", **said, **more) for more in ({}, COOKIE))
        assert alone == known
        assert ("Strict-Transport-Security" in dict(alone.headers)) is bool(said)
