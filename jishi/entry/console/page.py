"""What a row's page is made of: facts, tables, labels, links."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jishi.entry.console.columns import NOTHING, instant, title_of
from jishi.entry.console.words import Vocabulary, both
from jishi.identity.accounts import queries as accounts
from jishi.identity.merchants import queries as merchants
from jishi.kernel.ids import MerchantId, UserId
from jishi.money.ledger.models import Journal


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known of a row."""

    title: str
    value: object
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table on a row's page; `note` stands above it."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]
    note: str = ""
    empty: str = field(default_factory=lambda: both("暂无记录", "Nothing here yet"))

    def lines(self) -> Iterator[Iterator[tuple[str, object]]]:
        """Yield the rows, each cell with its heading: on phones it stands beside it."""
        return (zip(self.headings, row, strict=True) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Block:
    """Anything else on a row's page, made by a template of its own."""

    title: str
    html: SafeString


Section = Table | Block


def facts_of(row: Model, *names: str) -> list[Fact]:
    """Return plain columns of a row as facts."""
    return [Fact(title_of(name), plain(getattr(row, name))) for name in names]


def plain(value: object) -> object:
    """Return a value as it stands on a page."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, datetime):
        return instant(value)
    return value


def label(vocabulary: Vocabulary, value: str | None) -> SafeString | str:
    """Return a value in people's words, on a coloured label."""
    if value is None:
        return NOTHING
    return SafeString(
        render_to_string(
            "unfold/helpers/label.html", {"text": vocabulary.name(value), "type": vocabulary.colour(value)}
        )
    )


def amount(text: str) -> SafeString:
    """Return an amount of money with figures of one width."""
    return format_html('<span class="jishi-amount">{}</span>', text)


def moment(at: datetime | None) -> SafeString:
    """Return an instant that stays on one line."""
    return format_html('<span class="jishi-instant">{}</span>', instant(at))


def code(text: object) -> SafeString:
    """Return a machine's word: an id, a number at a channel."""
    return format_html('<code class="jishi-code">{}</code>', text)


def as_json(value: object) -> SafeString:
    """Return structured data, indented."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    return format_html('<pre class="jishi-json">{}</pre>', text)


def as_text(text: str) -> SafeString:
    """Return a text as it came in, line by line."""
    return format_html('<pre class="jishi-json">{}</pre>', text)


def link(request: HttpRequest, model: type[Model], row_id: object, text: object) -> SafeString | str:
    """Return a link to a row's page for those who may open it, plain text for the others."""
    if row_id is None:
        return NOTHING
    desk = admin.site._registry.get(model)
    if desk is None or not desk.has_view_permission(request):
        return format_html("{}", text)
    return format_html('<a class="jishi-link" href="{}">{}</a>', address(model, row_id), text)


def list_link(request: HttpRequest, model: type[Model], term: object, text: object) -> SafeString | str:
    """Return a link to the list of rows that a term finds, for those who may open it."""
    desk = admin.site._registry.get(model)
    if desk is None or not desk.has_view_permission(request):
        return NOTHING
    found = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    query = urlencode({"q": str(term)})
    return format_html('<a class="jishi-link" href="{}?{}">{}</a>', found, query, text)


def journals_of(request: HttpRequest, row_id: object) -> Fact:
    """Return the way to what was booked about a row."""
    words = both("查看凭证", "Open the journals")
    return Fact(both("账务凭证", "Ledger"), list_link(request, Journal, row_id, words))


def address(model: type[Model], row_id: object) -> str:
    """Return the address of a row's page."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row_id])


# -- names for ids ------------------------------------------------------------------------------------------


def merchant_names(ids: Iterable[UUID | None], language: str) -> dict[UUID, str]:
    """Return the stores' names, in one statement, or none when there is nobody to name."""
    wanted = {MerchantId(one) for one in ids if one}
    return (
        {one: card.name for one, card in merchants.cards(wanted, language=language).items()} if wanted else {}
    )


def people_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return people as their colleagues see them, nickname and masked login; two statements, or none."""
    wanted = {UserId(one) for one in ids if one}
    found = accounts.people(wanted) if wanted else {}
    return {one: f"{person.nickname} · {person.login}" if person.login else person.nickname
            for one, person in found.items()}  # fmt: skip


def attach(rows: Iterable[Any], attribute: str, key: str, names: dict[UUID, str]) -> None:
    """Give each row the name that belongs to its id in the column `key`."""
    for row in rows:
        setattr(row, attribute, names.get(getattr(row, key)))
