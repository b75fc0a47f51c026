"""Who can sign in to the demo market. The passwords are no secret: the market refuses to exist outside demo
mode.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from jishi.identity.accounts import queries, services
from jishi.identity.accounts.types import AddressWish, PlatformRole
from jishi.kernel.ids import UserId

PASSWORD = "jishi-demo-2026"  # noqa: S105 - printed at every start, and only in demo mode
DOMAIN = "demo.jishi.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A demo account. `face` is where it signs in."""

    email: str
    nickname: str
    face: str
    what: str
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a demo buyer lives."""

    recipient: str
    phone: str
    area_code: str
    street: str


BUYERS = (
    (
        Person(
            email=f"xiaoming@{DOMAIN}", nickname="王小明", face="/", what="buyer 买家", phone="13800138001"
        ),
        (
            Home(
                recipient="王小明", phone="13800138001", area_code="310104", street="漕溪北路 100 号 3 栋 402"
            ),
            Home(
                recipient="王小明(公司)", phone="13800138001", area_code="310115", street="张江路 88 号 6 楼"
            ),
        ),
    ),
    (
        Person(email=f"lili@{DOMAIN}", nickname="李丽", face="/", what="buyer 买家", phone="13800138002"),
        (
            Home(
                recipient="李丽", phone="13800138002", area_code="510107", street="科华北路 65 号 12 楼 1203"
            ),
        ),
    ),
)
PLATFORM = (
    (
        Person(email=f"admin@{DOMAIN}", nickname="平台管理员", face="/admin/", what="administrator 管理员"),
        PlatformRole.ADMINISTRATOR,
    ),
    (
        Person(email=f"operations@{DOMAIN}", nickname="平台运营", face="/admin/", what="operations 运营"),
        PlatformRole.OPERATIONS,
    ),
    (
        Person(
            email=f"finance1@{DOMAIN}",
            nickname="财务一",
            face="/admin/",
            what="finance, prepares payouts 财务(制单)",
        ),
        PlatformRole.FINANCE,
    ),
    (
        Person(
            email=f"finance2@{DOMAIN}",
            nickname="财务二",
            face="/admin/",
            what="finance, approves payouts 财务(复核)",
        ),
        PlatformRole.FINANCE,
    ),
)


def owner(code: str, store: str) -> Person:
    """Return the owner of a demo merchant."""
    return Person(
        email=f"{code}@{DOMAIN}", nickname=f"{store}店主", face="/merchant/", what=f"owner 店主 · {store}"
    )


def colleague(code: str, store: str, role: str, name: str) -> Person:
    """Return somebody else who works for a demo merchant."""
    return Person(
        email=f"{role}.{code}@{DOMAIN}",
        nickname=f"{store}{name}",
        face="/merchant/",
        what=f"{role} {name} · {store}",
    )


def finance() -> list[Person]:
    """Return the two who pay merchants out: one prepares, the other approves."""
    return [person for person, role in PLATFORM if role is PlatformRole.FINANCE]


def ensure(person: Person, *, now: datetime) -> UserId:
    """Return the account of a demo person, made when it is not there."""
    return queries.find_by_login(person.email) or services.make_account(
        email=person.email, phone=person.phone, password=PASSWORD, nickname=person.nickname, now=now
    )


def ensure_buyers(*, now: datetime) -> None:
    """Make the demo buyers with their addresses."""
    for person, homes in BUYERS:
        user_id = ensure(person, now=now)
        if not queries.addresses(buyer=user_id).items:
            for home in homes:
                services.add_address(buyer=user_id, wish=_wish(home))


def ensure_shopper(person: Person, home: Home, *, now: datetime) -> UserId:
    """Make a buyer nobody signs in as (he has no password), with his address."""
    user_id = services.make_account(email=person.email, nickname=person.nickname, now=now)
    services.add_address(buyer=user_id, wish=_wish(home))
    return user_id


def ensure_platform(*, now: datetime) -> UserId:
    """Make the platform's demo staff; return the administrator."""
    made = [
        queries.find_by_login(person.email)
        or services.make_platform_staff(
            email=person.email, password=PASSWORD, nickname=person.nickname, role=role, now=now
        )
        for person, role in PLATFORM
    ]
    return made[0]


def make_buyers(count: int, *, now: datetime) -> Iterable[dict[str, str]]:
    """Make `count` buyers without a password, each with an address, and yield what a client needs to act for
    them.
    """
    for number in range(count):
        stamp = f"{now:%y%m%d%H%M%S%f}{number}"
        user_id = services.make_account(email=f"load{stamp}@{DOMAIN}", nickname=f"买家{number + 1}", now=now)
        home = Home(
            recipient=f"买家{number + 1}",
            phone="13900139000",
            area_code="330106",
            street=f"西溪路 {number + 1} 号",
        )
        address = services.add_address(buyer=user_id, wish=_wish(home))
        yield {
            "user_id": str(user_id),
            "email": f"load{stamp}@{DOMAIN}",
            "session_token": services.issue_token(user_id),
            "address_id": str(address.id),
        }


def print_json_lines(entries: Iterable[dict[str, str]]) -> None:
    """Print one JSON object a line."""
    for entry in entries:
        sys.stdout.write(json.dumps(entry, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def table(people: Iterable[Person]) -> str:
    """Return the accounts as people read them."""
    rows = [(person.face, person.email, person.what) for person in people]
    wide = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"  {face:<{wide[0]}}  {email:<{wide[1]}}  {what}" for face, email, what in rows]
    return "\n".join([f"  demo accounts 演示账号 (password 密码: {PASSWORD})", *lines, ""])


def _wish(home: Home) -> AddressWish:
    return AddressWish(
        recipient=home.recipient, phone=home.phone, area_code=home.area_code, street=home.street
    )
