"""`jishi seed`: fill a demo market; refused outside demo mode."""

import argparse
import sys

from jishi.config.environment import environment
from jishi.entry.cli.chores import Commands, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "seed",
        help="fill the demo market, or print its accounts",
        description="Fill the demo market with merchants, products and accounts. Works in demo mode only.",
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
    parser.add_argument("--pieces", type=int, default=50, metavar="N", help="not 50 but N, for the bench")
    parser.add_argument("--accounts", action="store_true", help="only print the demo accounts")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Seed, or print the accounts."""
    if not environment().demo:
        print("jishi: seed works in demo mode only (JISHI_DEMO=1)", file=sys.stderr)
        return 2
    use_django()
    from jishi.entry.demo import seed

    return seed.run(arguments)
