"""What the subcommands share."""

import argparse
import os
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from jishi.config.environment import environment
from jishi.entry.cli.market import READY_FILE_VARIABLE


class Commands(Protocol):
    """What a subcommand needs to add itself to the command line."""

    def add_parser(
        self,
        name: str,
        *,
        help: str,  # noqa: A002 - the names are argparse's
        description: str = ...,
        add_help: bool = ...,
    ) -> argparse.ArgumentParser:
        """Add a subcommand."""


def use_django() -> None:
    """Check the environment and load the application. Raises: BadEnvironment."""
    environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.config.settings")
    import django

    django.setup()


def introduce(process: str) -> None:
    """Name this process in its logs, figures and traces."""
    from jishi.kernel.process import introduce as begin

    checked = environment()
    begin(process, otlp_url=checked.otlp_url, trace_share=checked.trace_share)


def tell_ready() -> None:
    """Tell the supervisor, if there is one, that this process is set up."""
    named = os.environ.get(READY_FILE_VARIABLE)
    if named:
        Path(named).touch()


def day(text: str) -> date:
    """Read an ISO date for argparse."""
    return date.fromisoformat(text)


def instant(text: str) -> datetime:
    """Read an ISO instant with its offset for argparse."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("an instant needs its offset, such as 2026-11-23T02:00:00+08:00")
    return value
