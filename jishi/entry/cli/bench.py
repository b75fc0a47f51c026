"""`jishi bench`: measure the budgets and compare."""

import argparse
import sys

from jishi.config.env_sources import CHECKOUT
from jishi.entry.cli.chores import Commands


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "bench", help="measure the performance budgets of a running market and print them", add_help=False
    )
    # Its options are its owner's; main hands on what it does not know itself.
    parser.set_defaults(run=run, rest=[])


def run(arguments: argparse.Namespace) -> int:
    """Run the benchmarks of this checkout."""
    sys.path.insert(0, str(CHECKOUT))  # the benchmarks belong to the checkout, not to the package
    from benchmarks.run import main

    return int(main(arguments.rest) or 0)
