"""`jishi settle`: close the settlement cycles that are due and write their statements."""

import argparse

from jishi.entry.cli.chores import Commands, instant, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser("settle", help="write the statements of all cycles that are due")
    parser.add_argument(
        "--now", type=instant, metavar="INSTANT", help="settle as if it were this ISO instant (default: now)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run one settlement cycle."""
    use_django()
    from jishi.flows import settle
    from jishi.kernel import clock

    settle.run_cycle(now=arguments.now or clock.now())
    return 0
