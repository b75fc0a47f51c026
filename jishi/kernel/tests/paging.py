"""Reading a list to its end, as whoever presses "more" until there is no more."""

from collections.abc import Callable
from typing import Any

Ask = Callable[[str], Any]


def whole(ask: Ask, path: str, *, part: str = "items") -> list[Any]:
    """Return all of a list, two at a time; `ask` answers the JSON of an address that may carry a query."""
    found: list[Any] = []
    cursor = ""
    joined = "&" if "?" in path else "?"
    while True:
        answer = ask(f"{path}{joined}limit=2" + (f"&cursor={cursor}" if cursor else ""))
        found += answer[part]
        cursor = answer["next_cursor"]
        if not cursor:
            return found
