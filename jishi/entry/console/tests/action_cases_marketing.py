"""Every action of the desks of marketing."""

from functools import partial

from jishi.entry.console.promotion_forms import answers
from jishi.entry.console.tests.action_case import Case
from jishi.entry.console.tests.factories_marketing import (
    make_promotion_row,
    merchants_promotion,
    platform_wish,
)
from jishi.kernel.words import Text
from jishi.offering.promotions.models import PromotionRow

OPS = {"operations"}
REASON = {"reason": "预算不足"}
ANSWERS = {
    name: "on" if value is True else str(value)
    for name, value in answers(platform_wish(name=Text("跨店再减", "Save more"))).items()
    if value not in (None, "", False)
}

CASES_MARKETING = [
    Case("put_live", PromotionRow, partial(make_promotion_row, "draft"), OPS, "draft", "live"),
    Case(
        "put_live", PromotionRow, partial(make_promotion_row, "paused"), OPS, "paused", "live", name="again"
    ),
    Case("pause", PromotionRow, make_promotion_row, OPS, "live", "paused", REASON, name="promotion"),
    Case("pause", PromotionRow, merchants_promotion, OPS, "live", "paused", REASON, name="merchants"),
    Case("end", PromotionRow, merchants_promotion, OPS, "live", "ended", REASON, name="promotion"),
    Case(
        "change_it",
        PromotionRow,
        make_promotion_row,
        OPS,
        "跨店满减",
        "跨店再减",
        ANSWERS,
        look=lambda row: str(row.wish["name"]["zh"]),
    ),
]
