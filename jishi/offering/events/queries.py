"""Reads of sale events: for merchants, for buyers' pages, for crawlers."""

from datetime import datetime
from typing import Any

import msgspec
from pydantic import TypeAdapter

from jishi.kernel import hot
from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, ProductId, SaleEventId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_merchant as own_catalog
from jishi.offering.coupons import queries_buyers as coupons
from jishi.offering.coupons.types_buyers import CouponOffer
from jishi.offering.events import rules
from jishi.offering.events.types import (
    COUPONS_MAX,
    Entry,
    EntryStatus,
    EventForMerchant,
    EventPageWish,
    EventShown,
    EventStatus,
    ShownRow,
)
from jishi.offering.media import queries as media
from jishi.offering.promotions.queries import read_wish

TAG = "events"
PAGE_SECONDS = 30
EVENTS_SHOWN = 50
PRODUCTS_SHOWN = 120
_PAGE = TypeAdapter(EventShown)
_FOR_MERCHANT = """
SELECT e.id, e.name_zh, e.name_en, e.status, e.enrol_from, e.enrol_until, e.starts_at, e.ends_at, e.terms::text,
       e.category_ids::text, e.products_max, n.status, n.product_ids::text, n.reason, n.changed_at
FROM events_event e LEFT JOIN events_entry n ON n.event_id = e.id AND n.merchant_id = %(merchant)s
WHERE e.terms IS NOT NULL AND (e.status <> 'over' OR n.id IS NOT NULL)
AND (%(event)s::uuid IS NULL OR e.id = %(event)s)
ORDER BY e.id DESC LIMIT %(most)s
"""
_ONE = """
SELECT e.slug, e.name_zh, e.name_en, e.status, e.starts_at, e.ends_at, coalesce(e.terms, p.wish)::text, e.page::text,
       ARRAY(SELECT DISTINCT one::uuid FROM events_entry n, jsonb_array_elements_text(n.product_ids) one
             WHERE n.event_id = e.id AND n.status = 'accepted' ORDER BY 1)
FROM events_event e JOIN promotions_promotion p ON p.id = e.promotion_id WHERE e.slug = %s
"""


def events_for(merchant_id: MerchantId, *, now: datetime) -> list[EventForMerchant]:
    """Return the events that merchants may know, and those that this one took part in, the newest first."""
    return _for_merchant(merchant_id, None, now)


def event_for(merchant_id: MerchantId, event_id: SaleEventId, *, now: datetime) -> EventForMerchant:
    """Return an event as a merchant sees it. Raises: NotFound."""
    found = _for_merchant(merchant_id, event_id, now)
    if not found:
        raise NotFound
    return found[0]


def _for_merchant(
    merchant_id: MerchantId, event_id: SaleEventId | None, now: datetime
) -> list[EventForMerchant]:
    found = rows(_FOR_MERCHANT, {"merchant": merchant_id, "event": event_id, "most": EVENTS_SHOWN})
    enrolled = {
        one for line in found if line[12] for one in msgspec.json.decode(line[12], type=list[ProductId])
    }
    titles = own_catalog.own_products(merchant_id, list(enrolled)) if enrolled else {}
    return [_event(line, titles, now) for line in found]


def _event(line: tuple[Any, ...], titles: dict[ProductId, Text], now: datetime) -> EventForMerchant:
    event_id, zh, en, status, enrol_from, enrol_until, starts_at, ends_at, terms, categories, most, *own = (
        line
    )
    says, state = read_wish(terms), EventStatus(status)
    return EventForMerchant(
        id=event_id,
        name=Text(zh, en),
        status=state,
        enrol_from=enrol_from,
        enrol_until=enrol_until,
        starts_at=starts_at,
        ends_at=ends_at,
        effect=says.effect,
        funders=list(says.funders),
        category_ids=msgspec.json.decode(categories),
        products_max=most,
        can_enrol=rules.is_open(state, enrol_from, enrol_until, now),
        entry=_entry(own, titles) if own[0] else None,
    )


def _entry(own: list[Any], titles: dict[ProductId, Text]) -> Entry:
    status, stored, reason, changed_at = own
    product_ids = msgspec.json.decode(stored, type=list[ProductId])
    return Entry(
        status=EntryStatus(status),
        product_ids=product_ids,
        titles={str(one): titles[one] for one in product_ids if one in titles},
        reason=reason,
        changed_at=changed_at,
    )


# -- as buyers see it ------------------------------------------------------------------------------


def event_page(slug: str, *, language: str, now: datetime, is_preview: bool = False) -> EventShown:
    """Return an event's page; before it runs with the token of a preview only. Raises: NotFound."""
    found = row(_ONE, [slug])
    if found is None:
        raise NotFound
    _, zh, en, status, starts_at, ends_at, terms, page, accepted = found
    never_ran = status == EventStatus.OVER and not accepted
    if never_ran or (status in {EventStatus.DRAFT, EventStatus.ENROLLING} and not is_preview):
        raise NotFound
    is_over = status == EventStatus.OVER or ends_at <= now
    says = read_page(page)
    chosen = [] if is_over else [one for line in says.rows for one in line.product_ids]
    ids = [] if is_over else list(dict.fromkeys([*chosen, *accepted]))[:PRODUCTS_SHOWN]
    cards = {card.id: card for card in catalog.product_cards(ids, language=language)} if ids else {}
    taking_part = set(accepted)
    lines = [
        ShownRow(
            title=line.title.of(language),
            products=[cards[one] for one in line.product_ids if one in cards and one in taking_part],
        )
        for line in says.rows
    ]
    name = Text(zh, en or zh).of(language)
    return EventShown(
        slug=slug,
        name=name,
        text=says.text.of(language),
        starts_at=starts_at,
        ends_at=ends_at,
        is_over=is_over,
        effect=read_wish(terms).effect,
        rows=[line for line in lines if line.products],
        products=[card for one, card in cards.items() if one in taking_part],
        banner=media.image(media.entry(says.banner_id), alt=name) if says.banner_id else None,
        banner_link=says.banner_link,
        coupons=[] if is_over else _coupons(says, language, now),
        has_flash=says.has_flash and not is_over,
    )


def _coupons(says: EventPageWish, language: str, now: datetime) -> list[CouponOffer]:
    """Return the page's coupons that can be claimed now, in the order that they were chosen in."""
    if not says.coupon_ids:
        return []
    found = coupons.offers(
        buyer=None, named=says.coupon_ids, limit=COUPONS_MAX, language=language, now=now
    ).items
    return sorted(found, key=lambda one: says.coupon_ids.index(one.id))


def event_page_answer(slug: str, *, language: str, now: datetime) -> hot.Answer:
    """Return `event_page` as JSON, kept for a moment. Raises: NotFound."""
    return hot.answer(
        TAG,
        f"{slug}|{language}",
        now=now,
        seconds=PAGE_SECONDS,
        make=lambda: page_json(event_page(slug, language=language, now=now)),
    )


def page_json(page: EventShown) -> bytes:
    """Return a page as JSON."""
    return _PAGE.dump_json(page)


def running_slugs(*, now: datetime) -> list[str]:
    """Return the addresses of the events that buyers can see and that are not over."""
    found = rows("SELECT slug FROM events_event WHERE status = 'running' AND ends_at > %s ORDER BY id", [now])
    return [slug for (slug,) in found]


def read_page(stored: str) -> EventPageWish:
    """Return what an event's page says from its JSON; nothing yet: an empty page."""
    return msgspec.json.decode(stored, type=EventPageWish)
