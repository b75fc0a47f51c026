"""What is read of gifts, and only where some goods earn them: a cart without gifts takes no statement more."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from jishi.kernel.db import row
from jishi.kernel.ids import SkuId
from jishi.offering.catalog import queries as catalog
from jishi.offering.inventory import queries as inventory
from jishi.offering.pricing.rules import Earned
from jishi.trade.checkout import rules_gifts
from jishi.trade.checkout.types_gifts import Gifts

_Choices = dict[str, SkuId]


def of_cart(earned: Sequence[Earned], bought: Mapping[SkuId, int], *, owner_id: UUID) -> Gifts:
    """Return the gifts of a cart, which come from nowhere yet; three statements, none where nothing is earned."""
    if not earned:
        return Gifts()
    named = rules_gifts.gift_skus(earned)
    left = inventory.availability(named)
    return Gifts(
        earned=earned,
        skus=catalog.skus_for_sale(named),
        pool={one: [(rules_gifts.NOWHERE, left[one] - bought.get(one, 0))] for one in named},
        choices=_choices(earned, owner_id),
    )


def of_basket(earned: Sequence[Earned], taken: Sequence[rules_gifts.Taken], *, owner_id: UUID) -> Gifts:
    """Return the gifts of a checkout and the warehouses they could come from; three statements, none where nothing
    is earned.
    """
    if not earned:
        return Gifts()
    named = rules_gifts.gift_skus(earned)
    return Gifts(
        earned=earned,
        skus=catalog.skus_for_sale(named),
        pool=rules_gifts.beside(inventory.shelves(named), taken),
        choices=_choices(earned, owner_id),
    )


def _choices(earned: Sequence[Earned], owner_id: UUID) -> _Choices:
    if not any(rules_gifts.is_chosen(one) for one in earned):
        return {}
    found = row("SELECT gifts::text FROM checkout_cart WHERE owner_id = %s", [owner_id])
    return msgspec.json.decode(found[0], type=_Choices) if found else {}
