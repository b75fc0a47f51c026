"""Where Django looks for the back office."""

from jishi.entry.console import (
    brands,
    carriers,
    catalogue,
    ledger,
    listings,
    merchants,
    orders,
    payments,
    people,
    products,
    promotions,
    recommended,
    reconciliation,
    review_lists,
    search_index,
    search_rules,
    settlement,
    shared,
    site,
    system,
)

__all__ = [
    "brands",
    "carriers",
    "catalogue",
    "ledger",
    "listings",
    "merchants",
    "orders",
    "payments",
    "people",
    "products",
    "promotions",
    "recommended",
    "reconciliation",
    "review_lists",
    "search_index",
    "search_rules",
    "settlement",
    "shared",
    "site",
    "system",
]

site.furnish()
