"""Whatever is booked in whatever order, once or again: the ledger is what a simple sum says."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from benchmarks.rows import Row
from jishi.kernel import clock
from jishi.kernel.db import execute, rows
from jishi.kernel.ids import MerchantId, new_id
from jishi.kernel.money import Money
from jishi.kernel.tests.machines import LONG, SHORT, Machine, Verbs, outcome
from jishi.money.ledger import queries, queries_standing, services, services_standing
from jishi.money.ledger import rules as book
from jishi.money.ledger.rules import natural
from jishi.money.ledger.services import KeyTaken, Unbalanced
from jishi.money.ledger.types import Journal, JournalKind, Posting, Sides

MERCHANTS = [MerchantId(new_id()) for _ in range(2)]
CHANNELS = ("alipay", "wechat")
CHANGES = (
    "UPDATE ledger_posting SET amount_minor = amount_minor + 1",
    "DELETE FROM ledger_posting",
    "UPDATE ledger_journal SET key = key || '!'",
    "DELETE FROM ledger_journal",
    "UPDATE ledger_account SET kind = 'equity'",
    "TRUNCATE ledger_posting",
)


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


amounts = st.integers(1, 1_000_000).map(cny)
sides = st.builds(
    Sides,
    paid=amounts,
    points=st.integers(0, 5_000).map(cny),
    subsidy=st.integers(0, 5_000).map(cny),
    commission=st.integers(0, 5_000).map(cny),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that an event may be about."""

    about: UUID
    merchant: MerchantId
    channel: str
    amount: Money
    sides: Sides
    at: datetime


facts = st.builds(
    Facts,
    about=st.builds(new_id),
    merchant=st.sampled_from(MERCHANTS),
    channel=st.sampled_from(CHANNELS),
    amount=amounts,
    sides=sides,
    at=st.builds(clock.now),
)


def _suspense(of: Facts) -> dict[str, Any]:
    return {"payment_id": of.about, "channel": of.channel, "amount": of.amount, "at": of.at}


def _payout(of: Facts) -> dict[str, Any]:
    return {"payout_id": of.about, "attempt": 1, "amount": of.amount, "at": of.at}


# One of each kind that the books know.
BOOKINGS: dict[JournalKind, Callable[[Facts], Journal]] = {
    JournalKind.PAYMENT_CAPTURED: lambda of: book.captured(
        part_id=of.about, order_id=of.about, channel=of.channel, sides=of.sides, at=of.at
    ),
    JournalKind.ORDER_COMPLETED: lambda of: book.completed(
        order_id=of.about, merchant_id=of.merchant, sides=of.sides, at=of.at
    ),
    JournalKind.REFUNDED: lambda of: book.refunded_from_merchant(
        refund_id=of.about,
        order_id=of.about,
        channel=of.channel,
        merchant_id=of.merchant,
        sides=of.sides,
        at=of.at,
    ),
    JournalKind.LATE_PAYMENT: lambda of: book.late_payment(capture_id=of.about, **_suspense(of)),
    JournalKind.SECOND_CAPTURE: lambda of: book.second_capture(capture_id=of.about, **_suspense(of)),
    JournalKind.SUSPENSE_REFUNDED: lambda of: book.suspense_refunded(refund_id=of.about, **_suspense(of)),
    JournalKind.CHANNEL_SETTLED: lambda of: book.channel_settled(
        bill_id=of.about, channel=of.channel, amount=of.amount, fee=cny(1), at=of.at
    ),
    JournalKind.PAYOUT_STARTED: lambda of: book.payout_started(merchant_id=of.merchant, **_payout(of)),
    JournalKind.PAYOUT_PAID: lambda of: book.payout_paid(**_payout(of)),
    JournalKind.PAYOUT_FAILED: lambda of: book.payout_failed(merchant_id=of.merchant, **_payout(of)),
    JournalKind.PAYOUT_RETURNED: lambda of: book.payout_returned(merchant_id=of.merchant, **_payout(of)),
    JournalKind.SUBSIDY_FUNDED: lambda of: book.subsidy_funded(
        funding_id=of.about, amount=of.amount, at=of.at
    ),
    JournalKind.ADJUSTMENT: lambda of: book.adjusted(
        adjustment_id=of.about, merchant_id=of.merchant, amount=of.amount, at=of.at
    ),
}
assert BOOKINGS.keys() == set(JournalKind)
journals = st.tuples(st.sampled_from(JournalKind), facts).map(lambda one: BOOKINGS[one[0]](one[1]))


class Ledger(Machine):
    """A sum for each account, and what every key stands for."""

    verbs = Verbs(services, services_standing)
    booked: dict[str, Journal]

    @initialize()
    def begin(self) -> None:
        services_standing.keep_standing(now=clock.now() + services_standing.SETTLED, anew=True)
        self.booked = {}
        self.sums = Counter[str]()

    def _note(self, new: Sequence[Journal]) -> None:
        for journal in new:
            self.booked[journal.key] = journal
            for posting in journal.postings:
                self.sums[posting.account] += posting.amount.amount_minor

    @rule(journal=journals)
    def post(self, journal: Journal) -> None:
        assert self.verbs.post(journal)
        self._note([journal])

    @rule(new=st.lists(journals, max_size=3), again=st.integers(0, 2))
    def post_all(self, new: list[Journal], again: int) -> None:
        """Some of it was booked before, and is not booked again."""
        known = list(self.booked.values())[:again]
        assert self.verbs.post_all([*known, *new]) == len(new)
        self._note(new)

    @precondition(lambda self: self.booked)
    @rule(data=st.data())
    def post_again(self, data: st.DataObject) -> None:
        assert not self.verbs.post(data.draw(st.sampled_from(list(self.booked.values()))))

    @precondition(lambda self: self.booked)
    @rule(data=st.data(), amount=amounts)
    def use_a_key_for_something_else(self, data: st.DataObject, amount: Money) -> None:
        known = data.draw(st.sampled_from(list(self.booked.values())))
        other = Journal(
            kind=known.kind,
            key=known.key,
            reference_id=known.reference_id,
            postings=(Posting("bank", amount), Posting("suspense", -amount), Posting("equity", cny(0))),
            at=known.at,
        )
        new = book.subsidy_funded(funding_id=new_id(), amount=amount, at=known.at)
        assert outcome(lambda: self.verbs.post_all([new, other]), KeyTaken, DatabaseError)

    @rule(journal=journals, account=st.sampled_from(["bank", "suspense"]), amount=amounts)
    def post_what_does_not_balance(self, journal: Journal, account: str, amount: Money) -> None:
        broken = Journal(
            kind=journal.kind,
            key=journal.key,
            reference_id=journal.reference_id,
            postings=(*journal.postings, Posting(account, amount)),
            at=journal.at,
        )
        assert outcome(lambda: self.verbs.post(broken), Unbalanced)

    @rule(change=st.sampled_from(CHANGES))
    def change_what_is_booked(self, change: str) -> None:
        """Nothing is, as long as there is something to change."""
        refused = outcome(lambda: execute(change), DatabaseError)
        assert refused or not self.booked

    @rule(names=st.lists(st.sampled_from(["bank", "equity", "suspense"]), max_size=3))
    def open_accounts(self, names: list[str]) -> None:
        """What is open stays as it is: opening books nothing."""
        opened = self.verbs.open_accounts(names)
        assert opened.keys() == set(names)
        assert self.verbs.open_accounts(names) == opened

    @rule(months=st.integers(0, 3))
    def open_months(self, months: int) -> None:
        self.verbs.open_months(now=clock.now(), months=months)

    @rule(anew=st.booleans())
    def keep_standing(self, anew: bool) -> None:
        """Keep the sums of all that is booked up to this instant: no transaction is older here."""
        self.verbs.keep_standing(now=clock.now() + services_standing.SETTLED, anew=anew)

    @invariant()
    def balances_are_the_sums(self) -> None:
        shown = {line.account: (line.kind, line.balance.amount_minor) for line in queries.trial_balance()}
        assert shown == {
            name: (book.kind_of(name), natural(book.kind_of(name), self.sums[name])) for name in self.sums
        }
        assert sum(self.sums.values()) == 0
        assert queries.imbalance() == {}

    @invariant()
    def what_people_see_is_the_same(self) -> None:
        accounts = dict(rows("SELECT name, id FROM ledger_account WHERE name = ANY(%s)", [list(self.sums)]))
        standing = queries_standing.standing(list(accounts.values()))
        assert {name: standing[number] for name, number in accounts.items()} == dict(self.sums)

    def teardown(self) -> None:
        try:
            assert queries.unbalanced_journals() == []
            assert queries.journals_by_key(list(self.booked)) == self.booked
        finally:
            super().teardown()


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [SHORT, pytest.param(LONG, marks=pytest.mark.proof)])
def test_the_ledger_is_a_simple_sum_in_any_sequence(examples: int, figures: Callable[[Row], None]) -> None:
    Ledger.prove("ledger machine", figures, examples=examples)
