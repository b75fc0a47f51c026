"""What attackers and broken machines send: bytes, texts and JSON near to genuine ones, and how many were tried.

`attack` tries `examples` of them and says so in the table of figures. The short profile runs with every change,
the long one in `make proof`.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.rows import Row

T = TypeVar("T")
Figures = Callable[[Row], None]

SHORT, LONG = 60, 5_000
SECONDS_MAX = 30  # an answer that takes longer counts as a hang, whatever else the machine does
EXAMPLES = pytest.mark.parametrize(
    "examples", [pytest.param(SHORT, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.proof)]
)

EVIL_TEXTS = (
    "", "\0", "a\0b", "\ud800", "\ufeff", "\u202e", "'", "';--", '" OR 1=1', "%", "_%", "%s%s%n", "{0}", "${7*7}",
    "{{7*7}}", "{% debug %}", "../../etc/passwd", "..\\..", "<script>alert(1)</script>", "</script>", "=1+1",
    "\r\nX: y", "-1", "1e400", "NaN", "Infinity", "0x10", "１２", "٣", "true", "null", "[]",
    "\\u0000",
    "0001-01-01 00:00:00", "9999-12-31 23:59:59", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "2026-02-30 00:00:00", "99999999999999999999.99", "12.345", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
EVIL_BYTES = (
    b"\0", b"\xff" * 4, b"\x80\0\0\0", b"\x7f\xff\xff\xff", b"%00", b"%", b"&", b"=", b"[" * 200, b'{"a":' * 200,
    b"\r\n", b"\n", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\u0000", b"\\ud800", b",", b"`", b'"', b"<svg", b"PK\3\4",
)  # fmt: skip

long_texts = st.tuples(st.sampled_from("x9茶"), st.sampled_from([5_000, 70_000])).map(
    lambda one: one[0] * one[1]
)
texts = st.one_of(st.sampled_from(EVIL_TEXTS), st.text(max_size=200), st.text(max_size=200), long_texts)
numbers = st.one_of(
    st.integers(), st.sampled_from([0, -1, 2**31, 2**63, -(2**63) - 1, 10**40]), st.floats(), st.booleans()
)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)


@st.composite
def spoilt(draw: st.DrawFn, genuine: Sequence[bytes]) -> bytes:
    """Draw a genuine file with up to eight wounds, or now and then anything at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=2_048))
    data = bytearray(draw(st.sampled_from(genuine)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 64))
        match draw(st.sampled_from(["flip", "cut", "repeat", "insert", "end"])):
            case "flip" if at < len(data):
                data[at] ^= draw(st.integers(1, 255))
            case "cut":
                del data[at : at + length]
            case "repeat":
                data[at:at] = data[at : at + length]
            case "insert":
                data[at:at] = draw(st.one_of(st.sampled_from(EVIL_BYTES), st.binary(max_size=16)))
            case "end":
                del data[at:]
    return bytes(data)


@st.composite
def spoilt_fields(
    draw: st.DrawFn, genuine: Mapping[str, Any], wrong: st.SearchStrategy[Any]
) -> dict[str, Any]:
    """Draw fields of which some are missing, some are `wrong` and some nobody has heard of."""
    fields = dict(genuine)
    for name in draw(st.lists(st.sampled_from(sorted(genuine)), max_size=4, unique=True)):
        if draw(st.booleans()):
            fields[name] = _inside(draw, fields[name], wrong)
        else:
            del fields[name]
    if draw(st.booleans()):
        fields[draw(texts)] = draw(wrong)
    return fields


def _inside(draw: st.DrawFn, value: Any, wrong: st.SearchStrategy[Any]) -> Any:
    """Spoil a part of a value that has parts, or the whole of it."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        return draw(spoilt_fields(value, wrong))
    if isinstance(value, list) and value and draw(st.booleans()):
        return [_inside(draw, value[0], wrong), *value[1:]]
    return draw(wrong)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what thousands of refusals would log out of the report."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo what happens inside; flows may commit there, as in a test case's own transaction."""
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]  # as pytest-django's own: no flow's transaction
    with around:
        yield
        transaction.set_rollback(True)


def attack(
    work: str, strategy: st.SearchStrategy[T], examples: int, figures: Figures, suffer: Callable[[T], object]
) -> None:
    """Let `suffer` meet so many of what `strategy` draws; it fails when it raises or takes too long."""
    met = 0

    @settings(
        max_examples=examples,
        deadline=timedelta(seconds=SECONDS_MAX),
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def meet(one: T) -> None:
        nonlocal met
        met += 1
        suffer(one)

    with quiet():
        meet()
    figures(Row(work=f"hostile {work}", measured=met, unit="tries", measured_min=examples))
