"""`jishi seed`: fill a demo market; refused outside demo mode."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from jishi.config.environment import Environment, environment
from jishi.entry.cli import places, postgres
from jishi.entry.cli.chores import Commands, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "seed",
        help="fill the demo market, make it large, or print its accounts",
        description="Fill the demo market with merchants, products and accounts. Works in demo mode only. "
        "With --products it adds that many, with --merchants and --orders, to what is there: a million of each takes "
        "minutes. The same seed number makes the same goods and orders; each run adds new ones.",
    )
    parser.add_argument(
        "--buyers",
        type=int,
        default=0,
        metavar="N",
        help="also make N buyers and print an app token for each",
    )
    parser.add_argument("--seed", type=int, metavar="NUMBER", help="make another market than the usual one")
    parser.add_argument("--rare", metavar="SKU_CODE", help="leave exactly 50 pieces of a SKU, for races")
    parser.add_argument("--flash", metavar="SKU", help="sell 50 pieces of a SKU in a flash sale from now on")
    parser.add_argument("--pieces", type=int, default=50, metavar="N", help="not 50 but N, for the bench")
    large = parser.add_argument_group("a large market")
    large.add_argument("--products", type=int, metavar="N", help="add N products")
    large.add_argument(
        "--merchants", type=int, metavar="M", help="of M new merchants (one for each 1000 products)"
    )
    large.add_argument(
        "--orders", type=int, metavar="K", help="and K orders of them, with their money and parcels"
    )
    large.add_argument("--days", type=int, metavar="D", default=90, help="the first of them D days ago (90)")
    parser.add_argument("--accounts", action="store_true", help="only print the demo accounts")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Seed, or print the accounts."""
    if not environment().demo:
        print("jishi: seed works in demo mode only (JISHI_DEMO=1)", file=sys.stderr)
        return 2
    use_django()
    if any(one is not None for one in (arguments.products, arguments.merchants, arguments.orders)):
        return _make_large(arguments)
    from jishi.entry.demo import seed

    return seed.run(arguments)


def _make_large(arguments: argparse.Namespace) -> int:
    """Add products, merchants and orders; print how many, and in how many seconds, as a line of JSON."""
    from jishi.entry.demo import seed
    from jishi.entry.demo.pictures import PicturesMissing
    from jishi.entry.demo.scale import fill
    from jishi.kernel import clock

    products = arguments.products or 0
    wish = fill.Wish(
        products=products,
        merchants=max(1, products // 1000) if arguments.merchants is None else arguments.merchants,
        orders=arguments.orders or 0,
        seed=seed.DEFAULT_SEED if arguments.seed is None else arguments.seed,
        days=arguments.days,
    )
    try:
        filled = fill.fill(
            wish,
            now=clock.now(),
            say=lambda line: print(f"jishi: {line}", file=sys.stderr, flush=True),
            where=_owners_way(environment()),
        )
    except (fill.NotPossible, PicturesMissing) as wrong:
        print(f"jishi: {wrong}", file=sys.stderr)
        return 2
    print(json.dumps(asdict(filled)))
    return 0


def _owners_way(checked: Environment) -> dict[str, Any] | None:
    """Return how the owner of an embedded PostgreSQL reaches the market's database; None for any other server."""
    if not checked.embedded_postgres:
        return None
    return {
        "host": str(places.postgres_place(checked.home).sockets),
        "port": checked.ports.postgres,
        "user": postgres.SUPERUSER,
        "dbname": postgres.DATABASE,
    }
