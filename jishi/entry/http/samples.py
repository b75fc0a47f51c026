"""Whose parts a visitor of the demo may play with one press; shown on the sign-in pages of a demo market only."""

import msgspec

from jishi.entry.demo.accounts import BUYERS, DOMAIN, PASSWORD, PLATFORM, colleague, owner

__all__ = ["DOMAIN", "PASSWORD", "Demo", "Sample", "demo", "platform"]

STORE = ("soundwide", "声阔数码旗舰店")  # with colleagues beside the owner


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose part can be played; `face` is where he signs in."""

    face: str
    role: str
    login: str
    name: str


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """What a demo market tells the pages of the storefront."""

    password: str
    accounts: list[Sample]


def demo() -> Demo:
    """Return the buyers and one store's people, with the password of them all."""
    merchants = (
        ("owner", owner(*STORE)),
        ("warehouse", colleague(*STORE, "warehouse", "仓管")),
        ("finance", colleague(*STORE, "finance", "财务")),
    )
    people = [Sample(face="store", role="buyer", login=one.email, name=one.nickname) for one, _ in BUYERS]
    people += [Sample(face="merchant", role=role, login=one.email, name=STORE[1]) for role, one in merchants]
    return Demo(password=PASSWORD, accounts=people)


def platform() -> list[Sample]:
    """Return the platform's staff."""
    return [
        Sample(face="platform", role=role.value, login=one.email, name=one.nickname) for one, role in PLATFORM
    ]
