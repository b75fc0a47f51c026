"""Flash sales made the way they come about: a session, an application, its acceptance, and the clock."""

from datetime import UTC, datetime, timedelta

from jishi.kernel.ids import FlashItemId, FlashSessionId, new_id
from jishi.offering.catalog.tests.factories import MadeProduct
from jishi.offering.flash import services
from jishi.offering.flash.models import FlashSessionRow
from jishi.offering.flash.rules import PREHEAT
from jishi.offering.flash.types import FlashWish

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BEFORE = NOW - 2 * PREHEAT
HOURS = timedelta(hours=2)


def make_session(starts_at: datetime = NOW, ends_at: datetime | None = None) -> FlashSessionId:
    """Make a session of two hours, or the one that starts then."""
    made, _ = FlashSessionRow.objects.get_or_create(
        starts_at=starts_at, defaults={"id": new_id(), "ends_at": ends_at or starts_at + HOURS}
    )
    return FlashSessionId(made.id)


def make_application(
    goods: MadeProduct, *, price_minor: int = 100, quota: int = 5, per_buyer_max: int = 1,
    starts_at: datetime = NOW,
) -> FlashItemId:  # fmt: skip
    """Let the merchant of goods apply with their first SKU, well before the session."""
    wish = FlashWish(
        flash_session_id=make_session(starts_at),
        sku_id=goods.sku_id,
        price_minor=price_minor,
        quota=quota,
        per_buyer_max=per_buyer_max,
    )
    return services.apply(
        merchant_id=goods.merchant_id, wish=wish, staff_id=None, now=starts_at - 2 * PREHEAT
    )


def make_running(
    goods: MadeProduct, *, price_minor: int = 100, quota: int = 5, per_buyer_max: int = 1
) -> FlashItemId:
    """Make an accepted item whose session has just begun and whose pieces are set aside."""
    item_id = make_application(goods, price_minor=price_minor, quota=quota, per_buyer_max=per_buyer_max)
    services.accept(item_id=item_id, staff_id=None, now=BEFORE)
    services.preheat(now=NOW)
    return item_id
