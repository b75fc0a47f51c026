"""`jishi migrate`: bring the database to the state this code expects."""

import argparse

from jishi.entry.cli.chores import Commands, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser("migrate", help="bring the database up to date with this code")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the migrations that are missing."""
    use_django()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=1)
    return 0
