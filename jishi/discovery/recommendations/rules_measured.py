"""Who is in which arm, and how sure a measured rate is. No Django, no clock."""

import hashlib
import math

from jishi.discovery.recommendations.types_measured import Figures, Interval, Measured

SURE = 1.959964  # standard deviations on either side within which 95 of 100 lie


def in_arm_b(person: str, *, experiment: str, share_percent: int) -> bool:
    """Tell whether somebody is in arm b of an experiment: always the same, evenly drawn, and drawn anew for each."""
    digest = hashlib.blake2b(f"{experiment} {person}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % 10_000 < share_percent * 100


def rate(happened: int, tries: int) -> Interval | None:
    """Return a rate with Wilson's interval (E. B. Wilson, JASA 22, 1927); None where nothing was tried.

    What happened more often than it was tried (a card clicked before it counted as seen) was tried that often.
    """
    tries = max(tries, happened)
    if tries == 0:
        return None
    share, square = happened / tries, SURE * SURE
    middle = (share + square / (2 * tries)) / (1 + square / tries)
    reach = SURE / (1 + square / tries)
    reach *= math.sqrt(share * (1 - share) / tries + square / (4 * tries * tries))
    return Interval(share, max(middle - reach, 0.0), min(middle + reach, 1.0))


def mean(total: float, squares: float, tries: int) -> Interval | None:
    """Return the mean of `tries` amounts, most of which are nothing, with its normal interval, never below 0.

    `squares`: the sum of the squares of the amounts.
    """
    if tries == 0:
        return None
    middle = total / tries
    reach = SURE * math.sqrt(max(squares / tries - middle * middle, 0.0) / tries)
    return Interval(middle, max(middle - reach, 0.0), middle + reach)


def figures(measured: Measured) -> Figures:
    """Return how sure what for each impression."""
    return Figures(
        clicks=rate(measured.clicks, measured.impressions),
        adds=rate(measured.adds, measured.impressions),
        revenue_minor=mean(measured.revenue_minor, measured.revenue_squares, measured.impressions),
    )
