"""What the demo market's search knows of words from the first day: synonyms, written as an operator would."""

import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from jishi.discovery.steering import queries, services
from jishi.discovery.steering.types import RuleKind, RuleWish
from jishi.kernel.ids import UserId

FILE = Path(__file__).with_name("synonyms.toml")
BETWEEN = "、"


def synonyms() -> Iterator[RuleWish]:
    """Yield the synonyms of the demo market."""
    written = tomllib.loads(FILE.read_text(encoding="utf-8"))
    for words in written["both_ways"]:
        yield RuleWish(kind=RuleKind.SYNONYM, words=words.split(BETWEEN))
    for word, means in written["one_way"]:
        yield RuleWish(kind=RuleKind.SYNONYM, words=[word], means=means.split(BETWEEN))


def ensure_rules(actor: UserId | None, *, now: datetime) -> None:
    """Put the synonyms live, where nobody has written rules yet."""
    if queries.edition(now=now).number > 1:
        return
    draft = services.open_draft(actor=actor, now=now)
    for wish in synonyms():
        services.add_rule(set_id=draft, wish=wish)
    services.go_live(set_id=draft, actor=actor, now=now)
