"""Writing sets of rules: one draft at a time, one moment at which it goes live, every earlier set kept."""

from datetime import datetime
from uuid import UUID

from jishi.discovery.steering import rules
from jishi.discovery.steering.models import Rule, RuleSet
from jishi.discovery.steering.types import RuleWish, SetStatus
from jishi.kernel.db import atomic, execute, lock, row
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import UserId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog.services import CHANGES_CHANNEL

RULES_MAX = 2_000  # of a set: every machine reads all of them
SETS = "steering.sets"  # the lock of whoever changes which set is what


class NotADraft(Conflict):
    code = "rule_set_not_a_draft"
    message = Text(zh="只有草稿可以修改:请先打开草稿", en="Only a draft can be changed: open one first")


class LiveSetMoved(Conflict):
    code = "rule_set_moved"
    message = Text(
        zh="草稿打开后线上规则已经变化:请放弃草稿,重新打开后再改",
        en="The live rules have changed since this draft was begun: discard it and begin anew",
    )


class TooManyRules(Conflict):
    code = "too_many_rules"
    message = Text(zh="一套规则最多 {most} 条", en="A set holds at most {most} rules")


def open_draft(*, actor: UserId | None, now: datetime) -> UUID:
    """Begin a draft with all rules that are live; return it, or the one that is there already."""
    with atomic():
        lock(SETS)
        found = row("SELECT id FROM steering_set WHERE status = 'draft'")
        return found[0] if found else _begin(_live(), actor, now)


def add_rule(*, set_id: UUID, wish: RuleWish) -> UUID:
    """Write a rule into a draft. Raises: Invalid, NotADraft (409), TooManyRules (409)."""
    kept = rules.checked(wish)
    with atomic():
        _lock_draft(set_id)
        if Rule.objects.filter(rule_set_id=set_id).count() >= RULES_MAX:
            raise TooManyRules(most=RULES_MAX)
        made = Rule(rule_set_id=set_id)
        _say(made, kept)
        made.save(force_insert=True)
    return made.id


def change_rule(*, rule_id: UUID, wish: RuleWish) -> None:
    """Write a rule of a draft anew. Raises: Invalid, NotFound, NotADraft (409)."""
    kept = rules.checked(wish)
    with atomic():
        found = _locked_rule(rule_id)
        _say(found, kept)
        found.save(force_update=True)


def remove_rule(*, set_id: UUID, rule_id: UUID) -> None:
    """Take a rule out of a draft. Raises: NotFound, NotADraft (409)."""
    with atomic():
        _lock_draft(set_id)
        if not Rule.objects.filter(id=rule_id, rule_set_id=set_id).delete()[0]:
            raise NotFound


def go_live(*, set_id: UUID, actor: UserId | None, now: datetime) -> None:
    """Let a draft take the place of the live set, at once for all its rules.

    Raises: NotADraft (409), LiveSetMoved (409).
    """
    with atomic():
        lock(SETS)
        draft, live = _lock_draft(set_id), _live()
        if draft.based_on_number != (live.number if live else 0):
            raise LiveSetMoved
        _put_live(draft.id, live, actor, now)


def bring_back(*, set_id: UUID, actor: UserId | None, now: datetime) -> UUID:
    """Let the rules of a past set be live again, as a new set; return it. A draft stays, but cannot go live any
    more. Raises: NotFound.
    """
    with atomic():
        lock(SETS)
        past = RuleSet.objects.filter(id=set_id, status=SetStatus.PAST.value).first()
        if past is None:
            raise NotFound
        live = _live()
        made = _begin(past, actor, now, status="past")
        _put_live(made, live, actor, now)
    return made


def discard(*, set_id: UUID, now: datetime) -> None:
    """Let a draft never go live. Raises: NotADraft (409)."""
    with atomic():
        lock(SETS)
        _lock_draft(set_id)
        RuleSet.objects.filter(id=set_id).update(status=SetStatus.DISCARDED.value, ended_at=now)


# -- leaves ---------------------------------------------------------------------------------------------------


def _live() -> RuleSet | None:
    return RuleSet.objects.filter(status=SetStatus.LIVE.value).first()


def _begin(source: RuleSet | None, actor: UserId | None, now: datetime, status: str = "draft") -> UUID:
    """Make a set with the rules of another; one that is to be live at once is kept aside as past meanwhile."""
    last, live = row("SELECT coalesce(max(number), 0) FROM steering_set") or (0,), _live()
    made = RuleSet.objects.create(
        id=new_id(),
        number=last[0] + 1,
        status=status,
        based_on_number=live.number if live else 0,
        opened_at=now,
        opened_by_id=actor,
        live_at=None if status == SetStatus.DRAFT else now,
    )
    if source is not None:
        copies = list(Rule.objects.filter(rule_set_id=source.id).order_by("id"))
        for one in copies:
            one.id, one.rule_set_id = new_id(), made.id
        Rule.objects.bulk_create(copies)
    return made.id


def _put_live(set_id: UUID, before: RuleSet | None, actor: UserId | None, now: datetime) -> None:
    """Swap the sets, and tell every machine's indexer after the commit."""
    if before is not None:
        RuleSet.objects.filter(id=before.id).update(status=SetStatus.PAST.value, ended_at=now)
    RuleSet.objects.filter(id=set_id).update(
        status=SetStatus.LIVE.value, live_at=now, live_by_id=actor, ended_at=None
    )
    execute(f"NOTIFY {CHANGES_CHANNEL}")


def _lock_draft(set_id: UUID) -> RuleSet:
    found = RuleSet.objects.select_for_update(no_key=True).filter(id=set_id).first()
    if found is None or found.status != SetStatus.DRAFT:
        raise NotADraft
    return found


def _locked_rule(rule_id: UUID) -> Rule:
    found = Rule.objects.filter(id=rule_id).first()
    if found is None:
        raise NotFound
    _lock_draft(found.rule_set_id)
    return found


def _say(found: Rule, wish: RuleWish) -> None:
    found.kind, found.words, found.means = wish.kind.value, wish.words, wish.means
    found.target_kind = wish.target.kind.value if wish.target else ""
    found.target_id = wish.target.id if wish.target else None
    found.factor_percent, found.path = wish.factor_percent, wish.path
    found.starts_at, found.ends_at = wish.starts_at, wish.ends_at
