"""The outbox: kept with its transaction, delivered in order, effective once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from jishi.kernel import live, topics
from jishi.kernel.cache import client
from jishi.kernel.db import atomic, execute, row, rows, try_lock
from jishi.kernel.drain import drain
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import OrderId, new_id
from jishi.kernel.outbox import Handler, dispatcher, publish, subscribe
from jishi.kernel.tests import samples
from jishi.kernel.tests.samples import Moved, Trouble, Unheard, rolled_back, steps
from jishi.kernel.tests.threads import in_thread

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def moved(step: int, thing: UUID | None = None) -> Moved:
    return Moved(occurred_at=NOW, thing_id=OrderId(thing or new_id()), step=step)


def commit(*events: Moved | Unheard) -> None:
    with atomic():
        publish(*events)


def waiting() -> int:
    found = row("SELECT count(*) FROM kernel_outbox WHERE dispatched_at IS NULL")
    assert found
    return int(found[0])


def dispatch() -> int:
    return dispatcher.run_once(now=datetime.now(UTC))


def listen(*handlers: Handler) -> None:
    subscribe({Moved: handlers})


def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(ProgrammingError):
        publish(moved(1))


def test_an_event_lives_and_dies_with_its_transaction() -> None:
    rolled_back(lambda: publish(moved(1)))
    assert waiting() == 0
    commit(moved(2))
    assert waiting() == 1


def test_events_are_numbered_in_the_order_they_were_published_by_one_statement() -> None:
    commit(*(moved(step) for step in range(50)))
    found = rows("SELECT (body->>'step')::int FROM kernel_outbox ORDER BY sequence")
    assert [step for (step,) in found] == list(range(50))


def test_a_handler_gets_the_same_event_and_the_time_when_it_asks() -> None:
    listen(samples.inside, samples.told_the_time)
    commit(moved(7))
    assert drain(now=NOW) == 2
    assert steps("inside") == steps("timed") == [7]
    assert row("SELECT recorded_at FROM kernel_audit_entry WHERE action = 'timed'") == (NOW,)


def test_an_event_that_nobody_wants_is_dispatched_to_nobody() -> None:
    subscribe({Moved: (), Unheard: ()})
    commit(Unheard(occurred_at=NOW, thing_id=OrderId(new_id())))
    assert drain() == 0
    assert waiting() == 0


def test_an_event_of_a_newer_release_is_left_to_it_for_an_hour() -> None:
    listen(samples.inside)
    commit(Unheard(occurred_at=NOW, thing_id=OrderId(new_id())), moved(1))
    assert dispatch() == 1
    assert waiting() == 1
    assert dispatcher.run_once(now=datetime.now(UTC) + timedelta(minutes=61)) == 1
    assert waiting() == 0


def test_without_subscriptions_nothing_is_dispatched() -> None:
    subscribe({})
    commit(moved(1))
    with pytest.raises(ProgrammingError, match="subscriptions"):
        dispatch()
    assert waiting() == 1


def test_an_event_is_dispatched_once() -> None:
    listen(samples.inside)
    commit(moved(1), moved(2))
    assert dispatch() == 2
    assert dispatch() == 0
    assert row("SELECT count(*) FROM procrastinate_jobs") == (2,)


def test_one_dispatcher_works_at_a_time() -> None:
    listen(samples.inside)
    commit(moved(1))
    with atomic():
        assert try_lock("kernel.outbox.dispatcher")
        assert in_thread(dispatch) == 0
    assert in_thread(dispatch) == 1


def deliver_again() -> None:
    """Hand every event to its handlers once more, as a dispatcher would that died before its commit."""
    execute("UPDATE kernel_outbox SET dispatched_at = NULL")


def test_a_repeated_delivery_has_no_second_effect() -> None:
    listen(samples.inside, samples.outside)
    commit(moved(1))
    drain()
    deliver_again()
    assert drain() == 2
    assert steps("inside") == steps("outside") == [1]


def test_a_failed_handler_leaves_nothing_and_may_try_again() -> None:
    listen(samples.inside)
    samples.trouble_at.add(1)
    commit(moved(1))
    with pytest.raises(Trouble):
        drain()
    assert steps("inside") == []
    samples.trouble_at.clear()
    deliver_again()
    drain()
    assert steps("inside") == [1]


def test_old_news_is_ignored_by_who_wants_the_latest_only() -> None:
    listen(samples.newest, samples.newest_outside, samples.inside)
    thing = new_id()
    commit(moved(1, thing), moved(2, thing), moved(3, thing))
    execute("UPDATE kernel_outbox SET dispatched_at = now() WHERE (body->>'step')::int < 3")
    drain()
    execute("UPDATE kernel_outbox SET dispatched_at = NULL WHERE (body->>'step')::int < 3")
    drain()
    assert steps("newest") == steps("newest outside") == [3]
    assert sorted(steps("inside")) == [1, 2, 3]


def test_a_handler_outside_a_transaction_reaches_the_network() -> None:
    listen(samples.outside)
    event = moved(4)
    commit(event)
    drain()
    assert client().xlen(topics.stream_key(f"order:{event.thing_id}")) == 1


def test_two_handlers_of_one_aggregate_do_not_wait_for_each_other_but_each_keeps_its_order() -> None:
    listen(samples.inside, samples.told_the_time)
    thing = new_id()
    commit(moved(1, thing), moved(2, thing))
    dispatch()
    fetch = "SELECT task_name, args->'body'->>'step' FROM procrastinate_fetch_job_v2(NULL, NULL)"
    first, second, third = row(fetch), row(fetch), row(fetch)
    assert first == ("on:kernel.tests.samples.inside", "1")
    assert second == ("on:kernel.tests.samples.told_the_time", "1")
    assert third == (None, None)  # step 2 waits until step 1 is done


def test_two_events_with_one_name_are_refused() -> None:
    class Impostor(Moved):
        pass

    with pytest.raises(ProgrammingError, match=r"tests\.moved"):
        subscribe({Moved: (samples.inside,), Impostor: (samples.inside,)})


def test_a_live_message_waits_for_its_commit() -> None:
    topic = f"trade:{new_id()}"
    key = topics.stream_key(topic)
    rolled_back(lambda: live.publish(topic, "gone", {}))
    with atomic():
        live.publish(topic, "kept", {"a": 1})
        assert client().xlen(key) == 0
    entries: Any = client().xrange(key)
    assert [fields[b"event"] for _, fields in entries] == [b"kept"]
