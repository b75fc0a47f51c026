"""The tree of categories and the attributes that each one gives to all below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from jishi.kernel.db import rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import CategoryId
from jishi.kernel.words import Text
from jishi.offering.catalog import rules
from jishi.offering.catalog.types import (
    AttributeKind,
    AttributeOption,
    CategoryAttribute,
    CategoryCrumb,
    CategoryNode,
)

# A recursive query `tree (id)` of one category and everything active below it; takes the category's id.
SUBTREE = (
    "WITH RECURSIVE tree AS (SELECT id FROM catalog_category WHERE id = %s AND is_active UNION ALL "
    "SELECT c.id FROM catalog_category c JOIN tree ON c.parent_id = tree.id WHERE c.is_active)"
)

_ATTRIBUTE = (
    "jsonb_build_object('id', a.id, 'number', a.number, 'code', a.code, "
    "'zh', a.name_zh, 'en', a.name_en, 'kind', a.kind, 'unit', a.unit, "
    "'choices', a.choices, 'is_required', a.is_required, 'is_filterable', a.is_filterable, "
    "'is_sale_axis', a.is_sale_axis)"
)
_PATH = f"""
WITH RECURSIVE up AS (
    SELECT id, parent_id, name_zh, name_en, is_active, 0 AS height FROM catalog_category WHERE id = %s
    UNION ALL SELECT c.id, c.parent_id, c.name_zh, c.name_en, c.is_active, up.height + 1
    FROM catalog_category c JOIN up ON c.id = up.parent_id
)
SELECT up.id, up.name_zh, up.name_en, up.is_active,
       NOT EXISTS (SELECT FROM catalog_category below WHERE below.parent_id = up.id AND below.is_active),
       (SELECT jsonb_agg({_ATTRIBUTE} ORDER BY a.sort, a.code)
        FROM catalog_attribute a WHERE a.category_id = up.id),
       (SELECT jsonb_agg(v.before ORDER BY v.id DESC)
        FROM catalog_attribute_version v WHERE v.category_id = up.id AND v.before IS NOT NULL)
FROM up ORDER BY height DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One category on the way from the root down, with the attributes defined there, and what definitions were
    before (the latest first; read for one path only).
    """

    id: CategoryId
    name: Text
    is_active: bool
    is_leaf: bool
    attributes: tuple[dict[str, Any], ...]
    former: tuple[dict[str, Any], ...] = ()


def path(category_id: CategoryId) -> list[Step]:
    """Return the categories from the root down to this one, in one statement; empty when there is none."""
    return [
        Step(
            id=step_id,
            name=Text(name_zh, name_en),
            is_active=is_active,
            is_leaf=is_leaf,
            attributes=tuple(msgspec.json.decode(attributes or "[]")),
            former=tuple(msgspec.json.decode(former or "[]")),
        )
        for step_id, name_zh, name_en, is_active, is_leaf, attributes, former in rows(_PATH, [category_id])
    ]


def effective(steps: Sequence[Step]) -> dict[str, dict[str, Any]]:
    """Return the attributes in force at the end of the path; a lower definition of a code replaces a higher
    one.
    """
    return {attribute["code"]: attribute for step in steps for attribute in step.attributes}


def former(steps: Sequence[Step]) -> dict[str, list[dict[str, Any]]]:
    """Return what attributes were before, by code: of the nearest category first, and the latest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for step in reversed(steps):
        for one in step.former:
            found.setdefault(one["code"], []).append(one)
    return found


def own_definitions(category_id: CategoryId) -> dict[UUID, dict[str, Any]]:
    """Return the attributes that a category itself defines, by their ids."""
    found = rows(
        f"SELECT a.id, {_ATTRIBUTE}::text FROM catalog_attribute a WHERE a.category_id = %s ORDER BY a.sort, a.code",
        [category_id],
    )
    return {attribute_id: msgspec.json.decode(definition) for attribute_id, definition in found}


def name_of(attribute: Mapping[str, Any]) -> Text:
    """Return what an attribute is called."""
    return Text(attribute["zh"], attribute["en"])


def crumbs(steps: Sequence[Step], language: str) -> list[CategoryCrumb]:
    """Return the path as people read it."""
    return [CategoryCrumb(id=step.id, name=step.name.of(language)) for step in steps]


def values_of(attribute: Mapping[str, Any], value: str) -> list[str]:
    """Return the values that a stored value consists of: the codes of several choices, else itself."""
    return rules.chosen_codes(value) if attribute["kind"] == AttributeKind.CHOICES else [value]


def value_name(attribute: Mapping[str, Any], value: str) -> Text:
    """Return how a stored value is read: a choice by its names, a number with its unit."""
    if attribute["kind"] == AttributeKind.CHOICE:
        return _choice_name(attribute, value)
    if attribute["kind"] == AttributeKind.CHOICES:
        names = [_choice_name(attribute, code) for code in values_of(attribute, value)]
        return Text("、".join(name.zh for name in names), ", ".join(name.of("en") for name in names))
    if attribute["kind"] == AttributeKind.FLAG:
        return Text("是", "Yes") if value == "true" else Text("否", "No")
    unit = f" {attribute['unit']}" if attribute["unit"] else ""
    return Text(f"{value}{unit}", f"{value}{unit}")


def _choice_name(attribute: Mapping[str, Any], code: str) -> Text:
    return next((Text(c["zh"], c["en"]) for c in attribute["choices"] if c["code"] == code), Text(code, code))


def codes_of(attribute: Mapping[str, Any]) -> dict[str, str]:
    """Return what a choice may be called, by code or in either language, each with its code; in their order."""
    return {
        name: choice["code"]
        for choice in attribute["choices"]
        for name in (choice["zh"], choice["en"], choice["code"])
    }


def as_types(attributes: Mapping[str, Mapping[str, Any]], language: str) -> list[CategoryAttribute]:
    """Return attributes as the API shows them."""
    return [
        CategoryAttribute(
            code=code,
            name=Text(one["zh"], one["en"]).of(language),
            kind=AttributeKind(one["kind"]),
            is_required=one["is_required"],
            is_filterable=one["is_filterable"],
            is_sale_axis=one["is_sale_axis"],
            choices=[option.name for option in options],
            options=options,
            unit=one["unit"],
        )
        for code, one in attributes.items()
        for options in [_options(one, language)]
    ]


def _options(attribute: Mapping[str, Any], language: str) -> list[AttributeOption]:
    return [
        AttributeOption(code=choice["code"], name=Text(choice["zh"], choice["en"]).of(language))
        for choice in attribute["choices"]
    ]


def tree(*, language: str) -> list[CategoryNode]:
    """Return the active categories as a tree, in one statement."""
    return _children(_by_parent(), None, language)


def node(category_id: CategoryId, *, language: str) -> CategoryNode:
    """Return one active category with all below it. Raises: NotFound."""
    found = _by_parent()
    for children in found.values():
        for one in children:
            if one[0] == category_id:
                return _node(found, one, language)
    raise NotFound


def attributes_of(category_id: CategoryId, *, language: str) -> list[CategoryAttribute]:
    """Return the attributes products of a category have, inherited ones first. Raises: NotFound."""
    steps = path(category_id)
    if not steps or not all(step.is_active for step in steps):
        raise NotFound
    return as_types(effective(steps), language)


def _by_parent() -> dict[CategoryId | None, list[tuple[Any, ...]]]:
    found: dict[CategoryId | None, list[tuple[Any, ...]]] = {}
    for one in rows(
        "SELECT id, parent_id, name_zh, name_en, icon FROM catalog_category WHERE is_active ORDER BY sort, id"
    ):
        found.setdefault(one[1], []).append(one)
    return found


def _children(
    found: Mapping[CategoryId | None, Sequence[tuple[Any, ...]]], parent_id: CategoryId | None, language: str
) -> list[CategoryNode]:
    return [_node(found, one, language) for one in found.get(parent_id, ())]


def _node(
    found: Mapping[CategoryId | None, Sequence[tuple[Any, ...]]], one: tuple[Any, ...], language: str
) -> CategoryNode:
    category_id, _, name_zh, name_en, icon = one
    return CategoryNode(
        id=category_id,
        name=Text(name_zh, name_en).of(language),
        icon=icon or None,
        children=_children(found, category_id, language),
    )


def all_paths() -> dict[CategoryId, list[Step]]:
    """Return every category's path from the root, in two statements; for work on many products at once."""
    attributes: dict[CategoryId, list[dict[str, Any]]] = {}
    for category_id, encoded in rows(
        f"SELECT a.category_id, {_ATTRIBUTE} FROM catalog_attribute a ORDER BY a.sort, a.code"
    ):
        attributes.setdefault(category_id, []).append(msgspec.json.decode(encoded))
    found = {
        one[0]: (one[1], Step(id=one[0], name=Text(one[2], one[3]), is_active=one[4], is_leaf=False,
                              attributes=tuple(attributes.get(one[0], ()))))
        for one in rows("SELECT id, parent_id, name_zh, name_en, is_active FROM catalog_category")
    }  # fmt: skip
    return {category_id: _upwards(found, category_id) for category_id in found}


def _upwards(
    found: Mapping[CategoryId, tuple[CategoryId | None, Step]], category_id: CategoryId
) -> list[Step]:
    steps: list[Step] = []
    at: CategoryId | None = category_id
    while at is not None:
        at, step = found[at]
        steps.insert(0, step)
    return steps
