"""`jishi seed --products N --merchants M --orders K`: the whole run, on as many processes as there are cores."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from jishi.discovery.search import services as search
from jishi.entry.demo import accounts, channels, past, plans
from jishi.entry.demo.scale import books, ground, shelves, workers
from jishi.entry.demo.scale.books import Desk
from jishi.entry.demo.scale.copying import Rows
from jishi.entry.demo.scale.names import Names, Row, day_of, instant, milliseconds
from jishi.entry.demo.scale.sales import DAY_MS, Trading
from jishi.entry.demo.scale.wares import Assortment
from jishi.identity.accounts import queries as people
from jishi.kernel import clock
from jishi.kernel.db import atomic, execute
from jishi.kernel.ids import order_number
from jishi.money.ledger import rules as ledger
from jishi.money.ledger import services as ledger_services
from jishi.money.ledger import services_standing
from jishi.money.payments.types import ChannelName
from jishi.offering.media import queries as media

ORDERS_PER_BUYER = 8
PRODUCTS_MAX, MERCHANTS_MAX, ORDERS_MAX = 5_000_000, 10_000, 5_000_000
DAYS_MAX = 730
PRODUCTS_PER_MERCHANT_MIN = 4
OPEN_FORTNIGHTS = 1  # what was earned in it waits for the next statement
_ANALYZED = (
    "accounts_user, media_asset, merchants_merchant, catalog_product, catalog_version, catalog_sku, catalog_price, "
    "inventory_stock, inventory_movement, orders_trade, orders_order, orders_order_line, orders_event, "
    "payments_payment, payments_part, payments_attempt, payments_capture, payments_capture_part, payments_refund, "
    "payments_refund_line, ledger_journal, ledger_posting, shipping_parcel, shipping_parcel_line, "
    "settlement_entry"
)


class NotPossible(Exception):
    """The wished size makes no sense; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How much is to be added."""

    products: int
    merchants: int
    orders: int
    seed: int
    days: int = plans.DAYS  # since the first of the orders

    def check(self) -> None:
        """Raises: NotPossible."""
        for name, value, least, most in (
            ("--products", self.products, 0, PRODUCTS_MAX),
            ("--merchants", self.merchants, 0, MERCHANTS_MAX),
            ("--orders", self.orders, 0, ORDERS_MAX),
            ("--days", self.days, 1, DAYS_MAX),
        ):
            if not least <= value <= most:
                raise NotPossible(f"{name} must lie between {least} and {most}")
        if self.products < max(1, self.merchants * PRODUCTS_PER_MERCHANT_MIN):
            raise NotPossible(
                f"--products must be at least {PRODUCTS_PER_MERCHANT_MIN} for each merchant: "
                "orders are of the products that come in the same run"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was added, and how long each part took in seconds."""

    products: int
    orders: int
    products_seconds: float
    orders_seconds: float
    statements_seconds: float


def fill(
    wish: Wish,
    *,
    now: datetime,
    say: Callable[[str], None] = lambda _: None,
    where: dict[str, Any] | None = None,
) -> Filled:
    """Add products, merchants and orders to the market; every run adds anew.

    `where` is how to reach the same database as somebody who may let triggers sleep (`keys`), if there is a way.

    Raises: NotPossible, PicturesMissing.
    """
    wish.check()
    begun = time.monotonic()
    run = _next_run()
    names = Names.of(wish.seed, run)
    assortment = _assortment(wish, names, run, now)
    trading = _trading(wish, assortment, now)
    desk = _desk(trading) if wish.orders else None
    with workers.workers(where or _where(), assortment, desk) as pool:
        say(f"{wish.products} products of {len(assortment.sellers)} merchants")
        workers.each(pool, _products, wish.products, say)
        products_at = time.monotonic()
        if desk:
            say(f"{wish.orders} orders of {trading.buyers} buyers")
            workers.each(pool, _buyers, trading.buyers, say)
            workers.each(pool, _orders, wish.orders, say)
    orders_at = time.monotonic()
    if desk:
        say("statements and payouts")
        stores = [ground.store_of(one) for one in assortment.sellers]
        past.settle(stores, now=now, until_fortnights=OPEN_FORTNIGHTS)
        services_standing.keep_standing(
            now=now, anew=True
        )  # what was booked here lies in the past that is summed up already
    execute(f"ANALYZE {_ANALYZED}")
    search.ask_all_to_rebuild(now=clock.now())
    return Filled(
        products=wish.products,
        orders=wish.orders,
        products_seconds=products_at - begun,
        orders_seconds=time.monotonic() - products_at,
        statements_seconds=time.monotonic() - orders_at,
    )


def _next_run() -> int:
    """Return which run on this market this is, from one."""
    return next(run for run in count(1) if people.find_by_login(ground.owner(run).email) is None)


def _assortment(wish: Wish, names: Names, run: int, now: datetime) -> Assortment:
    accounts.ensure_platform(now=now)
    known = ground.ensure_goods(seed=wish.seed, now=now)
    made = Rows()
    sellers = ground.open_merchants(
        made, wish.merchants or 1, names=names, run=run, by_top=known.by_top, now=now
    )
    with psycopg.connect(**_where(), autocommit=True) as direct:
        made.copy(direct)
    return Assortment(
        names=names,
        count=wish.products,
        until=milliseconds(now) - 60_000,
        kinds=known.kinds,
        pictures=known.pictures,
        brands=ground.ensure_brands(wish.products),
        sellers=sellers,
    )


def _trading(wish: Wish, assortment: Assortment, now: datetime) -> Trading:
    return Trading(
        names=assortment.names,
        assortment=assortment,
        count=wish.orders,
        buyers=1 + wish.orders // ORDERS_PER_BUYER,
        now=milliseconds(now),
        within=wish.days * DAY_MS,
        payment_window=settings.ENV.payment_window_minutes * 60_000,
        return_window=settings.ENV.return_window_days * DAY_MS,
        recipients=ground.recipients(wish.seed),
    )


def _desk(trading: Trading) -> Desk:
    names = [
        ledger.ORDER_ESCROW, ledger.COMMISSION_REVENUE, *(ledger.channel_clearing(one.value) for one in ChannelName),
        *(ledger.merchant_payable(ground.store_of(one).merchant_id) for one in trading.assortment.sellers),
    ]  # fmt: skip
    with atomic():
        known = ledger_services.open_accounts(names)
    return Desk(
        trading=trading,
        accounts=known,
        channel_accounts={one.value: channels.account(one) for one in ChannelName},
        buyer_since=trading.now - 2 * trading.within,
        image_url=media.small_url("{key}"),
    )


# -- in the workers ------------------------------------------------------------------------------------------


def _where() -> dict[str, Any]:
    """Return the database of this connection."""
    known = connection.get_connection_params()
    return {name: known[name] for name in ("dbname", "user", "password", "host", "port") if name in known}


def _products(part: range) -> None:
    made, all_of = Rows(), workers.assortment()
    if part.start == 0:
        _assets(made, all_of)
    for number in part:
        shelves.product(made, all_of, number)
    workers.copy(made)


def _assets(made: Rows, all_of: Assortment) -> None:
    """Put the pictures of all that they sell into the merchants' folders."""
    for place, seller in enumerate(all_of.sellers):
        kinds = [all_of.kinds[kind] for kind in seller.kinds]
        shown = {one for kind in kinds for one in kind.pictures}
        shown |= {one.picture for kind in kinds for one in kind.colours if one.picture is not None}
        for picture in sorted(shown):
            shelves.asset(made, all_of, place, picture)


def _buyers(part: range) -> None:
    made, desk = Rows(), workers.desk()
    joined = instant(desk.buyer_since)
    for number in part:
        buyer_id = desk.trading.names.id(Row.BUYER, number, desk.buyer_since)
        made.add(
            "accounts_user", buyer_id, "!", False, ground.nickname(number), "", "zh", True, False, joined
        )
    workers.copy(made)


def _orders(part: range) -> None:
    made, desk = Rows(), workers.desk()
    sales = [desk.trading.sale(number) for number in part]
    drawn = workers.draw_numbers(len(sales))
    numbers = [
        order_number(sequence, day_of(sale.steps.placed)) for sale, sequence in zip(sales, drawn, strict=True)
    ]
    books.write(made, desk, sales, numbers)
    workers.copy(made)
