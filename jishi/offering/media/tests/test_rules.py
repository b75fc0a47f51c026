"""Where a picture is kept, and in which widths."""

import json
from pathlib import Path

from jishi.offering.media.rules import widths_of

# The components of the front end make addresses by the same rule; its tests read the same cases.
CASES = Path(__file__).resolve().parents[4] / "web" / "packages" / "ui" / "src" / "picture-widths.json"


def test_the_widths_of_a_picture_are_those_that_pages_ask_for() -> None:
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    assert [widths_of(case["width"]) for case in cases] == [case["kept"] for case in cases]
