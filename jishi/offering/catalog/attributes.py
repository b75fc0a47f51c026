"""What becomes of values when the definitions of attributes change: which no longer fit, and how they were read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jishi.kernel.errors import Invalid
from jishi.offering.catalog import categories, rules
from jishi.offering.catalog.types_attributes import AttributeMisfit, MisfitReason

Definition = Mapping[str, Any]
NUMBER = ("id", "number")  # what tells definitions apart, and says nothing of what they ask


def numbers(in_force: Mapping[str, Definition]) -> dict[str, int]:
    """Return the number of each definition in force, by the id of its attribute."""
    return {str(one["id"]): one["number"] for one in in_force.values()}


def fits(definition: Definition, value: str) -> bool:
    """Say whether an attribute may have a stored value."""
    (one,) = categories.as_types({definition["code"]: definition}, "zh")
    try:
        rules.normal_value(one, value, categories.codes_of(definition))
    except Invalid:
        return False
    return True


def misfits(
    values: Mapping[str, str], in_force: Mapping[str, Definition], former: Mapping[str, Sequence[Definition]]
) -> list[AttributeMisfit]:
    """Return what a merchant has to mend, in the order of the definitions, then what is asked for no longer."""
    return [*_of_present(values, in_force, former), *_of_removed(values, in_force, former)]


def _of_present(
    values: Mapping[str, str], in_force: Mapping[str, Definition], former: Mapping[str, Sequence[Definition]]
) -> Iterator[AttributeMisfit]:
    for code, one in in_force.items():
        value = values.get(code, "")
        if value and not fits(one, value):
            yield _misfit(code, one, as_before(value, former.get(code, ())) or one, value, MisfitReason.VALUE)
        elif not value and one["is_required"] and not one["is_sale_axis"]:
            yield _misfit(code, one, one, "", MisfitReason.REQUIRED)


def _of_removed(
    values: Mapping[str, str], in_force: Mapping[str, Definition], former: Mapping[str, Sequence[Definition]]
) -> Iterator[AttributeMisfit]:
    for code, value in values.items():
        if value and code not in in_force:
            one = as_before(value, former.get(code, ())) or {**_UNKNOWN, "code": code, "zh": code, "en": code}
            yield _misfit(code, one, one, value, MisfitReason.REMOVED)


_UNKNOWN: Definition = {"kind": "text", "unit": "", "choices": []}


def _misfit(
    code: str, named: Definition, read: Definition, value: str, reason: MisfitReason
) -> AttributeMisfit:
    return AttributeMisfit(
        code=code,
        name=categories.name_of(named),
        value=categories.value_name(read, value),
        reason=reason,
    )


def as_before(value: str, former: Sequence[Definition]) -> Definition | None:
    """Return the latest of an attribute's former definitions (the latest first) that a value fits."""
    return next((one for one in former if fits(one, value)), None)
