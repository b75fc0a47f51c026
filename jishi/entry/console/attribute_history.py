"""How a category's attributes changed, and how many products on sale no longer fit: the tables of its page."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from jishi.entry.console.columns import NOTHING
from jishi.entry.console.page import Table, moment
from jishi.entry.console.vocabulary import ATTRIBUTE_KIND
from jishi.entry.console.words import both, language
from jishi.kernel.ids import CategoryId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_attributes
from jishi.offering.catalog.types_attributes import AttributeChange

Definition = Mapping[str, Any]


def history(found: Sequence[AttributeChange], names: Mapping[UUID, str]) -> Table:
    """Return the changes of definitions, the latest first."""
    return Table(
        both("属性变更记录", "History of attributes"),
        (both("时间", "When"), both("谁", "Who"), both("属性", "Attribute"), both("版本", "Version"),
         both("变更", "Change")),
        [
            (
                moment(one.changed_at),
                names.get(one.changed_by_id, NOTHING) if one.changed_by_id else NOTHING,
                name_of(one.after or one.before or {}),
                one.number,
                difference(one.before, one.after),
            )
            for one in found
        ],
        note=both(
            "在售商品已填的值不会随之改变,仍按变更前的样子展示;商家下次保存时需要改正。",
            "What products on sale have stays and is shown as before; merchants mend it at their next save.",
        ),
    )  # fmt: skip


def misfits(category_id: CategoryId) -> Table:
    """Return how many products on sale no longer fit, by attribute."""
    counts = queries_attributes.misfit_counts(category_id)
    return Table(
        both("不再符合的在售商品", "Products on sale that no longer fit"),
        (both("属性代码", "Code"), both("在售商品数", "Products on sale")),
        sorted(counts.items()),
        empty=both("所有在售商品都符合", "All products on sale fit"),
    )


def name_of(definition: Definition) -> str:
    """Return what an attribute is called, with its code."""
    return f"{Text(definition['zh'], definition['en']).of(language())} ({definition['code']})"


def difference(before: Definition | None, after: Definition | None) -> str:
    """Return what a change did, part by part."""
    if before is None:
        return str(both("新增", "added"))
    if after is None:
        return str(both("删除", "removed"))
    return "; ".join(
        f"{title}: {shown(before[part])} → {shown(after[part])}"
        for part, title in _parts().items()
        if before[part] != after[part]
    )


def _parts() -> dict[str, str]:
    return {
        "code": str(both("代码", "code")),
        "zh": str(both("中文名", "Chinese name")),
        "en": str(both("英文名", "English name")),
        "kind": str(both("类型", "kind")),
        "unit": str(both("单位", "unit")),
        "choices": str(both("可选值", "choices")),
        "is_required": str(both("必填", "required")),
        "is_filterable": str(both("可筛选", "filterable")),
        "is_sale_axis": str(both("销售属性", "sale axis")),
    }


def shown(value: object) -> str:
    """Return a part of a definition as people read it."""
    if isinstance(value, bool):
        return str(both("是", "yes") if value else both("否", "no"))
    if isinstance(value, list):
        return ", ".join(Text(one["zh"], one["en"]).of(language()) for one in value) or NOTHING
    text = str(value)
    return ATTRIBUTE_KIND.name(text) if text in ATTRIBUTE_KIND.words else text or NOTHING
