"""What buyers say of what they received, and what the stores answer."""

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from jishi.community.reviews import queries, services
from jishi.community.reviews.types import ReviewWish
from jishi.entry.demo.content import FOLDER
from jishi.entry.demo.crowd import Shopper
from jishi.entry.demo.history import Written, WrittenLine
from jishi.entry.demo.painting import Studio, photo
from jishi.entry.demo.stores import Store
from jishi.kernel.db import atomic
from jishi.kernel.ids import MediaId
from jishi.offering.catalog import services as catalog
from jishi.offering.media import services as media

ANONYMOUS_SHARE = 0.12
ANSWERED_SHARE = 0.22
ANY = "any"


@dataclass(frozen=True, slots=True)
class Words:
    """What is said with this many stars, in one language, of goods below a top category (or any)."""

    kind: str
    language: str
    stars: int
    text: str


def write(
    orders: Sequence[Written],
    store: Store,
    tops: Mapping[str, str],
    studio: Studio,
    *,
    seed: str,
    now: datetime,
) -> None:
    """Review the lines of a store's orders as planned, answer some, and note what each product's are worth.

    `tops` gives the top category of each category.
    """
    chance = random.Random(f"{seed}:opinions")
    reviewed = set()
    for order in orders:
        for line in order.in_hand:
            if line.planned.stars and order.planned.times.reviewed < now:
                _review(order, line, store, tops, studio, chance, now)
                reviewed.add(line.product_id)
    for product_id in sorted(reviewed):
        with atomic():
            catalog.set_rating(product_id, queries.summary(product_id).rating, now=now)


def _review(
    order: Written,
    line: WrittenLine,
    store: Store,
    tops: Mapping[str, str],
    studio: Studio,
    chance: random.Random,
    now: datetime,
) -> None:
    at = order.planned.times.reviewed
    planned = line.planned
    photos = [_photo(line, studio, at)] if planned.has_photo else []
    language = "en" if order.shopper.speaks_english else "zh"
    said = chance.choice(words(tops[planned.product.category], language, planned.stars))
    written = services.write(
        buyer=order.shopper.user_id,
        order_line_id=line.order_line_id,
        wish=ReviewWish(
            stars=planned.stars, text=said, media_ids=photos, is_anonymous=chance.random() < ANONYMOUS_SHARE
        ),
        language="zh",
        now=at,
    )
    answered_at = at + timedelta(hours=chance.uniform(1, 40))
    if (planned.stars <= 3 or chance.random() < ANSWERED_SHARE) and answered_at < now:
        services.reply(
            merchant_id=store.merchant_id,
            review_id=written.review.id,
            text=_answer(order.shopper, planned.stars, chance),
            staff=store.owner_id,
            language="zh",
            now=answered_at,
        )


def _photo(line: WrittenLine, studio: Studio, at: datetime) -> MediaId:
    shot = photo(line.planned.product)
    return media.keep(
        merchant_id=None, made=studio.picture(shot), file_name="IMG_2091.jpg", staff_id=None, now=at
    ).id


def words(top: str, language: str, stars: int) -> list[str]:
    """Return what may be said with so many stars of goods below a top category."""
    return [
        one.text
        for one in _all_words()
        if one.language == language and one.stars == stars and one.kind in {top, ANY}
    ]


def _answer(shopper: Shopper, stars: int, chance: random.Random) -> str:
    written = _read()["answers"]
    language = "en" if shopper.speaks_english else "zh"
    return str(chance.choice(written[language]["sorry" if stars <= 3 else "thanks"]))


@cache
def _all_words() -> tuple[Words, ...]:
    return tuple(
        Words(kind, language, int(line[0]), line[2:].strip())
        for kind, languages in _read()["reviews"].items()
        for language, lines in languages.items()
        for line in lines
    )


@cache
def _read() -> dict[str, dict[str, dict[str, list[str]]]]:
    return tomllib.loads((FOLDER / "reviews.toml").read_text(encoding="utf-8"))
