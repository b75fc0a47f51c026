"""Tables of steering: sets of rules, and their rules."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jishi.discovery.steering.types import RuleKind, SetStatus, TargetKind
from jishi.kernel.ids import new_id


class RuleSet(models.Model):
    """One set of rules: written as a draft, live from one instant to another, then kept as it was."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.IntegerField(unique=True)
    status = models.CharField(max_length=16, default=SetStatus.DRAFT.value)
    based_on_number = models.IntegerField(default=0)  # the set that was live when this one was begun
    opened_at = models.DateTimeField()
    opened_by_id = models.UUIDField(null=True)
    live_at = models.DateTimeField(null=True)
    live_by_id = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "steering_set"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=[one.value for one in SetStatus]), name="steering_set_status"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[SetStatus.DRAFT.value, SetStatus.DISCARDED.value], live_at__isnull=True
                )
                | Q(status__in=[SetStatus.LIVE.value, SetStatus.PAST.value], live_at__isnull=False),
                name="steering_set_live_at",
            ),
            models.UniqueConstraint(
                fields=["status"], condition=Q(status=SetStatus.LIVE.value), name="steering_set_one_live"
            ),
            models.UniqueConstraint(
                fields=["status"], condition=Q(status=SetStatus.DRAFT.value), name="steering_set_one_draft"
            ),
        ]


class Rule(models.Model):
    """One rule of a set; what belongs to which kind stands with `types.RuleWish`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=8)
    words = models.JSONField()
    means = models.JSONField(default=list)
    target_kind = models.CharField(max_length=8, blank=True)
    target_id = models.UUIDField(null=True)
    factor_percent = models.SmallIntegerField(null=True)
    path = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "steering_rule"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in RuleKind]), name="steering_rule_kind"
            ),
            models.CheckConstraint(
                condition=Q(target_kind="", target_id__isnull=True)
                | Q(target_kind__in=[one.value for one in TargetKind], target_id__isnull=False),
                name="steering_rule_target",
            ),
            models.CheckConstraint(
                condition=~Q(kind=RuleKind.BOOST.value)
                | Q(target_id__isnull=False, factor_percent__range=(10, 1_000)),
                name="steering_rule_boost",
            ),
            models.CheckConstraint(
                condition=Q(kind=RuleKind.REDIRECT.value, path__startswith="/")
                | (~Q(kind=RuleKind.REDIRECT.value) & Q(path="")),
                name="steering_rule_redirect",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True)
                | Q(ends_at__isnull=True)
                | Q(ends_at__gt=models.F("starts_at")),
                name="steering_rule_period",
            ),
        ]
