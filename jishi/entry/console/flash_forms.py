"""What the back office asks for the timetable of flash sales."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextInputWidget

from jishi.entry.console.forms import NEEDED, DialogForm
from jishi.entry.console.words import both
from jishi.offering.flash.queries import slot_hours
from jishi.offering.flash.types import SLOTS_MAX

HOURS = both("每天开场的整点(北京时间)", "Hours of the day at which sessions start (China time)")
HOURS_HELP = both(
    f"0 到 23 的整数,用逗号隔开,最多 {SLOTS_MAX} 场",
    f"Whole numbers from 0 to 23 with commas between them, at most {SLOTS_MAX}",
)
_BETWEEN = re.compile(r"[\s,，、]+")


class TimetableForm(DialogForm):
    """Asks for the hours at which sessions start."""

    hours = forms.CharField(
        label=HOURS,
        help_text=HOURS_HELP,
        max_length=60,
        widget=UnfoldAdminTextInputWidget({"required": True}),
        error_messages=NEEDED,
    )

    def first(self, row: Any) -> dict[str, Any]:
        return {"hours": ", ".join(map(str, slot_hours()))}

    def clean_hours(self) -> list[int]:
        """Return the hours. Raises: ValidationError."""
        words = [one for one in _BETWEEN.split(self.cleaned_data["hours"]) if one]
        hours = {int(one) for one in words if one.isascii() and one.isdecimal() and int(one) < 24}
        if len(hours) != len(set(words)) or not 0 < len(hours) <= SLOTS_MAX:
            raise ValidationError(str(HOURS_HELP))
        return sorted(hours)
