"""Computing every product's quality anew."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jishi.discovery.behaviour import queries as behaviour
from jishi.discovery.ranking import rules
from jishi.discovery.ranking.types import Known, Quality, Refreshed, Usual
from jishi.kernel.db import atomic, rows
from jishi.kernel.ids import ProductId
from jishi.offering.catalog import queries_listings as catalog
from jishi.offering.catalog import services as changes
from jishi.offering.catalog.types_index import Listing
from jishi.trade.orders import queries_figures as orders
from jishi.trade.orders.types import RecentSales

BATCH_MAX = 5_000
SALES_SINCE = timedelta(days=120)  # eight half-lives and more: older sales count nothing
LOOKED_SINCE = timedelta(days=90)

_WRITE = """
WITH computed AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(factor)s::float8[], %(velocity)s::float8[], %(conversion)s::float8[],
                         %(rating)s::float8[], %(returns)s::float8[], %(completeness)s::float8[])
        AS computed (product_id, factor, velocity, conversion, rating, returns, completeness)
), moved AS (
    SELECT computed.*, coalesce(known.factor, 1) AS before
    FROM computed LEFT JOIN ranking_quality known USING (product_id)
    WHERE known.product_id IS NULL OR abs(computed.factor / known.factor - 1) > %(noticeable)s
), written AS (
    INSERT INTO ranking_quality (product_id, factor, velocity, conversion, rating, returns, completeness, computed_at)
    SELECT product_id, factor, velocity, conversion, rating, returns, completeness, %(now)s
    FROM moved ORDER BY product_id
    ON CONFLICT (product_id) DO UPDATE SET factor = EXCLUDED.factor, velocity = EXCLUDED.velocity,
        conversion = EXCLUDED.conversion, rating = EXCLUDED.rating, returns = EXCLUDED.returns,
        completeness = EXCLUDED.completeness, computed_at = EXCLUDED.computed_at
)
SELECT product_id FROM moved WHERE abs(factor / before - 1) > %(noticeable)s
"""


@dataclass(frozen=True, slots=True)
class _Market:
    """What was learnt of the whole market in a few grouped statements."""

    usual: Usual
    sales: Mapping[ProductId, RecentSales]
    looked: Mapping[ProductId, tuple[int, int]]  # views, buys


def refresh(*, now: datetime) -> Refreshed:
    """Compute every product's quality anew; products whose factor moved noticeably are touched, so that every index
    takes them in.

    A few grouped statements for the whole market, then two for each `BATCH_MAX` products, each batch in a
    transaction of its own: safe to be broken off, and to run again.
    """
    market = _market(now)
    looked_at = changed = 0
    for listings in _batches():
        computed = {one.product_id: rules.quality(_known(one, market), market.usual) for one in listings}
        changed += _write(computed, now)
        looked_at += len(listings)
    return Refreshed(products=looked_at, changed=changed)


def _market(now: datetime) -> _Market:
    since = now - SALES_SINCE
    sales = {
        one.product_id: one
        for one in orders.recent_sales(since=since, now=now, half_life_days=rules.HALF_LIFE_DAYS)
    }
    looked = {
        one.product_id: (one.views, one.buys)
        for one in behaviour.product_counts(since=now - LOOKED_SINCE, until=now)
    }
    sold = sum(one.pieces for one in sales.values())
    views = sum(count for count, _ in looked.values())
    return _Market(
        usual=Usual(
            conversion=sum(buys for _, buys in looked.values()) / views if views else 0.0,
            rating_hundredths=catalog.usual_rating() or Usual().rating_hundredths,
            return_rate=sum(one.returned for one in sales.values()) / sold if sold else 0.0,
        ),
        sales=sales,
        looked=looked,
    )


def _batches() -> Iterator[Sequence[Listing]]:
    after: ProductId | None = None
    while listings := catalog.listings(after=after, limit=BATCH_MAX):
        yield listings
        after = listings[-1].product_id


def _known(listing: Listing, market: _Market) -> Known:
    sales, (views, buys) = market.sales.get(listing.product_id), market.looked.get(listing.product_id, (0, 0))
    return Known(
        recent_pieces=sales.decayed if sales else 0.0,
        views=views,
        buys=buys,
        rating_hundredths=listing.rating_hundredths,
        review_count=listing.review_count,
        sold_pieces=sales.pieces if sales else 0,
        returned_pieces=sales.returned if sales else 0,
        completeness=rules.completeness(
            pictures=listing.pictures,
            filled=listing.filled,
            attributes=listing.attributes,
            description=listing.description_length,
            is_in_both_languages=listing.is_in_both_languages,
            has_video=listing.has_video,
        ),
    )


def _write(computed: Mapping[ProductId, Quality], now: datetime) -> int:
    qualities = list(computed.values())
    with atomic():
        moved = rows(
            _WRITE,
            {
                "ids": list(computed),
                "factor": [one.factor for one in qualities],
                **{name: [getattr(one.scores, name) for one in qualities] for name in rules.PARTS},
                "noticeable": rules.NOTICEABLE,
                "now": now,
            },
        )
        changes.touch([ProductId(product_id) for (product_id,) in moved], now=now)
    return len(moved)
