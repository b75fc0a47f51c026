"""Which merchant's offer of a shared product is the best: price, delivery and rating come from three areas."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jishi.community.reviews import queries as reviews
from jishi.community.reviews.services import forget as forget_reviews
from jishi.kernel.db import atomic
from jishi.kernel.ids import MerchantId, ProductId, SharedProductId
from jishi.offering.catalog import queries_offers, services_offers
from jishi.offering.catalog.events import OffersChanged
from jishi.offering.catalog.types_offers import Candidate, Delivery, OfferToRank
from jishi.trade.shipping import queries as shipping
from jishi.trade.shipping import rules as freight
from jishi.trade.shipping.types import FreightTemplate, Goods, ShippingMethod

USUAL_AREA = "310000"  # Shanghai: offers are compared by what it costs to send one piece there
_METHODS = (ShippingMethod.STANDARD, ShippingMethod.EXPRESS)
BATCH = 200


def follow_offers(event: OffersChanged, *, now: datetime) -> None:
    """Choose anew among the offers of a shared product that changed."""
    choose_best(event.shared_id, now=now)


def choose_best(shared_id: SharedProductId, *, now: datetime) -> None:
    """Rank the live offers of a shared product and show the best one in lists; six statements and what changed, in
    the caller's transaction. Safe to call again.
    """
    services_offers.lock_shared(shared_id)
    offers = queries_offers.offers_to_rank(shared_id)
    templates = shipping.templates_of(list({one.merchant_id for one in offers}))
    stars = reviews.stars_of_merchants([one.merchant_id for one in offers])
    product_ids = queries_offers.offers_of(shared_id)
    rating = reviews.rating_of(product_ids)
    candidates = [_candidate(one, templates, stars) for one in offers]
    if services_offers.keep_best(shared_id, candidates, rating, now=now):
        forget_reviews(product_ids)


def choose_all(*, now: datetime) -> None:
    """Rank the offers of every shared product, each in a transaction of its own: freight changes tell nobody."""
    after: SharedProductId | None = None
    while found := queries_offers.groups(after=after, limit=BATCH):
        for shared_id in found:
            with atomic():
                choose_best(shared_id, now=now)
        after = found[-1]


def _candidate(
    offer: OfferToRank,
    templates: Mapping[MerchantId, Sequence[FreightTemplate]],
    stars: Mapping[MerchantId, tuple[int, int]],
) -> Candidate:
    stars_sum, count = stars.get(offer.merchant_id, (0, 0))
    return Candidate(
        product_id=ProductId(offer.product_id),
        price_minor=offer.price.amount_minor,
        in_stock=offer.in_stock,
        deliveries=_deliveries(offer, templates.get(offer.merchant_id, ())),
        stars_sum=stars_sum,
        review_count=count,
    )


def _deliveries(offer: OfferToRank, templates: Sequence[FreightTemplate]) -> list[Delivery]:
    piece = Goods(
        sku_id=offer.sku_id,
        merchant_id=offer.merchant_id,
        template_id=offer.freight_template_id,
        quantity=1,
        amount=offer.price,
        weight_grams=offer.weight_grams,
        volume_cm3=offer.volume_cm3,
    )
    offered = freight.offers([piece], templates, area_code=USUAL_AREA, currency=offer.price.currency)
    return [
        Delivery(freight_minor=one.amount.amount_minor, days_min=days[0], days_max=days[1])
        for method in _METHODS
        if (one := offered.get(method)) is not None
        for days in [freight.DAYS[method]]
    ]
