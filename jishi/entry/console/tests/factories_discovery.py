"""Rows of search and recommendations, made for tests of their desks."""

from datetime import timedelta
from itertools import count

from jishi.discovery.recommendations.models_measured import DailyRow, ExperimentRow
from jishi.discovery.search.models import IndexNode
from jishi.discovery.steering import services as steering
from jishi.discovery.steering.models import Rule, RuleSet
from jishi.discovery.steering.types import RuleKind, RuleWish
from jishi.kernel.clock import now

_numbers = count(1)


def make_node() -> IndexNode:
    """Let a machine tell of its index."""
    return IndexNode.objects.create(
        name=f"node-{next(_numbers)}", version="1", product_count=60, built_at=now(), followed_at=now()
    )


def make_rules(status: str = "draft") -> RuleSet:
    """Make a set of one rule of search."""
    made = steering.open_draft(actor=None, now=now())
    for one in RuleSet.objects.get(id=made).rules.all():
        steering.remove_rule(set_id=made, rule_id=one.pk)
    steering.add_rule(set_id=made, wish=RuleWish(kind=RuleKind.SYNONYM, words=["移动电源", "充电宝"]))
    if status != "draft":
        steering.go_live(set_id=made, actor=None, now=now())
    if status == "past":
        steering.go_live(set_id=steering.open_draft(actor=None, now=now()), actor=None, now=now())
    return RuleSet.objects.get(id=made)


def make_rule() -> Rule:
    """Make a rule of search in a draft."""
    return make_rules().rules.get()


def make_day() -> DailyRow:
    """Let a day be measured."""
    number = next(_numbers)
    return DailyRow.objects.create(
        day=now().date() - timedelta(days=1 + number % 20),
        placement="home",
        model=f"r{number}",
        arm="",
        impressions=1_000,
        clicks=50,
        adds=9,
        orders=2,
        revenue_minor=19_800,
        revenue_squares=2 * 9_900**2,
    )


def make_experiment(*, is_running: bool = False) -> ExperimentRow:
    """Make an experiment that runs, or ran."""
    return ExperimentRow.objects.create(
        name=f"try-{next(_numbers)}",
        share_percent=50,
        explored_every=5,
        is_running=is_running,
        started_at=now() - timedelta(days=2),
        ended_at=None if is_running else now(),
    )
