"""Where Django looks for the back office."""

from jishi.entry.console import ledger, merchants, system

__all__ = ["ledger", "merchants", "system"]
