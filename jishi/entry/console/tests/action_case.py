"""What is tried of an action: by whom, on what, and what becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from jishi.entry.console.base import all_rows


@dataclass(frozen=True, slots=True)
class Case:
    """One action: on what, by whom, with which answers, and what the row says before and after."""

    action: str
    table: type[Model]
    make: Callable[[], Model]
    roles: set[str]
    before: str
    after: str
    answers: dict[str, str] = field(default_factory=dict)
    look: Callable[[Any], str] = lambda row: str(row.status)
    sees: set[str] = field(default_factory=set)  # may open the page, may not act
    name: str = ""


def read(row: Model) -> Any:
    return all_rows(type(row)).get(pk=row.pk)
