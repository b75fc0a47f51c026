"""Keyset pages: the next page starts after the last key, so its cost does not grow and nothing is counted."""

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from django.db.models import Model, Q, QuerySet

from jishi.kernel.errors import Invalid

T = TypeVar("T")
M = TypeVar("M", bound=Model)
V = TypeVar("V")

LIMIT = 20
LIMIT_MAX = 100
BATCH = 500  # rows at a time for whoever reads a whole list, such as an export
_CURSOR_LENGTH_MAX = 512


def every_page(ask: Callable[..., "Page[T]"]) -> Iterator["Page[T]"]:
    """Yield all pages of a list, one after the other; `ask(cursor=…)` returns one, None asks for the first."""
    cursor = None
    while True:
        shown = ask(cursor=cursor)
        yield shown
        cursor = shown.next_cursor
        if cursor is None:
            return


class TimeSort(StrEnum):
    """Which end of a list that grows with time comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list. `next_cursor` is None on the last page."""

    items: list[T]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Cursor(Generic[V]):
    """The key of the last item of a page: what the list is sorted by, and the id that breaks ties."""

    value: V
    id: UUID

    def encode(self) -> str:
        """Return the text that clients send back, opaque to them."""
        packed = msgspec.json.encode([self.value, self.id])
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str | None, value_type: type[V]) -> Cursor[V] | None:
    """Read a cursor whose value has `value_type` (datetime, int, str, UUID); None and "" mean the first page.

    Raises: Invalid (422, field=cursor).
    """
    if not text:
        return None
    try:
        if len(text) > _CURSOR_LENGTH_MAX or not text.isascii():
            raise ValueError
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        raw_value, raw_id = msgspec.json.decode(packed, type=tuple[Any, Any])
        value = msgspec.convert(raw_value, value_type)
        row_id = msgspec.convert(raw_id, UUID)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise Invalid(field="cursor") from None
    if isinstance(value, datetime) and value.tzinfo is None:
        raise Invalid(field="cursor")
    return Cursor(value, row_id)


def limit_of(wanted: int | None, *, most: int = LIMIT_MAX) -> int:
    """Return how many items a page holds: as wanted, at least 1 and at most `most`."""
    return max(1, min(wanted or LIMIT, most))


def keyset(
    rows: QuerySet[M], *, by: str, cursor: Cursor[Any] | None, limit: int, descending: bool = True
) -> QuerySet[M]:
    """Order `rows` by (`by`, id), start after `cursor` and take one more than `limit`.

    The one more is the sign of a next page. `by` may be "id" itself: UUIDv7 ids are in order of time.
    Pass the result to `page`.
    """
    sign, after = ("-", "lt") if descending else ("", "gt")
    order = [f"{sign}{by}"] if by == "id" else [f"{sign}{by}", f"{sign}id"]
    if cursor is not None and by == "id":
        rows = rows.filter(**{f"id__{after}": cursor.id})
    elif cursor is not None:
        # The first condition is implied by the second; it lets the index find its start.
        bound = {f"{by}__{after}e": cursor.value}
        rows = rows.filter(**bound).filter(
            Q(**{f"{by}__{after}": cursor.value}) | Q(**{by: cursor.value, f"id__{after}": cursor.id})
        )
    return rows.order_by(*order)[: limit + 1]


def keyset_sql(
    *, value: str, row_id: str, cursor: Cursor[Any] | None, descending: bool = True
) -> tuple[str, list[object]]:
    """Return (condition, params) for hand-written SQL; `value` and `row_id` name columns.

    Add `ORDER BY value DESC, id DESC LIMIT limit + 1` (or both ASC) yourself.
    """
    if cursor is None:
        return "TRUE", []
    return f"({value}, {row_id}) {'<' if descending else '>'} (%s, %s)", [cursor.value, cursor.id]


@dataclass(frozen=True, slots=True)
class Sort:
    """One order of a list in hand-written SQL: by `columns`, the last of which is the unique id.

    `kind` is the type of what comes before the id in a cursor: of one column, or a tuple of several; with the
    id alone, the id's.
    """

    columns: tuple[str, ...]
    kind: Any
    is_descending: bool = True

    def after(self, text: str | None) -> tuple[str, list[object]]:
        """Return (condition, params) of what follows a cursor. Raises: Invalid (422, field=cursor)."""
        cursor = decode(text, self.kind)
        if cursor is None:
            return "TRUE", []
        before = cursor.value if isinstance(cursor.value, tuple) else (cursor.value,)
        key = [*before, cursor.id][-len(self.columns) :]
        places = ", ".join(["%s"] * len(key))
        return f"({', '.join(self.columns)}) {'<' if self.is_descending else '>'} ({places})", key

    @property
    def order(self) -> str:
        """Return the ORDER BY of the list."""
        way = "DESC" if self.is_descending else "ASC"
        return f"ORDER BY {', '.join(f'{column} {way}' for column in self.columns)}"


def page(items: Sequence[T], *, limit: int, key: Callable[[T], tuple[Any, UUID]]) -> Page[T]:
    """Make a page of the `limit + 1` fetched items; `key` gives (sort value, id) of one."""
    shown = list(items[:limit])
    more = len(items) > limit
    return Page(items=shown, next_cursor=Cursor(*key(shown[-1])).encode() if more else None)
