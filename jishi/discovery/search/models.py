"""Table of search: the machines that keep an index, as each of them tells."""

from django.db import models

from jishi.kernel.ids import new_id


class IndexNode(models.Model):
    """One machine's index. It is to be built anew while `rebuild_asked_at` lies behind `built_at`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=255, unique=True)
    version = models.CharField(max_length=64)
    product_count = models.IntegerField()
    built_at = models.DateTimeField()
    followed_at = models.DateTimeField()
    rebuild_asked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "search_node"

    def __str__(self) -> str:
        return self.name
