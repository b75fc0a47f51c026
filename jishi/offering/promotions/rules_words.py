"""Promotions in words, the same wherever they are spoken of: a sentence, a label for a small card, what the next tier
brings, and for whom it is. Pure; money and discounts read as a Chinese or English shop writes them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from jishi.kernel.money import BASIS_POINTS
from jishi.kernel.words import CURRENCY
from jishi.offering.pricing.types import Measure, NotApplied, Off
from jishi.offering.pricing.types_promotions import (
    Audience,
    Bundle,
    EveryPieces,
    FreightOff,
    Gift,
    LowerPrice,
    PieceOff,
    Promotion,
    Tier,
    Tiers,
)

LABEL_MAX = 24  # what is longer than a label may be is said by the name's beginning
_SYMBOLS = {"CNY": "¥"}
_HALF = BASIS_POINTS // 2
Say = Callable[[Any, str, str], str]


def sentence(promotion: Promotion, language: str) -> str:
    """Return what a promotion does in one plain sentence: 满 ¥199 减 ¥20. A kind without words of its own is called
    by its name.
    """
    say = _SENTENCES.get(promotion.effect.kind)
    return say(promotion.effect, promotion.currency, language) if say else promotion.name.of(language)


def label(promotion: Promotion, language: str) -> str:
    """Return the few characters that stand on a product's card: 满199减20, 第2件半价, 限时8折."""
    say = _LABELS.get(promotion.effect.kind)
    said = say(promotion.effect, promotion.currency, language) if say else promotion.name.of(language)
    said = said.replace(" ", "").replace("¥", "") if language != "en" else said
    return said if len(said) <= LABEL_MAX else f"{said[: LABEL_MAX - 1]}…"


def gain(promotion: Promotion | None, off: Off, language: str, currency: str = CURRENCY) -> str:
    """Return what reaching the next tier brings: 减 ¥20, 打 9 折, 第 2 件半价."""
    if promotion is not None and isinstance(promotion.effect, EveryPieces):
        return _every_pieces(promotion.effect, currency, language)
    if promotion is not None and isinstance(promotion.effect, Gift):
        return _given(promotion.effect, language)
    return _off(off, currency, language)


def for_whom(audience: Audience, language: str) -> str:
    """Return for whom a promotion is; empty when it is for everybody."""
    said = []
    if audience.is_new_only:
        said.append(_either("新客专享", "New customers only", language))
    if audience.levels:
        said.append(_either("会员专享", "Members only", language))
    if audience.segments:
        said.append(_either("限部分用户", "Chosen customers only", language))
    return _either("、", ", ", language).join(said)


def why_not(reason: NotApplied, language: str) -> str:
    """Return why a rule that covers some of the goods took nothing off."""
    return _either(*_REASONS[reason], language)


def money(amount_minor: int, currency: str) -> str:
    """Return an amount as rules name it: ¥199, ¥12.50."""
    whole, cents = divmod(amount_minor, 100)
    return f"{_SYMBOLS.get(currency, f'{currency} ')}{whole:,}" + (f".{cents:02d}" if cents else "")


_REASONS: Mapping[NotApplied, tuple[str, str]] = {
    NotApplied.NOT_YET: ("活动尚未开始", "It has not begun yet"),
    NotApplied.OVER: ("活动已结束", "It is over"),
    NotApplied.OTHER_BUYERS: ("不在活动适用人群内", "It is for other customers"),
    NotApplied.OTHER_CHANNEL: ("不适用于当前购买渠道", "It does not count on this channel"),
    NotApplied.USED_UP: ("名额或使用次数已用完", "It is used up"),
    NotApplied.BELOW_THRESHOLD: ("未达到使用门槛", "Its threshold is not reached"),
    NotApplied.NOT_COMBINED: ("不与已享优惠叠加", "It does not add to a discount already taken"),
    NotApplied.NO_BETTER: ("已享更低价格", "A lower price already counts"),
    NotApplied.NO_GIFT_LEFT: ("赠品已送完", "No gift is left"),
    NotApplied.NOTHING_COVERED: ("没有适用的商品", "It covers none of these goods"),
    NotApplied.NO_FREIGHT: ("没有需要支付的运费", "There is no freight to pay"),
}


def _either(zh: str, en: str, language: str) -> str:
    return en if language == "en" else zh


def _fold(basis_points: int) -> str:
    """What is left of a price in tenths: 2 000 off is 8 折."""
    return f"{(BASIS_POINTS - basis_points) / 1_000:g}"


def _percent(basis_points: int) -> str:
    return f"{basis_points / 100:g}%"


def _off(off: Off, currency: str, language: str) -> str:
    if off.amount_minor:
        amount = money(off.amount_minor, currency)
        return _either(f"减 {amount}", f"{amount} off", language)
    said = _either(f"打 {_fold(off.basis_points)} 折", f"{_percent(off.basis_points)} off", language)
    if off.basis_points == BASIS_POINTS:
        said = _either("免费", "free", language)
    return said + _cap(off, currency, language)


def _cap(off: Off, currency: str, language: str) -> str:
    if off.cap_minor is None:
        return ""
    most = money(off.cap_minor, currency)
    return _either(f"(最多减 {most})", f" (up to {most})", language)


def _threshold(effect: Tiers, tier: Tier, currency: str, language: str) -> str:
    if effect.measure is Measure.PIECES:
        return _either(f"{tier.threshold} 件", f"{tier.threshold} pieces", language)
    return money(tier.threshold, currency)


def _lower_price(effect: LowerPrice, currency: str, language: str) -> str:
    lowest = money(min(effect.prices.values()), currency)
    is_one = len(set(effect.prices.values())) == 1
    if effect.from_pieces > 1:
        least = effect.from_pieces
        return _either(
            f"满 {least} 件每件 {lowest}{'' if is_one else ' 起'}",
            f"{least} pieces or more: {'' if is_one else 'from '}{lowest} each",
            language,
        )
    return _either(
        f"特价 {lowest}{'' if is_one else ' 起'}",
        f"Special price {'' if is_one else 'from '}{lowest}",
        language,
    )


def _piece_off(effect: PieceOff, currency: str, language: str) -> str:
    off = effect.off
    if off.amount_minor:
        amount = money(off.amount_minor, currency)
        return _either(f"限时每件减 {amount}", f"{amount} off each piece for a limited time", language)
    cap = _cap(off, currency, language)
    return _either(
        f"限时 {_fold(off.basis_points)} 折{cap}",
        f"{_percent(off.basis_points)} off for a limited time{cap}",
        language,
    )


def _every_pieces(effect: EveryPieces, currency: str, language: str) -> str:  # noqa: ARG001 - it names no money
    every, reduced, off = effect.every, effect.reduced, effect.basis_points
    same = _either("(同款)", " (of the same kind)", language) if effect.is_same_sku else ""
    if off == BASIS_POINTS:
        said = _either(
            f"买 {every - reduced} 送 {reduced}", f"Buy {every - reduced}, get {reduced} free", language
        )
    elif reduced == 1:
        price = _either("半价" if off == _HALF else f"{_fold(off)} 折", _less(off), language)
        said = _either(f"第 {every} 件{price}", f"{_ordinal(every)} piece {price}", language)
    else:
        price = _either("半价" if off == _HALF else f"{_fold(off)} 折", _less(off), language)
        said = _either(
            f"每 {every} 件中 {reduced} 件 {price}", f"{reduced} of every {every} {price}", language
        )
    return said + same


def _less(basis_points: int) -> str:
    return "half price" if basis_points == _HALF else f"{_percent(basis_points)} off"


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _tiers(effect: Tiers, currency: str, language: str) -> str:
    tiers = sorted(effect.tiers, key=lambda tier: tier.threshold)
    said = [_tier(effect, tier, currency, language) for tier in tiers]
    times = _either(f"(最多 {effect.times_max} 次)", f" (up to {effect.times_max} times)", language)
    return _either(",", "; ", language).join(said) + (times if effect.times_max else "")


def _tier(effect: Tiers, tier: Tier, currency: str, language: str) -> str:
    reached = _threshold(effect, tier, currency, language)
    off = _off(tier.off, currency, language)
    gap = "" if effect.measure is Measure.PIECES else " "  # Chinese needs none between its own characters
    if effect.is_each:
        return _either(f"每满 {reached}{gap}{off}", f"{off} for every {reached}", language)
    return _either(f"满 {reached}{gap}{off}", f"{off} from {reached}", language)


def _first_tier(effect: Tiers, currency: str, language: str) -> str:
    first = min(effect.tiers, key=lambda tier: tier.threshold)
    return _tier(effect, first, currency, language)


def _bundle(effect: Bundle, currency: str, language: str) -> str:
    pieces = sum(part.pieces for part in effect.parts)
    price = money(effect.price_minor, currency)
    return _either(f"{pieces} 件组合价 {price}", f"{pieces} pieces together for {price}", language)


def _given(effect: Gift, language: str) -> str:
    """Return what a purchase brings: 送赠品, 送赠品(3 选 1)."""
    if effect.is_chosen:
        count = len(effect.gifts)
        return _either(f"送赠品({count} 选 1)", f"a gift, 1 of {count} to choose", language)
    pieces = sum(part.pieces for part in effect.gifts)
    return _either(
        "送赠品" if pieces == 1 else f"送 {pieces} 件赠品",
        "a gift" if pieces == 1 else f"{pieces} gifts",
        language,
    )


def _gift(effect: Gift, currency: str, language: str) -> str:
    given = _given(effect, language)
    is_amount = effect.measure is Measure.AMOUNT
    least = money(effect.threshold, currency) if is_amount else f"{effect.threshold}"
    said = _either(f"满 {least}{' ' if is_amount else ' 件'}{given}", f"{given} from {least}", language)
    if not is_amount:
        said = _either(said, f"{said} pieces", language)
    if not effect.is_each:
        return _either(said, said[0].upper() + said[1:], language)
    most = _either(f"(最多 {effect.times_max} 次)", f" (up to {effect.times_max} times)", language)
    each = said.replace(" from ", " for every ")
    return _either(f"每{said}", each[0].upper() + each[1:], language) + (most if effect.times_max else "")


def _freight_off(effect: FreightOff, currency: str, language: str) -> str:
    if effect.off.basis_points == BASIS_POINTS and effect.off.cap_minor is None:
        said = _either("免运费", "free shipping", language)
    else:
        off = _off(effect.off, currency, language)
        said = _either(f"运费{off}", f"{off} shipping", language)
    if not effect.threshold:
        return _either(said, said[0].upper() + said[1:], language)
    least = (
        money(effect.threshold, currency) + _either(" ", "", language)
        if effect.measure is Measure.AMOUNT
        else _either(f"{effect.threshold} 件", f"{effect.threshold} pieces", language)
    )
    return _either(f"满 {least}{said}", f"{said[0].upper()}{said[1:]} from {least}", language)


def _short_piece_off(effect: PieceOff, currency: str, language: str) -> str:
    if language != "en":
        return _piece_off(PieceOff(off=Off(**_without_cap(effect.off))), currency, language)
    return _off(Off(**_without_cap(effect.off)), currency, language)


def _without_cap(off: Off) -> dict[str, int]:
    return {"amount_minor": off.amount_minor, "basis_points": off.basis_points}


_SENTENCES: Mapping[str, Say] = {
    "lower_price": _lower_price,
    "piece_off": _piece_off,
    "every_pieces": _every_pieces,
    "tiers": _tiers,
    "bundle": _bundle,
    "gift": _gift,
    "freight_off": _freight_off,
}
_LABELS: Mapping[str, Say] = {**_SENTENCES, "piece_off": _short_piece_off, "tiers": _first_tier}
