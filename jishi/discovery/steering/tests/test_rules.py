"""What a rule may be: what belongs to its kind, and addresses inside the market only."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.discovery.steering import rules
from jishi.discovery.steering.types import RuleKind, RuleWish, Target, TargetKind
from jishi.kernel.errors import Invalid

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
BRAND = Target(kind=TargetKind.BRAND, id=UUID(int=7))
SYNONYM = RuleWish(kind=RuleKind.SYNONYM, words=["移动电源", "充电宝"])
BOOST = RuleWish(kind=RuleKind.BOOST, words=["耳机"], target=BRAND, factor_percent=150)
REDIRECT = RuleWish(kind=RuleKind.REDIRECT, words=["帮助"], path="/help")
BLOCK = RuleWish(kind=RuleKind.BLOCK, words=["电子烟"])


@pytest.mark.parametrize(
    "path", ["/help", "/c/0198-ab", "/store/0198-ab", "/p/0198", "/s?q=a&sort=sales", "/s"]
)
def test_pages_of_the_market_are_inside(path: str) -> None:
    assert rules.is_inside(path)


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/c/../admin",
        "/admin/", "/api/v1/store/search", "/merchant", "/c/1/../../x", "/s\nx", "/s?q=\r\nSet-Cookie:a", "help",
        "", "/c//evil.example", "/s#x", "/%2f/evil.example", "/c/" + "a" * 300,
    ],
)  # fmt: skip
def test_everything_else_is_refused(path: str) -> None:
    assert not rules.is_inside(path)
    with pytest.raises(Invalid):
        rules.checked(replace(REDIRECT, path=path))


@given(st.text(max_size=60))
def test_no_text_leads_out_of_the_market(text: str) -> None:
    if rules.is_inside(text):
        assert text.startswith("/")
        assert not text.startswith("//")
        assert not set(text) & set("\\\r\n\t #@")


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (replace(SYNONYM, words=["充电宝"]), "words"),
        (replace(SYNONYM, words=["充电宝", " 充电宝 "]), "words"),
        (replace(SYNONYM, path="/help"), "path"),
        (replace(SYNONYM, words=["a" * 41, "b"]), "words"),
        (replace(SYNONYM, words=["a\x00b", "b"]), "words"),
        (replace(BOOST, target=None), "target"),
        (replace(BOOST, factor_percent=None), "factor_percent"),
        (replace(BOOST, factor_percent=9), "factor_percent"),
        (replace(BOOST, factor_percent=1_001), "factor_percent"),
        (replace(BOOST, words=[" "]), "words"),
        (replace(BOOST, starts_at=NOW, ends_at=NOW), "ends_at"),
        (replace(REDIRECT, target=BRAND), "target"),
        (replace(BLOCK, factor_percent=50), "factor_percent"),
    ],
)
def test_what_makes_no_sense_is_refused(wish: RuleWish, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.checked(wish)
    assert refused.value.data == {"field": field}


def test_words_are_tidied() -> None:
    assert rules.checked(replace(SYNONYM, words=["mobile  phone", "手机", "手机"])).words == [
        "mobile phone",
        "手机",
    ]


def test_rules_hold_from_their_beginning_until_their_end() -> None:
    wish = replace(BOOST, starts_at=NOW, ends_at=NOW + timedelta(hours=1))

    held = [bool(rules.effective(3, [wish], NOW + timedelta(minutes=at)).boosts) for at in (-1, 0, 59, 60)]

    assert held == [False, True, True, False]


def test_one_way_synonyms_are_told_from_those_that_go_both_ways() -> None:
    one_way = RuleWish(kind=RuleKind.SYNONYM, words=["水果"], means=["苹果", "梨"])

    both, single = rules.effective(1, [SYNONYM, one_way], NOW).synonyms

    assert both.words == both.means == ["移动电源", "充电宝"]
    assert (single.words, single.means) == (["水果"], ["苹果", "梨"])
