"""What the platform writes: the tree of categories, their attributes, and brands."""

from collections.abc import Sequence

from jishi.kernel.db import atomic, lock
from jishi.kernel.ids import BrandId, CategoryId
from jishi.kernel.words import Text
from jishi.offering.catalog.changes import forget_on_commit
from jishi.offering.catalog.models import Attribute, Brand, Category
from jishi.offering.catalog.queries import CATEGORIES_TAG, LISTS_TAG
from jishi.offering.catalog.types import AttributeKind


def ensure_category(
    *, name: Text, parent_id: CategoryId | None = None, sort: int = 0, icon: str = ""
) -> CategoryId:
    """Return the category of that Chinese name below the parent, made when there is none."""
    with atomic():
        lock("catalog.categories")
        made, is_new = Category.objects.get_or_create(
            parent_id=parent_id, name_zh=name.zh, defaults={"name_en": name.en, "sort": sort, "icon": icon}
        )
        if is_new:
            forget_on_commit([CATEGORIES_TAG, LISTS_TAG])
    return CategoryId(made.id)


def ensure_attribute(
    *,
    category_id: CategoryId,
    code: str,
    name: Text,
    kind: AttributeKind = AttributeKind.CHOICE,
    unit: str = "",
    choices: Sequence[dict[str, str]] = (),
    is_required: bool = False,
    is_filterable: bool = False,
    is_sale_axis: bool = False,
    sort: int = 0,
) -> None:
    """Give a category an attribute of that code unless it has one; `choices` are {"code", "zh", "en"}."""
    with atomic():
        _, is_new = Attribute.objects.get_or_create(
            category_id=category_id,
            code=code,
            defaults={
                "name_zh": name.zh,
                "name_en": name.en,
                "kind": kind.value,
                "unit": unit,
                "choices": list(choices),
                "is_required": is_required,
                "is_filterable": is_filterable,
                "is_sale_axis": is_sale_axis,
                "sort": sort,
            },
        )
        if is_new:
            forget_on_commit([CATEGORIES_TAG])


def ensure_brand(*, name: Text) -> BrandId:
    """Return the brand of that Chinese name, made when there is none."""
    made, _ = Brand.objects.get_or_create(name_zh=name.zh, defaults={"name_en": name.en})
    return BrandId(made.id)
