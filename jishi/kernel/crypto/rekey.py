"""Rotating keys: every row sealed or indexed under an old key is rewritten under the current one."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from jishi.kernel.crypto.fields import BlindIndexField, EncryptedTextField
from jishi.kernel.crypto.keyring import ring
from jishi.kernel.crypto.sealed import Sealed, seal_text
from jishi.kernel.db import atomic

BATCH = 200


def reencrypt(tables: Iterable[type[models.Model]] | None = None) -> int:
    """Rewrite what stands under old keys in `tables` (default: all), in small transactions; return how many rows.

    Safe to repeat.
    """
    chosen = apps.get_models() if tables is None else tables
    return sum(_reencrypt_model(model) for model in chosen if _sealed_fields(model))


def _reencrypt_model(model: type[models.Model]) -> int:
    # The base manager: a scoped one would refuse to show the rows of all merchants.
    rows = model._base_manager  # noqa: SLF001 - Django documents it
    changed, last = 0, UUID(int=0)
    while True:
        with atomic():
            batch = list(rows.select_for_update().filter(pk__gt=last).order_by("pk")[:BATCH])
            for instance in batch:
                changes = _changes(model, instance)
                if changes:
                    rows.filter(pk=instance.pk).update(**changes)
                    changed += 1
        if len(batch) < BATCH:
            return changed
        last = batch[-1].pk


def _changes(model: type[models.Model], instance: models.Model) -> dict[str, object]:
    """Return the new values of those fields of one row that stand under an old key."""
    changes: dict[str, object] = {}
    for sealed_field in _sealed_fields(model):
        stored = instance.__dict__[sealed_field.attname]
        if isinstance(stored, Sealed) and stored.key_id != ring().current_id:
            text = getattr(instance, sealed_field.attname)
            changes[sealed_field.attname] = Sealed(seal_text(text, **sealed_field.place_of(instance)))
    for index_field in _index_fields(model):
        wanted = index_field.index_of(instance)
        if wanted != getattr(instance, index_field.attname):
            changes[index_field.attname] = wanted
    return changes


def _sealed_fields(model: type[models.Model]) -> list[EncryptedTextField[Any, Any]]:
    return [field for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]


def _index_fields(model: type[models.Model]) -> list[BlindIndexField[Any, Any]]:
    return [field for field in model._meta.concrete_fields if isinstance(field, BlindIndexField)]
