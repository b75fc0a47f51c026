"""`jishi replay-quote ID`: works an old price out again from what it was made of."""

import argparse
import sys
from uuid import UUID

from jishi.entry.cli.chores import Commands, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "replay-quote",
        help="work out a quote's price again and print it; exit 1 when it is not what was kept",
    )
    parser.add_argument("quote", type=UUID, help="the quote's id")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the price as JSON; return 0 when its bytes are those that were kept, 1 when not, 2 without a quote."""
    use_django()
    from jishi.kernel.errors import NotFound
    from jishi.trade.checkout.queries_replay import replay_quote

    try:
        found = replay_quote(arguments.quote)
    except NotFound:
        print(f"jishi: there is no quote {arguments.quote} that can be replayed", file=sys.stderr)
        return 2
    print(found.again.decode())
    print("the same bytes" if found.is_same else f"kept was: {found.kept.decode()}", file=sys.stderr)
    return 0 if found.is_same else 1
