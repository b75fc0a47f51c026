"""`jishi bench`: measure the budgets and compare."""

import argparse

from jishi.entry.cli.chores import Commands


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser("bench", help="measure the performance budgets and print them")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="what `python -m benchmarks.run --help` lists")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the benchmarks of this checkout."""
    from benchmarks.run import main

    return int(main(arguments.rest) or 0)
