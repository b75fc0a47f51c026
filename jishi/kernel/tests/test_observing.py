"""Logs without personal data."""

import json
import logging
import time

import pytest
import structlog

from jishi.kernel import logging as jishi_logging
from jishi.kernel import trace
from jishi.kernel.logging import HIDDEN, hide_personal_data, without_personal_data


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("call 13800138000 now", "call [phone] now"),
        ("call +8613800138000", "call [phone]"),
        ("mail a.b+c@shop.example.com.", "mail [mail]."),
        ("id 11010519491231002X", "id [id]"),
        ("order 261123482715670", "order 261123482715670"),
        ("0190c2a0-0000-7000-8000-138001380001", "0190c2a0-0000-7000-8000-138001380001"),
        ("amount 12345678901", "amount 12345678901"),
        ("card 6217001210012345678", "card [card]"),
        (
            "a violation\nDETAIL:  Key (name)=(张三\n\n隐秘) exists.\nCONTEXT:  of 张三\n\nThe above exception",
            "a violation\nDETAIL: [hidden]\nCONTEXT: [hidden]\n\nThe above exception",
        ),
        (
            'invalid input syntax for type uuid: "张三\n隐秘"\nLINE 1: 张三',
            "invalid input syntax for type uuid: [hidden]\nLINE 1: [hidden]",
        ),
        ("LINE 1: SELECT '张三'", "LINE 1: [hidden]"),
        ('invalid input syntax for type uuid: "张三"', "invalid input syntax for type uuid: [hidden]"),
    ],
)
def test_people_are_taken_out_of_texts_and_numbers_of_things_stay(text: str, safe: str) -> None:
    assert without_personal_data(text) == safe


def test_values_under_telling_names_are_hidden_at_any_depth() -> None:
    event = hide_personal_data(
        None,
        "info",
        {
            "event": "signed_in 13800138000",
            "phone": "1",
            "order_id": "o-1",
            "error_code": "sign_in_needed",
            "payload": {"recipient_name": "张三", "lines": [{"sms_code": "123456", "n": 3}]},
            "ticket": "t",
            "status_code": 200,
        },
    )
    assert event == {
        "event": "signed_in [phone]",
        "phone": HIDDEN,
        "order_id": "o-1",
        "error_code": "sign_in_needed",
        "payload": {"recipient_name": HIDDEN, "lines": [{"sms_code": HIDDEN, "n": 3}]},
        "ticket": HIDDEN,
        "status_code": 200,
    }


def test_a_line_is_json_with_the_request_it_belongs_to(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        jishi_logging.configure("INFO")
        with trace.Span("tests.paying", trace.WEB) as span:
            structlog.get_logger("shop").info("paid", order_id="o-1", phone="13800138000")
            logging.getLogger("other").warning("from %s", "13800138000")
            try:
                raise ValueError("13800138000")
            except ValueError:
                structlog.get_logger("shop").exception("failed")
    finally:
        root.handlers[:], root.level = handlers, level
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["level"], line["trace_id"]) for line in lines] == [
        ("paid", "info", span.trace_id),
        ("from [phone]", "warning", span.trace_id),
        ("failed", "error", span.trace_id),
    ]
    assert lines[0]["phone"] == HIDDEN
    assert "ValueError: [phone]" in lines[2]["exception"]


@pytest.mark.parametrize(
    "run", ["x", "9", "1", ".", "-", "茶", "a@", "a@b.", "x+", "invalid input ", "DETAIL:\n"]
)
def test_hiding_reads_a_long_line_once(run: str) -> None:
    """Or a header of some ten thousand characters, quoted in a refusal, would cost seconds."""

    def seconds(length: int) -> float:
        began = time.process_time()
        for _ in range(5):
            without_personal_data((run * length)[:length] + " x@y.cn")
        return time.process_time() - began

    seconds(1_000)
    assert seconds(64_000) < 40 * max(seconds(4_000), 0.001)
