"""Whole numbers and instants as JSON writes them: no text and no truth value stands for a number, though 2.0 is 2,
and no number for an instant.
"""

import re
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


# Stands last, `Annotated[int, Field(ge=1), Exact]`: behind it the schema would not show the bounds.
Exact = BeforeValidator(_number)
Whole = Annotated[int, Exact]
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and _DATE.match(value)):
        return value
    raise PydanticCustomError("datetime_type", "Input should be a valid datetime")


Instant = Annotated[datetime, BeforeValidator(_written)]
