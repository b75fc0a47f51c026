"""What promotions say in both languages."""

from uuid import UUID

import pytest

from jishi.kernel.ids import SkuId
from jishi.kernel.words import Text
from jishi.offering.pricing.types import FunderShare, Measure, NotApplied, Off
from jishi.offering.pricing.types_promotions import (
    Audience,
    Bundle,
    BundlePart,
    Effect,
    EveryPieces,
    FreightOff,
    LowerPrice,
    PieceOff,
    Promotion,
    Tier,
    Tiers,
)
from jishi.offering.promotions.rules_words import LABEL_MAX, for_whom, gain, label, money, sentence, why_not

TEA, CUP = SkuId(UUID(int=1)), SkuId(UUID(int=2))


def said_of(effect: Effect) -> Promotion:
    funders: tuple[FunderShare, ...] = ()
    return Promotion(
        id="1",
        version=1,
        name=Text("冬季优惠", "Winter offer"),
        effect=effect,
        funders=funders,
        currency="CNY",
    )


def spend(threshold: int, off: Off, measure: Measure = Measure.AMOUNT, **also: object) -> Tiers:
    return Tiers(measure=measure, tiers=(Tier(threshold=threshold, off=off),), **also)  # type: ignore[arg-type]


SPOKEN: tuple[tuple[Effect, str, str, str, str], ...] = (
    (
        FreightOff(off=Off(basis_points=10_000), threshold=9_900),
        "满 ¥99 免运费",
        "Free shipping from ¥99",
        "满99免运费",
        "Free shipping from ¥99",
    ),
    (
        FreightOff(off=Off(amount_minor=500), measure=Measure.PIECES, threshold=3),
        "满 3 件运费减 ¥5",
        "¥5 off shipping from 3 pieces",
        "满3件运费减5",
        "¥5 off shipping from 3 …",
    ),
    (
        spend(19_900, Off(amount_minor=2_000)),
        "满 ¥199 减 ¥20",
        "¥20 off from ¥199",
        "满199减20",
        "¥20 off from ¥199",
    ),
    (
        Tiers(
            measure=Measure.AMOUNT,
            tiers=(
                Tier(threshold=29_900, off=Off(amount_minor=4_050)),
                Tier(threshold=19_900, off=Off(amount_minor=2_000)),
            ),
        ),
        "满 ¥199 减 ¥20,满 ¥299 减 ¥40.50",
        "¥20 off from ¥199; ¥40.50 off from ¥299",
        "满199减20",
        "¥20 off from ¥199",
    ),
    (
        spend(10_000, Off(amount_minor=1_000), is_each=True, times_max=3),
        "每满 ¥100 减 ¥10(最多 3 次)",
        "¥10 off for every ¥100 (up to 3 times)",
        "每满100减10",
        "¥10 off for every ¥100",
    ),
    (
        spend(3, Off(basis_points=1_000, cap_minor=5_000), Measure.PIECES),
        "满 3 件打 9 折(最多减 ¥50)",
        "10% off (up to ¥50) from 3 pieces",
        "满3件打9折(最多减50)",
        "10% off (up to ¥50) fro…",
    ),
    (PieceOff(off=Off(basis_points=2_000)), "限时 8 折", "20% off for a limited time", "限时8折", "20% off"),
    (
        PieceOff(off=Off(basis_points=2_550)),
        "限时 7.45 折",
        "25.5% off for a limited time",
        "限时7.45折",
        "25.5% off",
    ),
    (
        PieceOff(off=Off(amount_minor=550)),
        "限时每件减 ¥5.50",
        "¥5.50 off each piece for a limited time",
        "限时每件减5.50",
        "¥5.50 off",
    ),
    (
        EveryPieces(every=2, reduced=1, basis_points=5_000),
        "第 2 件半价",
        "2nd piece half price",
        "第2件半价",
        "2nd piece half price",
    ),
    (
        EveryPieces(every=3, reduced=1, basis_points=10_000, is_same_sku=True),
        "买 2 送 1(同款)",
        "Buy 2, get 1 free (of the same kind)",
        "买2送1(同款)",
        "Buy 2, get 1 free (of t…",
    ),
    (
        EveryPieces(every=4, reduced=2, basis_points=3_000),
        "每 4 件中 2 件 7 折",
        "2 of every 4 30% off",
        "每4件中2件7折",
        "2 of every 4 30% off",
    ),
    (LowerPrice(prices={TEA: 9_900}), "特价 ¥99", "Special price ¥99", "特价99", "Special price ¥99"),
    (
        LowerPrice(prices={TEA: 9_900, CUP: 8_000}, from_pieces=3),
        "满 3 件每件 ¥80 起",
        "3 pieces or more: from ¥80 each",
        "满3件每件80起",
        "3 pieces or more: from …",
    ),
    (
        Bundle(
            parts=(
                BundlePart(sku_ids=frozenset({TEA}), pieces=1),
                BundlePart(sku_ids=frozenset({CUP}), pieces=2),
            ),
            price_minor=123_400,
        ),
        "3 件组合价 ¥1,234",
        "3 pieces together for ¥1,234",
        "3件组合价1,234",
        "3 pieces together for ¥…",
    ),
)


@pytest.mark.parametrize(("effect", "zh", "en", "short_zh", "short_en"), SPOKEN)
def test_every_kind_is_said_in_both_languages(
    effect: Effect, zh: str, en: str, short_zh: str, short_en: str
) -> None:
    one = said_of(effect)
    assert (sentence(one, "zh"), sentence(one, "en")) == (zh, en)
    assert (label(one, "zh"), label(one, "en")) == (short_zh, short_en)
    assert max(len(label(one, language)) for language in ("zh", "en")) <= LABEL_MAX


def test_what_the_next_tier_brings_is_said_by_its_kind() -> None:
    half = said_of(EveryPieces(every=2, reduced=1, basis_points=5_000))
    assert gain(half, Off(basis_points=5_000), "zh") == "第 2 件半价"
    assert gain(None, Off(amount_minor=2_000), "zh") == "减 ¥20"
    assert gain(None, Off(basis_points=1_000, cap_minor=500), "en") == "10% off (up to ¥5)"
    assert gain(None, Off(basis_points=10_000), "zh") == "免费"


def test_for_whom_is_said_only_when_it_is_not_for_everybody() -> None:
    assert for_whom(Audience(), "zh") == ""
    several = Audience(is_new_only=True, levels=frozenset({"gold"}))
    assert for_whom(several, "zh") == "新客专享、会员专享"
    assert for_whom(several, "en") == "New customers only, Members only"


@pytest.mark.parametrize("reason", NotApplied)
def test_every_reason_has_words(reason: NotApplied) -> None:
    assert why_not(reason, "zh") != why_not(reason, "en")


def test_amounts_lose_cents_that_are_none() -> None:
    assert [money(one, "CNY") for one in (0, 5, 1_250, 19_900, 1_000_000)] == [
        "¥0", "¥0.05", "¥12.50", "¥199", "¥10,000",
    ]  # fmt: skip
    assert money(100, "USD") == "USD 1"
