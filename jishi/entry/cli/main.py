"""The `jishi` command line: finds the subcommand, turns a known problem into one line and an exit code."""

import argparse
import sys
from collections.abc import Sequence
from importlib import metadata

from jishi.config.env_values import BadEnvironment
from jishi.entry.cli import (
    addresses,
    api,
    backup,
    bench,
    check_invariants,
    dev,
    indexer,
    migrate,
    operator,
    prepare,
    reconcile,
    rekey,
    reload,
    replay_quote,
    restore,
    seed,
    settle,
    up,
    worker,
)
from jishi.entry.cli.chores import Commands
from jishi.entry.cli.places import EngineProblem

PROBLEM_EXIT_CODE = 2
COMMANDS = (
    up,
    dev,
    seed,
    operator,
    worker,
    indexer,
    migrate,
    reload,
    settle,
    reconcile,
    rekey,
    check_invariants,
    replay_quote,
    backup,
    restore,
    bench,
    api,
    prepare,
    addresses,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return the exit code: 0 done, 1 found something, 2 could not start."""
    line = parser()
    parsed, rest = line.parse_known_args(arguments)
    if rest and not hasattr(parsed, "rest"):
        line.error(f"unrecognized arguments: {' '.join(rest)}")
    parsed.rest = rest
    try:
        return int(parsed.run(parsed))
    except (BadEnvironment, EngineProblem) as problem:
        print(f"jishi: {problem}", file=sys.stderr, flush=True)
        return PROBLEM_EXIT_CODE


def parser() -> argparse.ArgumentParser:
    """Return the whole command line."""
    top = argparse.ArgumentParser(
        prog="jishi",
        description="Jishi 集市: an open multi-merchant marketplace. Every setting is an environment "
        "variable; .env.example lists them all.",
    )
    top.add_argument("--version", action="version", version=f"jishi {metadata.version('jishi')}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.register(Explained(commands))
    return top


class Explained:
    """Adds subcommands whose own `--help` says at least what the list of all says."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands

    def add_parser(
        self,
        name: str,
        *,
        help: str,  # noqa: A002 - the names are argparse's
        description: str = "",
        add_help: bool = True,
    ) -> argparse.ArgumentParser:
        """Add a subcommand."""
        told = description or f"{help[0].upper()}{help[1:]}."
        return self._commands.add_parser(name, help=help, description=told, add_help=add_help)


if __name__ == "__main__":
    sys.exit(main())
