"""Every action of the desks of marketing."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from jishi.entry.console.coupon_forms import answers as coupon_answers
from jishi.entry.console.promotion_forms import answers
from jishi.entry.console.tests.action_case import Case
from jishi.entry.console.tests.action_rows import KNOWN_ID, bought_beside_a_coupon, coupons_for
from jishi.entry.console.tests.factories_marketing import (
    codes_of,
    entries_of,
    make_code_coupon,
    make_coupon_row,
    make_entry_row,
    make_event_row,
    make_flash_item,
    make_flash_session,
    make_promotion_row,
    merchants_coupon,
    merchants_promotion,
    offers_of,
    platform_wish,
)
from jishi.kernel.ids import new_id
from jishi.kernel.words import Text
from jishi.offering.coupons.models import CouponTemplateRow
from jishi.offering.coupons.tests.factories import template_wish
from jishi.offering.events.models import EventEntry, SaleEvent
from jishi.offering.events.types import EntryStatus
from jishi.offering.flash.models import FlashItemRow, FlashSessionRow
from jishi.offering.flash.queries import slot_hours
from jishi.offering.promotions.models import PromotionRow
from jishi.trade.orders.models import Order

OPS = {"operations"}
REASON = {"reason": "预算不足"}


def posted(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return a form's answers as a browser posts them: what is empty or off is left out."""
    return {
        name: "on" if value is True else value if isinstance(value, list) else str(value)
        for name, value in answers.items()
        if value not in (None, "", False, [])
    }


ANSWERS = posted(answers(platform_wish(name=Text("跨店再减", "Save more"))))
COUPON_ANSWERS = posted(
    coupon_answers(
        template_wish(name=Text("满十减六", "¥6 off"), valid_from=None, valid_until=None, valid_days=14)
    )
) | {"platform_share": "100", "merchant_share": "0", "brand_share": "0"}


def name_of(row: PromotionRow | CouponTemplateRow) -> str:
    return str(row.wish["name"]["zh"])


WITH_ENTRY = partial(make_event_row, entries=EntryStatus.APPLIED)

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
        look=name_of,
    ),
    *(
        Case(
            "put_live",
            CouponTemplateRow,
            partial(make_coupon_row, one),
            OPS,
            one,
            "live",
            name=f"coupon {one}",
        )
        for one in ("draft", "paused")
    ),
    Case("pause", CouponTemplateRow, make_coupon_row, OPS, "live", "paused", REASON, name="coupon"),
    Case(
        "pause", CouponTemplateRow, merchants_coupon, OPS, "live", "paused", REASON, name="merchants coupon"
    ),
    Case("end", CouponTemplateRow, merchants_coupon, OPS, "live", "ended", REASON, name="coupon"),
    Case(
        "change_it",
        CouponTemplateRow,
        make_coupon_row,
        OPS,
        "满10减5",
        "满十减六",
        COUPON_ANSWERS,
        look=name_of,
        name="coupon",
    ),
    Case(
        "make_codes",
        CouponTemplateRow,
        make_code_coupon,
        OPS,
        "0",
        "25",
        {"count": "25", "word": ""},
        look=lambda row: str(codes_of(row)),
    ),
    Case(
        "give_coupon",
        Order,
        bought_beside_a_coupon,
        {"service", "operations"},
        "0",
        "1",
        {"template": KNOWN_ID, **REASON},
        look=coupons_for,
        sees={"finance", "risk"},
    ),
    Case("open_it", SaleEvent, partial(make_event_row, "draft"), OPS, "draft", "enrolling"),
    Case("accept_all", SaleEvent, WITH_ENTRY, OPS, "applied", "accepted", look=entries_of),
    Case("reject_all", SaleEvent, WITH_ENTRY, OPS, "applied", "rejected", REASON, look=entries_of),
    Case(
        "start",
        SaleEvent,
        partial(make_event_row, entries=EntryStatus.ACCEPTED),
        OPS,
        "enrolling",
        "running",
        name="event",
    ),
    Case(
        "write_page",
        SaleEvent,
        make_event_row,
        OPS,
        "",
        "年末大促",
        {
            "text_zh": "年末大促",
            "text_en": "The last sale",
            "rows": f"主推 | Our pick | {new_id()}",
            "banner": "",
            "banner_link": "/c/phones",
            "coupons": "",
            "has_flash": "on",
        },
        look=lambda row: str(row.page["text"]["zh"]),
    ),
    Case("end", SaleEvent, partial(make_event_row, "running"), OPS, "running", "over", REASON, name="event"),
    Case("accept", EventEntry, make_entry_row, OPS, "applied", "accepted", name="entry"),
    Case("reject", EventEntry, make_entry_row, OPS, "applied", "rejected", REASON, name="entry"),
    Case(
        "accept_all",
        FlashSessionRow,
        make_flash_session,
        OPS,
        "applied",
        "accepted",
        look=offers_of,
        name="flash",
    ),
    Case(
        "reject_all",
        FlashSessionRow,
        make_flash_session,
        OPS,
        "applied",
        "rejected",
        REASON,
        look=offers_of,
        name="flash",
    ),
    Case(
        "timetable",
        FlashSessionRow,
        make_flash_session,
        OPS,
        "(0, 10, 14, 20)",
        "(9, 21)",
        {"hours": "21，9"},
        look=lambda _: str(slot_hours()),
        name="flash",
    ),
    Case("accept", FlashItemRow, make_flash_item, OPS, "applied", "accepted", name="flash"),
    Case("reject", FlashItemRow, make_flash_item, OPS, "applied", "rejected", REASON, name="flash"),
]
