"""Whole numbers as JSON writes them: no text and no truth value stands for one, though 2.0 is 2."""

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
