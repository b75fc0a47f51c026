"""`jishi worker`: run the jobs, the outbox dispatcher and the sweep of stalled jobs."""

import argparse

from jishi.entry.cli.chores import Commands, introduce, tell_ready, use_django


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser("worker", help="run jobs and deliver events until stopped")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Work until SIGTERM."""
    use_django()
    introduce("worker")
    from jishi.kernel import worker

    tell_ready()
    worker.run()
    return 0
