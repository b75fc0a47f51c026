"""How good an offer a product is: pure. docs/algorithms/ranking.md says the same with worked examples.

Each part is a score from -1 to 1 in which 0 is usual; the factor is 2 to the power of their weighted mean. So it lies
between 0.5 and 2, rises with each part, and is 1 for what is usual in everything.
"""

from dataclasses import fields
from math import log2, log10

from jishi.discovery.ranking.types import Known, Quality, Scores, Usual

HALF_LIFE_DAYS = 14.0
RECENT_PIECES_FULL = 1_000.0  # so many recent pieces are worth all that sales can be worth
VIEWS_PRIOR = 50.0  # views at the market's usual rate that every product begins with
REVIEWS_PRIOR = 10.0  # reviews of the market's usual average
PIECES_PRIOR = 20.0  # pieces of which the usual share came back
TIMES_FULL = 4.0  # four times as good as usual is worth all, a quarter as good nothing
RATE_LEAST = 1e-9  # a market in which this is rarer counts as one in which it never happens
STARS_MIN, STARS_MAX = 100.0, 500.0
WEIGHTS = {"velocity": 0.35, "conversion": 0.2, "rating": 0.2, "returns": 0.1, "completeness": 0.15}
FACTOR_MIN, FACTOR_MAX = 0.5, 2.0
NOTICEABLE = 0.02  # a factor that moved by less is left as it is

PICTURES_FULL = 3
DESCRIPTION_FULL = 80  # characters, tags included
COMPLETENESS = {"pictures": 0.3, "attributes": 0.25, "description": 0.2, "languages": 0.15, "video": 0.1}


def quality(known: Known, usual: Usual) -> Quality:
    """Return how good an offer a product is, measured by what is usual in its market."""
    scores = Scores(
        velocity=velocity(known.recent_pieces),
        conversion=conversion(known.buys, known.views, usual.conversion),
        rating=rating(known.rating_hundredths, known.review_count, usual.rating_hundredths),
        returns=returns(known.returned_pieces, known.sold_pieces, usual.return_rate),
        completeness=2 * _between(known.completeness, 0.0, 1.0) - 1,
    )
    mean = sum(weight * getattr(scores, name) for name, weight in WEIGHTS.items())
    return Quality(factor=2.0**mean, scores=scores)


def part_factor(name: str, score: float) -> float:
    """Return what one part of the quality multiplies by; all of them together are the factor."""
    return float(2.0 ** (WEIGHTS[name] * score))


def velocity(recent_pieces: float) -> float:
    """Return how well a product sells lately, 0 to 1: every ten times as many count alike, as in Weber and
    Fechner's law. What sold nothing is not worse than usual: it may be new.
    """
    return _between(log10(1 + max(0.0, recent_pieces)) / log10(1 + RECENT_PIECES_FULL), 0.0, 1.0)


def conversion(buys: int, views: int, usual: float) -> float:
    """Return how often those who look buy, against the usual, with a Beta prior of `VIEWS_PRIOR` usual views
    (its mean: Gelman et al., Bayesian Data Analysis, 2.4). 0 where views are not counted.
    """
    if usual < RATE_LEAST:
        return 0.0
    rate = (buys + VIEWS_PRIOR * usual) / (max(buys, views) + VIEWS_PRIOR)
    return _times(rate / usual)


def rating(average_hundredths: float, count: int, usual_hundredths: float) -> float:
    """Return what buyers think, shrunk towards the usual by `REVIEWS_PRIOR` reviews that nobody wrote."""
    mean = (REVIEWS_PRIOR * usual_hundredths + count * average_hundredths) / (REVIEWS_PRIOR + count)
    if mean >= usual_hundredths:
        return _between((mean - usual_hundredths) / max(1.0, STARS_MAX - usual_hundredths), 0.0, 1.0)
    return _between((mean - usual_hundredths) / max(1.0, usual_hundredths - STARS_MIN), -1.0, 0.0)


def returns(returned: int, sold: int, usual: float) -> float:
    """Return how little comes back, against the usual, with a Beta prior of `PIECES_PRIOR` usual pieces."""
    if usual < RATE_LEAST:
        return 0.0
    rate = (returned + PIECES_PRIOR * usual) / (max(returned, sold) + PIECES_PRIOR)
    return _times(usual / rate)


def completeness(
    *,
    pictures: int,
    filled: int,
    attributes: int,
    description: int,
    is_in_both_languages: bool,
    has_video: bool,
) -> float:
    """Return the share of a full listing, 0 to 1; `description` in characters, `filled` of `attributes`."""
    shares = {
        "pictures": min(1.0, pictures / PICTURES_FULL),
        "attributes": min(1.0, filled / attributes) if attributes else 1.0,
        "description": min(1.0, description / DESCRIPTION_FULL),
        "languages": float(is_in_both_languages),
        "video": float(has_video),
    }
    return sum(weight * shares[name] for name, weight in COMPLETENESS.items())


def is_noticeable(before: float, after: float) -> bool:
    """Say whether a factor moved so far that the index should follow."""
    return abs(after / before - 1) > NOTICEABLE


def _times(better: float) -> float:
    return _between(log2(better) / log2(TIMES_FULL), -1.0, 1.0)


def _between(value: float, least: float, most: float) -> float:
    return min(most, max(least, value))


PARTS = tuple(field.name for field in fields(Scores))
