"""`jishi settle`: complete the orders whose time has come, and write the statements that are due."""

import argparse

from jishi.entry.cli.chores import Commands, instant, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "settle", help="complete orders that are due and write the statements of all cycles that are due"
    )
    parser.add_argument(
        "--now", type=instant, metavar="INSTANT", help="settle as if it were this ISO instant (default: now)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Complete orders, then run one settlement cycle."""
    use_django()
    from jishi.flows import complete, settle
    from jishi.kernel import clock

    now = arguments.now or clock.now()
    complete.complete_due(now)
    written = settle.run_cycle(now)
    print(f"{len(written)} statements written")
    return 0
