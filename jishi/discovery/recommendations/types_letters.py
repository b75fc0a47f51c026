"""Letters with recommendations, as they cross the border."""

from dataclasses import dataclass

from pydantic import StrictBool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Whether somebody gets a letter a week; `has_address`: he has proved an e-mail address."""

    wanted: bool
    has_address: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersAnswer:
    """What somebody says to being written to."""

    wanted: StrictBool
