"""Personal data at rest: opens in its own place only, under any key of the ring, found without opening."""

import dataclasses
import secrets
from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.apps.registry import Apps
from django.db import IntegrityError, OperationalError, connection, models
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from jishi.config.env_values import NamedKey
from jishi.kernel.crypto import (
    BlindIndexField,
    CannotOpen,
    EncryptedTextField,
    KeyRing,
    Sealed,
    blind_index,
    blind_indexes,
    hold_blind_value,
    open_text,
    reencrypt,
    seal_text,
)
from jishi.kernel.db import atomic, execute, row, rows
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import new_id
from jishi.kernel.tests.threads import in_thread

OLD, NEW = (NamedKey(id=name, secret=secrets.token_bytes(32)) for name in ("old", "new"))
PHONE = "+8613800138000"


class Person(models.Model):
    """A table that only these tests have."""

    id = models.UUIDField(primary_key=True, default=new_id)
    phone = EncryptedTextField()
    note = EncryptedTextField(null=True)
    phone_index = BlindIndexField(of="phone", purpose="tests.phone", unique=True)
    note_index = BlindIndexField(of="note", purpose="tests.note", null=True)

    class Meta:
        app_label = "kernel"
        apps = Apps()  # not the market's: its tables are all there
        db_table = "kernel_tests_person"
        managed = False

    objects: ClassVar[models.Manager["Person"]] = models.Manager()


@pytest.fixture
def people(transactional_db: None) -> Iterator[None]:
    """Have the table for one test."""
    with connection.schema_editor() as editor:
        editor.create_model(Person)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Person)


@pytest.fixture
def keys(settings: Settings) -> Any:
    """Give a function that sets both rings, the current key first."""

    def use(*ring: NamedKey) -> None:
        settings.ENV = dataclasses.replace(
            settings.ENV, encryption_keys=tuple(ring), blind_index_keys=tuple(ring)
        )

    use(OLD)
    return use


@given(st.binary(), st.binary(), st.binary())
def test_what_is_sealed_opens_in_its_own_context_only(plain: bytes, context: bytes, other: bytes) -> None:
    ring = KeyRing([OLD])
    sealed = ring.seal(plain, context)
    assert ring.open(sealed, context) == plain
    if other != context:
        with pytest.raises(CannotOpen):
            ring.open(sealed, other)


@given(st.binary(min_size=1), st.data())
def test_a_changed_byte_is_noticed(plain: bytes, data: st.DataObject) -> None:
    ring = KeyRing([OLD])
    sealed = bytearray(ring.seal(plain, b"place"))
    position = data.draw(st.integers(min_value=0, max_value=len(sealed) - 1))
    sealed[position] ^= data.draw(st.integers(min_value=1, max_value=255))
    with pytest.raises(CannotOpen):
        ring.open(bytes(sealed), b"place")


@given(st.binary(max_size=40))
def test_bytes_that_were_never_sealed_do_not_open(junk: bytes) -> None:
    with pytest.raises(CannotOpen):
        KeyRing([OLD]).open(junk, b"")


def test_the_same_text_never_looks_the_same() -> None:
    ring = KeyRing([OLD])
    assert len({ring.seal(b"13800138000", b"x") for _ in range(50)}) == 50


def test_a_rotated_ring_opens_the_old_and_seals_with_the_new() -> None:
    sealed = KeyRing([OLD]).seal(b"text", b"x")
    rotated = KeyRing([NEW, OLD])
    assert rotated.open(sealed, b"x") == b"text"
    with pytest.raises(CannotOpen):
        KeyRing([OLD]).open(rotated.seal(b"text", b"x"), b"x")
    with pytest.raises(CannotOpen):
        KeyRing([NEW]).open(sealed, b"x")


def test_a_text_opens_in_its_table_column_and_row_only(keys: Any) -> None:
    place: dict[str, Any] = {"table": "t", "column": "c", "row_id": UUID(int=1)}
    sealed = seal_text("张三", **place)
    assert open_text(sealed, **place) == open_text(memoryview(sealed), **place) == "张三"
    for wrong in ({"table": "u"}, {"column": "d"}, {"row_id": UUID(int=2)}):
        with pytest.raises(CannotOpen):
            open_text(sealed, **{**place, **wrong})


def test_a_row_is_sealed_in_the_database_and_opens_when_asked(people: None, keys: Any) -> None:
    person = Person(phone=PHONE, note="")
    assert person.phone == PHONE
    person.save()
    stored = row("SELECT phone, note FROM kernel_tests_person")
    assert stored is not None
    assert all(PHONE.encode() not in bytes(value) for value in stored)
    found = Person.objects.get(pk=person.pk)
    assert isinstance(found.__dict__["phone"], Sealed)
    assert PHONE not in repr(found.__dict__)
    assert (found.phone, found.note) == (PHONE, "")
    assert Person.objects.defer("phone").get(pk=person.pk).phone == PHONE


def test_nothing_is_nothing(people: None, keys: Any) -> None:
    Person.objects.create(phone=PHONE, note=None)
    assert rows("SELECT note, note_index FROM kernel_tests_person") == [(None, None)]
    assert Person.objects.get(note=None).note is None


def test_only_what_was_changed_is_sealed_anew(people: None, keys: Any) -> None:
    person = Person.objects.create(phone=PHONE, note="one")
    before = row("SELECT phone, note FROM kernel_tests_person")
    found = Person.objects.get(pk=person.pk)
    found.note = "two"
    found.save()
    after = row("SELECT phone, note FROM kernel_tests_person")
    assert before is not None
    assert after is not None
    assert bytes(before[0]) == bytes(after[0])
    assert bytes(before[1]) != bytes(after[1])
    found.refresh_from_db()
    assert (found.phone, found.note) == (PHONE, "two")


def test_a_value_moved_to_another_row_does_not_open(people: None, keys: Any) -> None:
    one, two = Person.objects.create(phone="1"), Person.objects.create(phone="2")
    Person.objects.filter(pk=two.pk).update(phone=Person.objects.get(pk=one.pk).__dict__["phone"])
    with pytest.raises(CannotOpen):
        _ = Person.objects.get(pk=two.pk).phone


def test_what_would_store_or_compare_clear_text_is_refused(people: None, keys: Any) -> None:
    person = Person.objects.create(phone=PHONE)
    with pytest.raises(ProgrammingError):
        Person.objects.filter(phone=PHONE).exists()
    with pytest.raises(ProgrammingError):
        Person.objects.update(phone=PHONE)
    with pytest.raises(ProgrammingError):
        person._meta.get_field("phone").value_to_string(person)
    person.pk = None
    with pytest.raises(ProgrammingError):
        _ = Person.objects.get().phone, Person._meta.get_field("phone").place_of(person)


def test_many_rows_are_sealed_each_for_itself(people: None, keys: Any) -> None:
    Person.objects.bulk_create([Person(phone=f"+86138{n:08}") for n in range(5)])
    assert sorted(person.phone for person in Person.objects.all()) == [f"+86138{n:08}" for n in range(5)]


def test_a_row_is_found_by_its_blind_index(people: None, keys: Any) -> None:
    person = Person.objects.create(phone=PHONE)
    find = Person.objects.filter
    assert find(phone_index__in=blind_indexes(f" {PHONE} ", "tests.phone")).get() == person
    assert not find(phone_index__in=blind_indexes(PHONE, "tests.other")).exists()
    with pytest.raises(IntegrityError):
        Person.objects.create(phone=PHONE)


def test_an_index_tells_purposes_keys_and_values_apart(keys: Any) -> None:
    first = blind_index("a", "x")
    assert blind_index(" A", "x") == first
    assert len({first, blind_index("a", "y"), blind_index("b", "x"), blind_index("a\0", "x")}) == 4
    keys(NEW, OLD)
    assert blind_index("a", "x") != first
    assert blind_indexes("a", "x") == [blind_index("a", "x"), first]


def test_a_change_of_keys_rewrites_every_row_and_loses_nobody(people: None, keys: Any) -> None:
    made = [
        Person.objects.create(phone=f"+86138{n:08}", note=None if n % 2 else f"note {n}") for n in range(7)
    ]
    keys(NEW, OLD)
    by_old_key = Person.objects.filter(phone_index__in=blind_indexes(made[3].phone, "tests.phone"))
    assert by_old_key.get() == made[3]
    assert reencrypt([Person]) == 7
    assert reencrypt([Person]) == 0
    keys(NEW)
    for person in made:
        found = Person.objects.get(phone_index=blind_index(person.phone, "tests.phone"))
        assert (found.pk, found.phone, found.note) == (person.pk, person.phone, person.note)
        assert found.note_index == (None if found.note is None else blind_index(found.note, "tests.note"))


def test_during_a_change_of_keys_a_value_can_still_be_taken_once_only(people: None, keys: Any) -> None:
    """Processes that already write under the new key and those that do not yet hold the same lock."""
    keys(NEW, OLD)

    def can_hold() -> bool:
        try:
            with atomic():
                execute("SET LOCAL lock_timeout = '100ms'")
                hold_blind_value(PHONE, "tests.phone")
        except OperationalError:
            return False
        return True

    with atomic():
        hold_blind_value(PHONE, "tests.phone")
        keys(OLD, NEW)
        assert in_thread(can_hold) is False
    assert in_thread(can_hold) is True


def test_keys_do_not_show_themselves() -> None:
    assert repr(KeyRing([NEW, OLD])) == "KeyRing(new, old)"
    assert "sealed=" not in repr(Sealed(b"\x01\x01a"))
