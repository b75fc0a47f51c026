"""The people who have bought in the demo market for months: names and homes that follow from the seed number."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from jishi.entry.demo import accounts
from jishi.entry.demo.accounts import Home, Person
from jishi.identity.accounts import queries
from jishi.identity.accounts.types import Recipient
from jishi.kernel.ids import UserId

COUNT = 40
JOINED_BEFORE = timedelta(days=119)
FAMILY_NAMES = "赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦许何吕张"
GIVEN_NAMES = (
    "子涵", "雨桐", "浩然", "思远", "静怡", "嘉树", "一诺", "明轩", "晓彤", "文博", "若曦", "天佑", "佳宁", "志强",
    "丽华", "春生", "小满", "云舒", "立夏", "建国",
)  # fmt: skip
ENGLISH_NAMES = ("Emma", "Lucas", "Sofia", "Daniel", "Mia")
PLACES = (
    ("110105", "建国路 {} 号"), ("110108", "中关村大街 {} 号"), ("310115", "世纪大道 {} 号"),
    ("310104", "衡山路 {} 号"), ("440106", "天河路 {} 号"), ("440305", "科技园南路 {} 号"),
    ("330106", "文三路 {} 号"), ("510107", "人民南路 {} 号"), ("320106", "北京西路 {} 号"),
    ("420106", "中南路 {} 号"), ("610113", "小寨东路 {} 号"), ("500103", "解放碑步行街 {} 号"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopper:
    """Somebody who buys, with where it goes."""

    user_id: UserId
    recipient: Recipient
    speaks_english: bool


def ensure_crowd(*, seed: int, now: datetime) -> list[Shopper]:
    """Return the regular buyers, made when they are not there."""
    joined = now - JOINED_BEFORE
    found = []
    for person, home in people(seed):
        user_id = queries.find_by_login(person.email) or accounts.ensure_shopper(person, home, now=joined)
        found.append(shopper(user_id, speaks_english=person.nickname.isascii()))
    return found


def shopper(user_id: UserId, *, speaks_english: bool = False) -> Shopper:
    """Return a buyer with his first address. Raises: LookupError without one."""
    address = queries.default_address(buyer=user_id)
    if address is None:
        raise LookupError("a demo buyer without an address")
    return Shopper(user_id=user_id, recipient=queries.recipient_of(address), speaks_english=speaks_english)


def people(seed: int) -> list[tuple[Person, Home]]:
    """Return who they are and where they live."""
    chance = random.Random(f"{seed}:crowd")
    names = [family + given for family in FAMILY_NAMES for given in GIVEN_NAMES]
    chosen = [*ENGLISH_NAMES, *chance.sample(names, COUNT - len(ENGLISH_NAMES))]
    return [_person(number, name, chance) for number, name in enumerate(chosen, start=1)]


def _person(number: int, name: str, chance: random.Random) -> tuple[Person, Home]:
    area_code, street = chance.choice(PLACES)
    person = Person(email=f"shopper{number:02}@{accounts.DOMAIN}", nickname=name, face="/", what="buyer 买家")
    home = Home(
        recipient=name,
        phone=f"139{chance.randrange(10**8):08}",
        area_code=area_code,
        street=f"{street.format(chance.randrange(1, 300))} {chance.randrange(1, 30)} 楼",
    )
    return person, home
