"""Sale events made the way operators and merchants make them."""

from datetime import UTC, datetime, timedelta
from itertools import count

from jishi.identity.accounts.tests.factories import make_platform_staff
from jishi.identity.accounts.types import PlatformRole
from jishi.kernel.ids import MerchantId, ProductId, PromotionId, SaleEventId
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.events import services
from jishi.offering.events.models import EventEntry
from jishi.offering.events.types import EntryStatus, EntryWish, EventWish
from jishi.offering.pricing.types import Funder, FunderShare, Measure, Off
from jishi.offering.pricing.types_promotions import Effect, Tier, Tiers
from jishi.offering.promotions import services as promotions
from jishi.offering.promotions.types import PromotionWish

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SPEND_300 = Tiers(measure=Measure.AMOUNT, tiers=(Tier(threshold=30_000, off=Off(amount_minor=5_000)),))
SHARED = (
    FunderShare(funder=Funder.PLATFORM, basis_points=6_000),
    FunderShare(funder=Funder.MERCHANT, basis_points=4_000),
)
_numbers = count(1)


def make_terms(effect: Effect = SPEND_300, *, now: datetime = NOW) -> PromotionId:
    """Draft the platform's promotion that an event will run; the merchants pay 40 per cent of it."""
    wish = PromotionWish(
        name=Text("跨店满减", "Spend and save"),
        effect=effect,
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=10),
        funders=SHARED,
    )
    return promotions.draft(merchant_id=None, wish=wish, staff_id=None, now=now)


def event_wish(*, now: datetime = NOW, **also: object) -> EventWish:
    """Return what an event says whose enrolment is open."""
    fields: dict[str, object] = {
        "slug": f"winter-{next(_numbers)}",
        "name": Text("商品节", "Winter sale"),
        "enrol_from": now - timedelta(hours=1),
        "enrol_until": now + timedelta(days=1),
    }
    if "promotion_id" not in also:
        fields["promotion_id"] = make_terms(now=now)
    return EventWish(**{**fields, **also})  # type: ignore[arg-type]


def make_event(*, is_open: bool = True, now: datetime = NOW, **also: object) -> SaleEventId:
    """Write an event and open its enrolment."""
    staff = make_platform_staff(PlatformRole.OPERATIONS)
    made = services.draft(wish=event_wish(now=now, **also), staff_id=staff, now=now)
    if is_open:
        services.open_enrolment(event_id=made, staff_id=staff, now=now)
    return made


def make_entry(
    event_id: SaleEventId,
    *,
    status: EntryStatus = EntryStatus.APPLIED,
    merchant_id: MerchantId | None = None,
    product_ids: frozenset[ProductId] = frozenset(),
    now: datetime = NOW,
) -> EventEntry:
    """Let a merchant enrol, with a new product of his unless others are named, and let it be decided on."""
    if merchant_id is None:
        product = make_product()
        merchant_id, product_ids = product.merchant_id, frozenset({product.id})
    services.enrol(
        merchant_id=merchant_id,
        event_id=event_id,
        wish=EntryWish(product_ids=product_ids),
        staff_id=None,
        now=now,
    )
    entry: EventEntry = EventEntry.objects.of_merchant(merchant_id).get(event_id=event_id)
    if status is not EntryStatus.APPLIED:
        staff = make_platform_staff(PlatformRole.OPERATIONS)
        services.decide(entry_id=entry.id, to=status, reason="理由", staff_id=staff, now=now)
    return entry
