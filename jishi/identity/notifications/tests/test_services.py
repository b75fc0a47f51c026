"""Messages leave over the wire: SMS to the simulated gateway, mail over HTTP and over SMTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from jishi.config.environment import SmsAccount
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.notifications import rules, services
from jishi.identity.notifications.types import MailTemplate, News, SmsTemplate
from jishi.kernel import clock
from jishi.kernel.db import atomic
from jishi.kernel.errors import Invalid, ProgrammingError
from simulators.testing import RunningSimulators

PHONE = "+8613800138000"
EMAIL = "wang@example.com"
PARAMS = {
    "url": "https://shop.example/x?a=1&b=<2>",
    "code": "123456",
    "minutes": "5",
    "number": "260618123456780",
    "tracking": "SF123",
    "amount": "75.00",
    "name": "满百减十",
    "names": "「茶壶」",
    "time": "10:00",
    "count": "3",
}


@pytest.fixture
def inbox(simulators_server: RunningSimulators, settings: Any) -> Iterator[RunningSimulators]:
    simulators_server.control.reset()
    settings.ENV = replace(
        settings.ENV,
        sms=SmsAccount(
            url=simulators_server.sms_url,
            access_key=simulators_server.accounts.sms_secret_id,
            secret=simulators_server.keys.sms_secret,
        ),
        email_url=simulators_server.mail_url,
    )
    yield simulators_server
    simulators_server.control.clear_faults()


def send_code(now: datetime) -> None:
    services.send_sms(phone=PHONE, template=SmsTemplate.CODE, params=["123456", "5"], now=now)


def test_a_text_message_arrives_in_the_words_of_its_template(inbox: RunningSimulators) -> None:
    send_code(clock.now())
    (message,) = inbox.control.messages(PHONE)
    assert message["text"] == "【集市】123456 是您的验证码，5 分钟内有效，请勿告诉他人。"


def test_a_gateway_that_is_away_is_told_as_such(inbox: RunningSimulators) -> None:
    inbox.control.fail_next("sms")
    with pytest.raises(services.NotSent) as failed:
        send_code(clock.now())
    assert failed.value.status == 503


def test_a_number_that_the_gateway_refuses_is_the_askers_fault(inbox: RunningSimulators) -> None:
    inbox.control.fail_next("sms", "refused")
    with pytest.raises(Invalid) as refused:
        send_code(clock.now())
    assert refused.value.data["field"] == "phone"


def test_a_wrong_secret_sends_nothing(inbox: RunningSimulators, settings: Any) -> None:
    settings.ENV = replace(settings.ENV, sms=replace(settings.ENV.sms, secret="wrong"))
    with pytest.raises((services.NotSent, Invalid)):
        send_code(clock.now())
    assert inbox.control.messages(PHONE) == []


def test_a_market_without_a_gateway_says_so(settings: Any) -> None:
    settings.ENV = replace(settings.ENV, sms=None, email_url=None)
    with pytest.raises(services.NotSent):
        send_code(clock.now())
    with pytest.raises(services.NotSent):
        services.send_mail(to=EMAIL, template=MailTemplate.SIGN_IN_CODE, params=PARAMS, language="zh")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_inside_a_transaction(inbox: RunningSimulators) -> None:
    with pytest.raises(ProgrammingError), atomic():
        send_code(clock.now())
    with pytest.raises(ProgrammingError), atomic():
        services.send_mail(to=EMAIL, template=MailTemplate.SIGN_IN_CODE, params=PARAMS, language="zh")
    assert inbox.control.messages() == []


@pytest.mark.parametrize("way", ["http", "smtp"])
def test_a_mail_arrives_in_both_forms(inbox: RunningSimulators, settings: Any, way: str) -> None:
    if way == "smtp":
        settings.ENV = replace(settings.ENV, email_url=f"smtp://127.0.0.1:{inbox.smtp_port}")
    services.send_mail(to=EMAIL, template=MailTemplate.SIGN_IN_CODE, params=PARAMS, language="zh")
    (mail,) = inbox.control.messages(EMAIL)
    assert (mail["subject"], mail["code"], mail["to"]) == ("登录验证码", "123456", [EMAIL])
    assert "123456" in mail["html"]


def test_a_mail_server_that_is_away_is_told_as_such(settings: Any) -> None:
    settings.ENV = replace(settings.ENV, email_url="smtp://127.0.0.1:9")
    with pytest.raises(services.NotSent):
        services.send_mail(to=EMAIL, template=MailTemplate.SIGN_IN_CODE, params=PARAMS, language="zh")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("template", list(MailTemplate))
def test_every_mail_is_complete_in_both_languages(template: MailTemplate, language: str) -> None:
    written = rules.write(template, PARAMS, language=language)
    assert written.subject
    assert "{" not in written.text + written.html
    assert "<2>" not in written.html
    assert rules.LETTERS[template].subject.zh != rules.LETTERS[template].subject.en


@pytest.mark.django_db
def test_news_reach_a_buyer_by_phone_else_by_mail(inbox: RunningSimulators) -> None:
    with_phone, without = make_buyer(phone=PHONE), make_buyer(email=EMAIL, language="en")
    for buyer in (with_phone, without):
        services.tell(user_id=buyer, news=News.SHIPPED, params=PARAMS, now=clock.now())
    (text,) = inbox.control.messages(PHONE)
    assert text["text"] == "【集市】您的订单 260618123456780 已发货，快递单号 SF123。"
    (mail,) = inbox.control.messages(EMAIL)
    assert mail["subject"] == "Your order is on its way"
    services.tell(user_id=with_phone, news=News.REFUNDED, params=PARAMS, now=clock.now())
    assert "75.00" in inbox.control.messages(PHONE)[0]["text"]
    assert len(inbox.control.messages()) == 3


def test_nothing_personal_is_logged(inbox: RunningSimulators, caplog: pytest.LogCaptureFixture) -> None:
    inbox.control.fail_next("sms")
    with pytest.raises(services.NotSent):
        send_code(clock.now())
    assert "13800138000" not in caplog.text
    assert "123456" not in caplog.text
