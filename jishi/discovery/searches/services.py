"""Remembering searches, and forgetting them."""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address, ip_network
from uuid import UUID

from jishi.discovery.search import queries as search
from jishi.discovery.search.queries import SearchWarmingUp
from jishi.discovery.searches import history, hot_words
from jishi.kernel.cache import Away
from jishi.kernel.errors import ShopError
from jishi.kernel.ids import UserId, VisitorId
from jishi.kernel.words import Text


class SearchesAway(ShopError):
    """The searches cannot be reached; nothing was forgotten."""

    code = "searches_away"
    status = 503
    message = Text(
        zh="搜索记录暂时无法清除,请稍后再试",
        en="The searches cannot be cleared at the moment; please try again",
    )


def note(*, owner_id: UUID, buyer: UserId | None, client_ip: str, words: str, now: datetime) -> None:
    """Remember words at the head of somebody's history, and count them among the hot ones if they find something.

    Who signed in counts as one person, visitors of one network count as one.
    """
    line = " ".join(words.split())
    if not line:
        return
    history.remember(owner_id, line, now=now)
    try:
        finds = search.finds(line)
    except SearchWarmingUp:
        return
    if finds:
        hot_words.count(line, searcher=str(buyer or _network(client_ip)), now=now)


def _network(client_ip: str) -> str:
    """Return what visitors are told apart by: an IPv4 address, or the network that one household has in IPv6."""
    try:
        parsed = ip_address(client_ip)
    except ValueError:
        return client_ip
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else client_ip


def forget(*, owner_id: UUID, words: Sequence[str] | None = None) -> None:
    """Forget what a visitor or buyer searched for, all of it when None. Raises: SearchesAway (503)."""
    try:
        history.forget(owner_id, words)
    except Away:
        raise SearchesAway from None


def merge(*, visitor: VisitorId, buyer: UserId) -> None:
    """Bring a visitor's searches into those of the buyer he turned out to be. Safe to call again."""
    history.merge(visitor=visitor, buyer=buyer)
