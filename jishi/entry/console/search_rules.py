"""The rules of search: written in a draft, looked at in a preview, then live at once; every earlier set is kept."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest

from jishi.discovery.steering import services
from jishi.discovery.steering.models import Rule, RuleSet
from jishi.discovery.steering.types import SetStatus
from jishi.entry.console import search_preview
from jishi.entry.console.asking import DANGER, PRIMARY, Asked, asks
from jishi.entry.console.base import Desk, register
from jishi.entry.console.columns import NOTHING, instant, instant_column, titled, word_column
from jishi.entry.console.filters import choice_filter
from jishi.entry.console.forms import DialogForm
from jishi.entry.console.page import Fact, Section, Table, facts_of, label, link
from jishi.entry.console.roles import OPERATIONS
from jishi.entry.console.search_rule_forms import (
    RULE_KIND,
    BlockForm,
    BoostForm,
    ChangeForm,
    RedirectForm,
    SynonymForm,
    target_name,
    wish,
)
from jishi.entry.console.words import Vocabulary, Word, both

SET_STATUS = Vocabulary(
    both("状态", "Status"),
    {
        "draft": Word("草稿", "Draft", "warning"),
        "live": Word("线上", "Live", "success"),
        "past": Word("历史", "Past"),
        "discarded": Word("已放弃", "Discarded"),
    },
)
SAYS = both("内容", "What it says")


def _is(*statuses: SetStatus) -> Any:
    return lambda row: row.status in statuses


def says(rule: Rule) -> str:
    """Return what a rule does, in a line for people."""
    words = "、".join(rule.words)
    if rule.kind == "synonym":
        return (
            f"{words} → {'、'.join(rule.means)}"
            if rule.means
            else f"{words} ({both('互为同义', 'both ways')})"
        )
    if rule.kind == "redirect":
        return f"{words} → {rule.path}"
    target = target_name(rule.target_kind, rule.target_id)
    if rule.kind == "boost":
        return f"{words}: {target} × {(rule.factor_percent or 100) / 100:g}"
    return f"{words}: {target or both('什么都不显示', 'nothing is shown')}"


def period(rule: Rule) -> str:
    """Return when a rule holds."""
    if rule.starts_at is None and rule.ends_at is None:
        return str(both("一直", "Always"))
    return f"{instant(rule.starts_at)} – {instant(rule.ends_at)}"


class RemoveForm(DialogForm):
    """Asks which rule goes."""

    rule = forms.ChoiceField(label=both("规则", "Rule"))

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        row = getattr(request, "_console_row", (None, None))[1]
        field = cast(forms.ChoiceField, self.fields["rule"])
        field.choices = [
            (str(one.pk), f"{RULE_KIND.name(one.kind)} · {says(one)}")
            for one in Rule.objects.filter(rule_set=row).order_by("id")
        ]


def _add(asked: Asked, kind: str) -> None:
    services.add_rule(set_id=asked.row_id, wish=wish(kind, asked.answers))


def _adding(name: str, form: type[DialogForm], icon: str) -> Mapping[str, Any]:
    return {
        "name": name,
        "question": both(
            "只写进草稿,上线之前买家看不到。", "It goes into the draft; buyers see nothing before it is live."
        ),
        "done": both("已写入草稿", "Written into the draft"),
        "icon": icon,
        "roles": (OPERATIONS,),
        "form": form,
        "when": _is(SetStatus.DRAFT),
    }


@register(RuleSet, both("搜索规则", "set of search rules"), both("搜索规则", "Search rules"))
class RuleSetDesk(Desk):
    """One set is live, one may be a draft, all others are history."""

    roles = (OPERATIONS,)
    list_display = ("name", "status_label", "opened", "live", "ended")
    list_filter = (choice_filter("status", SET_STATUS),)
    ordering = ("-number",)
    actions_detail = (
        "edit",
        "go_live",
        "bring_back",
        "add_synonym",
        "add_boost",
        "add_redirect",
        "add_block",
        "remove_rule",
        "discard",
    )

    status_label = word_column("status", SET_STATUS)
    opened = instant_column("opened_at")
    live = instant_column("live_at")
    ended = instant_column("ended_at")

    @titled(both("规则集", "Set"))
    def name(self, row: RuleSet) -> str:
        return self.name_of(row)

    def name_of(self, row: RuleSet) -> str:
        return str(both(f"第 {row.number} 版", f"Set {row.number}"))

    def people_of(self, row: RuleSet) -> list[UUID | None]:
        return [row.opened_by_id, row.live_by_id]

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        return [
            Fact(SET_STATUS.title, label(SET_STATUS, row.status)),
            *facts_of(row, "opened_at", "live_at", "ended_at"),
            Fact(both("起草人", "Begun by"), row.people.get(row.opened_by_id, NOTHING)),
            Fact(both("上线人", "Put live by"), row.people.get(row.live_by_id, NOTHING)),
        ]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        found = Rule.objects.filter(rule_set=row).order_by("kind", "id")
        return [
            *search_preview.sections(request, row),
            Table(
                both("规则", "Rules"),
                (RULE_KIND.title, SAYS, both("有效期", "Holds")),
                [
                    (label(RULE_KIND, one.kind), link(request, Rule, one.pk, says(one)), period(one))
                    for one in found
                ],
                empty=both("还没有规则", "No rules yet"),
            ),
        ]

    @asks(
        name=both("打开草稿", "Open the draft"),
        question=both(
            "草稿以线上规则为起点;已有草稿时继续用它。",
            "A draft begins with the live rules; if there is one, it is used.",
        ),
        done=both("草稿已打开,在列表的“草稿”里", "The draft is open: it stands in the list under “Draft”"),
        icon="edit_note",
        roles=(OPERATIONS,),
        when=_is(SetStatus.LIVE),
        variant=PRIMARY,
    )
    def edit(self, asked: Asked) -> None:
        """Begin a draft."""
        services.open_draft(actor=asked.actor, now=asked.now)

    @asks(
        name=both("上线", "Go live"),
        question=both(
            "这套规则马上在所有机器上生效,现在的线上规则成为历史。",
            "These rules hold on all machines at once; those that are live become history.",
        ),
        done=both("已上线,几秒内全部机器生效", "Live; all machines follow within seconds"),
        icon="rocket_launch",
        roles=(OPERATIONS,),
        when=_is(SetStatus.DRAFT),
        variant=PRIMARY,
    )
    def go_live(self, asked: Asked) -> None:
        """Let the draft take the place of the live set."""
        services.go_live(set_id=asked.row_id, actor=asked.actor, now=asked.now)

    @asks(
        name=both("恢复这一版", "Bring back"),
        question=both(
            "以这一版的规则建立新的一版并马上上线。",
            "A new set with these rules is made, and is live at once.",
        ),
        done=both("已恢复并上线", "Brought back; it is live"),
        icon="restore",
        roles=(OPERATIONS,),
        when=_is(SetStatus.PAST),
    )
    def bring_back(self, asked: Asked) -> None:
        """Let an earlier set be live again."""
        services.bring_back(set_id=asked.row_id, actor=asked.actor, now=asked.now)

    @asks(**_adding(both("加同义词", "Add synonyms"), SynonymForm, "compare_arrows"))
    def add_synonym(self, asked: Asked) -> None:
        """Write synonyms."""
        _add(asked, "synonym")

    @asks(**_adding(both("加权重", "Add a boost"), BoostForm, "trending_up"))
    def add_boost(self, asked: Asked) -> None:
        """Write a boost."""
        _add(asked, "boost")

    @asks(**_adding(both("加跳转", "Add a redirect"), RedirectForm, "shortcut"))
    def add_redirect(self, asked: Asked) -> None:
        """Write a redirect."""
        _add(asked, "redirect")

    @asks(**_adding(both("加屏蔽", "Block words"), BlockForm, "block"))
    def add_block(self, asked: Asked) -> None:
        """Write blocked words."""
        _add(asked, "block")

    @asks(**_adding(both("移除规则", "Remove a rule"), RemoveForm, "remove_circle"))
    def remove_rule(self, asked: Asked) -> None:
        """Take a rule out of the draft."""
        services.remove_rule(set_id=asked.row_id, rule_id=UUID(asked.answers["rule"]))

    @asks(
        name=both("放弃草稿", "Discard"),
        question=both("草稿里的改动不会上线。", "Nothing of this draft will go live."),
        done=both("草稿已放弃", "The draft is discarded"),
        icon="delete",
        roles=(OPERATIONS,),
        when=_is(SetStatus.DRAFT),
        variant=DANGER,
    )
    def discard(self, asked: Asked) -> None:
        """Let the draft never go live."""
        services.discard(set_id=asked.row_id, now=asked.now)


class StandingFilter(choice_filter("rule_set__status", SET_STATUS, default="live")):  # type: ignore[misc]
    """Rules by where their set stands; the live ones first."""

    parameter_name = "standing"


@register(Rule, both("搜索规则条目", "search rule"), both("规则条目", "Single rules"))
class RuleDesk(Desk):
    """The single rules of all sets; those of the draft can be changed."""

    roles = (OPERATIONS,)
    list_display = ("kind_label", "content", "set_number", "holds")
    list_filter = (StandingFilter, choice_filter("kind", RULE_KIND))
    list_select_related = ("rule_set",)
    actions_detail = ("reword",)

    kind_label = word_column("kind", RULE_KIND)

    @titled(SAYS)
    def content(self, row: Rule) -> str:
        return says(row)

    @titled(both("规则集", "Set"))
    def set_number(self, row: Rule) -> str:
        return f"{row.rule_set.number} · {SET_STATUS.name(row.rule_set.status)}"

    @titled(both("有效期", "Holds"))
    def holds(self, row: Rule) -> str:
        return period(row)

    def name_of(self, row: Rule) -> str:
        return says(row)

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        number = f"{row.rule_set.number} · {SET_STATUS.name(row.rule_set.status)}"
        return [
            Fact(RULE_KIND.title, label(RULE_KIND, row.kind)),
            Fact(both("规则集", "Set"), link(request, RuleSet, row.rule_set_id, number)),
            Fact(both("有效期", "Holds"), period(row)),
            Fact(SAYS, says(row), is_wide=True),
        ]

    @asks(
        name=both("修改", "Change"),
        question=both(
            "只改草稿,上线之前买家看不到。", "Only the draft changes; buyers see nothing before it is live."
        ),
        done=both("已修改", "Changed"),
        icon="edit",
        roles=(OPERATIONS,),
        when=lambda row: row.rule_set.status == SetStatus.DRAFT,
        form=ChangeForm,
    )
    def reword(self, asked: Asked) -> None:
        """Write a rule of the draft anew."""
        services.change_rule(rule_id=asked.row_id, wish=wish(asked.row.kind, asked.answers))
