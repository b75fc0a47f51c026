"""Words that many look for, in Valkey: of each day, who looked for which, as estimates that name nobody.

A word is hot by its distinct searchers of the last days, each day counting half as much as the one after it. It is
shown only once so many different people looked for it within those days: what one person typed, however often and on
however many days, stays his own.
"""

import hashlib
from datetime import datetime, timedelta

from jishi.kernel.cache import Away, reaching

DAYS = 7
SEARCHERS_MIN = 5
SHOWN_MAX = 10
CANDIDATES_MAX = 50
WORDS_A_DAY_MAX = 2_000
KEPT = timedelta(days=DAYS + 1)
_HALF_LIFE_DAYS = 1


def count(words: str, *, searcher: str, now: datetime) -> None:
    """Note that somebody looked for words and found something; the same person counts once a day."""
    day = _day(now)
    who = hashlib.blake2b(searcher.encode(), digest_size=8).digest()
    try:
        with reaching("hot_words") as server:
            if not server.pfadd(_who(day, words), who):
                return
            with server.pipeline() as pipe:
                pipe.zincrby(_words(day), 1, words.encode())
                pipe.zremrangebyrank(_words(day), 0, -WORDS_A_DAY_MAX - 1)
                pipe.expire(_words(day), KEPT)
                pipe.expire(_who(day, words), KEPT)
                pipe.execute()
    except Away:
        return


def hottest(*, now: datetime) -> list[str]:
    """Return what enough different people looked for lately, the hottest first; nothing while Valkey is away."""
    days = [_day(now - timedelta(days=ago)) for ago in range(DAYS)]
    try:
        with reaching("hot_words") as server:
            with server.pipeline(transaction=False) as pipe:
                for day in days:
                    pipe.zrevrange(_words(day), 0, CANDIDATES_MAX - 1, withscores=True)
                by_day = pipe.execute()
            scores: dict[bytes, float] = {}
            for ago, found in enumerate(by_day):
                for words, searchers in found:
                    scores[words] = scores.get(words, 0.0) + searchers * 0.5 ** (ago / _HALF_LIFE_DAYS)
            ordered = sorted(scores, key=lambda one: (-scores[one], one))[:CANDIDATES_MAX]
            with server.pipeline(transaction=False) as pipe:
                for words in ordered:
                    pipe.pfcount(*[_who(day, words.decode()) for day in days])
                searchers_of = pipe.execute()
    except Away:
        return []
    shared = [words for words, people in zip(ordered, searchers_of, strict=True) if people >= SEARCHERS_MIN]
    return [words.decode() for words in shared[:SHOWN_MAX]]


def _day(at: datetime) -> str:
    return f"{at:%Y%m%d}"


# The braces keep all keys on one node of a cluster: several are counted together.
def _words(day: str) -> str:
    return f"{{hot-words}}:{day}"


def _who(day: str, words: str) -> str:
    return f"{{hot-words}}:{day}:{hashlib.blake2b(words.encode(), digest_size=12).hexdigest()}"
