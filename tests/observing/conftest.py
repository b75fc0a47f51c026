"""The market of the run, started again under watch: every trace sampled, every statement written down as slow."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.chaos.shopping import Journal, Shopper
from tests.engines import wait_until
from tests.market import Market
from tests.observing.receiver import Receiver, receiving


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose every word would be found again."""

    name: str = "欧阳慕白渊"
    phone: str = "13987654321"
    email: str = "muyuan.ouyang@private-mail.example"
    street: str = "隐秘胡同 77 号丁单元"
    identity_number: str = "110101199003074514"
    bank_account: str = "6217001210012345678"

    @property
    def address(self) -> dict[str, str]:
        """Where the parcels go."""
        return {
            "recipient": self.name,
            "phone": self.phone,
            "area_code": "310104",
            "street": self.street,
            "postcode": "200030",
        }

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must stand nowhere in clear."""
        return tuple(getattr(self, name) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Bought:
    """What the person bought; `order_id` is the order that she cancelled after paying."""

    buyer: dict[str, str]
    trade: dict[str, Any]
    order_id: str


PERSON = Person()
TOKEN = "the-operators-own-token-for-figures-0123456789"


@dataclass(slots=True)
class Watched:
    """A market with everything that it says about itself."""

    market: Market
    receiver: Receiver
    log_starts: dict[Path, int] = field(default_factory=dict)

    @property
    def inside(self) -> str:
        """The web server's own address, past the edge: where operators ask."""
        return f"http://127.0.0.1:{self.market.configuration.ports.web}"

    def figures(self) -> str:
        """Return what Prometheus reads."""
        return httpx.get(f"{self.inside}/metrics", timeout=30, trust_env=False).raise_for_status().text

    def figure(self, name: str) -> float:
        """Return the sum of a figure over all its labels."""
        return sum(
            float(line.rpartition(" ")[2])
            for line in self.figures().splitlines()
            if line.partition(" ")[0].partition("{")[0] == name
        )

    def parts(self) -> tuple[int, dict[str, str]]:
        """Return the status of /readyz and the problems it names."""
        answer = httpx.get(f"{self.inside}/readyz", timeout=30, trust_env=False)
        return answer.status_code, {
            part: said for part, said in answer.json()["parts"].items() if said != "ok"
        }

    def logs(self) -> dict[str, list[str]]:
        """Return the lines that each process wrote under watch, PostgreSQL's own among them."""
        return {path.stem: self._since(path).splitlines() for path in self.log_files()}

    def log_files(self) -> list[Path]:
        """Return the files that processes write lines into."""
        note = self.market.home / "postgres.place"
        place = Path(note.read_text().strip()) if note.is_file() else self.market.home / "postgres"
        return sorted([*(self.market.home / "logs").glob("*.log"), *(place / "log").glob("*.log")])

    def _since(self, path: Path) -> str:
        with path.open("rb") as file:
            file.seek(self.log_starts.get(path, 0))
            return file.read().decode(errors="replace")

    def lines(self, process: str) -> list[dict[str, Any]]:
        """Return the lines of one of our processes as what they are: JSON."""
        return [json.loads(line) for line in self.logs()[process]]

    def rows(self, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Ask the market's database."""
        with psycopg.connect(self.market.database_url, autocommit=True) as connection:
            cursor = connection.execute(sql.encode(), parameters)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="package")
def watched(market: Market) -> Iterator[Watched]:
    """Start the market of the run again, watched; and as it was in the end."""
    before = dict(market.environment)
    with receiving() as receiver:
        found = Watched(market, receiver)
        market.wait_ready()
        market.stop()
        found.log_starts = {path: path.stat().st_size for path in found.log_files()}
        market.environment |= {
            "JISHI_OTLP_URL": receiver.url,
            "JISHI_TRACE_PERCENT": "100",
            "JISHI_SLOW_STATEMENT_MS": "1",
            "JISHI_METRICS_TOKEN": TOKEN,
        }
        market.restart()
        market.wait_ready()
        yield found
        market.stop()
    market.environment = before
    market.restart()
    market.wait_ready()


@pytest.fixture(scope="package")
def bought(watched: Watched) -> Bought:
    """Let a person of whom everything is known buy two things of two merchants, pay, and cancel one order."""
    buyer = sign_up(watched)
    journal = Journal()
    with httpx.Client(base_url=watched.market.url, timeout=30, trust_env=False) as http:
        Shopper(watched.market.url, buyer, [], journal)._buy(http, in_stock(watched), is_wechat=False)
        trade = journal.bought[0].trade
        order_id = trade["orders"][0]["id"]
        wait_until(lambda: _cancelled(http, buyer, order_id), what="a cancelled order")
    return Bought(buyer, trade, order_id)


def _cancelled(http: httpx.Client, buyer: dict[str, str], order_id: str) -> bool:
    token = {"X-Session-Token": buyer["session_token"]}
    return http.post(f"/api/v1/store/orders/{order_id}/cancel", headers=token, json={}).is_success


def sign_up(watched: Watched) -> dict[str, str]:
    """Let the person make an account with her phone and keep her address; return token and address."""
    with httpx.Client(base_url=watched.market.url, timeout=30, trust_env=False) as http:
        door = "/_allauth/app/v1/auth"
        started = http.post(f"{door}/signup", json={"phone": PERSON.phone}).json()
        token = {"X-Session-Token": started["meta"]["session_token"]}
        inbox = http.get("/_sim/inbox.json", params={"to": f"+86{PERSON.phone}"}).json()
        code = {"code": inbox["items"][0]["code"]}
        signed_in = http.post(f"{door}/phone/verify", json=code, headers=token).raise_for_status().json()
        token = {"X-Session-Token": signed_in["meta"].get("session_token") or token["X-Session-Token"]}
        store = "/api/v1/store"
        http.patch(f"{store}/me", json={"nickname": PERSON.name}, headers=token).raise_for_status()
        address = http.post(f"{store}/addresses", json=PERSON.address, headers=token).raise_for_status()
    return {"session_token": token["X-Session-Token"], "address_id": address.json()["id"]}


def in_stock(watched: Watched) -> list[str]:
    """Return a well-stocked SKU of each of two merchants."""
    found = watched.rows(
        "SELECT DISTINCT ON (k.merchant_id) k.id::text FROM catalog_sku k "
        "JOIN catalog_product p ON p.id = k.product_id JOIN inventory_stock s ON s.sku_id = k.id "
        "WHERE p.status = 'live' AND k.is_active AND s.on_hand - s.reserved - s.bucketed > 20 "
        "ORDER BY k.merchant_id, k.id LIMIT 2"
    )
    return [sku_id for (sku_id,) in found]


def wait_for_spans(receiver: Receiver, name: str, trace_id: str | None = None) -> None:
    """Return once a finished span of that name was received."""
    wait_until(
        lambda: any(one.name == name and trace_id in {None, one.trace_id} for one in receiver.spans),
        what=f"a span {name}",
    )
