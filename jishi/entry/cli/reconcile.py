"""`jishi reconcile`: match a day's bill of every payment channel with our payments and refunds."""

import argparse
from datetime import timedelta

from jishi.entry.cli.chores import Commands, day, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser("reconcile", help="match a day's channel bills with our books")
    parser.add_argument(
        "--date", type=day, metavar="YYYY-MM-DD", help="the day of the bill (default: yesterday)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Reconcile one day; return 1 when something does not match."""
    use_django()
    from django.utils import timezone

    from jishi.flows import reconcile
    from jishi.kernel import clock

    now = clock.now()
    bill_date = arguments.date or timezone.localdate(now) - timedelta(days=1)
    found = reconcile.run_day(bill_date, now=now)
    for one in found:
        print(one)
    print(f"{bill_date}: {len(found)} breaks" if found else f"{bill_date}: everything matches")
    return 1 if found else 0
