"""Every action of the desks of marketing."""

from functools import partial

from jishi.entry.console.promotion_forms import answers
from jishi.entry.console.tests.action_case import Case
from jishi.entry.console.tests.factories_marketing import (
    entries_of,
    make_entry_row,
    make_event_row,
    make_flash_item,
    make_flash_session,
    make_promotion_row,
    merchants_promotion,
    offers_of,
    platform_wish,
)
from jishi.kernel.ids import new_id
from jishi.kernel.words import Text
from jishi.offering.events.models import EventEntry, SaleEvent
from jishi.offering.events.types import EntryStatus
from jishi.offering.flash.models import FlashItemRow, FlashSessionRow
from jishi.offering.promotions.models import PromotionRow

OPS = {"operations"}
REASON = {"reason": "预算不足"}
ANSWERS = {
    name: "on" if value is True else str(value)
    for name, value in answers(platform_wish(name=Text("跨店再减", "Save more"))).items()
    if value not in (None, "", False)
}

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
        look=lambda row: str(row.wish["name"]["zh"]),
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
    Case("accept", FlashItemRow, make_flash_item, OPS, "applied", "accepted", name="flash"),
    Case("reject", FlashItemRow, make_flash_item, OPS, "applied", "rejected", REASON, name="flash"),
]
