"""What lives in Valkey: limits and caches, with Valkey there and with Valkey away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import valkey
from django.core.cache import caches
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from jishi.kernel import cache, metrics
from jishi.kernel.errors import TooFast
from jishi.kernel.ids import new_id
from jishi.kernel.rate_limit import take

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.fixture
def valkey_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point the client at a port where nobody answers."""
    nobody = valkey.Valkey(host="127.0.0.1", port=9, socket_connect_timeout=0.2)
    monkeypatch.setattr(cache, "client", lambda: nobody)
    monkeypatch.setattr(cache, "_breaker", cache._Breaker())
    yield
    nobody.connection_pool.disconnect()


def seconds(value: float) -> datetime:
    return NOW + timedelta(seconds=value)


def taken(key: str, at: datetime, *, per_second: float = 2, burst: int = 5) -> bool:
    try:
        take("tests", key, per_second=per_second, burst=burst, now=at)
    except TooFast:
        return False
    return True


def test_a_burst_is_allowed_and_then_the_rate() -> None:
    assert [taken("a", NOW) for _ in range(6)] == [True] * 5 + [False]
    assert [taken("a", seconds(0.5)) for _ in range(2)] == [True, False]
    assert [taken("a", seconds(1.4)) for _ in range(2)] == [True, False]
    assert [taken("a", seconds(60)) for _ in range(6)] == [True] * 5 + [False]


def test_keys_and_names_have_buckets_of_their_own() -> None:
    assert taken("a", NOW, burst=1)
    assert taken("b", NOW, burst=1)
    take("other", "a", per_second=1, burst=1, now=NOW)
    assert not taken("a", NOW, burst=1)


def test_who_is_too_fast_is_told_how_long_to_wait() -> None:
    take("sms", "13800138000", per_second=1 / 30, burst=1, now=NOW)
    with pytest.raises(TooFast) as error:
        take("sms", "13800138000", per_second=1 / 30, burst=1, now=seconds(3))
    assert error.value.data == {"retry_after_seconds": 27}
    take("sms", "13800138000", per_second=1 / 30, burst=1, now=seconds(30))


def test_buckets_do_not_name_people() -> None:
    take("sms", "13800138000", per_second=1, burst=1, now=NOW)
    keys: Any = cache.client().keys("rate:*")
    assert len(keys) == 1
    assert b"13800138000" not in keys[0]


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    assert [taken("a", seconds(10), burst=2) for _ in range(3)] == [True, True, False]
    assert not taken("a", seconds(5), burst=2)
    assert not taken("a", seconds(10.2), burst=2)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.floats(min_value=0, max_value=3), max_size=40), st.integers(1, 6), st.integers(1, 9))
def test_never_more_than_burst_and_rate_allow(pauses: list[float], burst: int, per_second: int) -> None:
    key, elapsed, passed = str(new_id()), 0.0, 0
    for pause in pauses:
        elapsed += round(pause, 3)
        passed += taken(key, seconds(elapsed), per_second=per_second, burst=burst)
    assert passed <= burst + elapsed * per_second + 1e-6


def test_without_valkey_nobody_is_locked_out_and_it_is_counted(valkey_away: None) -> None:
    before = failed_open("rate_limit")
    assert all(taken("a", NOW, burst=1) for _ in range(5))
    assert failed_open("rate_limit") == before + 5


def failed_open(part: str) -> float:
    return metrics.FAILED_OPEN.labels(part=part)._value.get()  # type: ignore[no-any-return]


def test_plain_entries_come_back_as_bytes() -> None:
    assert cache.get_bytes("x") is None
    cache.set_bytes("x", b"\x00\xff", seconds=60)
    assert cache.get_bytes("x") == b"\x00\xff"


def test_an_entry_is_made_once_until_its_tag_is_purged() -> None:
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        return b"page %d" % len(made)

    def look() -> bytes:
        return cache.cached("product:1", "zh", seconds=60, make=make)

    assert [look(), look()] == [b"page 1", b"page 1"]
    cache.purge("product:2")
    assert look() == b"page 1"
    cache.purge("product:1", "product:3")
    assert look() == b"page 2"


def test_what_was_made_before_a_purge_is_not_kept_after_it() -> None:
    found = cache.read("product:1", "zh")
    cache.purge("product:1")
    cache.write("product:1", "zh", b"stale", version=found.version, seconds=60)
    assert cache.read("product:1", "zh").value is None
    fresh = cache.read("product:1", "zh")
    cache.write("product:1", "zh", b"fresh", version=fresh.version, seconds=60)
    assert cache.read("product:1", "zh").value == b"fresh"


def test_without_valkey_the_cache_is_empty_and_pages_still_come(valkey_away: None) -> None:
    cache.set_bytes("x", b"1", seconds=60)
    assert cache.get_bytes("x") is None
    assert cache.cached("t", "n", seconds=60, make=lambda: b"made") == b"made"
    cache.purge("t")


def test_after_a_failure_nobody_waits_for_valkey_for_a_moment(valkey_away: None) -> None:
    cache.get_bytes("x")
    with pytest.raises(cache.Away), cache.reaching("tests"):
        pytest.fail("the breaker let a call through")


def test_the_cache_of_sessions_behaves_like_djangos() -> None:
    store = caches["default"]
    store.set("a", {"user": [1, 2]}, 60)
    assert store.get("a") == {"user": [1, 2]}
    assert store.get("b", "none") == "none"
    assert not store.add("a", 1)
    assert store.add("n", 1, 60)
    assert store.incr("n") == 2
    assert store.touch("n", 60)
    assert not store.touch("m")
    assert store.get_many(["a", "n", "m"]) == {"a": {"user": [1, 2]}, "n": 2}
    assert store.delete("a")
    assert not store.delete("a")
    store.set("gone", 1, 0)
    assert store.get("gone") is None
    store.set("nothing", None, 60)
    assert store.get("nothing", "default") is None
    cache.set_bytes("kept", b"1", seconds=60)
    store.clear()
    assert store.get("n") is None
    assert cache.get_bytes("kept") == b"1"


def test_sessions_are_sealed_in_valkey_and_cannot_be_swapped() -> None:
    store = caches["default"]
    store.set("session:one", {"phone": "13800138000"}, 60)
    store.set("session:two", {"phone": "13900139000"}, 60)
    server: Any = cache.client()
    one, two = sorted(server.keys("django:*"))
    assert b"13" not in one + two or b"session" not in one + two
    assert b"1380013" not in server.get(one) + server.get(two)
    server.set(one, server.get(two))
    assert {str(store.get("session:one")), str(store.get("session:two"))} & {"None"}


def test_without_valkey_sessions_are_a_miss_and_nobody_is_locked_out(valkey_away: None) -> None:
    store = caches["default"]
    store.set("a", 1, 60)
    assert store.get("a", "miss") == "miss"
    assert store.add("a", 1, 60)
    assert not store.delete("a")
