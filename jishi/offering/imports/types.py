"""A table of products on its way in, as it crosses the border."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from pydantic import Field, StrictBool

from jishi.kernel.ids import MediaId
from jishi.kernel.words import Text

ImportId = NewType("ImportId", UUID)

COLUMNS_MAX = 100


class RunStatus(StrEnum):
    """`checking` and `writing` go on by themselves; the others wait for the merchant, or are the end."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    WRITING = "writing"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """One table and how far it is, in rows.

    While it is checked and once it is, the counts say what would happen; from `writing` on, what did. They add up to
    `done_count`, and at the end that is `row_count`. `for_review`: what is written is sent to be reviewed at once.
    `zip_count`: pictures that came with it; `picture_done_count` of `picture_count`, from there and from addresses,
    are taken in.
    """

    id: ImportId
    file_name: str
    status: RunStatus
    row_count: int
    done_count: int
    created_count: int
    updated_count: int
    unchanged_count: int
    refused_count: int
    for_review: bool
    zip_count: int
    picture_count: int
    picture_done_count: int
    uploaded_at: datetime
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the file; `target` is what it means, None: it is left out. `samples` are its first cells."""

    position: int
    head: str
    target: str | None
    samples: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChoice:
    """Something a column may mean; only `own_axis` may be meant by several columns."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDetail:
    """A table with its columns and what they may mean."""

    run: ImportRun
    columns: list[Column]
    targets: list[TargetChoice]
    warehouse_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnWish:
    """What a column is to mean; columns that are not named are left out."""

    position: Annotated[int, Field(ge=0, lt=COLUMNS_MAX)]
    target: Annotated[str, Field(max_length=60)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWish:
    """How a table is to be read. Stock of new SKUs comes into the warehouse, and may be left out without one."""

    columns: Annotated[list[ColumnWish], Field(max_length=COLUMNS_MAX)]
    for_review: StrictBool = False
    warehouse_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that is not taken: its line in the file, the head of the column that is wrong, and why."""

    line: int
    column: str | None
    reason: str


# -- inside ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something wrong with a row: what was meant by the column (None: the whole row), and why."""

    target: str | None
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """What cells call pictures: those that are there, why some cannot be had, and (by the cells' names) what those
    of the zip and of addresses, which have to be taken in first, are called.
    """

    found: Mapping[str, MediaId]
    problems: Mapping[str, Text]
    sources: Mapping[str, str]

    def pending(self, names: Iterable[str]) -> list[str]:
        """Return what of these is still to be taken in, each once."""
        return list(
            dict.fromkeys(
                self.sources[name]
                for name in names
                if name in self.sources and name not in self.found and name not in self.problems
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table as it was read: the first row, and the others with their numbers, empty ones left out."""

    heads: list[str]
    lines: list[int]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisColumn:
    """A column of values buyers choose between."""

    code: str
    head: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things stand in a row."""

    plain: dict[str, int]
    attributes: dict[str, int]
    axes: list[AxisColumn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The rows of one product, by their places in the sheet; `refused` are those that cannot be taken at all."""

    places: list[int]
    codes: list[str]
    refused: dict[int, list[Complaint]] = field(default_factory=dict)
