"""`jishi api`: write the OpenAPI document that the typed client is made from."""

import argparse
from pathlib import Path

from jishi.config.env_sources import CHECKOUT
from jishi.entry.cli.chores import Commands, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser("api", help="write openapi.json")
    parser.add_argument(
        "--output", type=Path, default=CHECKOUT / "openapi.json", metavar="FILE", help="where to write it"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the document."""
    use_django()
    from jishi.entry.http import openapi

    openapi.write(arguments.output)
    return 0
