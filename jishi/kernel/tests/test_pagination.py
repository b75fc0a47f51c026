"""Pages by key: complete, without repetition, whatever the ties."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ninja import NinjaAPI
from pydantic import TypeAdapter

from jishi.kernel.db import execute, rows
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import new_id
from jishi.kernel.models import ScheduledJob
from jishi.kernel.pagination import LIMIT, LIMIT_MAX, Cursor, Page, decode, keyset, keyset_sql, limit_of, page

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_survives_the_journey_through_a_client(value: datetime, row_id: UUID) -> None:
    assert decode(Cursor(value, row_id).encode(), datetime) == Cursor(value, row_id)


@given(st.integers(min_value=-(2**62), max_value=2**62), st.text(max_size=20), st.uuids())
def test_numbers_and_texts_can_be_keys(number: int, text: str, row_id: UUID) -> None:
    assert decode(Cursor(number, row_id).encode(), int) == Cursor(number, row_id)
    assert decode(Cursor(text, row_id).encode(), str) == Cursor(text, row_id)


@given(st.text(min_size=1))
def test_nonsense_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(Invalid) as error:
        decode(text, datetime)
    assert error.value.data == {"field": "cursor"}


def test_a_cursor_of_another_list_is_refused() -> None:
    for wrong in (Cursor(5, new_id()), Cursor("2026", new_id()), Cursor("2026-11-23T00:00:00", new_id())):
        with pytest.raises(Invalid):
            decode(wrong.encode(), datetime)
    with pytest.raises(Invalid):
        decode("A" * 600, datetime)


def test_no_cursor_is_the_first_page() -> None:
    assert decode(None, datetime) is None
    assert decode("", datetime) is None


@pytest.mark.parametrize(
    ("wanted", "given_"), [(None, LIMIT), (0, LIMIT), (-5, 1), (7, 7), (10**9, LIMIT_MAX)]
)
def test_limits_stay_within_bounds(wanted: int | None, given_: int) -> None:
    assert limit_of(wanted) == given_


def seeded() -> list[UUID]:
    """Store 25 rows with many ties in time; return their ids in descending order of (time, id)."""
    made = [(NOW + timedelta(minutes=n // 4), new_id()) for n in range(25)]
    for due_at, row_id in made:
        execute(
            "INSERT INTO kernel_scheduled_job (id, due_at, name, arguments, priority) "
            "VALUES (%s, %s, 'x', '{}', 0)",
            [row_id, due_at],
        )
    return [row_id for _, row_id in sorted(made, reverse=True)]


def walk_orm(by: str, value_type: type[Any], *, descending: bool) -> list[UUID]:
    seen: list[UUID] = []
    text: str | None = None
    for _ in range(50):
        cursor = decode(text, value_type)
        found = list(keyset(ScheduledJob.objects.all(), by=by, cursor=cursor, limit=4, descending=descending))
        shown = page(found, limit=4, key=lambda job: (getattr(job, by), job.id))
        assert len(shown.items) <= 4
        seen += [job.id for job in shown.items]
        text = shown.next_cursor
        if text is None:
            return seen
    raise AssertionError("the pages have no end")


@pytest.mark.django_db
def test_all_pages_together_are_the_list() -> None:
    expected = seeded()
    assert walk_orm("due_at", datetime, descending=True) == expected
    assert walk_orm("due_at", datetime, descending=False) == expected[::-1]
    by_id = sorted(expected)
    assert walk_orm("id", UUID, descending=False) == by_id
    assert walk_orm("id", UUID, descending=True) == by_id[::-1]


@pytest.mark.django_db
def test_hand_written_sql_walks_the_same_way() -> None:
    expected, seen, cursor = seeded(), [], None
    while True:
        condition, params = keyset_sql(value="due_at", row_id="id", cursor=cursor)
        found = rows(
            f"SELECT due_at, id FROM kernel_scheduled_job WHERE {condition} "
            "ORDER BY due_at DESC, id DESC LIMIT 8",
            params,
        )
        shown = page(found, limit=7, key=lambda one: (one[0], one[1]))
        seen += [row_id for _, row_id in shown.items]
        cursor = decode(shown.next_cursor, datetime)
        if cursor is None:
            break
    assert seen == expected


def test_a_page_is_a_schema_and_bytes() -> None:
    value = Page(items=[1, 2], next_cursor=None)
    assert msgspec.json.encode(value) == b'{"items":[1,2],"next_cursor":null}'
    schema = TypeAdapter(Page[int]).json_schema()
    assert schema["properties"]["items"]["items"] == {"type": "integer"}
    assert schema["required"] == ["items"]


def test_pages_of_different_things_do_not_meet_in_the_openapi() -> None:
    api = NinjaAPI(urls_namespace="pages")

    @api.get("/numbers", response=Page[int])
    def numbers(request: Any) -> Any: ...

    @api.get("/words", response=Page[str])
    def words(request: Any) -> Any: ...

    schemas = api.get_openapi_schema(path_prefix="")["components"]["schemas"]
    kinds = {
        name: one["properties"]["items"]["items"]["type"] for name, one in schemas.items() if "Page" in name
    }
    assert sorted(kinds.values()) == ["integer", "string"]
