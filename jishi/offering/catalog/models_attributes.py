"""The history of what categories ask of products."""

from typing import ClassVar

from django.db import models

from jishi.kernel.ids import new_id


class AttributeVersion(models.Model):
    """One change of an attribute's definition: what it was and what it became; append-only.

    `before` is None where it was added, `after` where it was taken away; both are as `categories` reads definitions.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    category_id = models.UUIDField()
    attribute_id = models.UUIDField()
    code = models.SlugField(max_length=40, db_index=False)
    number = models.IntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    changed_by_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "catalog_attribute_version"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["attribute_id", "number"], name="catalog_attribute_version_number"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category_id", "-id"], name="catalog_attribute_version_of"),
        ]
