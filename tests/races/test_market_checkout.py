"""Buyers at the till, over HTTP at real processes: again, from two devices, for scarce goods, at a moving price."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest

from benchmarks.rows import Row
from jishi.entry.demo.accounts import DOMAIN, PASSWORD
from tests.races.people import PATIENCE_SECONDS, Person, Town, after, at_once, connection, said, sign_in

pytestmark = pytest.mark.slow

ROUNDS = 10
Figures = Callable[[Row], None]


def _count(figures: Figures, work: str, outcomes: Counter[str], rounds: int = ROUNDS) -> None:
    note = ", ".join(f"{count} × {outcome}" for outcome, count in sorted(outcomes.items()))
    figures(Row(work=f"race: {work}", measured=rounds, unit="rounds", measured_min=rounds, note=note))


@pytest.mark.parametrize("same_key", [True, False], ids=["one key", "a key each"])
def test_the_same_buyer_submits_twice_from_two_devices(town: Town, figures: Figures, same_key: bool) -> None:
    (buyer,), (sku_id,) = town.buyers(1), town.goods(1)
    phone, (_, reserved) = town.device(buyer), town.stock(sku_id)
    outcomes = Counter[str]()
    for _ in range(ROUNDS):
        quote, key = buyer.quote((sku_id, 1)), f"twice-{uuid4()}"
        answers = at_once(
            partial(buyer.submit, quote, key), partial(phone.submit, quote, key if same_key else None)
        )
        outcomes.update(map(said, answers))
        assert len({one.json()["id"] for one in answers if one.is_success}) == 1
    assert outcomes == ({"201": 2 * ROUNDS} if same_key else {"201": ROUNDS, "409 quote_used": ROUNDS})
    assert town.stock(sku_id)[1] == reserved + ROUNDS
    town.check()
    _count(figures, f"one buyer, two devices, {'one key' if same_key else 'a key each'}", outcomes)


def test_two_devices_check_out_one_cart_once(town: Town, figures: Figures) -> None:
    """Each device has its own quote of the cart and a key of its own."""
    (buyer,), (sku_id,) = town.buyers(1), town.goods(1)
    phone, (_, reserved) = town.device(buyer), town.stock(sku_id)
    outcomes = Counter[str]()
    for _ in range(ROUNDS):
        buyer.done("POST", "/store/cart/lines", {"sku_id": sku_id, "quantity": 2})
        quotes = [one.quote() for one in (buyer, phone)]
        outcomes.update(
            said(one)
            for one in at_once(
                *(partial(by.submit, quote) for by, quote in zip((buyer, phone), quotes, strict=True))
            )
        )
    assert outcomes == {"201": ROUNDS, "409 cart_empty": ROUNDS}
    assert town.stock(sku_id)[1] == reserved + 2 * ROUNDS
    town.check()
    _count(figures, "one cart, two devices", outcomes)


def test_two_lines_of_one_checkout_with_the_same_sku_count_together(town: Town, figures: Figures) -> None:
    """Three pieces, and everybody asks for one and one more: one buyer gets two, the last piece stays."""
    buyers, (sku_id,) = town.buyers(8), town.goods(1)
    outcomes = Counter[str]()
    for _ in range(ROUNDS):
        _leave(town, sku_id, {town.warehouse_id: PIECES})
        quotes = [one.quote((sku_id, 1), (sku_id, 1)) for one in buyers]
        answers = at_once(*(partial(by.submit, quote) for by, quote in zip(buyers, quotes, strict=True)))
        found = Counter(map(said, answers))
        assert found == {"201": 1, "409 out_of_stock": len(buyers) - 1}
        assert _left(town, sku_id) == PIECES - 2
        outcomes += found
    town.check()
    _count(figures, "two lines with one SKU, 3 pieces, 8 buyers", outcomes)


PIECES = 3


def test_pieces_of_several_warehouses_are_sold_to_the_last(town: Town, figures: Figures) -> None:
    buyers, (sku_id,) = town.buyers(16), town.goods(1)
    area = {"area_code": "330106"}
    wish = {"name": f"分仓{uuid4().hex[:8]}", **area}
    second = town.clerk.done("POST", "/merchant/warehouses", wish)["id"]
    outcomes = Counter[str]()
    for _ in range(ROUNDS):
        _leave(town, sku_id, {town.warehouse_id: 4, second: 5})
        quotes = [one.quote((sku_id, 1)) for one in buyers]
        answers = at_once(*(partial(by.submit, quote) for by, quote in zip(buyers, quotes, strict=True)))
        found = Counter(map(said, answers))
        assert found == {"201": 9, "409 out_of_stock": 7}
        assert _left(town, sku_id) == 0
        outcomes += found
    town.check()
    _count(figures, "4 + 5 pieces in two warehouses, 16 buyers", outcomes)


def _leave(town: Town, sku_id: str, pieces: dict[str, int]) -> None:
    """Let the clerk count exactly so many pieces that nobody has a claim on, and none in any other warehouse."""
    claims = town.ask(
        "SELECT warehouse_id::text, (reserved + bucketed)::int FROM inventory_stock WHERE sku_id = %s", sku_id
    )
    for warehouse_id, claimed in {**dict.fromkeys(pieces, 0), **dict(claims)}.items():
        on_hand = claimed + pieces.get(warehouse_id, 0)
        wish = {"warehouse_id": warehouse_id, "lines": [{"sku_id": sku_id, "on_hand": on_hand}]}
        answer = town.clerk.send("POST", "/merchant/stock/counts", wish)
        assert answer.is_success, answer.text


def _left(town: Town, sku_id: str) -> int:
    on_hand, reserved = town.stock(sku_id)
    return on_hand - reserved


# -- a price that moves --------------------------------------------------------------------------------------


def test_a_price_that_changes_while_a_buyer_submits_is_never_charged_unseen(
    town: Town, figures: Figures
) -> None:
    """The operator's approval puts a new price on the shelf at the moment when checkouts of the old one arrive."""
    buyers, (sku_id,) = town.buyers(4), town.goods(1)
    ((product_id,),) = town.ask("SELECT product_id::text FROM catalog_sku WHERE id = %s", sku_id)
    operator = _operator(town)
    outcomes = Counter[str]()
    for turn in range(ROUNDS):
        version_id = _propose(town, product_id, sku_id, turn)
        quotes = [one.quote((sku_id, 1)) for one in buyers]
        submits = [
            after(0.1 * place, partial(by.submit, quote))
            for place, (by, quote) in enumerate(zip(buyers, quotes, strict=True))
        ]
        *answers, approved = at_once(*submits, after(0.02 * turn, partial(operator, version_id)))
        assert approved.status_code == httpx.codes.FOUND, approved.text
        for answer, quote in zip(answers, quotes, strict=True):
            outcomes[said(answer)] += 1
            if answer.is_success:
                assert answer.json()["total"] == quote["total"]
            else:
                new = answer.json()["data"]["quote"]
                assert new["total"]["amount_minor"] == quote["total"]["amount_minor"] + 100
        assert (
            buyers[0].quote((sku_id, 1))["total"]["amount_minor"] == quotes[0]["total"]["amount_minor"] + 100
        )
    assert set(outcomes) == {"201", "409 cart_changed"}
    town.check()
    _count(figures, "a price rises while 4 buyers submit", outcomes)


def _propose(town: Town, product_id: str, sku_id: str, turn: int) -> str:
    """Let the merchant propose ¥1.00 more for a SKU; return the version that waits for approval.

    A price that moves by so little would be on sale at once; with the words of a new subtitle a person has to look.
    """
    path = f"/merchant/products/{product_id}"
    known: dict[str, Any] = town.clerk.done("GET", path)
    known["wish"]["subtitle"]["zh"] = f"第 {turn + 1} 次调价"
    for sku in known["wish"]["skus"]:
        sku["price_minor"] += 100 if sku["id"] == sku_id else 0
        sku["list_price_minor"] = None
    town.clerk.done("PUT", path, {"wish": known["wish"], "version": known["version"]})
    town.clerk.done("POST", f"{path}/submit", {})
    ((version_id,),) = town.ask(
        "SELECT id::text FROM catalog_version WHERE product_id = %s AND status = 'in_review'", product_id
    )
    return str(version_id)


def _operator(town: Town) -> Callable[[str], httpx.Response]:
    """Sign in to the back office; return what approves a version there."""
    http = httpx.Client(base_url=f"{town.market.url}/admin", timeout=PATIENCE_SECONDS, trust_env=False)
    http.get("/login/").raise_for_status()

    def post(path: str, **fields: str) -> httpx.Response:
        token = http.cookies["csrftoken"]
        headers = {"Referer": f"{town.market.url}/admin/"}
        return http.post(path, data={**fields, "csrfmiddlewaretoken": token}, headers=headers)

    answer = post("/login/", username=f"operations@{DOMAIN}", password=PASSWORD)
    assert answer.status_code == httpx.codes.FOUND, answer.text
    return lambda version_id: post(f"/offering/productversion/{version_id}/approve/", _form_submitted="on")


# -- carts ---------------------------------------------------------------------------------------------------

MERGES = 6  # signing in is limited per address


def test_two_devices_that_sign_in_at_once_bring_both_carts(town: Town, figures: Figures) -> None:
    one, both, other = town.goods(3)
    email = f"lili@{DOMAIN}"
    me = Person(connection(town.market.url), sign_in(town.market, email), email)
    outcomes = Counter[str]()
    for _ in range(MERGES):
        me.done("DELETE", "/store/cart/lines")
        devices = [_visitor(town, {one: 1, both: 2}), _visitor(town, {both: 3, other: 4})]
        answers = at_once(*(partial(_sign_in, device, email) for device in devices))
        outcomes.update(map(said, answers))
        cart = me.done("GET", "/store/cart/lines")
        lines = {line["sku_id"]: line["quantity"] for group in cart["groups"] for line in group["lines"]}
        assert lines == {one: 1, both: 5, other: 4}
    me.done("DELETE", "/store/cart/lines")
    assert outcomes == {"200": 2 * MERGES}
    town.check()
    _count(figures, "two carts merged into one account", outcomes, MERGES)


def _visitor(town: Town, pieces: dict[str, int]) -> httpx.Client:
    """Open the shop as a visitor and fill a cart."""
    http = httpx.Client(base_url=town.market.url, timeout=PATIENCE_SECONDS, trust_env=False)
    http.get("/_allauth/browser/v1/config").raise_for_status()
    for sku_id, quantity in pieces.items():
        answer = _browse(http, "/api/v1/store/cart/lines", {"sku_id": sku_id, "quantity": quantity})
        assert answer.is_success, answer.text
    return http


def _browse(http: httpx.Client, path: str, body: object) -> httpx.Response:
    headers = {"Origin": str(http.base_url).rstrip("/")}
    if token := http.cookies.get("csrftoken"):
        headers["X-CSRFToken"] = token
    return http.post(path, json=body, headers=headers)


def _sign_in(http: httpx.Client, email: str) -> httpx.Response:
    return _browse(http, "/_allauth/browser/v1/auth/login", {"email": email, "password": PASSWORD})
