"""Freight templates for tests of any context."""

from datetime import UTC, datetime

from jishi.kernel.ids import MerchantId
from jishi.trade.shipping import services
from jishi.trade.shipping.types import (
    FreightRate,
    FreightTemplate,
    FreightTemplateWish,
    FreightUnit,
    ShippingMethod,
)

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def make_rate(
    *prefixes: str,
    first_minor: int = 800,
    next_minor: int = 200,
    free_from_minor: int | None = None,
    is_served: bool = True,
) -> FreightRate:
    """Return a rate per piece, for anywhere unless areas are named."""
    return FreightRate(
        area_prefixes=prefixes or ("",),
        first_units=1,
        first_minor=first_minor,
        next_units=1,
        next_minor=next_minor,
        free_from_minor=free_from_minor,
        is_served=is_served,
    )


def make_template(
    merchant_id: MerchantId,
    *rates: FreightRate,
    method: ShippingMethod = ShippingMethod.STANDARD,
    unit: FreightUnit = FreightUnit.PIECE,
    is_default: bool = True,
) -> FreightTemplate:
    """Make a freight template: ¥8.00 for the first piece and ¥2.00 for each further one, unless told else."""
    wish = FreightTemplateWish(
        name="快递",
        method=method,  # type: ignore[arg-type]  # tests may name any method
        unit=unit,
        rates=list(rates) or [make_rate()],
        is_default=is_default,
    )
    return services.save_template(merchant_id=merchant_id, wish=wish, now=NOW)
