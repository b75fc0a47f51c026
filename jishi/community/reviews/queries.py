"""Reading reviews."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from jishi.community.reviews import rules
from jishi.community.reviews.types import OwnReview, Reply, Review, ReviewSort, ReviewSummary
from jishi.identity.accounts import queries as accounts
from jishi.identity.merchants import queries as merchants
from jishi.kernel import cache, hot
from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, ProductId, ReviewId, UserId
from jishi.kernel.pagination import Page, Sort, page
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_offers as offers
from jishi.offering.catalog.types import Rating
from jishi.offering.media import queries as media

ANSWER_SECONDS = 60
FIRST_LENGTH = 10

_REVIEW = (
    "SELECT r.id, r.order_line_id, r.order_id, r.product_id, r.buyer_id, r.stars, r.text, r.pictures::text, "
    "r.is_anonymous, r.written_at, r.reply, r.replied_at, l.title_zh, l.title_en, l.choice_name_zh, "
    "l.choice_name_en, l.image, r.merchant_id "
    "FROM reviews_review r JOIN orders_order_line l ON l.id = r.order_line_id"
)
_WRITTEN, _STARS = ("r.written_at", "r.id"), ("r.stars", "r.id")
_SORTS: Mapping[ReviewSort, Sort] = {
    ReviewSort.NEWEST: Sort(_WRITTEN, datetime),
    ReviewSort.OLDEST: Sort(_WRITTEN, datetime, is_descending=False),
    ReviewSort.STARS_UP: Sort(_STARS, int, is_descending=False),
    ReviewSort.STARS_DOWN: Sort(_STARS, int),
}


class _Stored(NamedTuple):
    """A review with its order line, as `_REVIEW` reads it."""

    id: ReviewId
    order_line_id: OrderLineId
    order_id: OrderId
    product_id: ProductId
    buyer_id: UserId
    stars: int
    text: str
    pictures: str
    is_anonymous: bool
    written_at: datetime
    reply: str
    replied_at: datetime | None
    title_zh: str
    title_en: str
    choice_zh: str
    choice_en: str
    image: str | None
    merchant_id: MerchantId


def of_product(
    product_id: ProductId,
    *,
    stars: int | None = None,
    with_pictures: bool = False,
    cursor: str | None = None,
    limit: int = FIRST_LENGTH,
    language: str,
) -> Page[Review]:
    """Return a product's reviews, the latest first, of so many stars or with pictures only; three statements. Of an
    offer of a shared product those of all its offers, each with the merchant's name: one statement more.

    Raises: Invalid for a malformed cursor.
    """
    together = offers.siblings(product_id)
    narrowed, params = _of_any(together)
    if stars:
        narrowed, params = f"{narrowed} AND r.stars = %s", [*params, stars]
    if with_pictures:
        narrowed = f"{narrowed} AND r.pictures <> '[]'"
    shown = _page(narrowed, params, cursor=cursor, limit=limit)
    items = _shown(shown.items, language)
    if len(together) > 1:
        items = _with_merchants(items, shown.items, language)
    return Page(items=items, next_cursor=shown.next_cursor)


def of_buyer(
    buyer: UserId,
    *,
    order_id: OrderId | None = None,
    cursor: str | None = None,
    limit: int = 20,
    language: str,
) -> Page[OwnReview]:
    """Return what a buyer wrote, the latest first, of one order only if it is given; two statements.

    Raises: Invalid for a malformed cursor.
    """
    narrowed = "r.buyer_id = %s"
    params: list[object] = [buyer]
    if order_id:
        narrowed, params = f"{narrowed} AND r.order_id = %s", [*params, order_id]
    shown = _page(narrowed, params, cursor=cursor, limit=limit)
    return Page(items=_own(shown.items, language), next_cursor=shown.next_cursor)


def of_merchant(
    merchant_id: MerchantId,
    *,
    stars: int | None = None,
    is_replied: bool | None = None,
    sort: ReviewSort = ReviewSort.NEWEST,
    cursor: str | None = None,
    limit: int = 20,
    language: str,
) -> Page[OwnReview]:
    """Return the reviews of a merchant's products, the latest first unless `sort` says otherwise; two statements.

    Raises: Invalid for a malformed cursor.
    """
    narrowed = "r.merchant_id = %s"
    params: list[object] = [merchant_id]
    if stars:
        narrowed, params = f"{narrowed} AND r.stars = %s", [*params, stars]
    if is_replied is not None:
        narrowed = f"{narrowed} AND r.reply {'<>' if is_replied else '='} ''"
    shown = _page(narrowed, params, sort=sort, cursor=cursor, limit=limit)
    return Page(items=_own(shown.items, language), next_cursor=shown.next_cursor)


def unanswered(merchant_id: MerchantId, *, at_most: int) -> int:
    """Return how many reviews of a merchant's products wait for an answer, counted up to `at_most`."""
    found = row(
        "SELECT count(*) FROM (SELECT FROM reviews_review WHERE merchant_id = %s AND reply = '' "
        "LIMIT %s) waiting",
        [merchant_id, at_most],
    )
    return int(found[0]) if found else 0


def own(review_id: ReviewId, *, language: str) -> OwnReview:
    """Return one review with the line it is about. Raises: NotFound."""
    found = row(f"{_REVIEW} WHERE r.id = %s", [review_id])
    if found is None:
        raise NotFound
    return _own([_Stored(*found)], language)[0]


def summary(product_id: ProductId) -> ReviewSummary:
    """Return all reviews of a product in figures, whoever of several merchants sold it; two statements."""
    return _summary(offers.siblings(product_id))


def rating_of(product_ids: Sequence[ProductId]) -> Rating | None:
    """Return what buyers think of some products together; one statement."""
    return _summary(product_ids).rating


def stars_of_merchants(merchant_ids: Sequence[MerchantId]) -> dict[MerchantId, tuple[int, int]]:
    """Return the stars that merchants' goods were given, summed, and how many reviews gave them; one statement."""
    found = rows(
        "SELECT merchant_id, sum(stars)::bigint, count(*) FROM reviews_review "
        "WHERE merchant_id = ANY(%s::uuid[]) GROUP BY merchant_id",
        [list(dict.fromkeys(merchant_ids))],
    )
    return {MerchantId(merchant_id): (stars, number) for merchant_id, stars, number in found}


def _summary(product_ids: Sequence[ProductId]) -> ReviewSummary:
    narrowed, params = _of_any(product_ids)
    found = rows(
        "SELECT stars, count(*), count(*) FILTER (WHERE pictures <> '[]') FROM reviews_review r "
        f"WHERE {narrowed} GROUP BY stars",
        params,
    )
    counts = {stars: number for stars, number, _ in found}
    by_stars = [counts.get(stars, 0) for stars in range(1, 6)]
    return ReviewSummary(
        rating=rules.rating_of(by_stars),
        by_stars=by_stars,
        with_pictures=sum(number for _, _, number in found),
    )


# -- as bytes --------------------------------------------------------------------------------------


def tag(product_id: ProductId) -> str:
    """Return the cache tag of everything made from a product's reviews."""
    return f"reviews:{product_id}"


def of_product_answer(
    product_id: ProductId,
    *,
    stars: int | None,
    with_pictures: bool,
    cursor: str | None,
    limit: int,
    language: str,
    now: datetime,
) -> hot.Answer:
    """Return `of_product` as JSON, cached until somebody reviews the product or answers."""
    return hot.answer(
        tag(product_id),
        f"{stars}|{with_pictures}|{cursor}|{limit}|{language}",
        now=now,
        seconds=ANSWER_SECONDS,
        make=lambda: msgspec.json.encode(
            of_product(
                product_id,
                stars=stars,
                with_pictures=with_pictures,
                cursor=cursor,
                limit=limit,
                language=language,
            )
        ),
    )


def summary_answer(product_id: ProductId, *, now: datetime) -> hot.Answer:
    """Return `summary` as JSON, cached until somebody reviews the product."""
    return hot.answer(
        tag(product_id),
        "summary",
        now=now,
        seconds=ANSWER_SECONDS,
        make=lambda: msgspec.json.encode(summary(product_id)),
    )


def beginning(product_id: ProductId, *, language: str) -> tuple[bytes, bytes]:
    """Return as JSON what a product's page begins with: its latest reviews, and the summary.

    Only from the cache that a purge empties at once, never from this process's: the page made of it is kept.
    """
    return (
        cache.cached(
            tag(product_id),
            f"first|{language}",
            seconds=ANSWER_SECONDS,
            make=lambda: msgspec.json.encode(of_product(product_id, language=language)),
        ),
        cache.cached(
            tag(product_id),
            "summary",
            seconds=ANSWER_SECONDS,
            make=lambda: msgspec.json.encode(summary(product_id)),
        ),
    )


# -- leaves ----------------------------------------------------------------------------------------


def _of_any(product_ids: Sequence[ProductId]) -> tuple[str, list[object]]:
    # One product's are read along its index, the latest first; those of several are sorted.
    if len(product_ids) == 1:
        return "r.product_id = %s", [product_ids[0]]
    return "r.product_id = ANY(%s::uuid[])", [list(product_ids)]


def _with_merchants(reviews: Sequence[Review], stored: Sequence[_Stored], language: str) -> list[Review]:
    cards = merchants.cards({one.merchant_id for one in stored}, language=language)
    return [
        replace(review, merchant=cards[one.merchant_id].name if one.merchant_id in cards else None)
        for review, one in zip(reviews, stored, strict=True)
    ]


def _page(
    narrowed: str,
    params: Sequence[Any],
    *,
    sort: ReviewSort = ReviewSort.NEWEST,
    cursor: str | None,
    limit: int,
) -> Page[_Stored]:
    after, after_params = _SORTS[sort].after(cursor)
    by = "stars" if sort in (ReviewSort.STARS_UP, ReviewSort.STARS_DOWN) else "written_at"
    found = rows(
        f"{_REVIEW} WHERE {narrowed} AND {after} {_SORTS[sort].order} LIMIT %s",
        [*params, *after_params, limit + 1],
    )
    return page([_Stored(*one) for one in found], limit=limit, key=lambda one: (getattr(one, by), one.id))


def _shown(stored: Sequence[_Stored], language: str) -> list[Review]:
    names = accounts.nicknames({one.buyer_id for one in stored})
    return [_review(one, names.get(one.buyer_id, ""), language) for one in stored]


def _own(stored: Sequence[_Stored], language: str) -> list[OwnReview]:
    return [
        OwnReview(
            review=review,
            order_id=one.order_id,
            order_line_id=one.order_line_id,
            title=Text(one.title_zh, one.title_en).of(language),
            image=one.image,
        )
        for one, review in zip(stored, _shown(stored, language), strict=True)
    ]


def _review(one: _Stored, nickname: str, language: str) -> Review:
    pictures = (media.image(entry, alt="") for entry in msgspec.json.decode(one.pictures))
    return Review(
        id=one.id,
        product_id=one.product_id,
        author=rules.shown_author(nickname, is_anonymous=one.is_anonymous, language=language),
        stars=one.stars,
        text=one.text,
        pictures=[picture for picture in pictures if picture],
        choice_name=Text(one.choice_zh, one.choice_en).of(language),
        reply=Reply(text=one.reply, at=one.replied_at) if one.replied_at else None,
        written_at=one.written_at,
    )
