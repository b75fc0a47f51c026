"""What a change of a category's attributes means for a product, as it crosses the border."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from jishi.kernel.words import Text


class MisfitReason(StrEnum):
    """Why a product no longer fits what its category asks: a value that may not be had, one that is asked for now and
    missing, or one that is asked for no longer.
    """

    VALUE = "value"
    REQUIRED = "required"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeMisfit:
    """An attribute to mend at the next save; `value` is how buyers read it meanwhile, as before."""

    code: str
    name: Text
    value: Text
    reason: MisfitReason


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeChange:
    """One change of an attribute's definition, as the back office shows it."""

    code: str
    number: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    changed_by_id: UUID | None
    changed_at: datetime
