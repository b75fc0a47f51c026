"""The demo market's synonyms are rules like any other."""

import pytest

from jishi.discovery.steering import queries, rules
from jishi.discovery.steering.models import RuleSet
from jishi.entry.demo import wordings
from jishi.offering.catalog.tests.factories import NOW


def test_every_synonym_may_be_kept_and_no_word_stands_in_two_groups() -> None:
    found = [rules.checked(wish) for wish in wordings.synonyms()]
    words = [word for wish in found for word in wish.words]

    assert len(found) > 40
    assert sorted(words) == sorted(set(words))


@pytest.mark.django_db
def test_they_are_put_live_once() -> None:
    wordings.ensure_rules(None, now=NOW)
    wordings.ensure_rules(None, now=NOW)

    assert len(queries.live_rules(now=NOW).synonyms) == len(list(wordings.synonyms()))
    assert RuleSet.objects.filter(status="live").count() == 1
    assert RuleSet.objects.count() == 2
