"""The demo market's past: ninety days of orders, opinions, statements and payouts, and a buyer who has seen some."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jishi.discovery.interests import services as interests
from jishi.entry.demo import accounts, goods, history, opinions, plans
from jishi.entry.demo.accounts import Person
from jishi.entry.demo.content import DemoMerchant, DemoProduct
from jishi.entry.demo.crowd import Shopper, shopper
from jishi.entry.demo.history import Shelf, Written
from jishi.entry.demo.painting import Studio
from jishi.entry.demo.plans import DAY, HOUR, Fate, PlannedLine, PlannedOrder, Times
from jishi.entry.demo.stores import Store
from jishi.flows import pay_out, ship
from jishi.flows import settle as settle_flow
from jishi.flows.close_unpaid import close_unpaid
from jishi.identity.accounts import queries as people
from jishi.kernel.db import atomic, rows
from jishi.kernel.ids import MerchantId, ParcelId, PayoutId, ProductId, StatementId, UserId
from jishi.kernel.quiet import quietly
from jishi.money.payments.types import ChannelName
from jishi.money.settlement import services as settlement
from jishi.offering.catalog import services as catalog

FORTNIGHT = timedelta(days=14)
CONFIRMED_AFTER = timedelta(days=2)
PAID_AFTER = timedelta(days=4)
EARLIER_PIECES = (0.4, 3.2)  # powers of ten: what was sold before these ninety days
MAIN_BUYER = "xiaoming"


def has_orders(store: Store) -> bool:
    """Say whether anybody has bought from a store."""
    return bool(rows("SELECT 1 FROM orders_order WHERE merchant_id = %s LIMIT 1", [store.merchant_id]))


def write_store(
    merchant: DemoMerchant,
    store: Store,
    products: Sequence[DemoProduct],
    crowd: Sequence[Shopper],
    tops: Mapping[str, str],
    studio: Studio,
    *,
    orders: tuple[int, int],
    seed: int,
    now: datetime,
) -> None:
    """Write down what a store has sold, what was said of it, and how much it sold before that."""
    shelf = Shelf.of(store)
    planned = plans.plan(merchant, products, orders=orders, buyers=len(crowd), seed=seed, now=now)
    main = main_buyer()
    bought = [(one, crowd[one.buyer]) for one in planned]
    bought += [(one, main) for one in own_orders(merchant.code, products, seed=seed, now=now)]
    # As it came about: what is written down for ever, such as stock movements, is read in the order of writing.
    bought.sort(key=lambda pair: pair[0].times.shipped)
    with quietly():
        written = [history.write(one, merchant, store, shelf, buyer, now=now) for one, buyer in bought]
        opinions.write(written, store, tops, studio, seed=f"{seed}:{merchant.code}", now=now)
    _count_sales(products, shelf, written, seed=seed, now=now)
    _follow_parcels([one for one in written if one.is_travelling])


def _count_sales(
    products: Sequence[DemoProduct], shelf: Shelf, written: Sequence[Written], *, seed: int, now: datetime
) -> None:
    sold = [pair for one in written for pair in one.sold]
    for product in products:
        chance = random.Random(f"{seed}:{product.code}:earlier")
        is_new = goods.listing_time(product, seed=seed, now=now) > now - plans.DAYS * DAY
        pieces = 0 if is_new else round(10 ** chance.uniform(*EARLIER_PIECES))
        sold.append((shelf.skus[goods.sku_codes(product)[0]].product_id, pieces))
    with atomic():
        catalog.count_sold(sold, now=now)


def _follow_parcels(travelling: Sequence[Written]) -> None:
    """Let the carriers tell where the parcels are that have not arrived."""
    found = rows(
        "SELECT id FROM shipping_parcel WHERE order_id = ANY(%s::uuid[])",
        [[one.order_id for one in travelling]],
    )
    with atomic():
        for (parcel_id,) in found:
            ship.follow_parcel.defer(parcel_id=ParcelId(parcel_id))


# -- the main demo buyer ---------------------------------------------------------------------------

# Of which store, how long ago he ordered, the pieces' place in the store's list, how it ends.
OWN_ORDERS = (
    ("soundwide", 52 * DAY, 0, Fate.KEPT, 5),
    ("warmhouse", 40 * DAY, 2, Fate.PART_RETURNED, 0),
    ("greenbamboo", 31 * DAY, 0, Fate.KEPT, 5),
    ("bareskin", 24 * DAY, 2, Fate.CANCELLED, 0),
    ("ticktock", 9 * DAY, 0, Fate.KEPT, 0),
    ("wildridge", 4 * DAY + 6 * HOUR, 0, Fate.KEPT, 0),
    ("stride", 2 * DAY, 4, Fate.KEPT, 0),
    ("soundwide", 5 * HOUR, 7, Fate.KEPT, 0),
    ("greenbamboo", 4 * HOUR, 6, Fate.KEPT, 0),
)
UNPAID_FROM = "tangerine"


def main_buyer() -> Shopper:
    """Return the buyer whose pages visitors look at first. Raises: LookupError before he is there."""
    user_id = people.find_by_login(f"{MAIN_BUYER}@{accounts.DOMAIN}")
    if user_id is None:
        raise LookupError("the demo buyers are made first")
    return shopper(user_id)


def own_orders(
    store_code: str, products: Sequence[DemoProduct], *, seed: int, now: datetime
) -> list[PlannedOrder]:
    """Return the main buyer's orders at a store: some in every state."""
    found = []
    for code, ago, place, fate, stars in OWN_ORDERS:
        if code != store_code:
            continue
        chance = random.Random(f"{seed}:{code}:{ago}")
        line = PlannedLine(
            product=products[place],
            sku_code=goods.sku_codes(products[place])[0],
            quantity=1,
            stars=stars,
            has_photo=stars == 5 and place < plans.IN_DEMAND,
        )
        found.append(
            PlannedOrder(
                buyer=-1,
                lines=[line],
                channel=ChannelName.ALIPAY,
                fate=fate,
                times=_own_times(now - ago, chance),
            )
        )
    return found


def _own_times(placed: datetime, chance: random.Random) -> Times:
    steps = plans.times(chance, placed, ship_after=20 * HOUR)
    delivered = placed + 66 * HOUR
    received = placed + 132 * HOUR
    return replace(
        steps,
        delivered=delivered,
        received=received,
        regretted=received + 30 * HOUR,
        reviewed=received + 20 * HOUR,
    )


def write_own_page(stores: Mapping[str, Store], merchants: Sequence[DemoMerchant], *, now: datetime) -> None:
    """Give the main buyer an order to pay, favourites, stores he follows and things he has looked at."""
    main = main_buyer()
    by_code = {one.code: one for one in merchants}
    _leave_unpaid(main, by_code[UNPAID_FROM], stores[UNPAID_FROM], now)
    seen = _bestsellers(now)
    for place, product_id in enumerate(seen):
        at = now - (place + 1) * 3 * HOUR
        interests.view(owner_id=main.user_id, product_id=product_id, now=at)
        if place % 2 == 0:
            interests.add_favourite(buyer=main.user_id, product_id=product_id, now=at)
    for code in ("soundwide", "greenbamboo", "warmhouse", "wildridge"):
        interests.follow(buyer=main.user_id, merchant_id=stores[code].merchant_id, now=now - 20 * DAY)


def _leave_unpaid(main: Shopper, merchant: DemoMerchant, store: Store, now: datetime) -> None:
    product = merchant.products[0]
    line = PlannedLine(
        product=product, sku_code=goods.sku_codes(product)[0], quantity=2, stars=0, has_photo=False
    )
    basket = history.Basket(merchant=merchant, store=store, lines=[line])
    trade = history.place(main, [basket], Shelf.of(store), at=now)
    close_unpaid.defer(at=now + history.payment_window(), trade_id=trade.id)


def _bestsellers(now: datetime) -> list[ProductId]:
    found = rows(
        "SELECT id FROM catalog_product WHERE status = 'live' AND published_at < %s "
        "ORDER BY review_count DESC, sold_count DESC, title_zh LIMIT 16",
        [now],
    )
    return [ProductId(product_id) for (product_id,) in found]


# -- statements and payouts ------------------------------------------------------------------------


def settle(stores: Sequence[Store], *, now: datetime, until_fortnights: int = 0) -> None:
    """Issue a statement every fortnight, confirm and pay the older ones; the last ones wait for their merchants.

    What was earned in the last `until_fortnights` is left for the next statement.
    """
    owners = {store.merchant_id: (place, store.owner_id) for place, store in enumerate(stores)}
    clerks = [_clerk(one) for one in accounts.finance()]
    with quietly():
        for fortnights in range(plans.DAYS // FORTNIGHT.days, until_fortnights - 1, -1):
            issued_at = now - fortnights * FORTNIGHT
            for statement_id in settle_flow.run_cycle(issued_at):
                _pay(statement_id, owners, clerks, issued_at, now)


def _pay(
    statement_id: StatementId,
    owners: Mapping[MerchantId, tuple[int, UserId]],
    clerks: Sequence[UserId],
    issued_at: datetime,
    now: datetime,
) -> None:
    ((merchant_id, due_minor),) = rows(
        "SELECT merchant_id, due_minor FROM settlement_statement WHERE id = %s", [statement_id]
    )
    if issued_at + CONFIRMED_AFTER > now or merchant_id not in owners:
        return
    place, owner_id = owners[merchant_id]
    confirmed_at, paid_at = issued_at + CONFIRMED_AFTER, issued_at + PAID_AFTER
    with atomic():
        settlement.confirm(statement_id=statement_id, merchant_id=merchant_id, by=owner_id, now=confirmed_at)
    # Of the last confirmed ones the platform's clerks still have some to pay.
    if due_minor <= 0 or paid_at > now or (issued_at + FORTNIGHT + DAY > now and place % 3 == 0):
        return
    payout = pay_out.prepare(statement_id=statement_id, by=clerks[0], now=confirmed_at)
    pay_out.approve(payout_id=PayoutId(payout.id), by=clerks[1], now=paid_at - 2 * HOUR)
    reference = f"ICBC{paid_at:%Y%m%d}{place:04}"
    pay_out.mark_paid(payout_id=PayoutId(payout.id), bank_reference=reference, by=clerks[1], now=paid_at)


def _clerk(person: Person) -> UserId:
    found = people.find_by_login(person.email)
    if found is None:
        raise LookupError("the platform's staff is made first")
    return found
