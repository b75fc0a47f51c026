"""Files for spreadsheets: read as they are meant, and nothing in them calculates."""

import csv
from collections.abc import Iterable
from io import StringIO

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for the code page of the machine
# What makes a spreadsheet calculate instead of show: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def inert(text: str) -> str:
    """Return a text as it stands in a cell: what would be a formula is led by an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_lines(rows: Iterable[Iterable[str]]) -> bytes:
    """Return rows of cells as lines of CSV (RFC 4180) in UTF-8."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
