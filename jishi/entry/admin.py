"""Where Django looks for the back office."""

from jishi.entry.console import (
    catalogue,
    ledger,
    listings,
    merchants,
    orders,
    payments,
    people,
    reconciliation,
    settlement,
    site,
    system,
)

__all__ = [
    "catalogue",
    "ledger",
    "listings",
    "merchants",
    "orders",
    "payments",
    "people",
    "reconciliation",
    "settlement",
    "site",
    "system",
]

site.furnish()
