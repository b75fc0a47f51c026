"""The engine room: what failed for good, what waits, who did what."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display

from jishi.entry.console.base import OPERATIONS, RISK, Desk, as_uuid, dialog, now_of, register
from jishi.entry.console.words import both
from jishi.kernel.jobs import dismiss_dead_letter, retry_dead_letter
from jishi.kernel.models import AuditEntry, DeadLetter, OutboxEntry

OUTCOMES = {"waiting": "danger", "retried": "success", "dismissed": "info"}


@register(DeadLetter, both("失败任务", "Dead letters"))
class DeadLetterDesk(Desk):
    """Jobs and handlers that failed for the last time."""

    roles = (OPERATIONS,)
    list_display = ("name", "state", "attempts", "problem", "died_at")
    list_filter = ("outcome",)
    ordering = ("-died_at",)
    fields = ("name", "lock", "arguments", "attempts", "error", "died_at", "closed_at", "outcome")
    actions_detail = ("retry", "dismiss")

    @display(description=both("状态", "State"), label=OUTCOMES)
    def state(self, row: DeadLetter) -> str:
        return row.outcome

    @display(description=both("错误", "Error"))
    def problem(self, row: DeadLetter) -> str:
        return row.error.strip().rsplit("\n", 1)[-1][:120]

    @action(
        description=both("重试", "Retry"),
        permissions=["act"],
        icon="refresh",
        dialog=dialog(
            both("重试", "Retry"), both("任务将重新排队执行。", "The job is put into the queue again.")
        ),
    )
    def retry(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:  # noqa: ARG002
        """Queue the job again."""
        letter_id = as_uuid(object_id)
        return self.act(
            request,
            object_id,
            lambda: retry_dead_letter(letter_id, now=now_of(request)),
            both("已重新排队", "Queued again"),
        )

    @action(
        description=both("忽略", "Dismiss"),
        permissions=["act"],
        icon="delete",
        dialog=dialog(both("忽略", "Dismiss"), both("任务将不再执行。", "The job will not run again.")),
    )
    def dismiss(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:  # noqa: ARG002
        """Let the job be."""
        letter_id = as_uuid(object_id)
        return self.act(
            request,
            object_id,
            lambda: dismiss_dead_letter(letter_id, now=now_of(request)),
            both("已忽略", "Dismissed"),
        )


@register(AuditEntry, both("审计日志", "Audit log"))
class AuditDesk(Desk):
    """Who did what; append-only."""

    roles = (RISK,)
    list_display = ("recorded_at", "action", "actor_kind", "actor_id", "subject_kind", "subject_id")
    list_filter: ClassVar[tuple[str, ...]] = ("actor_kind",)
    search_fields = ("action",)
    ordering = ("-id",)


@register(OutboxEntry, both("事件", "Events"))
class OutboxDesk(Desk):
    """What happened and was told."""

    roles = (OPERATIONS,)
    list_display = ("sequence", "name", "aggregate_id", "dispatched_at")
    ordering = ("-sequence",)
