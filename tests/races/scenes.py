"""Pairs of calls that touch the same rows, and what must be true whoever comes first: stock, checkouts, carts."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from jishi.flows.tests.shopping import (
    NOW,
    make_goods,
    make_shopper,
    stock_of,
)
from jishi.kernel.db import atomic, rows
from jishi.kernel.ids import OrderId, SkuId, UserId, VisitorId, WarehouseId, new_id
from jishi.offering.inventory import services as inventory
from jishi.offering.inventory.tests.factories import line
from jishi.offering.inventory.types import StockLine
from jishi.trade.checkout import queries as carts
from jishi.trade.checkout import services as cart_services
from jishi.trade.checkout.types import LINES_MAX, CartLineWish, CartSelection
from jishi.trade.orders.types import Trade
from tests.races.interleaving import Call, Outcome


@dataclass(frozen=True, slots=True)
class Scene:
    """Calls that are about to meet, and the check of what came of them."""

    calls: Sequence[Call]
    check: Callable[[list[Outcome]], None]


def refusals(outcomes: Sequence[Outcome]) -> Counter[str | None]:
    return Counter(one.refusal for one in outcomes)


# The bound of the long run is the number of times that the word is taken from a call that could go on. The orders
# grow with its power: whole services of dozens of statements have 2, which gives hundreds, and shorter calls more.
# Where three meet, PostgreSQL chooses among those who wait: such a scene has no bound, and its orders are drawn.
Scenes = dict[Callable[[], Scene], int | None]


# -- stock ---------------------------------------------------------------------------------------------------


def reserve(*lines: StockLine) -> None:
    """Reserve pieces, all lines or none."""
    with atomic():
        inventory.reserve(lines, now=NOW)


def _release(*owners: OrderId) -> None:
    with atomic():
        inventory.release(owners, now=NOW)


def give_back(sku_id: SkuId) -> None:
    """Let go of all that is reserved of a SKU: its owners are no orders, and would look like a fault."""
    _release(
        *(
            OrderId(one)
            for (one,) in rows("SELECT owner_id FROM inventory_reservation WHERE sku_id = %s", [sku_id])
        )
    )


def warehouse_of(sku_id: SkuId) -> WarehouseId:
    """Return the one warehouse where pieces of a SKU lie."""
    ((found,),) = rows("SELECT warehouse_id FROM inventory_stock WHERE sku_id = %s", [sku_id])
    return WarehouseId(found)


def reserve_reserve() -> Scene:
    """Two owners, one piece."""
    last = make_goods(100, stock=1)
    place = warehouse_of(last.sku_id)

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 1, "out_of_stock": 1}
        assert stock_of(last.sku_id) == (1, 1)
        give_back(last.sku_id)

    return Scene([partial(reserve, line(new_id(), last.sku_id, place)) for _ in range(2)], check)


def reserve_reserve_crosswise() -> Scene:
    """Two owners who name the same two SKUs in opposite order; there is enough for one."""
    goods = make_goods(100, 200, stock=1)
    place = warehouse_of(goods.sku_ids[0])

    def wish(*sku_ids: SkuId) -> Call:
        owner = new_id()
        return partial(reserve, *(line(owner, sku_id, place) for sku_id in sku_ids))

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 1, "out_of_stock": 1}
        assert [stock_of(sku_id) for sku_id in goods.sku_ids] == [(1, 1), (1, 1)]
        give_back(goods.sku_ids[0])

    return Scene([wish(*goods.sku_ids), wish(*goods.sku_ids[::-1])], check)


def reserve_release() -> Scene:
    """The last piece is given back while somebody asks for it."""
    last = make_goods(100, stock=1)
    place, owner = warehouse_of(last.sku_id), OrderId(new_id())
    reserve(line(owner, last.sku_id, place))

    def check(outcomes: list[Outcome]) -> None:
        assert outcomes[1].refusal is None
        assert outcomes[0].refusal in {None, "out_of_stock"}
        assert stock_of(last.sku_id) == (1, 0 if outcomes[0].refusal else 1)
        give_back(last.sku_id)

    return Scene([partial(reserve, line(new_id(), last.sku_id, place)), partial(_release, owner)], check)


def release_release() -> Scene:
    """One reservation is given back twice."""
    goods = make_goods(100, stock=3)
    place, owner = warehouse_of(goods.sku_id), OrderId(new_id())
    reserve(line(owner, goods.sku_id, place, 2))

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 2}
        assert stock_of(goods.sku_id) == (3, 0)

    return Scene([partial(_release, owner)] * 2, check)


# -- checkout ------------------------------------------------------------------------------------------------


def submit_submit_last_piece() -> Scene:
    """Two buyers submit a checkout of the last piece."""
    last = make_goods(6_800, stock=1)
    shoppers = [make_shopper(), make_shopper()]

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 1, "out_of_stock": 1}
        assert stock_of(last.sku_id) == (1, 1)

    return Scene([partial(one.place, one.quote((last.sku_id, 1))) for one in shoppers], check)


def _submit_twice(same_key: bool) -> Scene:
    me, tea = make_shopper(), make_goods(6_800, stock=10)
    quote = me.quote((tea.sku_id, 1))
    keys = ["one-checkout"] * 2 if same_key else ["checkout-one", "checkout-two"]

    def check(outcomes: list[Outcome]) -> None:
        trades = {one.value.id for one in outcomes if isinstance(one.value, Trade)}
        assert len(trades) == 1
        assert refusals(outcomes) == ({None: 2} if same_key else {None: 1, "quote_used": 1})
        assert stock_of(tea.sku_id) == (10, 1)

    return Scene([partial(me.place, quote, key=key) for key in keys], check)


def submit_submit_same_key() -> Scene:
    """One checkout is submitted twice with one key."""
    return _submit_twice(same_key=True)


def submit_submit_other_key() -> Scene:
    """One checkout is submitted twice, each time with a key of its own."""
    return _submit_twice(same_key=False)


# -- carts ---------------------------------------------------------------------------------------------------


def _fill(owner: UserId | VisitorId, sku_ids: Sequence[SkuId], quantity: int = 1) -> None:
    for sku_id in sku_ids:
        wish = CartLineWish(sku_id=sku_id, quantity=quantity)
        cart_services.add_line(owner_id=owner, wish=wish, language="zh", now=NOW)


def _merge(visitor: VisitorId, buyer: UserId) -> Call:
    def merge() -> None:
        with atomic():  # so that there is a moment between the statement and its commit
            cart_services.merge_cart(visitor=visitor, buyer=buyer, now=NOW)

    return merge


def merge_merge() -> Scene:
    """Two devices on which one buyer signs in bring a cart each."""
    me, goods = make_shopper(), make_goods(100, 200, 300)
    phone, desk = VisitorId(new_id()), VisitorId(new_id())
    _fill(phone, goods.sku_ids[:2], 2)
    _fill(desk, goods.sku_ids[1:], 3)

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 2}
        assert {one.sku_id: one.quantity for one in carts.lines_of(me.buyer)} == dict(
            zip(goods.sku_ids, (2, 5, 3), strict=True)
        )
        assert carts.lines_of(phone) == carts.lines_of(desk) == []

    return Scene([_merge(phone, me.buyer), _merge(desk, me.buyer)], check)


def merge_merge_same() -> Scene:
    """One visitor's cart is brought twice: once is enough."""
    me, goods = make_shopper(), make_goods(100, 200)
    visitor = VisitorId(new_id())
    _fill(visitor, goods.sku_ids, 2)

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 2}
        assert [one.quantity for one in carts.lines_of(me.buyer)] == [2, 2]

    return Scene([_merge(visitor, me.buyer)] * 2, check)


def merge_merge_full() -> Scene:
    """Two carts are brought into one that has room for one line: it never holds more than it may."""
    me = make_shopper()
    me.put(make_goods().sku_id)
    _stuff(me.buyer, LINES_MAX - 2)
    visitors = [VisitorId(new_id()), VisitorId(new_id())]
    for visitor in visitors:
        _fill(visitor, make_goods(100, 200).sku_ids)

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 2}
        assert len(carts.lines_of(me.buyer)) == LINES_MAX

    return Scene([_merge(visitor, me.buyer) for visitor in visitors], check)


def _stuff(owner: UserId, lines: int) -> None:
    """Fill a cart with lines of no particular goods."""
    rows(
        "INSERT INTO checkout_cart_line (id, owner_id, sku_id, quantity, is_selected) "
        "SELECT uuidv7(), %s, uuidv7(), 1, TRUE FROM generate_series(1, %s) RETURNING id",
        [owner, lines],
    )


def _circle(change: Callable[[UserId], object]) -> Scene:
    """A cart is changed while another is brought into it, and somebody stands on the line in the middle.

    Who takes the lines from the other end and holds them meanwhile would wait in a circle.
    """
    me, goods = make_shopper(), make_goods(100, 200, 300)
    visitor = VisitorId(new_id())
    _fill(me.buyer, goods.sku_ids)
    _fill(visitor, goods.sku_ids)

    def stand() -> None:
        with atomic():
            rows(
                "SELECT id FROM checkout_cart_line WHERE owner_id = %s AND sku_id = %s FOR UPDATE",
                [me.buyer, goods.sku_ids[1]],
            )

    def check(outcomes: list[Outcome]) -> None:
        assert refusals(outcomes) == {None: 3}
        assert carts.lines_of(visitor) == []

    return Scene([_merge(visitor, me.buyer), partial(change, me.buyer), stand], check)


def merge_remove() -> Scene:
    """A cart is emptied while another is brought into it."""
    return _circle(
        lambda buyer: cart_services.remove_lines(owner_id=buyer, line_ids=None, language="zh", now=NOW)
    )


def merge_select() -> Scene:
    """All of a cart is chosen while another is brought into it."""
    chosen = CartSelection(is_selected=False)
    return _circle(
        lambda buyer: cart_services.select_lines(owner_id=buyer, selection=chosen, language="zh", now=NOW)
    )


def merge_submit() -> Scene:
    """A cart is bought while another is brought into it: what is bought is what was confirmed."""
    me, goods = make_shopper(), make_goods(100, 200)
    me.put(goods.sku_ids[0], 1)
    quote = me.quote()
    visitor = VisitorId(new_id())
    _fill(visitor, [goods.sku_ids[1]], 1)

    def check(outcomes: list[Outcome]) -> None:
        bought, merged = outcomes
        assert merged.refusal is None
        assert bought.refusal in {None, "cart_changed"}
        left = {one.sku_id for one in carts.lines_of(me.buyer)}
        assert left == ({goods.sku_ids[1]} if bought.refusal is None else set(goods.sku_ids))
        assert stock_of(goods.sku_ids[0]) == (10, 1 if bought.refusal is None else 0)
        assert stock_of(goods.sku_ids[1]) == (10, 0)

    return Scene([partial(me.place, quote), _merge(visitor, me.buyer)], check)


SCENES: Scenes = {
    reserve_reserve: 6,
    reserve_reserve_crosswise: 6,
    reserve_release: 6,
    release_release: 6,
    merge_merge: 6,
    merge_merge_same: 6,
    merge_merge_full: 6,
    merge_remove: None,
    merge_select: None,
    merge_submit: 2,
    submit_submit_last_piece: 3,
    submit_submit_same_key: 3,
    submit_submit_other_key: 3,
}
