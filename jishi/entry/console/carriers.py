"""What came in under a carrier's name and was not believed."""

from typing import Any

from django.http import HttpRequest

from jishi.entry.console.base import Desk, register
from jishi.entry.console.columns import NOTHING, instant, instant_column, titled, word_column
from jishi.entry.console.filters import choice_filter
from jishi.entry.console.page import Block, Fact, Section, as_text, facts_of, label
from jishi.entry.console.roles import OPERATIONS, RISK
from jishi.entry.console.vocabulary import PUSH_REFUSAL
from jishi.entry.console.words import both, language
from jishi.trade.shipping.models import ForgedScan
from jishi.trade.shipping.rules import CARRIERS

CARRIER = both("承运商", "Carrier")


def _carrier(code: str) -> str:
    return CARRIERS[code].of(language()) if code in CARRIERS else code


@register(ForgedScan, both("被拒推送", "refused push"), both("被拒的物流推送", "Refused pushes"))
class PushDesk(Desk):
    """Pushes of scans that changed nothing: forged, malformed, or about a parcel that nobody knows."""

    roles = (RISK, OPERATIONS)
    has_trail = False
    list_display = ("when", "carrier_name", "why", "sender")
    list_filter = (choice_filter("reason", PUSH_REFUSAL),)

    when = instant_column("at")
    why = word_column("reason", PUSH_REFUSAL)

    @titled(CARRIER)
    def carrier_name(self, row: ForgedScan) -> str:
        return _carrier(row.carrier)

    @titled(both("来源 IP", "Sender"))
    def sender(self, row: ForgedScan) -> str:
        return row.client_ip or NOTHING

    def name_of(self, row: ForgedScan) -> str:
        return f"{PUSH_REFUSAL.name(row.reason)} · {instant(row.at)}"

    def facts(self, request: HttpRequest, row: Any) -> list[Fact]:
        return [
            Fact(PUSH_REFUSAL.title, label(PUSH_REFUSAL, row.reason)),
            Fact(CARRIER, _carrier(row.carrier)),
            *facts_of(row, "at"),
            Fact(both("来源 IP", "Sender"), row.client_ip or NOTHING),
        ]

    def sections(self, request: HttpRequest, row: ForgedScan) -> list[Section]:
        return [Block(both("推送内容", "What it said"), as_text(row.body))]
