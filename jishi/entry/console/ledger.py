"""The ledger: accounts with their balances, journals with their postings. Nothing here can be changed."""

from typing import Any

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from jishi.entry.console.base import FINANCE, Desk, register, yuan
from jishi.entry.console.words import both
from jishi.money.ledger.models import Account, Journal, Posting


@register(Account, both("账户", "Accounts"))
class AccountDesk(Desk):
    """The chart of accounts. Debits are positive, credits negative."""

    roles = (FINANCE,)
    list_display = ("name", "kind", "balance")
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("name",)
    readonly_fields = ("balance",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        sums = (
            Posting.objects.filter(account_id=OuterRef("id"))
            .values("account_id")
            .annotate(total=Sum("amount_minor"))
            .values("total")
        )
        total = Coalesce(Subquery(sums, output_field=BigIntegerField()), 0)
        return super().get_queryset(request).annotate(balance_minor=total)

    @display(description=both("余额(借正贷负)", "Balance (debit +)"))
    def balance(self, row: Any) -> str:
        return yuan(row.balance_minor)


@register(Journal, both("凭证", "Journals"))
class JournalDesk(Desk):
    """What was booked, each journal with the postings that sum to zero."""

    roles = (FINANCE,)
    list_display = ("booked_at", "kind", "key", "reference_id")
    list_filter = ("kind",)
    search_fields = ("key", "reference_id")
    ordering = ("-id",)
    fields = ("booked_at", "kind", "key", "reference_id", "postings")
    readonly_fields = ("postings",)

    @display(description=both("分录", "Postings"))
    def postings(self, row: Journal) -> SafeString:
        lines = list(Posting.objects.filter(journal_id=row.id).order_by("id"))
        names = dict(
            Account.objects.filter(id__in=[line.account_id for line in lines]).values_list("id", "name")
        )
        cells = [
            (names[line.account_id], yuan(max(line.amount_minor, 0)), yuan(max(-line.amount_minor, 0)))
            for line in lines
        ]
        body = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", cells)
        head = format_html("<tr><th>{}</th><th>{}</th><th>{}</th></tr>", *_HEADINGS)
        return format_html(
            '<table class="jishi-postings"><thead>{}</thead><tbody>{}</tbody></table>', head, body
        )


_HEADINGS = (both("账户", "Account"), both("借", "Debit"), both("贷", "Credit"))
