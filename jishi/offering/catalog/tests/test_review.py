"""Listing review: what goes on sale at once, what waits and why, and how an earlier version comes back."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, UserId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_merchant, queries_versions, services
from jishi.offering.catalog.models import ProductVersion
from jishi.offering.catalog.models_review import SensitiveWord
from jishi.offering.catalog.services import ForbiddenWords, NothingToReview, ProductChanged, UnderReview
from jishi.offering.catalog.tests.factories import (
    NOW,
    MadeProduct,
    make_category,
    make_product,
    product_detail,
    put_on_sale,
)
from jishi.offering.catalog.types import Cause, ListingStatus, ProductForMerchant, ProductWish, VersionStatus
from jishi.offering.catalog.types_review import Check, Part, Severity, VersionRow
from jishi.offering.media.models import Asset

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def read(product: MadeProduct) -> ProductForMerchant:
    return queries_merchant.product_for_merchant(product.merchant_id, product.id)


def save(product: MadeProduct, wish: ProductWish) -> None:
    services.save_product(
        merchant_id=product.merchant_id, product_id=product.id, wish=wish, staff_id=None, now=LATER
    )


def ask(product: MadeProduct, wish: ProductWish) -> ProductForMerchant:
    """Write a version and ask for it."""
    save(product, wish)
    return services.submit(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=LATER)


def at_price(product: MadeProduct, price_minor: int) -> ProductWish:
    wish = read(product).wish
    return replace(wish, skus=[replace(wish.skus[0], price_minor=price_minor), *wish.skus[1:]])


def last(product: MadeProduct) -> ProductVersion:
    found: ProductVersion | None = (
        ProductVersion.objects.across_merchants().filter(product_id=product.id).order_by("-number").first()
    )
    assert found is not None
    return found


def checks(product: MadeProduct) -> list[tuple[str, str]]:
    return [(one["check"], one["severity"]) for one in last(product).findings]


# -- what goes on sale at once ---------------------------------------------------------------------


def test_a_small_change_of_price_is_on_sale_at_once_and_the_rules_are_named() -> None:
    product = make_product(prices_minor=[10_000])
    asked = ask(product, at_price(product, 9_000))
    assert (asked.status, asked.proposal, asked.causes) == (ListingStatus.LIVE, None, [])
    assert product_detail(product.id, language="zh").price_from.amount_minor == 9_000
    decided = last(product)
    assert (decided.status, decided.is_automatic, decided.decided_by_id) == ("live", True, None)
    assert decided.decided_at == decided.submitted_at == LATER
    with pytest.raises(NothingToReview):
        services.approve(product_id=product.id, reviewer_id=None, now=LATER)


def test_what_is_off_the_shelf_changes_and_stays_there() -> None:
    product = make_product(prices_minor=[10_000])
    services.take_off_shelf(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=NOW)
    asked = ask(product, at_price(product, 9_000))
    assert (asked.status, asked.proposal) == (ListingStatus.OFF_SHELF, None)


def test_a_large_change_waits_and_the_old_price_is_asked_meanwhile() -> None:
    product = make_product(prices_minor=[10_000])
    asked = ask(product, at_price(product, 7_900))
    assert (asked.proposal, asked.causes) == (VersionStatus.IN_REVIEW, [Cause.PRICES])
    assert product_detail(product.id, language="zh").price_from.amount_minor == 10_000


def test_small_steps_do_not_add_up_to_half_the_price() -> None:
    product, price = make_product(prices_minor=[10_000]), 10_000
    while (asked := ask(product, at_price(product, price * 81 // 100))).proposal is None:
        price = price * 81 // 100
    assert price * 81 // 100 <= 5_000 < price
    assert asked.causes == [Cause.FINDINGS]
    assert checks(product) == [("prices", "look")]


def test_a_new_product_waits_however_harmless() -> None:
    product = make_product(is_live=False)
    services.submit(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=NOW)
    assert read(product).causes == [Cause.NEW_PRODUCT]


def test_after_a_ban_everything_waits() -> None:
    product = make_product()
    other = make_product(merchant_id=product.merchant_id)
    services.ban(product_id=other.id, reason="侵权", reviewer_id=None, now=NOW)
    assert ask(product, at_price(product, 9_900)).causes == [Cause.STANDING]


def test_after_three_rejections_everything_waits_for_a_month() -> None:
    product = make_product()
    for title in ("一", "二", "三"):
        ask(product, replace(read(product).wish, title=Text(title, "")))
        services.reject(product_id=product.id, reason="不行", reviewer_id=None, now=LATER)
    known = replace(queries_versions.wish_of(product.merchant_id, product.id, 1), per_buyer_limit=3)
    assert ask(product, known).causes == [Cause.STANDING]
    services.reject(product_id=product.id, reason="再等等", reviewer_id=None, now=LATER)
    save(product, known)
    much_later = LATER + timedelta(days=31)
    asked = services.submit(
        merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=much_later
    )
    assert asked.proposal is None


# -- what is found ---------------------------------------------------------------------------------


def test_a_word_to_look_at_waits_and_a_forbidden_one_is_not_taken() -> None:
    product = make_product()
    SensitiveWord.objects.create(text="包治百病", severity="look")
    SensitiveWord.objects.create(text="仿真枪", severity="block")
    wish = read(product).wish
    asked = ask(product, replace(wish, subtitle=Text("包 治 百 病", "")))
    assert asked.causes == [Cause.TEXTS, Cause.FINDINGS]
    assert (checks(product), last(product).severity) == ([("words", "look")], "look")
    services.reject(product_id=product.id, reason="请改", reviewer_id=None, now=LATER)
    with pytest.raises(ForbiddenWords) as refused:
        ask(product, replace(wish, title=Text("仿·真·枪 钥匙扣", "")))
    assert refused.value.data == {"field": "wish.title.zh", "words": "仿真枪"}
    assert read(product).proposal is VersionStatus.DRAFT, "it can be corrected"
    assert product_detail(product.id, language="zh").title == wish.title.zh


def test_a_word_that_is_switched_off_is_not_looked_for() -> None:
    product = make_product()
    SensitiveWord.objects.create(text="仿真枪", severity="block", is_active=False)
    ask(product, replace(read(product).wish, title=Text("仿真枪", "")))
    assert checks(product) == []


def test_another_merchants_picture_is_found_once_it_is_new() -> None:
    fingerprint = 0x0F0F_3C3C_5A5A_6996
    theirs = make_product()
    mine = make_product(is_live=False)
    for one in (theirs, mine):
        (media_id,) = read(one).wish.media_ids
        Asset.objects.across_merchants().filter(id=media_id).update(perceptual_hash=fingerprint)
    services.submit(merchant_id=mine.merchant_id, product_id=mine.id, staff_id=None, now=NOW)
    (found,) = last(mine).findings
    assert (found["check"], found["severity"]) == (Check.PICTURES, Severity.ALARM)
    assert found["alike_merchant_id"] == str(theirs.merchant_id)
    services.approve(product_id=mine.id, reviewer_id=None, now=NOW)
    assert ask(mine, at_price(mine, 9_900)).proposal is None, "somebody has seen it"


def test_a_price_far_off_its_category_is_found() -> None:
    category = make_category()
    for _ in range(20):
        make_product(category_id=category, prices_minor=[10_000])
    cheap = make_product(category_id=category, prices_minor=[1_000], is_live=False)
    services.submit(merchant_id=cheap.merchant_id, product_id=cheap.id, staff_id=None, now=NOW)
    assert checks(cheap) == [("prices", "look")]
    fair = make_product(category_id=category, prices_minor=[30_000], is_live=False)
    services.submit(merchant_id=fair.merchant_id, product_id=fair.id, staff_id=None, now=NOW)
    assert checks(fair) == []


# -- history and restore ---------------------------------------------------------------------------


def history(product: MadeProduct, *, language: str = "zh") -> list[VersionRow]:
    return queries_versions.versions(
        product.merchant_id, product.id, cursor=None, limit=20, language=language
    ).items


def test_the_history_says_what_changed_who_wrote_it_and_what_became_of_it() -> None:
    owner, stranger = make_buyer(nickname="小陈"), make_buyer(nickname="外人")
    merchant = make_merchant(owner=owner)
    product = make_product(merchant_id=merchant, prices_minor=[10_000])
    ask(product, at_price(product, 9_000))
    wish = replace(read(product).wish, title=Text("新名字", ""))
    for writer in (stranger, owner):
        services.save_product(
            merchant_id=merchant, product_id=product.id, wish=wish, staff_id=writer, now=LATER
        )
    services.submit(merchant_id=merchant, product_id=product.id, staff_id=owner, now=LATER)
    services.reject(product_id=product.id, reason="名字不对", reviewer_id=make_buyer(), now=LATER)
    third, second, first = history(product)
    assert (first.number, first.status, first.changes, first.is_live) == (1, "superseded", [], False)
    assert (second.is_automatic, second.is_live) == (True, True)
    (change,) = second.changes
    assert (change.part, change.price_before.amount_minor, change.price_after.amount_minor) == (  # type: ignore[union-attr]
        Part.PRICE,
        10_000,
        9_000,
    )
    assert (third.status, third.reason, third.written_by) == ("rejected", "名字不对", "小陈")
    assert third.causes == [Cause.TEXTS]


def test_a_rejection_stays_in_the_history_when_the_next_version_is_written() -> None:
    product = make_product()
    ask(product, replace(read(product).wish, title=Text("甲", "")))
    services.reject(product_id=product.id, reason="不行", reviewer_id=None, now=LATER)
    save(product, replace(read(product).wish, title=Text("乙", "")))
    assert [(one.number, one.status, one.reason) for one in history(product)] == [
        (3, "draft", ""),
        (2, "refused", "不行"),
        (1, "live", ""),
    ]


def test_categories_are_named_in_the_history() -> None:
    product = make_product(category_id=make_category("旧类目"))
    ask(product, replace(read(product).wish, category_id=make_category("新类目")))
    (change,) = history(product)[0].changes
    assert (change.before, change.after) == ("旧类目", "新类目")


def restore(product: MadeProduct, number: int, version: int) -> ProductForMerchant:
    return services.restore(
        merchant_id=product.merchant_id,
        product_id=product.id,
        number=number,
        version=version,
        staff_id=None,
        now=LATER,
    )


def test_an_earlier_version_is_written_anew_once_and_goes_on_sale_as_any_other() -> None:
    product = make_product(prices_minor=[10_000, 12_000])
    first = read(product)
    ask(
        product,
        replace(
            first.wish, title=Text("只剩一个", ""), axes=[], skus=[replace(first.wish.skus[0], choice={})]
        ),
    )
    services.approve(product_id=product.id, reviewer_id=None, now=LATER)
    present = read(product)
    back = restore(product, 1, present.version)
    assert (back.proposal, back.wish) == (VersionStatus.DRAFT, first.wish)
    assert restore(product, 1, present.version) == back, "a second press changes nothing"
    assert [one.number for one in history(product)] == [3, 2, 1]
    put_on_sale(product.merchant_id, product.id, now=LATER)
    shown = product_detail(product.id, language="zh")
    assert [sku.id for sku in shown.skus] == product.sku_ids


def test_nobody_restores_over_what_he_has_not_seen() -> None:
    product = make_product()
    seen = read(product).version
    save(product, replace(read(product).wish, title=Text("同事的", "")))
    with pytest.raises(ProductChanged):
        restore(product, 1, seen)
    services.submit(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=LATER)
    with pytest.raises(UnderReview):
        restore(product, 1, read(product).version)
    with pytest.raises(NotFound):
        restore(product, 9, read(product).version)


# -- over HTTP -------------------------------------------------------------------------------------


def call(method: str, path: str, user: UserId, merchant: MerchantId, body: object = None) -> Any:
    return Client().generic(
        method,
        f"/api/v1/merchant{path}",
        b"" if body is None else json.dumps(body).encode(),
        content_type="application/json",
        headers={"X-Session-Token": session_token(user), "X-Merchant-Id": str(merchant)},
    )


def test_versions_over_http_are_the_merchants_own() -> None:
    product, neighbour = make_product(), make_merchant()
    service, clerk, stranger = (
        make_staff(product.merchant_id, role=StaffRole.SERVICE),
        make_staff(product.merchant_id, role=StaffRole.OPERATOR),
        make_staff(neighbour, role=StaffRole.OPERATOR),
    )
    path, again = f"/products/{product.id}/versions", f"/products/{product.id}/versions/1/restore"
    version = read(product).version
    shown = call("GET", path, service, product.merchant_id)
    assert (shown.status_code, [one["number"] for one in shown.json()["items"]]) == (200, [1])
    assert call("GET", path, stranger, neighbour).status_code == 404
    assert call("POST", again, stranger, neighbour, {"version": version}).status_code == 404
    assert call("POST", again, service, product.merchant_id, {"version": version}).status_code == 403
    assert call("POST", again, clerk, product.merchant_id, {"version": version - 1}).status_code == 409
    assert call("POST", again, clerk, product.merchant_id, {"version": version}).json()["proposal"] == "draft"
    assert call("GET", f"/products/{new_id()}/versions", clerk, product.merchant_id).status_code == 404
    assert call("GET", f"{path}?cursor=x", clerk, product.merchant_id).status_code == 422


def test_a_forbidden_word_is_named_in_both_languages() -> None:
    product = make_product()
    SensitiveWord.objects.create(text="仿真枪", severity="block")
    save(product, replace(read(product).wish, title=Text("仿真枪", "")))
    clerk = make_staff(product.merchant_id, role=StaffRole.OPERATOR)
    refused = call("POST", f"/products/{product.id}/submit", clerk, product.merchant_id)
    assert (refused.status_code, refused.json()["code"]) == (422, "forbidden_words")
    assert "仿真枪" in refused.json()["detail"]
