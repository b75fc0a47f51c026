"""Reviews from the receipt of a parcel to the stars on the product."""

import json
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from jishi.community.reviews import queries, services
from jishi.community.reviews.events import ReviewWritten
from jishi.community.reviews.types import OwnReview, ReviewWish
from jishi.flows.news import rate_product
from jishi.flows.receive import confirm_receipt
from jishi.flows.tests.shopping import LATER, make_goods, make_shopper, send
from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel.db import atomic, row
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import MediaId, OrderLineId, ProductId, ReviewId, UserId, new_id
from jishi.kernel.tests.paging import whole
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.tests.factories import NOW, product_detail
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.types import OrderAtSale

pytestmark = pytest.mark.django_db

BASE = "/api/v1"


def paid() -> OrderAtSale:
    order_id = make_shopper().buy_and_pay((make_goods(6_800).sku_id, 1)).orders[0].id
    return order_at_sale(order_id)


def received() -> OrderAtSale:
    order = paid()
    send(order.id)
    confirm_receipt(order_id=order.id, buyer=order.buyer_id, now=LATER)
    return order


def wish(stars: int = 5, text: str = "茶香清雅", **more: object) -> ReviewWish:
    return ReviewWish(stars=stars, text=text, media_ids=[], **more)  # type: ignore[arg-type]


def write(order: OrderAtSale, wanted: ReviewWish | None = None, *, minutes: int = 0) -> OwnReview:
    return services.write(
        buyer=order.buyer_id,
        order_line_id=order.lines[0].id,
        wish=wanted or wish(),
        language="zh",
        now=NOW + timedelta(minutes=minutes),
    )


def product_of(order: OrderAtSale) -> ProductId:
    found = row("SELECT product_id FROM orders_order_line WHERE id = %s", [order.lines[0].id])
    assert found is not None
    return ProductId(found[0])


# -- writing --------------------------------------------------------------------------------------------------


def test_who_received_it_reviews_it_once() -> None:
    order = received()
    first = write(order)
    assert write(order).review.id == first.review.id  # the same words again
    with pytest.raises(services.ReviewedAlready):
        write(order, wish(stars=1))
    shown = queries.of_product(product_of(order), language="zh").items
    assert [(one.id, one.stars, one.text) for one in shown] == [(first.review.id, 5, "茶香清雅")]


def test_what_has_not_arrived_is_not_reviewed() -> None:
    with pytest.raises(services.NotReceived):
        write(paid())


def test_a_neighbours_line_is_not_there() -> None:
    order = received()
    with pytest.raises(NotFound):
        services.write(
            buyer=make_buyer(), order_line_id=order.lines[0].id, wish=wish(), language="zh", now=NOW
        )
    with pytest.raises(NotFound):
        services.write(
            buyer=order.buyer_id, order_line_id=OrderLineId(new_id()), wish=wish(), language="zh", now=NOW
        )


def test_a_picture_that_is_not_there_is_refused() -> None:
    with pytest.raises(Invalid):
        write(received(), ReviewWish(stars=5, media_ids=[MediaId(new_id())]))


# -- reading --------------------------------------------------------------------------------------------------


def test_figures_and_filters_agree() -> None:
    order = received()
    write(order, wish(stars=3))
    product = product_of(order)
    summary = queries.summary(product)
    assert (summary.by_stars, summary.with_pictures) == ([0, 0, 1, 0, 0], 0)
    assert summary.rating is not None
    assert (summary.rating.average_hundredths, summary.rating.count) == (300, 1)
    assert len(queries.of_product(product, stars=3, language="zh").items) == 1
    assert queries.of_product(product, stars=5, language="zh").items == []
    assert queries.of_product(product, with_pictures=True, language="zh").items == []


def test_a_nameless_review_does_not_name_its_author() -> None:
    named, nameless = received(), received()
    write(named)
    write(nameless, wish(is_anonymous=True))
    assert queries.of_product(product_of(nameless), language="en").items[0].author == "Anonymous buyer"
    assert "**" in queries.of_product(product_of(named), language="en").items[0].author


def test_the_stars_reach_the_product_however_often_the_news_comes() -> None:
    order = received()
    written = write(order, wish(stars=4))
    product = product_of(order)
    for _ in range(2):
        with atomic():
            rate_product(
                ReviewWritten(review_id=written.review.id, product_id=product, occurred_at=NOW), now=NOW
            )
    (card,) = catalog.product_cards([product], language="zh")
    assert card.rating is not None
    assert (card.rating.average_hundredths, card.rating.count) == (400, 1)
    assert product_detail(product, language="zh").rating == card.rating


# -- replies --------------------------------------------------------------------------------------------------


def test_the_merchant_answers_and_words_it_anew() -> None:
    order = received()
    review_id = write(order).review.id
    for text in ("谢谢", "谢谢您的喜欢"):
        answered = services.reply(
            merchant_id=order.merchant_id, review_id=review_id, text=text, staff=UserId(UUID(int=1)),
            language="zh", now=NOW,
        )  # fmt: skip
        assert answered.review.reply is not None
        assert answered.review.reply.text == text
    waiting = queries.of_merchant(order.merchant_id, is_replied=False, language="zh")
    assert waiting.items == []
    assert len(queries.of_merchant(order.merchant_id, is_replied=True, language="zh").items) == 1


def test_another_merchant_cannot_answer() -> None:
    review_id = write(received()).review.id
    with pytest.raises(NotFound):
        services.reply(
            merchant_id=make_merchant(), review_id=ReviewId(review_id), text="?", staff=UserId(UUID(int=1)),
            language="zh", now=NOW,
        )  # fmt: skip


# -- over HTTP ------------------------------------------------------------------------------------------------


def picture() -> SimpleUploadedFile:
    made = BytesIO()
    Image.new("RGB", (640, 480), "#1E8E6E").save(made, "PNG")
    return SimpleUploadedFile("tea.png", made.getvalue(), "image/png")


def test_a_review_with_a_picture_over_http() -> None:
    order = received()
    headers = {"X-Session-Token": session_token(order.buyer_id)}
    uploaded = Client().post(f"{BASE}/store/review-pictures", {"file": picture()}, headers=headers)
    assert uploaded.status_code == 201, uploaded.content
    body = {"stars": 5, "text": "很好", "media_ids": [uploaded.json()["id"]]}
    answer = Client().put(
        f"{BASE}/store/order-lines/{order.lines[0].id}/review", body, "application/json", headers=headers
    )
    assert answer.status_code == 200, answer.content
    product = product_of(order)
    shown = Client().get(f"{BASE}/store/products/{product}/reviews?with_pictures=true").json()
    assert [len(one["pictures"]) for one in shown["items"]] == [1]
    summary = Client().get(f"{BASE}/store/products/{product}/reviews/summary").json()
    assert summary["with_pictures"] == 1
    mine = Client().get(f"{BASE}/store/reviews?order_id={order.id}", headers=headers).json()
    assert [one["order_line_id"] for one in mine["items"]] == [str(order.lines[0].id)]


@pytest.mark.parametrize("stars", [0, 6, 4.5, "5"])
def test_other_than_one_to_five_whole_stars_is_malformed(stars: object) -> None:
    order = received()
    answer = Client().put(
        f"{BASE}/store/order-lines/{order.lines[0].id}/review",
        {"stars": stars, "media_ids": []},
        "application/json",
        headers={"X-Session-Token": session_token(order.buyer_id)},
    )
    assert answer.status_code == 422


def test_the_page_begins_with_what_was_written_last(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    order = received()
    product_id = product_of(order)
    assert [json.loads(part) for part in queries.beginning(product_id, language="zh")] == [
        {"items": [], "next_cursor": None},
        {"rating": None, "by_stars": [0, 0, 0, 0, 0], "with_pictures": 0},
    ]
    with django_capture_on_commit_callbacks(execute=True):
        written = write(order)
    first, summary = (json.loads(part) for part in queries.beginning(product_id, language="zh"))
    assert [one["text"] for one in first["items"]] == ["茶香清雅"]
    assert summary["by_stars"] == [0, 0, 0, 0, 1]
    with django_capture_on_commit_callbacks(execute=True):
        services.reply(
            merchant_id=order.merchant_id,
            review_id=written.review.id,
            text="谢谢",
            staff=make_buyer(),
            language="zh",
            now=LATER,
        )
    first, _ = (json.loads(part) for part in queries.beginning(product_id, language="zh"))
    assert first["items"][0]["reply"]["text"] == "谢谢"


@pytest.mark.parametrize(
    ("sort", "places"),
    [
        ("newest", [4, 3, 2, 1, 0]),
        ("oldest", [0, 1, 2, 3, 4]),
        ("stars_up", [1, 4, 0, 2, 3]),
        ("stars_down", [3, 2, 0, 4, 1]),
    ],
)
def test_a_merchants_reviews_in_every_order_to_the_last_page(sort: str, places: list[int]) -> None:
    goods, boss = make_goods(6_800), make_buyer()
    written = []
    for minutes, stars in enumerate((3, 1, 3, 3, 1)):
        order = order_at_sale(make_shopper().buy_and_pay((goods.sku_id, 1)).orders[0].id)
        send(order.id)
        confirm_receipt(order_id=order.id, buyer=order.buyer_id, now=LATER)
        written.append(str(write(order, wish(stars=stars), minutes=minutes).review.id))
    make_staff(order.merchant_id, role=StaffRole.OWNER, user=boss)
    headers = {"X-Session-Token": session_token(boss)}

    def ask(path: str) -> dict[str, object]:
        answer: dict[str, object] = Client().get(f"{BASE}/merchant/{path}", headers=headers).json()
        return answer

    listed = whole(ask, f"reviews?sort={sort}")
    assert [one["review"]["id"] for one in listed] == [written[place] for place in places]
    assert ask("reviews?sort=best")["field"] == "sort"
