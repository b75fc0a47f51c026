"""A merchant's desk of promotions, over HTTP: drafted once, found where they stand, changed by one at a time."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.ids import MerchantId, new_id
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.pricing.tests.offers import off, sku, spend
from jishi.offering.pricing.types_promotions import (
    Bundle,
    BundlePart,
    Effect,
    EveryPieces,
    LowerPrice,
    PieceOff,
)
from jishi.offering.promotions import queries_desk, services
from jishi.offering.promotions.rules_sample import sample
from jishi.offering.promotions.tests.factories import NOW, make_promotion, promotion_wish
from jishi.offering.promotions.types import PromotionStatus
from jishi.offering.promotions.types_desk import SampleWish, Stage

pytestmark = pytest.mark.django_db

OFF_20 = {
    "kind": "tiers",
    "measure": "amount",
    "tiers": [{"threshold": 19_900, "off": {"amount_minor": 2_000}}],
}


class Desk:
    """An owner at his desk."""

    def __init__(self) -> None:
        owner = make_buyer()
        self.merchant_id = make_merchant(owner=owner)
        self._token = session_token(owner)

    def ask(self, method: str, path: str, body: object = None, *, status: int = 200, key: str = "") -> Any:
        headers = {"X-Session-Token": self._token} | ({"Idempotency-Key": key} if key else {})
        answer = Client().generic(
            method,
            f"/api/v1/merchant/{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers=headers,
        )
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)

    def draft(self, *, key: str = "", status: int = 201, **also: Any) -> Any:
        return self.ask("POST", "promotions", wish(**also), status=status, key=key)


def wish(**also: object) -> dict[str, object]:
    starts = datetime.now(UTC) - timedelta(days=1)
    return {
        "name": {"zh": "满 199 减 20", "en": "¥20 off from ¥199"},
        "effect": OFF_20,
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(days=30)).isoformat(),
        **also,
    }


def stage_of(merchant_id: MerchantId, now: datetime) -> Stage:
    (found,) = queries_desk.own(merchant_id, stage=None, cursor=None, limit=5, now=now).items
    assert queries_desk.own(merchant_id, stage=found.stage, cursor=None, limit=5, now=now).items == [found]
    return found.stage


def test_a_promotion_is_found_where_it_stands_at_every_moment() -> None:
    shop = make_merchant()
    late = NOW + timedelta(days=31)
    made = services.draft(merchant_id=shop, wish=promotion_wish(), staff_id=None, now=NOW)
    assert stage_of(shop, NOW) is stage_of(shop, late) is Stage.DRAFT

    def sent(to: PromotionStatus) -> None:
        services.move(merchant_id=shop, promotion_id=made, to=to, staff_id=None, now=NOW)

    sent(PromotionStatus.LIVE)
    assert stage_of(shop, NOW - timedelta(days=2)) is Stage.COMING
    assert stage_of(shop, NOW) is Stage.RUNNING
    assert stage_of(shop, late) is Stage.OVER
    sent(PromotionStatus.PAUSED)
    assert (stage_of(shop, NOW), stage_of(shop, late)) == (Stage.PAUSED, Stage.OVER)
    sent(PromotionStatus.ENDED)
    assert stage_of(shop, NOW) is Stage.OVER


def test_a_list_goes_on_where_the_page_before_ended() -> None:
    desk = Desk()
    made = [desk.draft()["id"] for _ in range(5)]
    shown, cursor = [], ""
    while True:
        page = desk.ask("GET", f"promotions?limit=2&stage=draft{cursor}")
        shown += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert shown == made[::-1]
    assert desk.ask("GET", "promotions?stage=running")["items"] == []


def test_a_draft_that_is_sent_again_is_drafted_once() -> None:
    desk, said = Desk(), wish()
    first = desk.ask("POST", "promotions", said, status=201, key="draft-once-1")
    again = desk.ask("POST", "promotions", said, status=201, key="draft-once-1")
    assert (again["id"], again["stage"]) == (first["id"], "draft")
    assert len(desk.ask("GET", "promotions")["items"]) == 1
    other = desk.ask("POST", "promotions", {**said, "priority": 3}, status=409, key="draft-once-1")
    assert other["code"] == "idempotency_key_reused"


def test_what_a_colleague_wrote_is_not_written_over() -> None:
    desk = Desk()
    made = desk.draft()
    path = f"promotions/{made['id']}"
    changed = desk.ask("PUT", path, {"wish": wish(priority=5, per_buyer_max=2), "version": 1})
    assert (changed["version"], changed["wish"]["per_buyer_max"]) == (2, 2)
    refused = desk.ask("PUT", path, {"wish": wish(), "version": 1}, status=409)
    assert refused["code"] == "promotion_changed"


def test_the_history_says_who_changed_what() -> None:
    desk = Desk()
    made, said = desk.draft(), wish()
    path = f"promotions/{made['id']}"
    times = {name: said[name] for name in ("starts_at", "ends_at")}
    desk.ask("PUT", path, {"wish": wish(**times), "version": 1})
    desk.ask("PUT", path, {"wish": wish(**times, goods={"tags": ["冬季"]}), "version": 2})
    versions = desk.ask("GET", f"{path}/versions")["items"]
    assert [(one["version"], one["changed"]) for one in versions] == [
        (3, ["goods"]),
        (2, ["starts_at", "ends_at"]),
        (1, []),
    ]
    assert all(one["written_by"] for one in versions)
    assert versions[0]["wish"]["goods"]["tags"] == ["冬季"]
    page = desk.ask("GET", f"{path}/versions?limit=1")
    rest = desk.ask("GET", f"{path}/versions?limit=5&cursor={page['next_cursor']}")
    assert [one["version"] for one in rest["items"]] == [2, 1]


def test_a_promotion_is_put_in_force_and_ended_for_good() -> None:
    desk = Desk()
    path = f"promotions/{desk.draft()['id']}"
    assert desk.ask("POST", f"{path}/move", {"to": "live"})["stage"] == "running"
    assert desk.ask("POST", f"{path}/move", {"to": "live"})["stage"] == "running"
    assert desk.ask("POST", f"{path}/move", {"to": "paused"})["stage"] == "paused"
    assert desk.ask("POST", f"{path}/move", {"to": "ended"})["stage"] == "over"
    refused = desk.ask("POST", f"{path}/move", {"to": "live"}, status=409)
    assert refused["code"] == "promotion_move_not_allowed"


@pytest.mark.parametrize(
    ("field", "also"),
    [
        ("name", {"name": {"zh": "  ", "en": ""}}),
        ("ends_at", {"ends_at": "2020-01-01T00:00:00+08:00"}),
        ("effect", {"effect": {**OFF_20, "tiers": [{"threshold": 100, "off": {}}]}}),
        ("funders", {"funders": [{"funder": "platform", "basis_points": 10_000}]}),
        ("channels", {"channels": ["we\ud800b"]}),
    ],
)
def test_a_refusal_names_the_field(field: str, also: dict[str, Any]) -> None:
    assert Desk().draft(status=422, **also)["field"].startswith(field)


def test_an_effect_on_the_goods_of_another_store_is_refused() -> None:
    theirs = make_product()
    effect = {"kind": "lower_price", "prices": {str(theirs.sku_id): 100}}
    assert Desk().draft(status=422, effect=effect)["field"] == "effect"


def test_what_is_named_has_its_name() -> None:
    desk = Desk()
    mine, theirs = make_product(merchant_id=desk.merchant_id), make_product()
    made = desk.draft(
        effect={"kind": "lower_price", "prices": {str(mine.sku_id): 100}},
        goods={"excluded_product_ids": [str(mine.id), str(theirs.id)]},
    )
    assert set(made["names"]) == {str(mine.sku_id), str(mine.id)}


def test_the_calendar_shows_every_month_a_promotion_touches() -> None:
    desk = Desk()
    in_china: dict[str, Any] = {
        "starts_at": "2026-12-31T23:00:00+08:00",
        "ends_at": "2027-02-01T00:00:00+08:00",
    }
    made = desk.draft(**in_china)["id"]
    other = Desk()
    found = {
        month: [one["id"] for one in desk.ask("GET", f"promotion-calendar?month={month}")["items"]]
        for month in ("2026-11", "2026-12", "2027-01", "2027-02")
    }
    assert found == {"2026-11": [], "2026-12": [made], "2027-01": [made], "2027-02": []}
    assert other.ask("GET", "promotion-calendar?month=2027-01")["items"] == []


def test_the_neighbour_cannot_tell_a_promotion_from_none() -> None:
    theirs, mine = make_promotion(make_merchant()), Desk()
    for one in (theirs, new_id()):
        for path in ("", "/versions", "/results"):
            assert mine.ask("GET", f"promotions/{one}{path}", status=404)["code"] == "not_found"


ONE_OF_EACH: list[tuple[Effect, int, int, int]] = [
    (PieceOff(off=off(basis_points=1_000)), 2, 20_000, 18_000),
    (spend((19_900, off(2_000))), 2, 20_000, 18_000),
    (spend((19_900, off(2_000))), 1, 10_000, 10_000),
    (spend((10_000, off(1_000)), is_each=True), 3, 30_000, 27_000),
    (EveryPieces(every=2, reduced=1, basis_points=5_000), 3, 30_000, 25_000),
    (LowerPrice(prices={sku(1): 7_000}), 2, 20_000, 14_000),
    (
        Bundle(
            parts=(
                BundlePart(sku_ids=frozenset({sku(1)}), pieces=1),
                BundlePart(sku_ids=frozenset({sku(2)}), pieces=2),
            ),
            price_minor=25_000,
        ),
        1,
        30_000,
        25_000,
    ),
]


@pytest.mark.parametrize(("effect", "pieces", "before", "after"), ONE_OF_EACH)
def test_a_sample_is_priced_as_a_cart_would_be(effect: Effect, pieces: int, before: int, after: int) -> None:
    found = sample(SampleWish(effect=effect, price_minor=10_000, pieces=pieces))
    assert (found.before.amount_minor, found.after.amount_minor) == (before, after)


def test_a_sample_is_asked_for_over_http() -> None:
    desk = Desk()
    found = desk.ask("POST", "promotion-sample", {"effect": OFF_20, "price_minor": 10_000, "pieces": 2})
    assert (found["before"]["amount_minor"], found["after"]["amount_minor"], found["pieces"]) == (
        20_000,
        18_000,
        2,
    )
    unsound = {**OFF_20, "tiers": [{"threshold": 1, "off": {}}]}
    asked = {"effect": unsound, "price_minor": 1, "pieces": 1}
    assert desk.ask("POST", "promotion-sample", asked, status=422)["field"] == "effect"
