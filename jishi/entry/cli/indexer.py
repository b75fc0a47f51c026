"""`jishi indexer`: keep this node's search index up to date."""

import argparse

from jishi.entry.cli.chores import Commands, introduce, tell_ready, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser("indexer", help="keep this node's search index up to date until stopped")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Index until SIGTERM."""
    use_django()
    introduce("indexer")
    from jishi.discovery.search import services

    tell_ready()
    services.run()
    return 0
