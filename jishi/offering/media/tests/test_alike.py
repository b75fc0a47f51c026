"""Pictures that look alike, found without looking at all of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import rows
from jishi.kernel.ids import MediaId, MerchantId
from jishi.offering.media import queries_alike
from jishi.offering.media.models import Asset
from jishi.offering.media.pixels import difference
from jishi.offering.media.queries_alike import SHIFTS, look_alikes, neighbours
from jishi.offering.media.tests.factories import make_asset

TELLING = 0x0F0F_3C3C_5A5A_6996


def turned(fingerprint: int, bits: set[int]) -> int:
    for bit in bits:
        fingerprint ^= 1 << bit
    return fingerprint


def signed(fingerprint: int) -> int:
    return fingerprint - (1 << 64) if fingerprint >> 63 else fingerprint


def picture(merchant_id: MerchantId | None, fingerprint: int) -> MediaId:
    made = make_asset(merchant_id or make_merchant())
    whose = {} if merchant_id else {"merchant": None}
    Asset.objects.across_merchants().filter(id=made).update(perceptual_hash=signed(fingerprint), **whose)
    return made


@given(bits=st.sets(st.integers(0, 63), max_size=7))
def test_up_to_seven_bits_apart_share_a_quarter(bits: set[int]) -> None:
    other = turned(TELLING, bits)
    assert any((other >> shift & 0xFFFF) in neighbours(TELLING >> shift & 0xFFFF) for shift in SHIFTS)


@pytest.mark.parametrize("quarter", [0x0000, 0x0001, 0xFFFF, 0xFFFE])
def test_a_quarter_that_says_nothing_is_not_looked_for(quarter: int) -> None:
    assert neighbours(quarter) == []


@pytest.mark.django_db
@settings(deadline=None, max_examples=25)
@given(bits=st.sets(st.integers(0, 63), min_size=0, max_size=12))
def test_what_differs_in_a_few_bits_is_found_and_nothing_else(bits: set[int]) -> None:
    mine, other = make_merchant(), make_merchant()
    own = picture(mine, TELLING)
    picture(other, turned(TELLING, bits))
    found = look_alikes(mine, [own], bits_max=7)
    assert [one.bits for one in found] == ([len(bits)] if len(bits) <= 7 else [])
    rows("DELETE FROM media_asset RETURNING id")


@pytest.mark.django_db
def test_ones_own_and_the_platforms_pictures_are_nobodys_copy() -> None:
    mine, other = make_merchant(), make_merchant()
    own = picture(mine, TELLING)
    picture(mine, TELLING)
    picture(None, TELLING)
    assert look_alikes(mine, [own], bits_max=7) == []
    copy = picture(other, TELLING)
    (found,) = look_alikes(mine, [own], bits_max=7)
    key = Asset.objects.across_merchants().get(id=copy).key
    assert (found.alike, found.merchant_id, found.bits) == (key, other, 0)
    assert look_alikes(other, [own], bits_max=7) == [], "a picture of somebody else is not looked up"


@pytest.mark.django_db
def test_the_most_alike_are_named_and_not_more() -> None:
    mine = make_merchant()
    own = picture(mine, TELLING)
    for bits in range(8):
        picture(make_merchant(), turned(TELLING, set(range(bits))))
    assert [one.bits for one in look_alikes(mine, [own], bits_max=7)] == [*range(queries_alike.FOUND_MAX)]


@pytest.mark.django_db
def test_quarters_have_indexes() -> None:
    """What is looked for is what is indexed: with sequential scans forbidden every quarter is read by its index."""
    rows("SELECT set_config('enable_seqscan', 'off', true)")
    for shift in SHIFTS:
        plan = "\n".join(
            line
            for (line,) in rows(
                f"EXPLAIN SELECT id FROM media_asset a WHERE ((a.perceptual_hash >> {shift}) & 65535) = 7 "
                "AND a.kind = 'image'"
            )
        )
        assert f"media_asset_quarter_{shift}" in plan


def test_the_statement_counts_bits_as_python_does() -> None:
    assert difference(signed(TELLING), signed(turned(TELLING, {0, 63}))) == 2
