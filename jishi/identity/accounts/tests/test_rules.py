"""How phones and e-mail addresses are written, and what others see of them."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.identity.accounts import rules
from jishi.kernel.errors import Invalid

FILLERS = str.maketrans("", "", " -()")
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@given(MOBILES, st.sampled_from(["", "86", "+86", "0086", "+86 ", "86-", "(+86)"]))
def test_a_mainland_mobile_has_one_form(mobile: str, prefix: str) -> None:
    spaced = f"{mobile[:3]} {mobile[3:7]}-{mobile[7:]}"
    assert rules.normal_phone(prefix + spaced) == f"+86{mobile}"


@given(MOBILES)
def test_normalising_twice_changes_nothing(mobile: str) -> None:
    once = rules.normal_phone(mobile)
    assert rules.normal_phone(once) == once


@given(st.text(max_size=20))
def test_anything_else_is_refused_with_its_field(text: str) -> None:
    if re.search(r"[0-9]{6}", text.translate(FILLERS)):
        return
    with pytest.raises(Invalid) as refused:
        rules.normal_phone(text)
    assert refused.value.data["field"] == "phone"


@given(st.from_regex(r"[+0-9 -]{6,20}", fullmatch=True))
def test_what_is_kept_is_always_e164(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert re.fullmatch(r"\+[1-9][0-9]{5,14}", rules.normal_phone(text))


@pytest.mark.parametrize(
    ("written", "kept"), [("+852 5123 4567", "+85251234567"), ("001 212-555-0100", "+12125550100")]
)
def test_a_phone_from_abroad_keeps_its_country(written: str, kept: str) -> None:
    assert rules.normal_phone(written) == kept


@given(MOBILES)
def test_a_masked_phone_hides_the_middle(mobile: str) -> None:
    masked = rules.mask_phone(f"+86{mobile}")
    assert masked == f"{mobile[:3]}****{mobile[7:]}"


@pytest.mark.parametrize(
    ("mask", "plain", "shown"),
    [
        (rules.mask_phone, "+85251234567", "+852****4567"),
        (rules.mask_phone, "+123456", "****56"),
        (rules.mask_email, "wang.xiaoming@example.com", "w***@example.com"),
        (rules.mask_email, "a@example.com", "a***@example.com"),
        (rules.mask_name, "王小明", "王**"),
        (rules.mask_name, "王", "王*"),
    ],
)
def test_masks(mask: object, plain: str, shown: str) -> None:
    assert callable(mask)
    assert mask(plain) == shown
