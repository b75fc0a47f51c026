"""What the public sees of the offers of a shared product, as plain values ready to be encoded."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from jishi.offering.catalog.shown import Plain, merchant, money


def shared(
    shared_id: UUID, standings: Sequence[Mapping[str, Any]], offers: Sequence[Sequence[Any]], language: str
) -> Plain | None:
    """Return a `SharedOffers` of what `queries_offers.shown_rows` read: the best first, and what has no standing yet
    behind; None for a single offer.
    """
    if len(offers) < 2:
        return None
    places = {standing["product_id"]: (place, standing) for place, standing in enumerate(standings)}
    last: tuple[int, Mapping[str, Any]] = (len(places), {})
    found = sorted(((*places.get(one[0], last), one) for one in offers), key=lambda placed: placed[0])
    return {
        "id": shared_id,
        "merchants": len({one[1] for one in offers}),
        "price_from": min((money(one[5], one[6]) for one in offers), key=lambda one: one["amount_minor"]),
        "offers": [_offer(one, standing, language) for _, standing, one in found],
    }


def _offer(one: Sequence[Any], standing: Mapping[str, Any], language: str) -> Plain:
    product_id, merchant_id, zh, en, logo, price_minor, currency, in_stock, skus = one
    delivery, reviews = standing.get("delivery"), standing.get("review_count", 0)
    return {
        "product_id": product_id,
        "merchant": merchant(merchant_id, zh, en, logo, language),
        "price": money(price_minor, currency),
        "in_stock": in_stock,
        "freight": money(delivery["freight_minor"], currency) if delivery else None,
        "days_min": delivery["days_min"] if delivery else None,
        "days_max": delivery["days_max"] if delivery else None,
        "rating": _rating(standing["stars_sum"], reviews) if reviews else None,
        "skus": [
            {"id": sku_id, "choice": choice, "price": money(price, currency), "in_stock": has}
            for sku_id, choice, price, has in skus or []
        ],
    }


def _rating(stars: int, reviews: int) -> Plain:
    return {"average_hundredths": (200 * stars + reviews) // (2 * reviews), "count": reviews}
