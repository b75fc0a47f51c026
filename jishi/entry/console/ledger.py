"""The ledger: accounts with their balances, journals with their postings. Nothing here can be changed."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model, Q
from django.http import HttpRequest

from jishi.entry.console.base import Desk, register, uuid_in
from jishi.entry.console.columns import amount_column, instant, instant_column, money, word_column
from jishi.entry.console.filters import choice_filter
from jishi.entry.console.page import Fact, Section, Table, amount, code, facts_of, label, link, moment
from jishi.entry.console.roles import FINANCE
from jishi.entry.console.vocabulary import ACCOUNT_KIND, JOURNAL_KIND
from jishi.entry.console.words import both
from jishi.money.ledger import queries_standing
from jishi.money.ledger.models import Account, Journal, Posting
from jishi.money.payments.models import Bill, Payment
from jishi.money.settlement.models import Payout
from jishi.trade.orders.models import Order

POSTINGS_SHOWN = 100
# What the id of a journal of each kind stands for; the others have no page.
ABOUT: dict[str, type[Model]] = {
    "payment_captured": Order,
    "order_completed": Order,
    "refunded": Order,
    "late_payment": Payment,
    "second_capture": Payment,
    "suspense_refunded": Payment,
    "channel_settled": Bill,
    "payout_started": Payout,
    "payout_paid": Payout,
    "payout_failed": Payout,
    "payout_returned": Payout,
}
DEBIT, CREDIT = both("借", "Debit"), both("贷", "Credit")


@register(Account, both("账户", "account"), both("账户", "Accounts"))
class AccountDesk(Desk):
    """The chart of accounts. Debits are positive, credits negative."""

    roles = (FINANCE,)
    list_display = ("name", "sort", "balance")
    list_filter = (choice_filter("kind", ACCOUNT_KIND),)
    search_help_text = both("账户名开头", "Beginning of an account's name")
    ordering = ("name",)

    sort = word_column("kind", ACCOUNT_KIND)
    balance = amount_column("balance_minor", both("余额(借正贷负)", "Balance (debit +)"))

    def prepare(self, rows: Sequence[Any]) -> None:
        standing = queries_standing.standing([row.id for row in rows])
        for row in rows:
            row.balance_minor = standing[row.id]

    def matching(self, term: str) -> Q:
        return Q(name__startswith=term)

    def name_of(self, row: Account) -> str:
        return row.name

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        self.prepare([row])
        return [
            Fact(both("账户", "Account"), code(row.name)),
            Fact(ACCOUNT_KIND.title, label(ACCOUNT_KIND, row.kind)),
            Fact(both("余额(借正贷负)", "Balance (debit +)"), amount(money(row.balance_minor))),
        ]

    def sections(self, request: HttpRequest, row: Account) -> list[Section]:
        lines = list(Posting.objects.filter(account_id=row.id).order_by("-id")[:POSTINGS_SHOWN])
        journals = {one.id: one for one in Journal.objects.filter(id__in=[line.journal_id for line in lines])}
        return [
            Table(
                both("最近分录", "Latest postings"),
                (both("记账时间", "Booked"), both("凭证", "Journal"), DEBIT, CREDIT),
                [
                    (
                        moment(journals[line.journal_id].booked_at),
                        link(
                            request,
                            Journal,
                            line.journal_id,
                            JOURNAL_KIND.name(journals[line.journal_id].kind),
                        ),
                        *_debit_and_credit(line),
                    )
                    for line in lines
                ],
            )
        ]


@register(Journal, both("凭证", "journal"), both("凭证", "Journals"))
class JournalDesk(Desk):
    """What was booked, each journal with the postings that sum to zero."""

    roles = (FINANCE,)
    has_trail = False
    list_display = ("booked", "event", "key")
    list_filter = (choice_filter("kind", JOURNAL_KIND),)
    search_help_text = both("幂等键或关联编号", "Key, or the id it is about")

    booked = instant_column("booked_at")
    event = word_column("kind", JOURNAL_KIND)

    def matching(self, term: str) -> Q:
        about = uuid_in(term)
        return Q(key=term) if about is None else Q(reference_id=about)

    def name_of(self, row: Journal) -> str:
        return f"{JOURNAL_KIND.name(row.kind)} · {instant(row.booked_at)}"

    def facts(self, request: HttpRequest, row: Journal) -> list[Fact]:
        return [
            Fact(JOURNAL_KIND.title, label(JOURNAL_KIND, row.kind)),
            *facts_of(row, "booked_at"),
            Fact(both("幂等键", "Key"), code(row.key)),
            Fact(both("关联编号", "About"), _about(request, row)),
        ]

    def sections(self, request: HttpRequest, row: Journal) -> list[Section]:
        return [postings_table(request, [row.id], both("分录", "Postings"))]


def _about(request: HttpRequest, row: Journal) -> object:
    model = ABOUT.get(row.kind)
    return link(request, model, row.reference_id, row.reference_id) if model else code(row.reference_id)


def postings_table(request: HttpRequest, journal_ids: Iterable[UUID], title: str) -> Table:
    """Return the postings of journals, debits and credits in columns; two statements."""
    lines = list(Posting.objects.filter(journal_id__in=list(journal_ids)).order_by("id"))
    names = dict(Account.objects.filter(id__in={line.account_id for line in lines}).values_list("id", "name"))
    return Table(
        title,
        (both("账户", "Account"), DEBIT, CREDIT),
        [
            (link(request, Account, line.account_id, names[line.account_id]), *_debit_and_credit(line))
            for line in lines
        ],
    )


def _debit_and_credit(line: Posting) -> tuple[object, object]:
    text = amount(money(abs(line.amount_minor), line.currency))
    return (text, "") if line.amount_minor > 0 else ("", text)
