"""The engine room: what failed for good, what happened and was told, who did what."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from jishi.entry.console import audit_trail, audit_words
from jishi.entry.console.asking import PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, no_rows, register, uuid_in
from jishi.entry.console.columns import attribute_column, instant_column, short, titled, word_column
from jishi.entry.console.filters import choice_filter, yes_no_filter
from jishi.entry.console.page import (
    Block,
    Fact,
    Section,
    as_json,
    code,
    facts_of,
    label,
    link,
    people_names,
)
from jishi.entry.console.roles import OPERATIONS, RISK
from jishi.entry.console.vocabulary import ACTOR, LETTER_OUTCOME
from jishi.entry.console.words import Word, both
from jishi.kernel.jobs import dismiss_dead_letter, retry_dead_letter
from jishi.kernel.models import AuditEntry, DeadLetter, OutboxEntry

PROBLEM_LENGTH_MAX = 120


@register(DeadLetter, both("失败任务", "dead letter"), both("失败任务", "Dead letters"))
class DeadLetterDesk(Desk):
    """Jobs and handlers that failed for the last time."""

    roles = (OPERATIONS,)
    list_display = ("name", "state", "attempts", "problem", "died")
    list_filter = (choice_filter("outcome", LETTER_OUTCOME, default="waiting"),)
    actions_detail = ("retry", "dismiss")

    state = word_column("outcome", LETTER_OUTCOME)
    died = instant_column("died_at")

    @titled(both("错误", "Error"))
    def problem(self, row: DeadLetter) -> str:
        return row.error.strip().rsplit("\n", 1)[-1][:PROBLEM_LENGTH_MAX]

    def name_of(self, row: DeadLetter) -> str:
        return row.name

    def facts(self, request: HttpRequest, row: DeadLetter) -> list[Fact]:
        return [
            Fact(LETTER_OUTCOME.title, label(LETTER_OUTCOME, row.outcome)),
            *facts_of(row, "name", "lock", "attempts", "died_at", "closed_at"),
        ]

    def sections(self, request: HttpRequest, row: DeadLetter) -> list[Section]:
        return [
            Block(both("参数", "Arguments"), as_json(row.arguments)),
            Block(both("错误", "Error"), as_json(row.error.splitlines())),
        ]

    @asks(
        name=both("重试", "Retry"),
        question=both("任务将重新排队执行。", "The job is put into the queue again."),
        done=both("已重新排队", "Queued again"),
        icon="refresh",
        roles=(OPERATIONS,),
        when=lambda row: row.outcome == "waiting",
        variant=PRIMARY,
    )
    def retry(self, asked: Asked) -> None:
        """Queue the job again."""
        retry_dead_letter(asked.row_id, now=asked.now)

    @asks(
        name=both("忽略", "Dismiss"),
        question=both("任务将不再执行。", "The job will not run again."),
        done=both("已忽略", "Dismissed"),
        icon="delete",
        roles=(OPERATIONS,),
        when=lambda row: row.outcome == "waiting",
    )
    def dismiss(self, asked: Asked) -> None:
        """Let the job be."""
        dismiss_dead_letter(asked.row_id, now=asked.now)


@register(AuditEntry, both("审计日志", "audit entry"), both("审计日志", "Audit log"))
class AuditDesk(Desk):
    """Who did what; append-only."""

    roles = (RISK,)
    has_trail = False
    list_display = ("when", "done", "who", "about", "subject", "details")
    search_help_text = both("对象编号或操作人编号", "Id of the subject or of who did it")
    list_filter = (choice_filter("actor_kind", ACTOR),)

    when = instant_column("recorded_at")
    who = attribute_column("who", both("谁", "Who"))

    def prepare(self, rows: Sequence[Any]) -> None:
        names = people_names(row.actor_id for row in rows)
        for row in rows:
            row.who = audit_trail.who(row, names)

    @titled(both("做了什么", "What"))
    def done(self, row: AuditEntry) -> str:
        return audit_words.action_name(row.action)

    @titled(both("对象", "Subject"))
    def about(self, row: AuditEntry) -> str:
        return audit_words.subject_name(row.subject_kind)

    @titled(both("对象编号", "Subject id"))
    def subject(self, row: AuditEntry) -> str:
        return short(row.subject_id)

    @titled(both("内容", "Details"))
    def details(self, row: AuditEntry) -> str:
        return audit_words.details(row.subject_kind, row.data)[:PROBLEM_LENGTH_MAX]

    def matching(self, term: str) -> Q:
        wanted = uuid_in(term)
        return no_rows() if wanted is None else Q(subject_id=wanted) | Q(actor_id=wanted)

    def name_of(self, row: AuditEntry) -> str:
        return audit_words.action_name(row.action)

    def people_of(self, row: AuditEntry) -> list[UUID | None]:
        return [row.actor_id]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        return [
            *facts_of(row, "recorded_at"),
            Fact(both("谁", "Who"), audit_trail.who(row, row.people)),
            Fact(both("做了什么", "What"), audit_words.action_name(row.action)),
            Fact(both("对象", "Subject"), _subject(request, row)),
            Fact(both("对象编号", "Subject id"), code(row.subject_id)),
            Fact(both("代码", "Code"), code(row.action)),
            Fact(both("内容", "Details"), audit_words.details(row.subject_kind, row.data), is_wide=True),
        ]

    def sections(self, request: HttpRequest, row: AuditEntry) -> list[Section]:
        return [Block(both("原始记录", "As it was kept"), as_json(row.data))]


def _subject(request: HttpRequest, row: AuditEntry) -> object:
    name, model = audit_words.subject_name(row.subject_kind), audit_words.subject_model(row.subject_kind)
    return name if model is None else link(request, model, row.subject_id, name)


@register(OutboxEntry, both("事件", "event"), both("事件", "Events"))
class OutboxDesk(Desk):
    """What happened and was told."""

    roles = (OPERATIONS,)
    has_trail = False
    list_display = ("name", "sequence", "subject", "dispatched")
    list_filter = (
        yes_no_filter(
            "dispatched_at__isnull",
            both("派发", "Dispatched"),
            Word("待派发", "Waiting"),
            Word("已派发", "Dispatched"),
        ),
    )

    dispatched = instant_column("dispatched_at")

    @titled(both("对象编号", "Subject id"))
    def subject(self, row: OutboxEntry) -> str:
        return short(row.aggregate_id)

    def name_of(self, row: OutboxEntry) -> str:
        return row.name

    def facts(self, request: HttpRequest, row: OutboxEntry) -> list[Fact]:
        return [
            Fact(both("名称", "Name"), code(row.name)),
            *facts_of(row, "sequence", "dispatched_at"),
            Fact(both("对象编号", "Subject id"), code(row.aggregate_id)),
        ]

    def sections(self, request: HttpRequest, row: OutboxEntry) -> list[Section]:
        return [Block(both("内容", "Body"), as_json(row.body))]
