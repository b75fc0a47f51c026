"""Which of several offers of one thing is the best: docs/algorithms/best_offer.md."""

from collections.abc import Iterable

from jishi.offering.catalog.types_offers import Candidate, Delivery, Standing

# What a buyer gives for having it a day sooner, and for a merchant a whole star better: shares of the price.
DAY_SHARE = 1  # hundredths
STAR_SHARE = 5  # hundredths
# A merchant whom nobody has rated counts as one with so many reviews of so many stars.
PRIOR_REVIEWS = 20
PRIOR_STARS = 4
STARS_MAX = 5


def ranked(candidates: Iterable[Candidate]) -> list[Standing]:
    """Return where the offers stand, the best first: O(n log n), in whole numbers, the same for any order of
    `candidates`.

    What is in stock comes first, then what is sent to the usual region, then what costs least in all; of equals the
    cheaper, then the older product.
    """
    return [
        Standing(
            product_id=one.product_id,
            delivery=best_delivery(one),
            stars_sum=one.stars_sum,
            review_count=one.review_count,
        )
        for one in sorted(candidates, key=_key)
    ]


def best_delivery(offer: Candidate) -> Delivery | None:
    """Return the way of sending that makes the offer cost least in all; None when it is not sent there."""
    return min(offer.deliveries, key=lambda one: (cost(offer, one), one.days_max, one.days_min), default=None)


def cost(offer: Candidate, delivery: Delivery | None) -> int:
    """Return what an offer costs in all, in a unit of its own: price with freight, dearer by a hundredth a day and by
    five hundredths for each star that the merchant lacks.

    The merchant's stars are (stars + 20 · 4) / (reviews + 20), a Bayesian average; everything is multiplied out by
    (reviews + 20), which is divided away by `_PRECISION` at the end so that offers of different merchants compare.
    """
    freight, days = (delivery.freight_minor, delivery.days_max) if delivery else (0, 0)
    reviews = offer.review_count + PRIOR_REVIEWS
    lacking = STARS_MAX * reviews - (offer.stars_sum + PRIOR_REVIEWS * PRIOR_STARS)
    whole = (offer.price_minor + freight) * (100 + DAY_SHARE * days) * (100 * reviews + STAR_SHARE * lacking)
    return whole * _PRECISION // reviews


_PRECISION = 10**6


def _key(offer: Candidate) -> tuple[bool, bool, int, int, int]:
    delivery = best_delivery(offer)
    return (
        not offer.in_stock,
        delivery is None,
        cost(offer, delivery),
        offer.price_minor,
        offer.product_id.int,
    )
