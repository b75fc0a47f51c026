"""`jishi seed`: fill the demo market. The same seed number makes the same market; what is there is left
alone.
"""

import argparse
import json
import sys
from datetime import datetime

from django.conf import settings

from jishi.entry.demo import accounts, content, goods, pictures, stores, window
from jishi.kernel import clock
from jishi.kernel.db import row

DEFAULT_SEED = 1
RARE_PIECES = 50


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
    if is_needed() or not (wanted_buyers or rare):
        try:
            fill(seed=getattr(arguments, "seed", None) or DEFAULT_SEED, now=now)
        except pictures.PicturesMissing as missing:
            sys.stderr.write(f"jishi: {missing}\n")
            return 2
    if rare:
        return _make_rare(rare, now)
    accounts.print_json_lines(accounts.make_buyers(wanted_buyers, now=now))
    return 0


def fill(*, seed: int, now: datetime) -> None:
    """Make whatever is missing of the demo market. Raises: PicturesMissing."""
    pictures.check_installed()
    administrator = accounts.ensure_platform(now=now)
    accounts.ensure_buyers(now=now)
    category_ids = goods.ensure_categories(content.categories())
    written = content.merchants()
    painted = goods.paint(written, seed=seed)
    for number, merchant in enumerate(written, start=1):
        goods.tell(f"filling store {number} of {len(written)}")
        store = stores.ensure_store(merchant, administrator, now=now)
        goods.ensure_products(merchant, store, category_ids, painted, seed=seed, now=now)
    window.ensure_home(category_ids, now=now)


def _make_rare(code: str, now: datetime) -> int:
    """Leave exactly RARE_PIECES of a SKU to be sold, and print its ids."""
    found = goods.make_rare(code, RARE_PIECES, now=now)
    if found is None:
        sys.stderr.write(f"jishi: there is no SKU {code}\n")
        return 2
    sys.stdout.write(json.dumps(found) + "\n")
    return 0
