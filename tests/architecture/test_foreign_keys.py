"""Foreign keys point the way imports do, and never back."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import PROTECT, ForeignKey, Model

FLOORS = {
    "kernel": 0,
    "identity": 1,
    "offering": 2,
    "money": 2,
    "trade": 3,
    "discovery": 4,
    "community": 4,
    "insight": 5,
}


def context(model: type[Model]) -> str:
    return ".".join(model.__module__.split(".")[:3])


def keys_across_contexts() -> Iterator[tuple[str, ForeignKey[object, object]]]:
    for model in apps.get_models():
        if model._meta.app_label in FLOORS:
            for field in model._meta.local_fields:
                if isinstance(field, ForeignKey) and context(field.related_model) != context(model):
                    yield f"{model.__name__}.{field.name}", field


def complaint(field: ForeignKey[object, object]) -> str | None:
    here, there = field.model._meta.app_label, field.related_model._meta.app_label
    if there in FLOORS and here != there and FLOORS[there] >= FLOORS[here]:
        return "points up or to a blind area"
    return None if field.remote_field.related_name == "+" else 'needs related_name="+"'


def test_foreign_keys_point_down_and_leave_no_way_back() -> None:
    complaints = [f"{name} {said}" for name, field in keys_across_contexts() if (said := complaint(field))]
    assert complaints == []


@pytest.mark.parametrize(
    ("model", "to", "related_name", "said"),
    [
        ("identity.User", "offering.Product", "+", "points up or to a blind area"),
        ("money.Payment", "offering.Product", "+", "points up or to a blind area"),
        ("offering.Product", "identity.Merchant", "products", 'needs related_name="+"'),
    ],
)
def test_a_wrong_key_is_named(model: str, to: str, related_name: str, said: str) -> None:
    field: ForeignKey[object, object] = ForeignKey(
        apps.get_model(to), on_delete=PROTECT, related_name=related_name
    )
    field.model = apps.get_model(model)
    assert complaint(field) == said
