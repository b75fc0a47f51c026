"""Categories whose products are shared, and offers of one thing."""

from collections.abc import Sequence
from datetime import datetime

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.ids import CategoryId, ProductId, SharedProductId, UserId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_offers, services_merge, services_offers
from jishi.offering.catalog.tests.factories import NOW, MadeProduct, make_category, make_product
from jishi.offering.catalog.types_offers import CategoryMode
from jishi.offering.inventory.tests.factories import make_stock

OPERATOR = UserId(new_id())


def make_shared_category(name: str | None = None) -> CategoryId:
    """Make a category whose products are shared."""
    category_id = make_category(name)
    services_offers.set_mode(category_id=category_id, mode=CategoryMode.SHARED, actor=OPERATOR, now=NOW)
    return category_id


def make_offers(
    prices_minor: Sequence[int] = (10_000, 9_000),
    *,
    category_id: CategoryId | None = None,
    title: Text | None = None,
    stock: int = 5,
    now: datetime = NOW,
) -> list[MadeProduct]:
    """Make one product, offered by a merchant for each price, merged into the first one's shared product."""
    category_id = category_id or make_shared_category()
    made = [
        make_product(
            merchant_id=make_merchant(),
            category_id=category_id,
            title=title,
            prices_minor=[price_minor],
            now=now,
        )
        for price_minor in prices_minor
    ]
    for one in made:
        make_stock(one.sku_id, stock)
    for other in made[1:]:
        services_merge.merge(
            kept=shared(made[0].id), gone=shared(other.id), reason="同款", actor=OPERATOR, now=now
        )
    return made


def shared(product_id: ProductId) -> SharedProductId:
    """Return the shared product that a product is an offer of."""
    found = queries_offers.shared_of(product_id)
    assert found is not None
    return found
