"""Nothing that a market says about itself speaks of people: not in logs, figures, traces or events, nor in errors."""

import subprocess
import sys

import httpx
import psycopg
import pytest

from tests.engines import CHECKOUT, wait_until
from tests.observing.conftest import PERSON, Bought, Watched, wait_for_spans

pytestmark = pytest.mark.market

OURS = ("web", "live", "worker", "indexer")
EVENTS = (
    "SELECT coalesce(string_agg(body::text || coalesce(trace, ''), ' '), '') FROM kernel_outbox",
    "SELECT coalesce(string_agg(arguments::text, ' '), '') FROM kernel_scheduled_job",
    "SELECT coalesce(string_agg(data::text, ' '), '') FROM kernel_audit_entry",
    "SELECT coalesce(string_agg(error, ' '), '') FROM kernel_dead_letter",
)
APPLY = f"""
import django
django.setup()
from jishi.identity.accounts import queries
from jishi.identity.merchants import services
from jishi.identity.merchants.types import Application, StoreTexts
from jishi.kernel import clock
def hand_in(bank_name):
    services.apply(applicant=queries.find_by_login({PERSON.phone!r}), now=clock.now(), application=Application(
        legal_name="一家小店", registration_number={PERSON.identity_number!r}, contact_name={PERSON.name!r},
        texts=StoreTexts(name_zh="小店", name_en="Shop", introduction_zh="", introduction_en=""),
        contact_phone={PERSON.phone!r}, bank_name=bank_name, bank_account_holder={PERSON.name!r},
        bank_account={PERSON.bank_account!r}))
hand_in("银行")
hand_in({PERSON.name!r} * 60)
"""


def test_people_stand_in_no_log_figure_trace_or_event(watched: Watched, bought: Bought) -> None:
    _apply(watched)
    _fail_a_job(watched)
    _fail_a_statement(watched)
    _ask_wrongly(watched, bought)
    _ask_without_a_database(watched, bought)
    wait_for_spans(watched.receiver, "on:flows.news_money.write_of_refund")

    for process, lines in watched.logs().items():
        assert_silent(f"the log of {process}", "\n".join(lines))
    assert_silent("the figures", watched.figures())
    assert watched.receiver.raw
    assert_silent("the traces", b"\n".join(watched.receiver.raw).decode(errors="replace"))
    for sql in EVENTS:
        assert_silent(sql, watched.rows(sql)[0][0])


def test_every_line_of_every_process_is_json_and_belongs_to_a_trace(watched: Watched, bought: Bought) -> None:
    for process in OURS:
        lines = watched.lines(process)
        assert lines, process
        for line in lines:
            assert line["process"] == process
            assert len(line["trace_id"]) == 32
            assert line["level"] and line["timestamp"] and line["event"]


def assert_silent(where: str, text: str) -> None:
    """Find none of the person's words in a text, nor as the escapes that JSON might make of them."""
    for secret in PERSON.secrets:
        for written in (secret, secret.encode("unicode_escape").decode(), repr(secret.encode())[2:-1]):
            place = text.find(written)
            assert place < 0, f"{where}: {text[max(0, place - 300) : place + 100]}"


def _apply(watched: Watched) -> None:
    """Hand in an application to sell with a bank account: a good one, and one that the database refuses."""
    environment = {**watched.market.environment, "DJANGO_SETTINGS_MODULE": "jishi.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", APPLY],
        env=environment,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "DataError" in done.stderr


def _fail_a_job(watched: Watched) -> None:
    """Give a job arguments that it cannot read, with a name and a number in them."""
    before = watched.figure("jishi_jobs_total")
    watched.rows(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'flows.refund.execute', 0, NULL, NULL, "
        "jsonb_build_object('refund_id', %s::text), NULL)::procrastinate_job_to_defer_v1])",
        (" ".join(PERSON.secrets),),
    )
    wait_until(lambda: watched.figure("jishi_jobs_total") > before, what="a job that fails")
    wait_until(
        lambda: any(
            line["event"] == "job_failed" and line["job"] == "flows.refund.execute"
            for line in watched.lines("worker")
        ),
        what="its line",
    )
    watched.rows(
        "DELETE FROM procrastinate_jobs WHERE task_name = 'flows.refund.execute' AND status = 'todo'"
    )


def _fail_a_statement(watched: Watched) -> None:
    """Let PostgreSQL refuse a row, and a statement, that speak of the person."""
    for sql in (
        f"INSERT INTO ledger_account (name, kind) VALUES ('{PERSON.name}', 'no such kind')",
        f"SELECT '{PERSON.name}'::uuid",
        f"SELECT no_such_column FROM ledger_account WHERE name = '{PERSON.name} {PERSON.phone}'",
    ):
        with pytest.raises(psycopg.Error):
            watched.rows(sql)


def _ask_wrongly(watched: Watched, bought: Bought) -> None:
    """Send what is refused, with the person's words in bodies, queries and paths."""
    token = {"X-Session-Token": bought.buyer["session_token"]}
    with httpx.Client(base_url=watched.market.url, timeout=30, trust_env=False) as http:
        for secret in PERSON.secrets:
            http.get("/s", params={"q": secret})
            http.get("/api/v1/store/search", params={"q": secret, "cursor": secret})
            http.get(f"/api/v1/store/orders/{secret}", headers=token)
            http.get(f"/live/{secret}", params={"ticket": secret})
            bad = {**PERSON.address, "area_code": secret, "postcode": secret * 9}
            assert http.post("/api/v1/store/addresses", json=bad, headers=token).status_code == 422
            login = {"email": PERSON.email, "password": secret}
            assert http.post("/_allauth/app/v1/auth/login", json=login).is_client_error


def _ask_without_a_database(watched: Watched, bought: Bought) -> None:
    """Keep an address, and look for the account, while PostgreSQL is being started again."""
    token = {"X-Session-Token": bought.buyer["session_token"]}
    with httpx.Client(base_url=watched.market.url, timeout=60, trust_env=False) as http:
        watched.market.kill("postgresql")
        answer = http.post("/api/v1/store/addresses", json=PERSON.address, headers=token)
        http.post("/_allauth/app/v1/auth/login", json={"email": PERSON.email, "password": PERSON.phone})
    assert answer.status_code in (200, 201, 500, 502, 503)
    watched.market.wait_ready()
