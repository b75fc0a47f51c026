"""The figures that proofs measure: kept by the test that measures them, printed as one table at the end of the run.

A test takes the fixture `figures` and hands over one `Row` for each figure; a row that misses its budget fails the
test. `--figures FILE` keeps the table as JSON too.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import pytest

from benchmarks.rows import Row, keep, table

KEY = "figure"
MISSED = ("short", "errors")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the table be kept as a file."""
    parser.addoption("--figures", type=Path, help="keep the measured figures in this file, as JSON")


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Callable[[Row], None]:
    """Give what keeps a figure. Raises: AssertionError when it misses its budget."""

    def add(row: Row) -> None:
        record_property(KEY, asdict(row))
        assert row.verdict not in MISSED, (
            f"{row.work}: {row.measured:g} {row.unit}, wanted {row.budget}. {row.note}"
        )

    return add


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print all figures, whichever worker measured them."""
    measured = [
        Row(**cast("dict[str, Any]", value))
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for key, value in report.user_properties
        if key == KEY
    ]
    if measured:
        terminalreporter.section("figures")
        terminalreporter.write_line(table(measured))
    if path := config.getoption("--figures"):
        keep(measured, path)
