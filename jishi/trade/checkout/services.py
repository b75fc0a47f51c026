"""The verbs of the cart. Every change is short, and answers the whole cart."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jishi.kernel.channels import Channel
from jishi.kernel.db import atomic, execute, rows
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import CartLineId, SkuId, UserId, VisitorId, new_id
from jishi.kernel.words import Text
from jishi.offering.pricing.rules import Offer
from jishi.trade.checkout import queries, queries_offers
from jishi.trade.checkout.types import (
    LINES_MAX,
    QUANTITY_MAX,
    Cart,
    CartLineChange,
    CartLineWish,
    CartSelection,
    StoredLine,
)


class CartFull(Conflict):
    """A cart holds at most 120 lines."""

    code = "cart_full"
    message = Text(zh="购物车已满,请先清理", en="The cart is full; remove something first")


# Taken first by whoever changes a cart or buys from it; makes the cart when there is none.
_HOLD_CART = f"""
INSERT INTO checkout_cart (owner_id, changed_at) VALUES (%(buyer)s, %(now)s)
ON CONFLICT (owner_id) DO UPDATE SET changed_at = excluded.changed_at
RETURNING {queries_offers.FACTS}
"""

# Who changes several lines holds the cart first: two that take them in another order never meet.
_SELECT = """
WITH held AS (SELECT owner_id FROM checkout_cart WHERE owner_id = %(owner)s FOR NO KEY UPDATE)
UPDATE checkout_cart_line line SET is_selected = %(is_selected)s FROM held
WHERE line.owner_id = held.owner_id AND (%(lines)s::uuid[] IS NULL OR line.id = ANY(%(lines)s))
"""
_REMOVE = """
WITH held AS (SELECT owner_id FROM checkout_cart WHERE owner_id = %(owner)s FOR NO KEY UPDATE)
DELETE FROM checkout_cart_line line USING held
WHERE line.owner_id = held.owner_id AND (%(lines)s::uuid[] IS NULL OR line.id = ANY(%(lines)s))
"""

# Adds to the line of a SKU or makes it, if there is room, and answers the whole cart.
_PUT = """
WITH room AS (
    SELECT count(*) < %(lines_max)s OR bool_or(sku_id = %(sku)s) AS is_there
    FROM checkout_cart_line WHERE owner_id = %(owner)s
), put AS (
    INSERT INTO checkout_cart_line AS mine (id, owner_id, sku_id, quantity, is_selected)
    SELECT %(id)s, %(owner)s, %(sku)s, %(quantity)s, TRUE FROM room WHERE is_there
    ON CONFLICT (owner_id, sku_id) DO UPDATE
    SET quantity = least(mine.quantity + excluded.quantity, %(quantity_max)s),
        is_selected = excluded.is_selected
    RETURNING id, sku_id, quantity, is_selected
)
SELECT id, sku_id, quantity, is_selected FROM put
UNION ALL
SELECT id, sku_id, quantity, is_selected FROM checkout_cart_line
WHERE owner_id = %(owner)s AND sku_id <> %(sku)s
ORDER BY id DESC
"""

# The pieces of a line go to another SKU, and the whole cart is answered; nothing happens when it is the same
# SKU.
_EXCHANGE = """
WITH gone AS (
    DELETE FROM checkout_cart_line WHERE id = %(line)s AND owner_id = %(owner)s AND sku_id <> %(sku)s
    RETURNING id, quantity, is_selected
), put AS (
    INSERT INTO checkout_cart_line AS mine (id, owner_id, sku_id, quantity, is_selected)
    SELECT id, %(owner)s, %(sku)s, coalesce(%(quantity)s, quantity), coalesce(%(is_selected)s, is_selected)
    FROM gone ON CONFLICT (owner_id, sku_id) DO UPDATE
    SET quantity = least(mine.quantity + excluded.quantity, %(quantity_max)s),
        is_selected = excluded.is_selected
    RETURNING id, sku_id, quantity, is_selected
)
SELECT id, sku_id, quantity, is_selected FROM put
UNION ALL
SELECT id, sku_id, quantity, is_selected FROM checkout_cart_line
WHERE owner_id = %(owner)s AND id <> %(line)s AND sku_id <> %(sku)s
ORDER BY id DESC
"""

# A statement of its own: what was waited for here is seen by the next one.
_HOLD_FOR_VISITOR = """
INSERT INTO checkout_cart (owner_id, changed_at)
SELECT %(buyer)s, %(now)s WHERE EXISTS (SELECT FROM checkout_cart_line WHERE owner_id = %(visitor)s)
ON CONFLICT (owner_id) DO UPDATE SET changed_at = excluded.changed_at
"""

# The visitor's lines become the buyer's; pieces of one SKU add up. What finds no room is dropped: the
# buyer's own lines stay, the visitor's newest come first.
_MERGE = """
WITH brought AS (
    DELETE FROM checkout_cart_line WHERE owner_id = %(visitor)s
    RETURNING id, sku_id, quantity, is_selected
), ranked AS (
    SELECT brought.*, mine.id IS NOT NULL AS is_there,
        row_number() OVER (PARTITION BY mine.id IS NULL ORDER BY brought.id DESC) AS place
    FROM brought LEFT JOIN checkout_cart_line mine
        ON mine.owner_id = %(buyer)s AND mine.sku_id = brought.sku_id
)
INSERT INTO checkout_cart_line AS mine (id, owner_id, sku_id, quantity, is_selected)
SELECT id, %(buyer)s, sku_id, quantity, is_selected FROM ranked WHERE is_there
    OR place <= %(lines_max)s - (SELECT count(*) FROM checkout_cart_line WHERE owner_id = %(buyer)s)
ON CONFLICT (owner_id, sku_id) DO UPDATE
SET quantity = least(mine.quantity + excluded.quantity, %(quantity_max)s),
    is_selected = mine.is_selected OR excluded.is_selected
"""

_PURGE = """
WITH old AS (
    SELECT owner_id FROM checkout_cart WHERE changed_at < %s FOR UPDATE SKIP LOCKED
), emptied AS (
    DELETE FROM checkout_cart_line USING old WHERE checkout_cart_line.owner_id = old.owner_id
)
DELETE FROM checkout_cart USING old WHERE checkout_cart.owner_id = old.owner_id
"""


def add_line(
    *, owner_id: UUID, wish: CartLineWish, channel: Channel = Channel.WEB, language: str, now: datetime
) -> Cart:
    """Put pieces of a SKU in the cart, selected; pieces of it that are there add up.

    Raises: NotFound for no such SKU, CartFull (409).
    """
    with atomic():
        offer = _hold(owner_id, channel, now)
        found = rows(
            _PUT,
            {
                "owner": owner_id,
                "id": new_id(),
                "sku": wish.sku_id,
                "quantity": wish.quantity,
                "lines_max": LINES_MAX,
                "quantity_max": QUANTITY_MAX,
            },
        )
        if all(line[1] != wish.sku_id for line in found):
            raise CartFull
        cart = queries.shown(queries.stored(found), owner_id=owner_id, language=language, offer=offer)
        return _known(cart, wish.sku_id)


def change_line(
    *,
    owner_id: UUID,
    line_id: CartLineId,
    change: CartLineChange,
    channel: Channel = Channel.WEB,
    language: str,
    now: datetime,
) -> Cart:
    """Change quantity, selection or SKU of a line; a line of the new SKU takes the pieces of the old one in.

    Raises: NotFound for no such line or SKU.
    """
    if change.sku_id is None:
        _update(owner_id, line_id, change)
        return queries.cart(owner_id, channel=channel, language=language, now=now)
    with atomic():
        offer = _hold(owner_id, channel, now)
        lines = _exchange(owner_id, line_id, change.sku_id, change)
        cart = queries.shown(lines, owner_id=owner_id, language=language, offer=offer)
        return _known(cart, change.sku_id)


def select_lines(
    *, owner_id: UUID, selection: CartSelection, channel: Channel = Channel.WEB, language: str, now: datetime
) -> Cart:
    """Select or deselect several lines, or all; lines that are not there are left out."""
    chosen = {"owner": owner_id, "lines": selection.line_ids, "is_selected": selection.is_selected}
    execute(_SELECT, chosen)
    return queries.cart(owner_id, channel=channel, language=language, now=now)


def remove_lines(
    *,
    owner_id: UUID,
    line_ids: Sequence[CartLineId] | None,
    channel: Channel = Channel.WEB,
    language: str,
    now: datetime,
) -> Cart:
    """Take lines out of the cart, all of them when None; what is not there is not missed."""
    execute(_REMOVE, {"owner": owner_id, "lines": line_ids})
    return queries.cart(owner_id, channel=channel, language=language, now=now)


def merge_cart(*, visitor: VisitorId, buyer: UserId, now: datetime) -> None:
    """Bring what a visitor put in the cart into that of the buyer he turned out to be. Safe to call again.

    What finds no room is dropped: the buyer's own lines stay, the visitor's newest come first.
    """
    with transaction.atomic():
        if execute(_HOLD_FOR_VISITOR, {"visitor": visitor, "buyer": buyer, "now": now}):
            execute(
                _MERGE,
                {
                    "visitor": visitor,
                    "buyer": buyer,
                    "lines_max": LINES_MAX,
                    "quantity_max": QUANTITY_MAX,
                },
            )


def purge_carts(*, unchanged_since: datetime) -> int:
    """Remove carts that nobody has put anything in since; return how many."""
    return execute(_PURGE, [unchanged_since])


def _hold(owner_id: UUID, channel: Channel, now: datetime) -> Offer:
    """Hold a cart, and read along what is offered to its owner."""
    ((edition, is_new),) = rows(_HOLD_CART, {"buyer": owner_id, "now": now})
    return queries_offers.offer_of(edition, is_new=is_new, channel=channel, now=now)


def _update(owner_id: UUID, line_id: CartLineId, change: CartLineChange) -> None:
    changed = execute(
        "UPDATE checkout_cart_line SET quantity = coalesce(%s, quantity), is_selected = coalesce(%s, "
        "is_selected) "
        "WHERE id = %s AND owner_id = %s",
        [change.quantity, change.is_selected, line_id, owner_id],
    )
    if not changed:
        raise NotFound


def _exchange(owner_id: UUID, line_id: CartLineId, sku_id: SkuId, change: CartLineChange) -> list[StoredLine]:
    """Put the pieces of a line into the line of another SKU; the same SKU is an ordinary change."""
    found = rows(
        _EXCHANGE,
        {
            "owner": owner_id,
            "line": line_id,
            "sku": sku_id,
            "quantity": change.quantity,
            "is_selected": change.is_selected,
            "quantity_max": QUANTITY_MAX,
        },
    )
    if any(line[1] == sku_id for line in found):
        return queries.stored(found)
    _update(owner_id, line_id, change)
    return queries.lines_of(owner_id)


def _known(cart: Cart, sku_id: SkuId) -> Cart:
    """Check that a SKU that was put in the cart exists. Raises: NotFound, which undoes the change."""
    lines = [line for group in cart.groups for line in group.lines] + cart.invalid_lines
    if all(line.sku_id != sku_id for line in lines):
        raise NotFound
    return cart
