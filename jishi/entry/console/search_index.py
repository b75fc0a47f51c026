"""The machines' search indexes: how fresh each is, and building one anew."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from jishi.discovery.search import services as search
from jishi.discovery.search.models import IndexNode
from jishi.entry.console.asking import Asked, asks
from jishi.entry.console.base import Desk, register
from jishi.entry.console.columns import instant_column, titled
from jishi.entry.console.page import Fact, facts_of, label
from jishi.entry.console.roles import OPERATIONS
from jishi.entry.console.words import Vocabulary, Word, both
from jishi.kernel import clock

SILENT_AFTER = timedelta(minutes=3)  # a healthy indexer tells of itself every minute
STANDING = Vocabulary(
    both("状态", "Status"),
    {
        "fresh": Word("最新", "Up to date", "success"),
        "asked": Word("等待重建", "To be built anew", "info"),
        "silent": Word("没有消息", "Silent", "danger"),
    },
)


def _standing(row: IndexNode) -> str:
    if clock.now() - row.followed_at > SILENT_AFTER:
        return "silent"
    return "asked" if _is_asked(row) else "fresh"


def _is_asked(row: IndexNode) -> bool:
    return row.rebuild_asked_at is not None and row.rebuild_asked_at > row.built_at


@register(IndexNode, both("搜索索引", "search index"), both("搜索索引", "Search indexes"))
class IndexDesk(Desk):
    """One index per machine; each is built beside the one in use, so that search goes on meanwhile."""

    roles = (OPERATIONS,)
    list_display = ("name", "standing", "product_count", "built", "followed")
    ordering = ("name",)
    actions_detail = ("rebuild",)

    built = instant_column("built_at")
    followed = instant_column("followed_at")

    @titled(STANDING.title, colours=STANDING.colours)
    def standing(self, row: IndexNode) -> tuple[str, str]:
        found = _standing(row)
        return found, STANDING.name(found)

    def name_of(self, row: IndexNode) -> str:
        return row.name

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        return [
            Fact(STANDING.title, label(STANDING, _standing(row))),
            *facts_of(row, "name", "product_count", "version", "built_at", "followed_at", "rebuild_asked_at"),
        ]

    @asks(
        name=both("重建索引", "Rebuild"),
        question=both(
            "从商品目录重新建立索引;期间搜索照常使用旧索引。",
            "It is built anew from the catalogue; search goes on with the old one meanwhile.",
        ),
        done=both("已通知该机器重建索引", "The machine was told to build its index anew"),
        icon="autorenew",
        roles=(OPERATIONS,),
        when=lambda row: not _is_asked(row),
    )
    def rebuild(self, asked: Asked) -> None:
        """Let the machine build its index anew."""
        search.ask_rebuild(asked.row_id, now=asked.now)
