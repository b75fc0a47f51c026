"""The history of attributes' definitions is written here, by whoever changed them, in his transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from jishi.kernel.db import execute, lock, require_transaction
from jishi.kernel.ids import CategoryId
from jishi.offering.catalog import categories
from jishi.offering.catalog.attributes import NUMBER, Definition
from jishi.offering.catalog.models_attributes import AttributeVersion

Definitions = Mapping[UUID, Definition]


def definitions_to_change(category_id: CategoryId) -> Definitions:
    """Return a category's own definitions by the id of their attributes, and let nobody else change them until the
    transaction ends.
    """
    require_transaction("changing attributes")
    lock(f"catalog.attributes:{category_id}")
    return categories.own_definitions(category_id)


def note_changes(
    category_id: CategoryId, before: Definitions, *, changed_by: UUID | None, now: datetime
) -> list[str]:
    """Write down how a category's definitions differ from what they were; return the codes that changed."""
    after = categories.own_definitions(category_id)
    made = [
        _version(category_id, one_id, before.get(one_id), after.get(one_id), changed_by, now)
        for one_id in dict.fromkeys([*before, *after])
        if _meaning(before.get(one_id)) != _meaning(after.get(one_id))
    ]
    AttributeVersion.objects.bulk_create(made)
    _renumber([one for one in made if one.before is not None and one.after is not None])
    return [one.code for one in made]


def _meaning(definition: Definition | None) -> dict[str, object] | None:
    if definition is None:
        return None
    return {name: value for name, value in definition.items() if name not in NUMBER}


def _version(
    category_id: CategoryId,
    attribute_id: UUID,
    before: Definition | None,
    after: Definition | None,
    changed_by: UUID | None,
    now: datetime,
) -> AttributeVersion:
    present = after or before or {}
    return AttributeVersion(
        category_id=category_id,
        attribute_id=attribute_id,
        code=present["code"],
        number=before["number"] + 1 if before else present["number"],
        before=_meaning(before),
        after=_meaning(after),
        changed_by_id=changed_by,
        changed_at=now,
    )


def _renumber(made: Sequence[AttributeVersion]) -> None:
    execute(
        "UPDATE catalog_attribute a SET number = given.number FROM unnest(%s::uuid[], %s::int[]) "
        "AS given (id, number) WHERE a.id = given.id",
        [[one.attribute_id for one in made], [one.number for one in made]],
    )
