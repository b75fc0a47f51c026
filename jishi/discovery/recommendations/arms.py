"""Which arm of the running experiment somebody is in; who signs in keeps that of the visitor he was, for the day."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from jishi.discovery.recommendations import rules_measured as rules
from jishi.discovery.recommendations.types_measured import Arm
from jishi.kernel.cache import Away, reaching
from jishi.kernel.ids import UserId, VisitorId

CHINA = ZoneInfo("Asia/Shanghai")
AS_IT_IS = Arm()


def arm_of(running: tuple[str, int, int, bool] | None, *, owner_id: UUID, buyer: UserId | None) -> Arm:
    """Return somebody's arm of the running experiment (name, percent in b, explored every, previous version)."""
    if running is None:
        return AS_IT_IS
    name, share_percent, explored_every, uses_previous = running
    person = _carried(buyer) if buyer else None
    if rules.in_arm_b(person or str(owner_id), experiment=name, share_percent=share_percent):
        return Arm(name=f"{name}:b", explored_every=explored_every, uses_previous=uses_previous)
    return Arm(name=f"{name}:a")


def remember(*, visitor: VisitorId, buyer: UserId, now: datetime) -> None:
    """Remember until midnight in China that a buyer began the day as this visitor; the first one counts.

    While Valkey is away he is drawn by his own id.
    """
    local = now.astimezone(CHINA)
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), CHINA)
    try:
        with reaching("arms") as server:
            server.set(_key(buyer), str(visitor), nx=True, exat=int(midnight.timestamp()))
    except Away:
        return


def _carried(buyer: UserId) -> str | None:
    try:
        with reaching("arms") as server:
            found = server.get(_key(buyer))
    except Away:
        return None
    return found.decode() if found else None


def _key(buyer: UserId) -> str:
    return f"recommendations:arm:{buyer}"
