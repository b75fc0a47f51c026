"""docs/algorithms/pricing.md is true: each worked example of its tables is what the price function says."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from jishi.kernel.money import Money
from jishi.offering.pricing.rules import price
from jishi.offering.pricing.rules_draft import Offer
from jishi.offering.pricing.rules_scope import PromotionIndex
from jishi.offering.pricing.tests.offers import MERCHANTS, NOW, line, off, rule, sku, spend
from jishi.offering.pricing.tests.test_freight import charge
from jishi.offering.pricing.types import Funder, FunderShare, Measure, Priced, PriceLine, PriceTier
from jishi.offering.pricing.types_promotions import (
    Bundle,
    BundlePart,
    Buyer,
    Effect,
    EveryPieces,
    FreightOff,
    LowerPrice,
    PieceOff,
    Promotion,
)

PAGE = (Path(__file__).parents[4] / "docs/algorithms/pricing.md").read_text(encoding="utf-8")
BY_PLATFORM = (FunderShare(funder=Funder.PLATFORM, basis_points=10_000),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A row of the page: what it says of rule and goods, and what they are."""

    name: str
    says: str
    goods: str
    lines: list[PriceLine]
    rules: tuple[Promotion, ...] = ()
    coupons: tuple[Promotion, ...] = ()
    freight: int = 0
    points: int = 0
    left_minor: int | None = None

    @property
    def priced(self) -> Priced:
        left = {one.id: self.left_minor for one in self.rules if self.left_minor is not None}
        offer = Offer(
            index=PromotionIndex(self.rules), buyer=Buyer(), at=NOW, coupons=self.coupons, left_minor=left
        )
        charges = [charge(self.freight)] if self.freight else []
        return price(self.lines, freight=charges, currency="CNY", offer=offer, points_minor=self.points)

    @property
    def row(self) -> str:
        found = self.priced
        each = " + ".join(yuan(one.payable) for one in found.lines)
        carried = "".join(f" + freight {yuan(one.payable)}" for one in found.freight)
        return f"| {self.name} | {self.says} | {self.goods} | {each}{carried} = {yuan(found.total)} |"


def yuan(money: Money) -> str:
    return f"{money.amount_minor // 100}.{money.amount_minor % 100:02}"


def shop(effect: Effect, name: str = "shop", **also: object) -> Promotion:
    return rule(effect, id=name, **also)


def platform(effect: Effect, name: str = "platform") -> Promotion:
    return rule(effect, id=name, merchant_id=None, funders=BY_PLATFORM)


WHOLESALE = (PriceTier(from_pieces=10, price=Money(800, "CNY")),)
SET = Bundle(
    parts=(
        BundlePart(sku_ids=frozenset({sku(1)}), pieces=1),
        BundlePart(sku_ids=frozenset({sku(2)}), pieces=1),
    ),
    price_minor=2_400,
)
SPEND = spend((10_000, off(1_000)), (20_000, off(3_000)))
EXAMPLES = [
    Example(
        name="own price 专享价",
        says="a piece costs 7.70",
        goods="2 × 10.00",
        lines=[line(1, 1_000, 2)],
        rules=(shop(LowerPrice(prices={sku(1): 770})),),
    ),
    Example(
        name="wholesale 批发价",
        says="8.00 from 10 pieces on",
        goods="10 × 10.00",
        lines=[replace(line(1, 1_000, 10), tiers=WHOLESALE)],
    ),
    Example(
        name="the lowest wins",
        says="own price 8.50, wholesale 8.00 from 10 on",
        goods="10 × 10.00",
        lines=[replace(line(1, 1_000, 10), tiers=WHOLESALE)],
        rules=(shop(LowerPrice(prices={sku(1): 850})),),
    ),
    Example(
        name="limited-time discount 限时折扣",
        says="10 % off each piece, rounded by the piece",
        goods="3 × 9.99",
        lines=[line(1, 999, 3)],
        rules=(shop(PieceOff(off=off(0, 1_000))),),
    ),
    Example(
        name="second piece at half price 第二件半价",
        says="of every 2 pieces, dearest first, one 50 % off",
        goods="1 × 10.00, 2 × 6.00",
        lines=[line(1, 1_000, 1), line(2, 600, 2)],
        rules=(shop(EveryPieces(every=2, reduced=1, basis_points=5_000)),),
    ),
    Example(
        name="buy two, get one 买二送一",
        says="of every 3 pieces one free",
        goods="4 × 10.00",
        lines=[line(1, 1_000, 4)],
        rules=(shop(EveryPieces(every=3, reduced=1, basis_points=10_000)),),
    ),
    Example(
        name="spend and save 满减",
        says="100.00 − 10.00, 200.00 − 30.00",
        goods="1 × 150.00, 1 × 60.00",
        lines=[line(1, 15_000), line(2, 6_000)],
        rules=(shop(SPEND),),
    ),
    Example(
        name="each time 每满减",
        says="10.00 off each full 100.00, twice at most",
        goods="1 × 350.00",
        lines=[line(1, 35_000)],
        rules=(shop(spend((10_000, off(1_000)), is_each=True, times_max=2)),),
    ),
    Example(
        name="spend and discount 满折",
        says="10 % off from 100.00 on, 15.00 at most",
        goods="1 × 200.00",
        lines=[line(1, 20_000)],
        rules=(shop(spend((10_000, off(0, 1_000, cap=1_500)))),),
    ),
    Example(
        name="pieces and discount 满件折",
        says="20 % off from 3 pieces on",
        goods="2 × 10.00, 1 × 5.00",
        lines=[line(1, 1_000, 2), line(2, 500)],
        rules=(shop(spend((3, off(0, 2_000)), measure=Measure.PIECES)),),
    ),
    Example(
        name="bundle 套餐",
        says="one of each for 24.00",
        goods="2 × 20.00, 1 × 10.00",
        lines=[line(1, 2_000, 2), line(2, 1_000)],
        rules=(shop(SET),),
    ),
    Example(
        name="across merchants 跨店满减",
        says="the platform: 300.00 − 50.00",
        goods="1 × 100.00 of one, 2 × 100.00 of another merchant",
        lines=[line(1, 10_000), line(2, 10_000, 2, merchant=1)],
        rules=(platform(spend((30_000, off(5_000)))),),
    ),
    Example(
        name="coupons 优惠券",
        says="the merchant's 100.00 − 10.00, then the platform's 90.00 − 20.00",
        goods="1 × 100.00",
        lines=[line(1, 10_000)],
        coupons=(shop(spend((10_000, off(1_000))), "mine"), platform(spend((9_000, off(2_000))), "yours")),
    ),
    Example(
        name="the best coupons",
        says="as above, but the platform's from 95.00 on: it alone saves more",
        goods="1 × 100.00",
        lines=[line(1, 10_000)],
        coupons=(shop(spend((10_000, off(1_000))), "mine"), platform(spend((9_500, off(2_000))), "yours")),
    ),
    Example(
        name="free freight 包邮",
        says="freight free from 99.00 on",
        goods="1 × 100.00",
        lines=[line(1, 10_000)],
        rules=(shop(FreightOff(off=off(0, 10_000), threshold=9_900)),),
        freight=800,
    ),
    Example(
        name="not free",
        says="the same, and 2.00 off the piece: 98.00 are left",
        goods="1 × 100.00",
        lines=[line(1, 10_000)],
        rules=(
            shop(FreightOff(off=off(0, 10_000), threshold=9_900), "free"),
            shop(PieceOff(off=off(200)), "off"),
        ),
        freight=800,
    ),
    Example(
        name="points 积分",
        says="points worth 3.00",
        goods="1 × 10.00, 1 × 5.00",
        lines=[line(1, 1_000), line(2, 500)],
        points=300,
        freight=800,
    ),
    Example(
        name="used up 已用完",
        says="10.00 off each piece, 15.00 left of the budget",
        goods="2 × 100.00",
        lines=[line(1, 10_000, 2)],
        rules=(shop(PieceOff(off=off(1_000))),),
        left_minor=1_500,
    ),
    Example(
        name="all together",
        says="10.00 off by the merchant, 20.00 by the platform, points worth 3.00",
        goods="1 × 100.00",
        lines=[line(1, 10_000)],
        coupons=(shop(spend((1, off(1_000))), "mine"), platform(spend((1, off(2_000))), "yours")),
        freight=800,
        points=300,
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_page_says_what_the_function_does(example: Example) -> None:
    assert example.row in PAGE


def test_the_page_has_no_other_example() -> None:
    table = PAGE.split("## Each named price")[1].split("\n## ")[0]
    told = [one for one in table.splitlines() if one.startswith("| ") and " = " in one]
    assert sorted(told) == sorted(example.row for example in EXAMPLES)
    assert {one.merchant_id for example in EXAMPLES for one in example.lines} <= set(MERCHANTS)
