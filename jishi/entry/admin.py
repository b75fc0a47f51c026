"""Where Django looks for the back office."""

from jishi.entry.console import (
    carriers,
    catalogue,
    ledger,
    listings,
    merchants,
    orders,
    payments,
    people,
    products,
    reconciliation,
    review_lists,
    search_index,
    settlement,
    site,
    system,
)

__all__ = [
    "carriers",
    "catalogue",
    "ledger",
    "listings",
    "merchants",
    "orders",
    "payments",
    "people",
    "products",
    "reconciliation",
    "review_lists",
    "search_index",
    "settlement",
    "site",
    "system",
]

site.furnish()
