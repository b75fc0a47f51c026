"""What a promotion does, as lines that operators type and read: amounts in yuan, shares with a percent sign."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from uuid import UUID

from jishi.entry.console.columns import money
from jishi.entry.console.words import Vocabulary, Word, both
from jishi.kernel.ids import SkuId
from jishi.offering.pricing.types import Measure, Off
from jishi.offering.pricing.types_promotions import (
    Bundle,
    BundlePart,
    Effect,
    EveryPieces,
    FreightOff,
    Gift,
    LowerPrice,
    PieceOff,
    Tier,
    Tiers,
)

# What the platform may write. Freight is each merchant's own, and so is what is taken off it; so are gifts.
_WRITTEN = {
    "spend": Word("满额减", "Spend and save", "success"),
    "pieces": Word("满件减", "Pieces and save", "success"),
    "each": Word("每满减", "Save for every", "success"),
    "piece_off": Word("限时折扣", "Off each piece", "info"),
    "every_pieces": Word("第 N 件优惠", "Every n-th piece", "info"),
    "lower_price": Word("特价", "Own prices", "warning"),
    "bundle": Word("套装", "Bundle", "primary"),
}
WRITTEN_KIND = Vocabulary(both("类型", "Kind"), _WRITTEN)
EFFECT_KIND = Vocabulary(
    both("类型", "Kind"),
    {
        **_WRITTEN,
        "freight_off": Word("运费优惠", "Off the freight", "primary"),
        "gift": Word("赠品", "Gift", "primary"),
    },
)
PROMOTION_STATUS = Vocabulary(
    both("状态", "Status"),
    {
        "draft": Word("草稿", "Draft", "warning"),
        "live": Word("生效", "Live", "success"),
        "paused": Word("已暂停", "Paused", "info"),
        "ended": Word("已结束", "Ended"),
    },
)
HOW = both(
    "满额减 / 满件减:每行“门槛 优惠 [封顶]”,如“300 50”“3 10% 100”;每满减:“300 50 [次数]”;限时折扣:“10%”或“20”;"
    "第 N 件:“2 1 50% [same]”(same 为同款计件);特价:每行“SKU编号 价格”,可加一行“from 件数”;"
    "套装:首行价格,其余每行“件数 SKU编号 …”。",
    "Spend, pieces: a line each, “threshold off [cap]”, such as “300 50” or “3 10% 100”. Every: “300 50 [times]”. "
    "Off each piece: “10%” or “20”. N-th piece: “2 1 50% [same]” (same: each SKU for itself). Own prices: "
    "“SKU price” a line, and “from pieces” if wanted. Bundle: its price, then “pieces SKU …” a line.",
)
_CENTS_MAX = 10**9
_SHARE = 100  # basis points in a per cent

Line = list[str]
_One = TypeVar("_One")


class Unreadable(Exception):
    """A line that says nothing a promotion could do."""


def kind_of(effect: Effect) -> str:
    """Return the word of `EFFECT_KIND` for an effect."""
    if isinstance(effect, Tiers):
        return "each" if effect.is_each else ("spend" if effect.measure is Measure.AMOUNT else "pieces")
    return effect.kind


def read(kind: str, text: str) -> Effect:
    """Return what lines say. Raises: Unreadable."""
    lines = [line.split() for line in re.sub("[,，、]", " ", text).splitlines() if line.strip()]
    try:
        return _READERS[kind](lines)
    except (KeyError, ValueError, IndexError, InvalidOperation) as said:
        raise Unreadable(text) from said


def written(effect: Effect) -> str:
    """Return an effect as the lines that `read` reads."""
    match effect:
        case Tiers():
            return "\n".join(_tier(effect, tier) for tier in effect.tiers)
        case PieceOff():
            return _off(effect.off)
        case EveryPieces():
            same = " same" if effect.is_same_sku else ""
            return f"{effect.every} {effect.reduced} {effect.basis_points / _SHARE:g}%{same}"
        case LowerPrice():
            start = [f"from {effect.from_pieces}"] if effect.from_pieces > 1 else []
            return "\n".join([*start, *(f"{sku} {_yuan(price)}" for sku, price in effect.prices.items())])
        case Bundle():
            parts = (f"{part.pieces} {' '.join(sorted(map(str, part.sku_ids)))}" for part in effect.parts)
            return "\n".join([_yuan(effect.price_minor), *parts])
        case FreightOff() | Gift():
            return said(effect)


def said(effect: Effect) -> str:
    """Return an effect in a line for people."""
    match effect:
        case Tiers():
            return "; ".join(_said_tier(effect, tier) for tier in effect.tiers)
        case PieceOff():
            return str(both(f"每件减 {off_said(effect.off)}", f"{off_said(effect.off)} off each piece"))
        case EveryPieces():
            share = f"{effect.basis_points / _SHARE:g} %"
            return str(
                both(
                    f"每 {effect.every} 件中 {effect.reduced} 件减 {share}",
                    f"{effect.reduced} of every {effect.every} pieces {share} off",
                )
            )
        case LowerPrice():
            return str(both(f"{len(effect.prices)} 个规格特价", f"Own prices of {len(effect.prices)} SKUs"))
        case Bundle():
            price = money(effect.price_minor)
            return str(both(f"套装 {price}", f"{price} together"))
        case FreightOff():
            return str(both(f"运费减 {off_said(effect.off)}", f"{off_said(effect.off)} off the freight"))
        case Gift():
            least = money(effect.threshold) if effect.measure is Measure.AMOUNT else f"{effect.threshold}"
            zh, en = f"满 {least} 送 {len(effect.gifts)} 种赠品", f"{len(effect.gifts)} gifts from {least}"
            if effect.is_chosen:
                zh, en = f"{zh}之一", f"one of {en}"
            return str(both(zh, en))


def _read_tiers(measure: Measure) -> Callable[[list[Line]], Effect]:
    def read_lines(lines: list[Line]) -> Effect:
        tiers = (
            Tier(threshold=_threshold(measure, first), off=_read_off(rest)) for first, *rest in _some(lines)
        )
        return Tiers(measure=measure, tiers=tuple(tiers))

    return read_lines


def _read_each(lines: list[Line]) -> Effect:
    ((threshold, off, *times),) = lines
    tier = Tier(threshold=_threshold(Measure.AMOUNT, threshold), off=_read_off([off]))
    return Tiers(
        measure=Measure.AMOUNT, tiers=(tier,), is_each=True, times_max=_pieces(times[0]) if times else None
    )


def _read_piece_off(lines: list[Line]) -> Effect:
    (line,) = lines
    return PieceOff(off=_read_off(line))


def _read_every(lines: list[Line]) -> Effect:
    ((every, reduced, off, *same),) = lines
    if same not in ([], ["same"]):
        raise ValueError(same)
    return EveryPieces(
        every=_pieces(every),
        reduced=_pieces(reduced),
        basis_points=_share(off),
        is_same_sku=bool(same),
    )


def _read_prices(lines: list[Line]) -> Effect:
    start = [line for line in lines if line[0] == "from"]
    prices = {
        SkuId(UUID(sku)): _cents(price) for sku, price in _some([one for one in lines if one not in start])
    }
    return LowerPrice(prices=prices, from_pieces=_pieces(start[0][1]) if start else 1)


def _read_bundle(lines: list[Line]) -> Effect:
    ((price,), *parts) = lines
    return Bundle(
        price_minor=_cents(price),
        parts=tuple(
            BundlePart(pieces=_pieces(pieces), sku_ids=frozenset(SkuId(UUID(one)) for one in _some(skus)))
            for pieces, *skus in _some(parts)
        ),
    )


_READERS: Mapping[str, Callable[[list[Line]], Effect]] = {
    "spend": _read_tiers(Measure.AMOUNT),
    "pieces": _read_tiers(Measure.PIECES),
    "each": _read_each,
    "piece_off": _read_piece_off,
    "every_pieces": _read_every,
    "lower_price": _read_prices,
    "bundle": _read_bundle,
}


def _some(found: list[_One]) -> list[_One]:
    if not found:
        raise ValueError("nothing")
    return found


def _threshold(measure: Measure, word: str) -> int:
    return _cents(word) if measure is Measure.AMOUNT else _pieces(word)


def _read_off(words: Line) -> Off:
    first, *cap = words
    if len(cap) > 1:
        raise ValueError(words)
    most = _cents(cap[0]) if cap else None
    if first.endswith("%"):
        return Off(basis_points=_share(first), cap_minor=most)
    return Off(amount_minor=_cents(first), cap_minor=most)


def _share(word: str) -> int:
    found = _exact(Decimal(word.removesuffix("%")) * _SHARE)
    if not word.endswith("%") or not 0 < found <= 100 * _SHARE:
        raise ValueError(word)
    return found


def _cents(word: str) -> int:
    found = _exact(Decimal(word.removeprefix("¥")) * 100)
    if not 0 <= found <= _CENTS_MAX:
        raise ValueError(word)
    return found


def _pieces(word: str) -> int:
    found = int(word)
    if not 1 <= found <= 9_999:
        raise ValueError(word)
    return found


def _exact(found: Decimal) -> int:
    if not found.is_finite() or found != found.to_integral_value():
        raise ValueError(found)
    return int(found)


def _yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _off(off: Off) -> str:
    cap = "" if off.cap_minor is None else f" {_yuan(off.cap_minor)}"
    return f"{_yuan(off.amount_minor) if off.amount_minor else f'{off.basis_points / _SHARE:g}%'}{cap}"


def _tier(effect: Tiers, tier: Tier) -> str:
    threshold = _yuan(tier.threshold) if effect.measure is Measure.AMOUNT else str(tier.threshold)
    times = f" {effect.times_max}" if effect.is_each and effect.times_max else ""
    return f"{threshold} {_off(tier.off)}{times}"


def off_said(off: Off) -> str:
    """Return what is taken off, in words for people."""
    cap = "" if off.cap_minor is None else f" (≤ {money(off.cap_minor)})"
    return f"{money(off.amount_minor) if off.amount_minor else f'{off.basis_points / _SHARE:g} %'}{cap}"


def _said_tier(effect: Tiers, tier: Tier) -> str:
    by_amount = effect.measure is Measure.AMOUNT
    zh = money(tier.threshold) if by_amount else f"{tier.threshold} 件"
    en = money(tier.threshold) if by_amount else f"{tier.threshold} pieces"
    off = off_said(tier.off)
    if effect.is_each:
        return str(both(f"每满 {zh} 减 {off}", f"{off} off for every {en}"))
    return str(both(f"满 {zh} 减 {off}", f"{off} off from {en}"))
