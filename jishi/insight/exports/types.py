"""What stands in a file."""

from datetime import date, datetime

from jishi.kernel.money import Money

Cell = str | int | Money | date | datetime | None
