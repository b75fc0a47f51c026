"""One promotion of each kind that the wizard offers, and what it takes off, worked out by hand.

All are of one store without promotions of its own, each for a product of its own and beside no other, so that a
cart of all of them holds each figure by itself. The store's prices are written in `entry/demo/market/tangerine.toml`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

OWNER = "tangerine"
STORE = "小橘宠物花园"
PRICE_OF = "专享价(元) {title}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A promotion: what is typed into the wizard, who buys how many, and what comes of it in cents.

    `typed` goes into the step of the terms, `goods` are chosen there for kinds that name their goods, and in the next
    step for all others. `page` is what the product's page says of so many pieces.
    """

    code: str
    kind: str
    goods: Sequence[str]
    typed: dict[str, str] = field(default_factory=dict)
    sentence: str
    pieces: Sequence[int]
    amount: int  # the goods at their prices, without what an own price lowers
    off: int  # what the promotion takes off the lines; an own price is no discount but a price
    page: str = ""
    is_new_only: bool = False
    channel: str = ""

    @property
    def names_its_goods(self) -> bool:
        """Whether the goods are chosen with the terms."""
        return self.kind in {"套餐价", "会员价 / 新客价"}


LITTER, PERCH, FOUNTAIN, BALLS = "豆腐混合猫砂", "鹦鹉站架玩具", "宠物饮水机", "耐咬弹力球"
SHAMPOO, TULIPS, CACTUS, HERBS, YARN = (
    "宠物沐浴露",
    "郁金香种球",
    "仙人球多肉盆栽",
    "香草种植套装",
    "逗猫毛线球",
)
HAY, PELLETS = "提摩西牧草", "兔兔草颗粒"

ROWS = (
    # 20 % of 59.00 is 11.80 off each piece: two cost 94.40.
    Row(
        code="piece",
        kind="限时折扣",
        goods=(LITTER,),
        typed={"优惠百分比(%)": "20"},
        sentence="每件优惠 20%",
        pieces=(2,),
        amount=11_800,
        off=2_360,
        page="2 件到手价 ¥94.40（每件约 ¥47.20）",
    ),
    # 2 × 89.00 = 178.00 reaches 150.00: 20.00 off.
    Row(
        code="spend",
        kind="满减",
        goods=(PERCH,),
        typed={"满(元) 1": "150", "减免金额(元) 1": "20"},
        sentence="满 ¥150.00 减 ¥20.00",
        pieces=(2,),
        amount=17_800,
        off=2_000,
        page="2 件到手价 ¥158.00（每件约 ¥79.00）",
    ),
    # 10 % of 129.00 is 12.90, and 12.00 at most.
    Row(
        code="share",
        kind="满折",
        goods=(FOUNTAIN,),
        typed={"满(元) 1": "100", "优惠百分比(%) 1": "10", "最多优惠(元)": "12"},
        sentence="满 ¥100.00 优惠 10%,最多 ¥12.00",
        pieces=(1,),
        amount=12_900,
        off=1_200,
        page="到手价 ¥117.00",
    ),
    # Three of 35.00 are 105.00, of which 15 % are 15.75.
    Row(
        code="pieces",
        kind="满件折",
        goods=(BALLS,),
        typed={"满(件) 1": "3", "优惠百分比(%) 1": "15"},
        sentence="满 3 件 优惠 15%",
        pieces=(3,),
        amount=10_500,
        off=1_575,
        page="3 件到手价 ¥89.25（每件约 ¥29.75）",
    ),
    # 4 × 69.00 = 276.00 holds 50.00 five times; three count: 18.00.
    Row(
        code="each",
        kind="每满减",
        goods=(SHAMPOO,),
        typed={"满(元) 1": "50", "减免金额(元) 1": "6", "最多减几次": "3"},
        sentence="每满 ¥50.00 减 ¥6.00；最多 3 次",
        pieces=(4,),
        amount=27_600,
        off=1_800,
        page="4 件到手价 ¥258.00（每件约 ¥64.50）",
    ),
    # Of three pieces one pair is full: half of 39.00.
    Row(
        code="half",
        kind="第二件半价",
        goods=(TULIPS,),
        sentence="每 2 件,最便宜的 1 件优惠 50%",
        pieces=(3,),
        amount=11_700,
        off=1_950,
        page="3 件到手价 ¥97.50（每件约 ¥32.50）",
    ),
    # Of four pieces three make a set: one of 25.00 is free.
    Row(
        code="free",
        kind="买 N 免 M",
        goods=(CACTUS,),
        sentence="买 2 免 1,免最便宜的",
        pieces=(4,),
        amount=10_000,
        off=2_500,
        page="4 件到手价 ¥75.00（每件约 ¥18.75）",
    ),
    # 49.00 + 29.00 = 78.00 for 59.90, once: the second herb kit stands alone.
    Row(
        code="bundle",
        kind="套餐价",
        goods=(HERBS, YARN),
        typed={"套餐价(元)": "59.90"},
        sentence="套餐 2 件,一起 ¥59.90",
        pieces=(2, 1),
        amount=12_700,
        off=1_810,
    ),
    # Two at 39.90 instead of 49.00, for who has not bought yet.
    Row(
        code="new",
        kind="会员价 / 新客价",
        goods=(HAY,),
        typed={PRICE_OF: "39.90"},
        sentence="1 个规格有专享价,最低 ¥39.90,1 件起",
        pieces=(2,),
        amount=7_980,
        off=0,
        is_new_only=True,
    ),
    # 45.00, for the buyer does not buy in the app.
    Row(
        code="app",
        kind="会员价 / 新客价",
        goods=(PELLETS,),
        typed={PRICE_OF: "35.00"},
        sentence="1 个规格有专享价,最低 ¥35.00,1 件起",
        pieces=(1,),
        amount=4_500,
        off=0,
        channel="手机应用",
    ),
)

# Three at the wholesale price of 25.00 instead of 29.00 are 75.00; the coupon of who signs up leaves 65.00 of them,
# which are sent for nothing from 60.00 on. Freight was 8.00.
CAT_TREAT = "冻干鸡胸"
FREE_FREIGHT = Row(
    code="freight",
    kind="包邮",
    goods=(CAT_TREAT,),
    typed={"满(元)": "60"},
    sentence="满 ¥60.00 免运费",
    pieces=(3,),
    amount=7_500,
    off=0,
)
