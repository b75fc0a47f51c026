"""Sets of rules from draft to history."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connection

from jishi.discovery.steering import queries, services
from jishi.discovery.steering.models import RuleSet
from jishi.discovery.steering.services import LiveSetMoved, NotADraft
from jishi.discovery.steering.tests.test_rules import BLOCK, BOOST, NOW, REDIRECT, SYNONYM
from jishi.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


def draft() -> UUID:
    return services.open_draft(actor=None, now=NOW)


def statuses() -> list[tuple[int, str]]:
    return list(RuleSet.objects.order_by("number").values_list("number", "status"))


def test_a_draft_changes_nothing_until_it_goes_live() -> None:
    made = draft()
    for wish in (SYNONYM, BOOST, REDIRECT, BLOCK):
        services.add_rule(set_id=made, wish=wish)
    before = queries.edition(now=NOW).number

    assert queries.live_rules(now=NOW).synonyms == []
    services.go_live(set_id=made, actor=None, now=NOW)

    live = queries.live_rules(now=NOW)
    assert live.number == queries.edition(now=NOW).number > before
    assert [len(kind) for kind in (live.synonyms, live.boosts, live.redirects, live.blocks)] == [1, 1, 1, 1]
    assert [status for _, status in statuses()] == ["past", "live"]


def test_there_is_one_draft_and_it_begins_with_what_is_live() -> None:
    first = draft()
    services.add_rule(set_id=first, wish=SYNONYM)
    assert draft() == first
    services.go_live(set_id=first, actor=None, now=NOW)

    second = draft()

    assert second != first
    assert queries.wishes_of(second) == [SYNONYM]


def test_what_was_live_is_not_changed_any_more() -> None:
    made = draft()
    rule_id = services.add_rule(set_id=made, wish=SYNONYM)
    services.go_live(set_id=made, actor=None, now=NOW)

    for change in (
        lambda: services.add_rule(set_id=made, wish=BLOCK),
        lambda: services.change_rule(rule_id=rule_id, wish=BLOCK),
        lambda: services.remove_rule(set_id=made, rule_id=rule_id),
        lambda: services.go_live(set_id=made, actor=None, now=NOW),
        lambda: services.discard(set_id=made, now=NOW),
    ):
        with pytest.raises(NotADraft):
            change()
    with pytest.raises(NotFound):
        services.change_rule(rule_id=made, wish=BLOCK)
    with pytest.raises(NotFound):
        services.remove_rule(set_id=draft(), rule_id=rule_id)  # of the live set, not of the draft


def test_rules_of_a_draft_are_changed_and_removed() -> None:
    made = draft()
    first, second = (services.add_rule(set_id=made, wish=wish) for wish in (SYNONYM, BLOCK))
    services.change_rule(rule_id=first, wish=BOOST)
    services.remove_rule(set_id=made, rule_id=second)

    assert queries.wishes_of(made) == [BOOST]
    services.discard(set_id=made, now=NOW)
    assert draft() != made
    assert queries.wishes_of(draft()) == []


def test_an_earlier_set_is_brought_back_as_a_new_one() -> None:
    first = draft()
    services.add_rule(set_id=first, wish=SYNONYM)
    services.go_live(set_id=first, actor=None, now=NOW)
    second = draft()
    services.add_rule(set_id=second, wish=BLOCK)
    services.go_live(set_id=second, actor=None, now=NOW)
    waiting = draft()

    made = services.bring_back(set_id=first, actor=None, now=NOW + timedelta(hours=1))

    live = queries.live_rules(now=NOW)
    assert (len(live.synonyms), live.blocks) == (1, [])
    assert RuleSet.objects.get(status="live").id == made
    assert RuleSet.objects.get(id=second).ended_at == NOW + timedelta(hours=1)
    with pytest.raises(LiveSetMoved):  # it was begun from rules that are live no more
        services.go_live(set_id=waiting, actor=None, now=NOW)
    with pytest.raises(NotFound):
        services.bring_back(set_id=made, actor=None, now=NOW)


def test_the_edition_says_when_a_rule_next_begins_or_ends() -> None:
    from dataclasses import replace

    made, begins = draft(), NOW + timedelta(hours=1)
    services.add_rule(set_id=made, wish=replace(BOOST, starts_at=begins, ends_at=begins + timedelta(hours=1)))
    services.go_live(set_id=made, actor=None, now=NOW)

    moments = [queries.edition(now=NOW + timedelta(minutes=at)).changes_at for at in (0, 60, 120)]

    assert moments == [begins, begins + timedelta(hours=1), None]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_a_draft_at_once_both_get_the_same_one() -> None:
    together, found = Barrier(2), []

    def begin() -> None:
        together.wait()
        found.append(draft())
        connection.close()

    threads = [Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert RuleSet.objects.filter(status="draft").count() == 1
