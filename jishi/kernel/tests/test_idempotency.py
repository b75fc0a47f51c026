"""Idempotency keys under real races."""

import threading
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.db import atomic, row
from jishi.kernel.errors import Invalid, ProgrammingError
from jishi.kernel.idempotency import Claim, KeyReused, claim, finish
from jishi.kernel.ids import new_id
from jishi.kernel.tests.samples import Trouble, rolled_back
from jishi.kernel.tests.threads import in_thread, in_threads

OWNER = UUID(int=1)
KEY = "0190-checkout-1"
pytestmark = pytest.mark.django_db(transaction=True)


def place(request: bytes = b"body", *, owner: UUID = OWNER) -> Claim:
    """Do what a flow does: claim, work, finish."""
    with atomic():
        claimed = claim(owner=owner, key=KEY, request=request)
        if claimed.is_new:
            finish(claimed, new_id())
        return claimed


def test_the_second_call_finds_what_came_of_the_first() -> None:
    first, second = place(), place()
    assert first.is_new
    assert not second.is_new
    assert row("SELECT result_id FROM kernel_idempotency_key") == (second.result_id,)


def test_keys_belong_to_their_owner() -> None:
    assert place().is_new
    assert place(owner=UUID(int=2)).is_new


def test_a_key_is_good_for_one_request() -> None:
    place(b"one")
    with pytest.raises(KeyReused) as error:
        place(b"two")
    assert error.value.status == 409


def test_a_failed_attempt_leaves_the_key_free() -> None:
    rolled_back(lambda: finish(claim(owner=OWNER, key=KEY, request=b"body"), new_id()))
    assert place().is_new


def test_one_of_many_racing_calls_does_the_work_and_all_get_its_result() -> None:
    gate = threading.Barrier(8)

    def race() -> Claim:
        gate.wait()
        return place()

    claims = [future.result() for future in in_threads([race] * 8)]
    assert sum(one.is_new for one in claims) == 1
    assert len({one.result_id for one in claims if not one.is_new}) == 1
    assert None not in {one.result_id for one in claims if not one.is_new}


def test_who_comes_second_waits_for_the_first_to_fail_and_then_is_new() -> None:
    claimed, started, outcome = threading.Event(), threading.Event(), []

    def second() -> None:
        claimed.wait()
        started.set()
        outcome.append(place())

    thread = threading.Thread(target=lambda: in_thread(second))
    thread.start()
    with pytest.raises(Trouble), atomic():
        claim_then_fail(claimed, started)
    thread.join()
    assert outcome[0].is_new


def claim_then_fail(claimed: threading.Event, started: threading.Event) -> None:
    claim(owner=OWNER, key=KEY, request=b"body")
    claimed.set()
    started.wait()
    raise Trouble


@given(st.text().filter(lambda text: not all(c.isascii() and (c.isalnum() or c in "._:-") for c in text)))
def test_a_malformed_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid) as error, atomic():
        claim(owner=OWNER, key=key, request=b"")
    assert error.value.data == {"field": "Idempotency-Key"}


@pytest.mark.parametrize("key", ["", "short", "x" * 129, "key\n12345678"])
def test_a_key_has_eight_to_128_plain_characters(key: str) -> None:
    with pytest.raises(Invalid), atomic():
        claim(owner=OWNER, key=key, request=b"")


def test_a_claim_outside_a_transaction_is_our_mistake() -> None:
    with pytest.raises(ProgrammingError):
        claim(owner=OWNER, key=KEY, request=b"")
