"""`jishi check-invariants`: the promises that hold at any moment, checked on the real data."""

import argparse

from jishi.entry.cli.chores import Commands, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "check-invariants",
        help="check stock, ledger, escrow and payments; exit 1 when a promise is broken",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print every broken promise; return 1 when there is one."""
    use_django()
    from jishi.flows import invariants

    violations = invariants.check()
    for violation in violations:
        print(violation)
    print(f"{len(violations)} broken" if violations else "all invariants hold")
    return 1 if violations else 0
