"""Which status of a merchant may follow which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.identity.merchants import rules
from jishi.identity.merchants.types import MerchantStatus, StaffRole

STATUSES = st.sampled_from(MerchantStatus)


def reachable(start: MerchantStatus) -> set[MerchantStatus]:
    found, waiting = {start}, [start]
    while waiting:
        for after in rules.MOVES[waiting.pop()] - found:
            found.add(after)
            waiting.append(after)
    return found


def test_every_status_has_a_way_out_and_can_be_reached() -> None:
    assert set(rules.MOVES) == set(MerchantStatus)
    assert reachable(MerchantStatus.APPLYING) == set(MerchantStatus)
    for status in set(MerchantStatus) - {MerchantStatus.CLOSED}:
        assert MerchantStatus.CLOSED in reachable(status)


@given(STATUSES, STATUSES)
def test_only_the_moves_of_the_table_are_allowed(status: MerchantStatus, wanted: MerchantStatus) -> None:
    if wanted in rules.MOVES[status]:
        rules.check_move(status, wanted)
    else:
        with pytest.raises(rules.MoveNotAllowed):
            rules.check_move(status, wanted)


@given(st.lists(st.sampled_from(StaffRole), max_size=6))
def test_an_owner_always_stays(roles: list[StaffRole]) -> None:
    if StaffRole.OWNER in roles:
        rules.check_owner_stays(roles)
    else:
        with pytest.raises(rules.LastOwner):
            rules.check_owner_stays(roles)


def test_an_account_number_shows_four_digits() -> None:
    assert rules.mask_account("6222021001112223334") == "**** 3334"
