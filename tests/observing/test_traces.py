"""One trace from the button that a buyer presses to the gateway that a job calls, whichever process does what."""

import pytest

from tests.observing.conftest import Bought, Watched, wait_for_spans
from tests.observing.receiver import Received

pytestmark = pytest.mark.market

CANCEL = "POST api/v1/store/orders/<order_id>/cancel"
REFUND = "flows.refund.execute"
LETTER = "on:flows.news_money.write_of_refund"


def test_one_trace_leads_from_the_web_through_jobs_to_the_gateways(watched: Watched, bought: Bought) -> None:
    wait_for_spans(watched.receiver, LETTER)
    wait_for_spans(watched.receiver, CANCEL)
    web = next(one for one in watched.receiver.spans if one.name == CANCEL and not one.parent_id)
    trace = [one for one in watched.receiver.spans if one.trace_id == web.trace_id]
    assert (web.process, web.attributes["http.response.status_code"]) == ("jishi-web", 200)
    assert 1 <= web.attributes["jishi.sql.statements"] < 60
    assert 0 < web.attributes["jishi.sql.seconds"] < 60

    refund = below(trace, web, REFUND)
    assert (refund.process, refund.attributes["jishi.job.attempt"]) == ("jishi-worker", 1)
    channel = below(trace, refund, "POST http://127.0.0.1")
    assert channel.attributes["http.response.status_code"] == 200

    letter = below(trace, refund, LETTER)  # by way of the outbox
    assert below(trace, letter, "POST http://127.0.0.1").process == "jishi-worker"


def test_lines_of_a_log_lead_to_the_trace(watched: Watched, bought: Bought) -> None:
    wait_for_spans(watched.receiver, LETTER)
    wait_for_spans(watched.receiver, CANCEL)
    web = next(one for one in watched.receiver.spans if one.name == CANCEL and not one.parent_id)
    for process in ("web", "worker"):
        found = [line for line in watched.lines(process) if line["trace_id"] == web.trace_id]
        assert found, process
        assert {line["process"] for line in found} == {process}


def below(trace: list[Received], parent: Received, name: str) -> Received:
    """Return the span under `parent` whose name begins so."""
    found = [one for one in trace if one.parent_id == parent.span_id and one.name.startswith(name)]
    assert found, f"no {name} under {parent.name} in {[(one.name, one.parent_id) for one in trace]}"
    return found[0]
