"""Promotions and events, made for tests of their desks."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from django.db.models import Model

from jishi.entry.console.base import all_rows
from jishi.identity.accounts.tests.factories import make_platform_staff
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.clock import now
from jishi.kernel.ids import MerchantId
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.coupons import services as coupons
from jishi.offering.coupons.models import CouponCode, CouponTemplateRow, CouponTemplateVersion
from jishi.offering.coupons.tests.factories import template_wish
from jishi.offering.coupons.types import TemplateStatus, Way
from jishi.offering.events.models import EventEntry, SaleEvent
from jishi.offering.events.services import start
from jishi.offering.events.tests.factories import make_entry, make_event
from jishi.offering.events.types import EntryStatus
from jishi.offering.flash.models import FlashItemRow, FlashSessionRow
from jishi.offering.flash.tests.factories import make_application
from jishi.offering.pricing.types import Funder, FunderShare, Measure, Off
from jishi.offering.pricing.types_promotions import Tier, Tiers
from jishi.offering.promotions import services
from jishi.offering.promotions.models import PromotionRow
from jishi.offering.promotions.tests.factories import promotion_wish
from jishi.offering.promotions.types import PromotionStatus, PromotionWish

SPEND_300 = Tiers(measure=Measure.AMOUNT, tiers=(Tier(threshold=30_000, off=Off(amount_minor=5_000)),))
HALF_EACH = (
    FunderShare(funder=Funder.PLATFORM, basis_points=5_000),
    FunderShare(funder=Funder.MERCHANT, basis_points=5_000),
)


def platform_wish(**also: object) -> PromotionWish:
    """Return what a promotion of the platform says that runs now."""
    fields: dict[str, object] = {
        "name": Text("跨店满减", "Spend and save"),
        "starts_at": now() - timedelta(days=1),
        "ends_at": now() + timedelta(days=9),
        "budget_minor": 1_000_000,
        "funders": HALF_EACH,
    }
    return promotion_wish(SPEND_300, **{**fields, **also})


def make_promotion_row(status: str = "live", *, merchant_id: MerchantId | None = None) -> PromotionRow:
    """Make a promotion, the platform's without a merchant."""
    wish = platform_wish(funders=() if merchant_id else HALF_EACH)
    made = services.draft(merchant_id=merchant_id, wish=wish, staff_id=None, now=now())
    for one in ("live", "paused") if status == "paused" else (status,):
        if one != "draft":
            services.move(
                merchant_id=merchant_id,
                promotion_id=made,
                to=PromotionStatus(one),
                staff_id=None,
                now=now(),
            )
    found: PromotionRow = all_rows(PromotionRow).get(id=made)
    return found


def merchants_promotion() -> PromotionRow:
    """Make a merchant's promotion."""
    return make_promotion_row(merchant_id=make_merchant())


def make_event_row(status: str = "enrolling", *, entries: EntryStatus | None = None) -> SaleEvent:
    """Make an event in a status, with an entry when it needs one or one is asked for."""
    made = make_event(is_open=status != "draft", now=now())
    if status == "running" or entries:
        make_entry(made, status=entries or EntryStatus.ACCEPTED, now=now())
    if status == "running":
        start(event_id=made, staff_id=make_platform_staff(PlatformRole.OPERATIONS), now=now())
    return SaleEvent.objects.get(id=made)


def make_entry_row(status: EntryStatus = EntryStatus.APPLIED) -> EventEntry:
    """Let a merchant enrol in an event."""
    return make_entry(make_event(now=now()), status=status, now=now())


def entries_of(row: SaleEvent) -> str:
    """Return what became of an event's entries."""
    found = EventEntry.objects.across_merchants().filter(event=row).order_by("id")
    return " ".join(found.values_list("status", flat=True))


def make_flash_item() -> FlashItemRow:
    """Let a merchant offer goods in a session of tomorrow."""
    made = make_application(make_product(), starts_at=now() + timedelta(days=1))
    found: FlashItemRow = all_rows(FlashItemRow).get(id=made)
    return found


def make_flash_session() -> FlashSessionRow:
    """Make a session in which an offer waits."""
    return make_flash_item().session


def offers_of(row: FlashSessionRow) -> str:
    """Return what became of a session's offers."""
    found = all_rows(FlashItemRow).filter(session=row).order_by("id")
    return " ".join(found.values_list("status", flat=True))


def make_coupon_row(
    status: str = "live", *, merchant_id: MerchantId | None = None, **also: object
) -> CouponTemplateRow:
    """Make a coupon template, the platform's without a merchant, that gives from now on for a month."""
    shares = {} if merchant_id else {"funders": HALF_EACH}
    wish = template_wish(
        **{
            "valid_from": now() - timedelta(days=1),
            "valid_until": now() + timedelta(days=30),
            **shares,
            **also,
        }
    )
    made = coupons.draft(merchant_id=merchant_id, wish=wish, staff_id=None, now=now())
    for one in ("live", "paused") if status == "paused" else (status,):
        if one != "draft":
            coupons.move(
                merchant_id=merchant_id, template_id=made, to=TemplateStatus(one), staff_id=None, now=now()
            )
    found: CouponTemplateRow = all_rows(CouponTemplateRow).get(id=made)
    return found


def merchants_coupon() -> CouponTemplateRow:
    """Make a merchant's coupon template."""
    return make_coupon_row(merchant_id=make_merchant())


def make_code_coupon() -> CouponTemplateRow:
    """Make a template that gives by codes for one buyer each."""
    return make_coupon_row(way=Way.CODE_ONCE)


def codes_of(row: CouponTemplateRow) -> int:
    """Return how many codes a template has."""
    return CouponCode.objects.filter(template=row).count()


def make_known_goodwill(template_id: str) -> None:
    """Make a goodwill coupon of the platform, ¥5 at most, under an id that the caller knows."""
    row = make_coupon_row(way=Way.GOODWILL)
    row.pk = UUID(template_id)
    row.save(force_insert=True)
    CouponTemplateVersion.objects.create(template=row, version=1, wish=row.wish, written_at=now())


MARKETING: Mapping[type[Model], Callable[[], Model]] = {
    PromotionRow: make_promotion_row,
    CouponTemplateRow: make_coupon_row,
    SaleEvent: make_event_row,
    EventEntry: make_entry_row,
    FlashSessionRow: make_flash_session,
    FlashItemRow: make_flash_item,
}
