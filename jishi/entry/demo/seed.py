"""`jishi seed`: fill the demo market. The same seed number makes the same market; what is there is left
alone.
"""

import argparse
import json
import sys
from datetime import datetime

from django.conf import settings

from jishi.discovery.ranking import services as ranking
from jishi.discovery.recommendations import services as recommendations
from jishi.entry.demo import (
    accounts,
    channels,
    content,
    coupons,
    crowd,
    flash,
    fronts,
    goods,
    kinds,
    painting,
    past,
    pictures,
    plans,
    promotions,
    sale_event,
    sizes,
    stores,
    window,
    wordings,
)
from jishi.entry.demo.sizes import Size
from jishi.entry.demo.stores import Store
from jishi.kernel import clock
from jishi.kernel.db import execute, row

DEFAULT_SEED = 1


def is_needed() -> bool:
    """Say whether the demo market is empty."""
    return row("SELECT 1 FROM catalog_product LIMIT 1") is None


def run(arguments: argparse.Namespace) -> int:
    """Fill the market, or do what the arguments ask; return the exit code."""
    if not settings.ENV.demo:
        sys.stderr.write("jishi: seed works in demo mode only (JISHI_DEMO=1)\n")
        return 2
    now = clock.now()
    if getattr(arguments, "accounts", False):
        sys.stdout.write(accounts.table(stores.people()) + "\n")
        return 0
    wanted_buyers, rare = getattr(arguments, "buyers", 0) or 0, getattr(arguments, "rare", None)
    sale = getattr(arguments, "flash", None)
    if is_needed() or not (wanted_buyers or rare or sale):
        try:
            fill(seed=getattr(arguments, "seed", None) or DEFAULT_SEED, size=sizes.chosen(), now=now)
            if settings.ENV.simulators:
                channels.tell(settings.ENV.simulators_url)
        except pictures.PicturesMissing as missing:
            sys.stderr.write(f"jishi: {missing}\n")
            return 2
    if rare:
        return _print_made(rare, goods.make_rare(rare, arguments.pieces, now=now))
    if sale:
        return _print_made(sale, flash.sell_now(sale, arguments.pieces, now=now))
    accounts.print_json_lines(accounts.make_buyers(wanted_buyers, now=now))
    return 0


def fill(*, seed: int, size: Size, now: datetime) -> None:
    """Make whatever is missing of the demo market. Raises: PicturesMissing."""
    pictures.check_installed()
    # A power cut in this minute costs a minute: nothing here is worth waiting for a disk.
    execute("SET synchronous_commit = off")
    administrator = accounts.ensure_platform(now=now)
    accounts.ensure_buyers(now=now)
    shoppers = crowd.ensure_crowd(seed=seed, now=now)
    written, categories = size.merchants(), content.categories()
    category_ids = goods.ensure_categories(categories)
    tops = {code: top.code for top in categories for code, _ in top.children}
    wanted = {merchant.code: goods.missing(merchant) for merchant in written}
    found: dict[str, Store] = {}
    with painting.studio(seed=seed) as studio:
        for products in wanted.values():
            studio.order(shot for product in products for shot in painting.shots(product))
            studio.order(painting.photo(product) for product in products[: plans.IN_DEMAND])
            studio.order_films(products)
        for number, merchant in enumerate(written, start=1):
            _tell(f"filling store {number} of {len(written)}")
            store = found[merchant.code] = stores.ensure_store(merchant, administrator, now=now)
            products = wanted[merchant.code]
            goods.ensure_products(products, store, category_ids, studio, seed=seed, now=now)
            fronts.ensure_categories(merchant, store, categories, now=now)
            fronts.ensure_decoration(merchant, store, now=now)
            if products and not past.has_orders(store):
                past.write_store(
                    merchant,
                    store,
                    merchant.products,
                    shoppers,
                    tops,
                    studio,
                    orders=size.orders_per_store,
                    seed=seed,
                    now=now,
                )
            studio.forget(shot for product in products for shot in painting.shots(product))
    for merchant in written:
        promotions.ensure_store(merchant, found[merchant.code], now=now)
        coupons.ensure_store(merchant, found[merchant.code], now=now)
    if "soundwide" in found:
        kinds.ensure(found["soundwide"], now=now)
    promotions.ensure_platform(administrator, now=now)
    coupons.ensure_platform(administrator, now=now)
    sale_event.ensure(administrator, written, found, now=now)
    if any(wanted.values()):
        past.settle(list(found.values()), now=now)
        past.write_own_page(found, written, now=now)
        _tell("learning what goes with what")
        recommendations.retrain(now=now)
    sold = {one.category for merchant in written for one in merchant.products}
    window.ensure_home(category_ids, sold | {tops[code] for code in sold}, now=now)
    ranking.refresh(now=now)
    wordings.ensure_rules(administrator, now=now)
    execute("RESET synchronous_commit")


def _tell(line: str) -> None:
    """Tell the person at the terminal what takes its time; standard output is for those who ask for tokens."""
    sys.stderr.write(f"jishi: {line}\n")
    sys.stderr.flush()


def _print_made(code: str, found: dict[str, object] | None) -> int:
    """Print what was made of a SKU as a line of JSON."""
    if found is None:
        sys.stderr.write(f"jishi: there is no SKU {code}\n")
        return 2
    sys.stdout.write(json.dumps(found) + "\n")
    return 0
