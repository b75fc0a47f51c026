"""What may go on sale without a person, and what a person should look at: pure. docs/algorithms/listing_review.md."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from jishi.kernel.money import BASIS_POINTS
from jishi.kernel.words import Text
from jishi.offering.catalog.rules_changes import plain
from jishi.offering.catalog.rules_words import words_in
from jishi.offering.catalog.types import Cause, ProductWish
from jishi.offering.catalog.types_review import Check, Finding, Part, Severity, VersionChange

PRICE_MOVE_BASIS_POINTS_MAX = 2_000  # a price that moves by a fifth at most needs nobody
SWING_LOOK, SWING_ALARM = 2, 5  # times the prices of the last days, up or down
PRICES_OF = timedelta(days=90)
MEDIAN_LOOK, MEDIAN_ALARM = 10, 50  # times the median of the category, up or down
MEDIAN_OF_MIN, MEDIAN_OF_MAX = 20, 500  # products of a category whose median says something; the newest count
ALIKE_BITS_MAX, SAME_BITS_MAX = 7, 2  # of 64: look alike; are the same but for their encoding
REJECTIONS_MAX, REJECTIONS_OF = (
    3,
    timedelta(days=30),
)  # so many within so long, and a person looks at everything
FINDINGS_MAX = 50


def verdict(
    changes: Sequence[VersionChange] | None, findings: Sequence[Finding], *, is_trusted: bool
) -> list[Cause]:
    """Return why a version has to wait for a person; empty when it may go on sale at once.

    `changes` are those against what is live, None without a live version. `is_trusted`: the merchant is in good
    standing.
    """
    if changes is None:
        return [Cause.NEW_PRODUCT, *([Cause.FINDINGS] if findings else [])]
    causes = {CAUSES[one.part] for one in changes if not is_harmless(one)}
    causes |= {Cause.FINDINGS} if findings else set()
    causes |= set() if is_trusted else {Cause.STANDING}
    return [one for one in Cause if one in causes]


def is_harmless(change: VersionChange) -> bool:
    """Say whether a change of what is live needs nobody to look at it."""
    return change.part in HARMLESS and HARMLESS[change.part](change)


def _always(_: VersionChange) -> bool:
    return True


def _moves_little(change: VersionChange) -> bool:
    before, after = change.price_before, change.price_after
    if before is None or after is None:
        return False
    moved = abs(after.amount_minor - before.amount_minor)
    return moved * BASIS_POINTS <= before.amount_minor * PRICE_MOVE_BASIS_POINTS_MAX


def _falls(change: VersionChange) -> bool:
    before, after = change.price_before, change.price_after
    return after is None or (before is not None and after < before)


# What a merchant may change of what is on sale without a person, and when. Anything else waits.
HARMLESS: Mapping[Part, Callable[[VersionChange], bool]] = {
    Part.PRICE: _moves_little,
    Part.LIST_PRICE: _falls,
    Part.PICTURE_ORDER: _always,
    Part.BUYER_LIMIT: _always,
    Part.SKU_CODE: _always,
    Part.WEIGHT: _always,
    Part.VOLUME: _always,
    Part.FREIGHT: _always,
}
CAUSES: Mapping[Part, Cause] = {
    Part.TITLE: Cause.TEXTS,
    Part.SUBTITLE: Cause.TEXTS,
    Part.DESCRIPTION: Cause.TEXTS,
    Part.PICTURES: Cause.PICTURES,
    Part.PICTURE_ORDER: Cause.PICTURES,
    Part.FILM: Cause.PICTURES,
    Part.CATEGORY: Cause.PLACE,
    Part.BRAND: Cause.PLACE,
    Part.ATTRIBUTE: Cause.PLACE,
    Part.UNIT: Cause.TEXTS,
    Part.ORIGIN: Cause.PLACE,
    Part.WARRANTY: Cause.TEXTS,
    Part.TAGS: Cause.TEXTS,
    Part.GTIN: Cause.VARIANTS,
    Part.MODEL: Cause.VARIANTS,
    Part.AXIS: Cause.VARIANTS,
    Part.SKU: Cause.VARIANTS,
    Part.SKU_CODE: Cause.VARIANTS,
    Part.WEIGHT: Cause.VARIANTS,
    Part.VOLUME: Cause.VARIANTS,
    Part.FREIGHT: Cause.PRICES,
    Part.BUYER_LIMIT: Cause.PRICES,
    Part.KIND: Cause.PLACE,
    Part.TIERS: Cause.PRICES,
    Part.PRICE: Cause.PRICES,
    Part.LIST_PRICE: Cause.PRICES,
}


# -- words -----------------------------------------------------------------------------------------


def word_findings(wish: ProductWish, words: Mapping[str, Severity]) -> list[Finding]:
    """Return which of the words stand in a product's texts, those that are not taken at all first."""
    found = [
        Finding(
            check=Check.WORDS,
            severity=words[word],
            part=part,
            of=of,
            word=word,
            text=Text(zh=f"含敏感词“{word}”", en=f"Contains the word “{word}”"),
        )
        for part, of, text in _texts(wish)
        for word in words_in(text, words)
    ]
    return sorted(found, key=lambda one: one.severity is not Severity.BLOCK)


def _texts(wish: ProductWish) -> Iterator[tuple[Part, str, str]]:
    for part, text in (
        (Part.TITLE, wish.title),
        (Part.SUBTITLE, wish.subtitle),
        (Part.DESCRIPTION, wish.description),
    ):
        yield part, "zh", plain(text.zh)
        yield part, "en", plain(text.en)
    for code, value in wish.attributes.items():
        yield Part.ATTRIBUTE, code, value
    yield from ((Part.TAGS, tag, tag) for tag in wish.facts.tags)
    yield Part.WARRANTY, "zh", wish.facts.warranty_note.zh
    yield Part.WARRANTY, "en", wish.facts.warranty_note.en
    for sku in wish.skus:
        yield Part.MODEL, sku.code, sku.model
    for axis in wish.axes:
        names = [axis.name, *(value.name for value in axis.values)]
        yield Part.AXIS, axis.code, "\n".join(f"{name.zh}\n{name.en}" for name in names)


# -- prices ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPrice:
    """A price that a version asks for, beside what was asked for the same SKU lately; minor units."""

    code: str
    price_minor: int
    lowest_minor: int | None = None
    highest_minor: int | None = None


def price_findings(prices: Iterable[NewPrice], median_minor: int | None) -> list[Finding]:
    """Return prices far from those of the last days, or from the median of the category (None: unknown)."""
    return [finding for one in prices for finding in (*_swing(one), *_far_off(one, median_minor))]


def _swing(new: NewPrice) -> Iterator[Finding]:
    if new.highest_minor and new.highest_minor >= SWING_LOOK * new.price_minor:
        yield _price_finding(
            new,
            is_alarm=new.highest_minor >= SWING_ALARM * new.price_minor,
            zh=f"低于近 {PRICES_OF.days} 天最高价 {_yuan(new.highest_minor)} 的一半",
            en=f"half or less of {_yuan(new.highest_minor)}, the highest of {PRICES_OF.days} days",
        )
    if new.lowest_minor and new.price_minor >= SWING_LOOK * new.lowest_minor:
        yield _price_finding(
            new,
            is_alarm=new.price_minor >= SWING_ALARM * new.lowest_minor,
            zh=f"是近 {PRICES_OF.days} 天最低价 {_yuan(new.lowest_minor)} 的两倍以上",
            en=f"twice or more of {_yuan(new.lowest_minor)}, the lowest of {PRICES_OF.days} days",
        )


def _far_off(new: NewPrice, median_minor: int | None) -> Iterator[Finding]:
    if not median_minor:
        return
    high, low = max(new.price_minor, median_minor), min(new.price_minor, median_minor)
    if high >= MEDIAN_LOOK * low:
        yield _price_finding(
            new,
            is_alarm=high >= MEDIAN_ALARM * low,
            zh=f"与类目中位价 {_yuan(median_minor)} 相差 {high // low} 倍",
            en=f"{high // low} times off {_yuan(median_minor)}, the median of the category",
        )


def _price_finding(new: NewPrice, *, is_alarm: bool, zh: str, en: str) -> Finding:
    price = _yuan(new.price_minor)
    return Finding(
        check=Check.PRICES,
        severity=Severity.ALARM if is_alarm else Severity.LOOK,
        part=Part.PRICE,
        of=new.code,
        text=Text(zh=f"{new.code}:{price} {zh}", en=f"{new.code}: {price} is {en}"),
    )


def _yuan(minor: int) -> str:
    return f"¥{minor // 100}.{minor % 100:02d}"


# -- pictures --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A picture of the version and one of another merchant: storage keys, and in how many bits they differ."""

    picture: str
    alike: str
    merchant_id: str
    bits: int


def picture_findings(found: Iterable[Alike]) -> list[Finding]:
    """Return pictures that look like another merchant's."""
    return [
        Finding(
            check=Check.PICTURES,
            severity=Severity.ALARM if one.bits <= SAME_BITS_MAX else Severity.LOOK,
            part=Part.PICTURES,
            text=Text(
                zh=f"与其他商家的图片相似(64 位指纹相差 {one.bits} 位)",
                en=f"Looks like another merchant's picture ({one.bits} of 64 bits differ)",
            ),
            picture=one.picture,
            alike=one.alike,
            alike_merchant_id=one.merchant_id,
        )
        for one in found
    ]
