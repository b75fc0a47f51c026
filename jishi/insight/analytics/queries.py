"""Reading a store at one glance."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from jishi.community.reviews import queries as reviews
from jishi.insight.analytics import rules
from jishi.insight.analytics.rules import COUNTED_MAX, Part
from jishi.insight.analytics.types import Dashboard, ToDo
from jishi.kernel.ids import MerchantId
from jishi.money.settlement import queries as settlement
from jishi.offering.catalog import queries_merchant as catalog
from jishi.offering.catalog.types import ListingStatus
from jishi.offering.inventory import queries_merchant as inventory
from jishi.trade.orders import queries_figures as orders
from jishi.trade.orders.types import OrderStatus

T = TypeVar("T")

BEST_SELLERS = 8


def dashboard(merchant_id: MerchantId, *, role: str, language: str, now: datetime) -> Dashboard:
    """Return what somebody in a role sees of his store at one glance; seven statements at most."""
    days = rules.days_until(now)
    since, until = rules.start_of(days[0]), rules.start_of(days[-1] + timedelta(days=1))

    def shown(part: Part, read: Callable[[], T]) -> T | None:
        return read() if rules.may_see(role, part) else None

    sold = shown(Part.SALES, lambda: orders.sales_by_day(merchant_id, since=since, until=until))
    by_day = None if sold is None else rules.without_gaps(days, sold)
    return Dashboard(
        to_do=ToDo(
            to_ship=shown(
                Part.TO_SHIP,
                lambda: orders.waiting_in(
                    merchant_id,
                    [OrderStatus.AWAITING_SHIPMENT, OrderStatus.PARTIALLY_SHIPPED],
                    at_most=COUNTED_MAX,
                ),
            ),
            low_stock=shown(
                Part.STOCK,
                lambda: inventory.running_low(
                    merchant_id, available_max=rules.LOW_STOCK, at_most=COUNTED_MAX
                ),
            ),
            rejected_listings=shown(
                Part.LISTINGS,
                lambda: catalog.listings_in(merchant_id, ListingStatus.REJECTED, at_most=COUNTED_MAX),
            ),
            statements_to_confirm=shown(
                Part.STATEMENTS, lambda: settlement.to_confirm(merchant_id, at_most=COUNTED_MAX)
            ),
            reviews_to_answer=shown(
                Part.REVIEWS, lambda: reviews.unanswered(merchant_id, at_most=COUNTED_MAX)
            ),
        ),
        today=by_day[-1] if by_day else None,
        days=by_day,
        best_sellers=shown(
            Part.SALES,
            lambda: orders.best_sellers(
                merchant_id, since=since, until=until, limit=BEST_SELLERS, language=language
            ),
        ),
    )
