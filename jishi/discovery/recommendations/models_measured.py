"""Tables of how recommendations do: experiments, and the numbers of each day. Nothing here names a person."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from jishi.kernel.ids import new_id


class ExperimentRow(models.Model):
    """Two ways of recommending, beside each other: arm `a` as it is, arm `b` with what differs.

    One runs at a time. What differs cannot change while it runs: it would be another experiment.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.SlugField(max_length=30, unique=True, db_index=False)
    share_percent = models.PositiveSmallIntegerField()  # of all people, in arm b
    explored_every = models.PositiveSmallIntegerField(default=10)  # one of so many places shows something new
    uses_previous = models.BooleanField(default=False)  # the version before the present one serves
    is_running = models.BooleanField(default=True, db_default=True, editable=False)
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        db_table = "recommendations_experiment"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_running"],
                condition=Q(is_running=True),
                name="recommendations_experiment_one_runs",
            ),
            models.CheckConstraint(
                condition=Q(share_percent__gte=1, share_percent__lte=99),
                name="recommendations_experiment_share",
            ),
            models.CheckConstraint(
                condition=Q(explored_every__gte=2, explored_every__lte=50),
                name="recommendations_experiment_explored",
            ),
            models.CheckConstraint(
                condition=Q(is_running=True, ended_at__isnull=True)
                | Q(is_running=False, ended_at__gte=F("started_at")),
                name="recommendations_experiment_period",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DailyRow(models.Model):
    """What was shown on a day (China) in a place, by a version, under an arm, and what came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField()
    placement = models.TextField()
    model = models.TextField()  # empty: before the first training
    arm = models.TextField()  # empty: outside any experiment
    impressions = models.BigIntegerField()
    clicks = models.BigIntegerField()
    adds = models.BigIntegerField()
    orders = models.BigIntegerField(help_text="products paid for within a day of a click")
    revenue_minor = models.BigIntegerField()
    revenue_squares = models.DecimalField(max_digits=40, decimal_places=0, help_text="for the interval")

    class Meta:
        db_table = "recommendations_daily"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "placement", "model", "arm"], name="recommendations_daily_once"
            )
        ]
