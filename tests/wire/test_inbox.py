"""Text messages (TC3-HMAC-SHA256) and mail reach the inbox."""

import smtplib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import httpx
import pytest

from jishi.identity.notifications.sms import (
    SmsClient,
    SmsRefused,
    SmsSettings,
    SmsUnavailable,
    tc3_authorization,
)
from simulators.signing import tc3_verifies
from simulators.testing import RunningSimulators
from tests.wire.small_shop import now

# Tencent Cloud's own worked examples of signature v3, with the stand-ins published for the secret.
BODY = b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
AT = datetime.fromtimestamp(1551113065, UTC)
HEADERS = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
EXAMPLES = [
    (
        "Gu5t9xGARNpq86cd98joQYCN3*******",
        HEADERS,
        "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c",
    ),
    (
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        HEADERS,
        "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
    ),
    (
        "*" * 32,
        HEADERS | {"x-tc-action": "DescribeInstances"},
        "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
    ),
]


@pytest.fixture
def settings(simulators_server: RunningSimulators) -> SmsSettings:
    return SmsSettings(
        base_url=simulators_server.sms_url,
        secret_id=simulators_server.accounts.sms_secret_id,
        secret_key=simulators_server.keys.sms_secret,
        sdk_app_id="1400000001",
        signature="集市",
    )


@pytest.fixture
def sms(settings: SmsSettings, http: httpx.Client) -> SmsClient:
    return SmsClient(settings, http=http, clock=now)


@pytest.mark.parametrize(("secret_key", "headers", "signature"), EXAMPLES)
def test_signatures_match_the_published_examples(
    secret_key: str, headers: dict[str, str], signature: str
) -> None:
    made = tc3_authorization(
        secret_id="AKIDEXAMPLE", secret_key=secret_key, service="cvm", headers=headers, body=BODY, now=AT
    )
    assert made.startswith("TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/tc3_request, ")
    assert made.endswith(f"SignedHeaders={';'.join(headers)}, Signature={signature}")
    assert tc3_verifies(
        authorization=made,
        secret_id="AKIDEXAMPLE",
        secret_key=secret_key,
        timestamp="1551113065",
        headers=headers,
        body=BODY,
    )


def test_a_code_reaches_its_phone(simulators_server: RunningSimulators, sms: SmsClient) -> None:
    receipt = sms.send(phone="+8613800138001", template_id="100001", params=["482913", "5"])
    assert receipt.serial_number
    for to in ("+8613800138001", "8613800138001", "13800138001"):
        (message,) = simulators_server.control.messages(to)
        assert message["text"] == "【集市】482913 是您的验证码，5 分钟内有效，请勿告诉他人。"
        assert (message["kind"], message["code"]) == ("sms", "482913")
    assert simulators_server.control.messages("13800138000") == []


def test_an_unknown_template_shows_its_parameters(
    simulators_server: RunningSimulators, sms: SmsClient
) -> None:
    sms.send(phone="+8613800138002", template_id="999999", params=["一", "二"])
    assert simulators_server.control.messages("+8613800138002")[0]["text"] == "【集市】一 二"


@pytest.mark.parametrize("phone", ["13800138003", "+86", "+0123456789", "nobody"])
def test_what_is_no_phone_is_refused(sms: SmsClient, phone: str) -> None:
    with pytest.raises(SmsRefused, match="IncorrectPhoneNumber"):
        sms.send(phone=phone, template_id="100001", params=["1", "2"])


def test_a_stranger_is_refused(
    simulators_server: RunningSimulators, settings: SmsSettings, http: httpx.Client
) -> None:
    stranger = replace(settings, secret_key="guessed")
    with pytest.raises(SmsRefused, match=r"AuthFailure\.SignatureFailure"):
        SmsClient(stranger, http=http, clock=now).send(
            phone="+8613800138004", template_id="100001", params=[]
        )
    late = SmsClient(settings, http=http, clock=lambda: now() - timedelta(minutes=6))
    with pytest.raises(SmsRefused, match="SignatureExpire"):
        late.send(phone="+8613800138004", template_id="100001", params=[])
    assert simulators_server.control.messages("+8613800138004") == []


def test_a_gateway_that_is_away_is_unavailable(simulators_server: RunningSimulators, sms: SmsClient) -> None:
    simulators_server.control.fail_next("sms", "unavailable")
    with pytest.raises(SmsUnavailable):
        sms.send(phone="+8613800138005", template_id="100001", params=["1", "2"])


def mail_to(recipient: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "集市 <no-reply@jishi.example>", recipient, "请确认您的邮箱"
    mail.set_content("您的验证码是 735120。\n")
    mail.add_alternative("<p>您的验证码是 <b>735120</b>。</p><script>alert(1)</script>", subtype="html")
    return mail


def test_mail_comes_by_smtp(simulators_server: RunningSimulators) -> None:
    with smtplib.SMTP("127.0.0.1", simulators_server.smtp_port, timeout=10) as server:
        server.send_message(mail_to("buyer@smtp.example"))
    (message,) = simulators_server.control.messages("Buyer@smtp.example")
    assert (message["kind"], message["subject"], message["code"]) == ("mail", "请确认您的邮箱", "735120")
    assert message["from"] == "集市 <no-reply@jishi.example>"
    assert simulators_server.control.messages("uyer@smtp.example") == []


def test_mail_comes_by_http(simulators_server: RunningSimulators, http: httpx.Client) -> None:
    raw = mail_to("buyer@http.example").as_bytes()
    answer = http.post(simulators_server.mail_url, content=raw, headers={"Content-Type": "message/rfc822"})
    assert answer.status_code == httpx.codes.ACCEPTED
    http.post(simulators_server.mail_url, params={"to": "hidden@http.example"}, content=raw)
    (message,) = simulators_server.control.messages("buyer@http.example")
    assert message["text"] == "您的验证码是 735120。"
    assert len(simulators_server.control.messages("hidden@http.example", kind="mail")) == 1
    assert simulators_server.control.messages("hidden@http.example", kind="sms") == []


def test_the_inbox_shows_messages_and_runs_no_script(
    simulators_server: RunningSimulators, http: httpx.Client
) -> None:
    http.post(simulators_server.mail_url, content=mail_to("seen@http.example").as_bytes())
    page = http.get(f"{simulators_server.url}/_sim/inbox", params={"to": "seen@http.example", "lang": "en"})
    assert "735120" in page.text
    assert "<script" not in page.text
    (message,) = simulators_server.control.messages("seen@http.example")
    part = http.get(f"{simulators_server.url}/_sim/inbox/{message['id']}/html")
    assert part.headers["content-security-policy"].startswith("sandbox")
    assert http.get(f"{simulators_server.url}/_sim/inbox/nothing/html").status_code == httpx.codes.NOT_FOUND
