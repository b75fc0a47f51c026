"""Parcels as a carrier keeps them: a label, then scans until the door."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from simulators.clock import Clock
from simulators.records import Parcel, ParcelScan
from simulators.store import Store


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of scan: kuaidi100's detailed code and what the carrier writes."""

    code: str
    context: str
    place: str


JOURNEY = (
    Step("103", "【{start}】快递员已揽收，包裹正发往转运中心", "{start}"),
    Step("1002", "【{start}】包裹已从转运中心发出，下一站【{end}】", "{start}"),
    Step("1001", "【{end}】包裹已到达派件城市", "{end}"),
    Step("5", "【{end}】派件员正在为您派件，请保持电话畅通", "{end}"),
    Step("301", "【{end}】包裹已签收，感谢使用，期待再次为您服务", "{end}"),
)
SIDEWAYS = {
    "exception": Step("204", "【{end}】派件异常：收件人电话无人接听，将再次联系", "{end}"),
    "lose": Step("2", "【{end}】经核实，快件确认遗失，请联系客服理赔", "{end}"),
    "return": Step("4", "【{start}】退回件已由寄件人签收", "{start}"),
}
FINAL = frozenset({"301", "4"})
DEFAULT_CITIES = ("杭州市", "上海市")


def is_final(parcel: Parcel) -> bool:
    """Whether nothing more will happen to a parcel."""
    return bool(parcel.scans) and (parcel.scans[-1].code in FINAL or "确认遗失" in parcel.scans[-1].context)


def _tell_nobody(_: Parcel) -> None:
    """Until somebody listens."""


class Parcels:
    """All parcels. `on_scan` is told after every scan of a parcel that somebody subscribed to."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._by_number: dict[str, str] = {}
        self._by_order: dict[tuple[str, str], str] = {}
        self.on_scan: Callable[[Parcel], None] = _tell_nobody
        for parcel in self.all():
            self._index(parcel)

    def forget(self) -> None:
        """Forget the indexes; the store is cleared apart from this."""
        self._by_number.clear()
        self._by_order.clear()

    def all(self) -> list[Parcel]:
        """Return all parcels, oldest first."""
        return list(self._store.all("parcels", Parcel))

    def find(self, carrier_code: str, tracking_number: str) -> Parcel | None:
        """Return one parcel."""
        return self._store.get("parcels", f"{carrier_code}:{tracking_number}", Parcel)

    def by_number(self, tracking_number: str) -> Parcel | None:
        """Return a parcel whatever its carrier."""
        key = self._by_number.get(tracking_number)
        return self._store.get("parcels", key, Parcel) if key else None

    def label(self, *, carrier_code: str, order_number: str, from_city: str, to_city: str) -> Parcel:
        """Give an order its tracking number; the same order gets the same one again."""
        key = self._by_order.get((carrier_code, order_number))
        known = self._store.get("parcels", key, Parcel) if key else None
        if known:
            return known
        prefix = {"shunfeng": "SF", "yuantong": "YT", "jd": "JD"}.get(carrier_code, "7")
        number = f"{prefix}{secrets.randbelow(10**13):013d}"
        return self._new(carrier_code, number, order_number, from_city, to_city)

    def subscribe(
        self, *, carrier_code: str, tracking_number: str, from_city: str, to_city: str, url: str, salt: str
    ) -> bool:
        """Push a parcel's scans to an address from now on; False when that is done already."""
        parcel = self.find(carrier_code, tracking_number) or self._new(
            carrier_code, tracking_number, "", from_city, to_city
        )
        if (parcel.callback_url, parcel.salt) == (url, salt):
            return False
        self._save(
            replace(
                parcel,
                callback_url=url,
                salt=salt,
                from_city=from_city or parcel.from_city,
                to_city=to_city or parcel.to_city,
            )
        )
        return True

    def scan(self, parcel: Parcel) -> Parcel:
        """Bring a parcel one scan on; after a detour it goes on where it was. Does nothing at the end."""
        if is_final(parcel):
            return parcel
        done = {scan.code for scan in parcel.scans}
        step = next(step for step in JOURNEY if step.code not in done)
        return self._add(parcel, step)

    def deliver(self, parcel: Parcel) -> Parcel:
        """Bring a parcel to the door."""
        while not is_final(parcel):
            parcel = self.scan(parcel)
        return parcel

    def sideways(self, parcel: Parcel, event: str) -> Parcel:
        """Let something else happen to a parcel: exception, lose or return. Raises: KeyError."""
        return parcel if is_final(parcel) else self._add(parcel, SIDEWAYS[event])

    def _add(self, parcel: Parcel, step: Step) -> Parcel:
        cities = {"start": parcel.from_city or DEFAULT_CITIES[0], "end": parcel.to_city or DEFAULT_CITIES[1]}
        scan = ParcelScan(
            code=step.code,
            context=step.context.format(**cities),
            place=step.place.format(**cities),
            at=self._clock.now(),
        )
        parcel = self._save(replace(parcel, scans=(*parcel.scans, scan)))
        if parcel.callback_url:
            self.on_scan(parcel)
        return parcel

    def _new(self, carrier_code: str, number: str, order_number: str, from_city: str, to_city: str) -> Parcel:
        return self._save(
            Parcel(
                carrier_code=carrier_code,
                tracking_number=number,
                order_number=order_number,
                from_city=from_city,
                to_city=to_city,
                created_at=self._clock.now(),
            )
        )

    def _save(self, parcel: Parcel) -> Parcel:
        self._index(parcel)
        return self._store.put("parcels", parcel.key, parcel)

    def _index(self, parcel: Parcel) -> None:
        self._by_number[parcel.tracking_number] = parcel.key
        if parcel.order_number:
            self._by_order[parcel.carrier_code, parcel.order_number] = parcel.key
