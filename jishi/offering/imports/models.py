"""Tables of bulk import. The CHECKs say what is promised: what is done is created, updated, unchanged or refused."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.offering.imports.types import RunStatus


class ImportRow(models.Model):
    """A table on its way in. `group_cursor` counts the products that are done, the counts their rows.

    `mapping` is what the columns mean, by position (as text: JSON knows no other keys).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(
        "identity.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    staff_id = models.UUIDField(null=True)
    file_name = models.CharField(max_length=200)
    status = models.CharField(max_length=16, default=RunStatus.UPLOADED.value)
    heads = models.JSONField()
    mapping = models.JSONField(default=dict)
    samples = models.JSONField(default=list)
    for_review = models.BooleanField(default=False)
    warehouse_id = models.UUIDField(null=True)
    row_count = models.IntegerField()
    group_cursor = models.IntegerField(default=0)
    done_count = models.IntegerField(default=0)
    created_count = models.IntegerField(default=0)
    updated_count = models.IntegerField(default=0)
    unchanged_count = models.IntegerField(default=0)
    refused_count = models.IntegerField(default=0)
    zip_count = models.IntegerField(default=0, db_default=0, help_text="pictures that came with the table")
    picture_count = models.IntegerField(
        default=0, db_default=0, help_text="to be taken in, once it is written"
    )
    picture_done_count = models.IntegerField(default=0, db_default=0)
    uploaded_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = merchant_scoped()

    class Meta:
        db_table = "imports_run"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in RunStatus]), name="imports_run_status"
            ),
            models.CheckConstraint(
                condition=Q(
                    done_count=F("created_count")
                    + F("updated_count")
                    + F("unchanged_count")
                    + F("refused_count"),
                    done_count__lte=F("row_count"),
                ),
                name="imports_run_every_row_accounted_for",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[RunStatus.CHECKED.value, RunStatus.DONE.value])
                | Q(done_count=F("row_count")),
                name="imports_run_done_is_all",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant", "-id"], name="imports_run_of_merchant"),
            models.Index(
                fields=["changed_at"], condition=~Q(status=RunStatus.DONE.value), name="imports_run_not_done"
            ),
        ]


class ImportFile(models.Model):
    """The file of a run, as it was uploaded; gone when the run is done."""

    run = models.OneToOneField(ImportRow, primary_key=True, on_delete=models.CASCADE, related_name="+")
    data = models.BinaryField()

    class Meta:
        db_table = "imports_file"


class ImportPicture(models.Model):
    """A picture that a table names: one of the zip that came with it (`data`, until it is taken in), or what came of
    its address. `problem` {zh, en} says why it cannot be had.
    """

    pk = models.CompositePrimaryKey("run_id", "name_key")
    run = models.ForeignKey(ImportRow, on_delete=models.CASCADE, related_name="+", db_index=False)
    name_key = models.UUIDField(help_text="of the name, which may be too long for an index")
    name = models.TextField()
    data = models.BinaryField(null=True)
    media_id = models.UUIDField(null=True)
    problem = models.JSONField(null=True)

    class Meta:
        db_table = "imports_picture"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(media_id__isnull=True) | Q(problem__isnull=True, data__isnull=True),
                name="imports_picture_taken_or_refused",
            ),
        ]


class ImportRefusal(models.Model):
    """A row that was not taken: its cells, and `complaints` [{target, zh, en}]."""

    pk = models.CompositePrimaryKey("run_id", "line")
    run = models.ForeignKey(ImportRow, on_delete=models.CASCADE, related_name="+", db_index=False)
    line = models.IntegerField(help_text="of the file, counted from 1")
    cells = models.JSONField()
    complaints = models.JSONField()

    class Meta:
        db_table = "imports_refusal"
