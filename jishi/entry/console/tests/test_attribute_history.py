"""An operator edits a category's attributes: the page tells what changed, by whom, and what no longer fits."""

import pytest

from jishi.entry.console.tests.conftest import Hire, page_address
from jishi.offering.catalog import queries_attributes
from jishi.offering.catalog.models import Attribute, Category
from jishi.offering.catalog.tests.factories import make_attribute, make_category, make_product

pytestmark = pytest.mark.django_db


def form_of(category: Category, attribute: Attribute, **changed: str) -> dict[str, str]:
    """Return the form of a category with one attribute as the browser sends it."""
    row = {
        "id": str(attribute.id), "category": str(category.id), "code": attribute.code,
        "name_zh": attribute.name_zh, "name_en": attribute.name_en, "kind": attribute.kind, "unit": "",
        "choices": "\n".join(f"{one['code']} | {one['zh']} | {one['en']}" for one in attribute.choices),
        "sort": "0",
    } | changed  # fmt: skip
    prefix = "attribute_set"
    return {
        "parent": "", "name_zh": category.name_zh, "name_en": category.name_en, "icon": "", "sort": "0",
        "is_active": "on", f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "1",
        **{f"{prefix}-0-{name}": value for name, value in row.items()},
    }  # fmt: skip


def test_a_changed_attribute_is_told_on_the_categorys_page(hire: Hire) -> None:
    category_id = make_category("水壶")
    category = Category.objects.get(id=category_id)
    choices = [("steel", "不锈钢", "Steel"), ("tin", "马口铁", "Tin")]
    make_attribute(category_id, "material", choices=choices)
    make_product(category_id=category_id, attributes={"material": "tin"})
    attribute = Attribute.objects.get(category=category)
    colleague = hire("operations")
    page = colleague.page(category).content.decode()
    assert "所有在售商品都符合" in page
    prefix = page.split("-TOTAL_FORMS", 1)[0].rsplit('"', 1)[1]

    sent = form_of(category, attribute, name_zh="材质", choices="steel | 不锈钢 | Steel")
    sent = {name.replace("attribute_set", prefix): value for name, value in sent.items()}
    answer = colleague.client.post(page_address(category), sent)
    assert answer.status_code == 302, answer.content.decode()
    (change,) = queries_attributes.history(category_id)
    assert (change.code, change.number, change.changed_by_id) == ("material", 2, colleague.id)
    page = colleague.page(category).content.decode()
    assert "属性material → 材质" in page
    assert "不锈钢, 马口铁 → 不锈钢" in page
    assert queries_attributes.misfit_counts(category_id) == {"material": 1}
    # Saving it again as it is changes nothing.
    colleague.client.post(page_address(category), sent)
    assert len(queries_attributes.history(category_id)) == 1
