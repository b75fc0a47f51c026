"""How much of the demo market is made: all of it for people, a small one for whoever needs it quickly."""

from dataclasses import dataclass

from django.conf import settings

from jishi.entry.demo import content
from jishi.entry.demo.content import DemoMerchant


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Which stores open (none named: all), and how many orders each has had."""

    stores: frozenset[str] = frozenset()
    orders_per_store: tuple[int, int]

    def merchants(self) -> list[DemoMerchant]:
        """Return the written merchants of this size."""
        return [one for one in content.merchants() if not self.stores or one.code in self.stores]


FULL = Size(orders_per_store=(16, 30))
SMALL = Size(
    stores=frozenset(
        ("bareskin", "greenbamboo", "soundwide", "stride", "tangerine", "ticktock", "warmhouse", "wildridge")
    ),
    orders_per_store=(5, 8),
)
SIZES = {"full": FULL, "small": SMALL}


def chosen() -> Size:
    """Return the size that JISHI_DEMO_SIZE names."""
    return SIZES[settings.ENV.demo_size]
