"""Whatever comes in a carrier's name, signed or not: it is believed, or refused in words, and nothing else."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import strategies as st
from pytest_django import Settings

from jishi.config.environment import CarrierAccount
from jishi.kernel import clock
from jishi.kernel.db import rows
from jishi.trade.shipping import services_carriers
from jishi.trade.shipping.carriers.kuaidi100 import md5_upper
from simulators.testing import RunningSimulators
from tests.security.hostile import EXAMPLES, Figures, attack, spoilt, spoilt_fields, values

pytestmark = pytest.mark.django_db

SALT = "salt-of-a-test"


@pytest.fixture
def carrier(simulators_server: RunningSimulators, settings: Settings) -> str:
    settings.ENV = replace(
        settings.ENV,
        carrier=CarrierAccount(
            url=simulators_server.carrier_url, customer="c", key="k", secret="s", label_url=None, salt=SALT
        ),
    )
    return "/api/v1/hooks/carriers/shunfeng"


PUSH = {
    "status": "polling", "message": "",
    "lastResult": {
        "com": "shunfeng", "nu": "SF0000000001", "state": "0", "ischeck": "0",
        "data": [
            {"context": "已揽收", "time": "2026-11-30 10:00:00", "ftime": "2026-11-30 10:00:00", "statusCode": "1",
             "areaName": "上海"},
            {"context": "运输中", "time": "2026-11-30 11:00:00", "ftime": "2026-11-30 11:00:00", "statusCode": "0"},
        ],
    },
}  # fmt: skip


@EXAMPLES
def test_pushes_that_are_signed_and_nonsense(
    carrier: str, victim: Any, examples: int, figures: Figures
) -> None:
    """About a parcel that travels: a scan of it may be believed, and nothing breaks."""
    client = Client(raise_request_exception=False)
    number = rows("SELECT tracking_number FROM shipping_parcel")[0][0]
    genuine = {**PUSH, "lastResult": {**PUSH["lastResult"], "nu": number}}  # type: ignore[dict-item]

    def suffer(said: Any) -> None:
        param = json.dumps(said)
        body = urlencode({"param": param, "sign": md5_upper(param, SALT)})
        answer = client.post(carrier, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (200, 400, 413)  # some nonsense is long

    attack(
        "pushes of carriers, signed",
        st.one_of(spoilt_fields(genuine, values), spoilt_fields(PUSH, values), values),
        examples,
        figures,
        suffer,
    )


@EXAMPLES
def test_pushes_that_were_tampered_with(carrier: str, victim: Any, examples: int, figures: Figures) -> None:
    client = Client(raise_request_exception=False)
    number = rows("SELECT tracking_number FROM shipping_parcel")[0][0]
    param = json.dumps({**PUSH, "lastResult": {**PUSH["lastResult"], "nu": number}})  # type: ignore[dict-item]
    genuine = urlencode({"param": param, "sign": md5_upper(param, SALT)}).encode()
    scans = rows("SELECT count(*) FROM shipping_scan")

    def suffer(body: bytes) -> None:
        answer = client.post(carrier, body, content_type="application/x-www-form-urlencoded")
        if answer.status_code == 200:  # blanks around it: still what the carrier signed
            services_carriers.read_push(carrier="shunfeng", body=body, now=clock.now())
        assert answer.status_code in (200, 400)

    attack("pushes of carriers, tampered with", spoilt([genuine]), examples, figures, suffer)
    assert rows("SELECT count(*) FROM shipping_scan")[0][0] <= scans[0][0] + 2


def test_the_genuine_one_is_believed(carrier: str) -> None:
    """Or the tests above would prove nothing: what they spoil is read when it is whole."""
    param = json.dumps(PUSH)
    sent = urlencode({"param": param, "sign": md5_upper(param, SALT)}).encode()
    assert len(services_carriers.read_push(carrier="shunfeng", body=sent, now=clock.now()).scans) == 2
