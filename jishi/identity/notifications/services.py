"""Sending text messages and mails: at once, outside any transaction, nothing personal in the log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage

import structlog
from django.conf import settings

from jishi.identity.accounts import queries as accounts
from jishi.identity.notifications import mail, rules
from jishi.identity.notifications.sms import SmsClient, SmsError, SmsRefused, SmsSettings
from jishi.identity.notifications.types import MailTemplate, News, SmsTemplate, Written
from jishi.kernel import outgoing
from jishi.kernel.errors import Invalid, ShopError
from jishi.kernel.ids import UserId
from jishi.kernel.network import network
from jishi.kernel.words import Text

log = structlog.get_logger(__name__)


class NotSent(ShopError):
    """The gateway did not take the message; trying again later may help."""

    code = "message_not_sent"
    status = 503
    message = Text(
        zh="消息暂时发不出去,请稍后再试", en="The message could not be sent; please try again in a moment"
    )


def send_sms(*, phone: str, template: SmsTemplate, params: Sequence[str], now: datetime) -> None:
    """Send a text message to `phone` (E.164). Raises: NotSent (503), Invalid for a refused number."""
    account = settings.ENV.sms
    if account is None:
        log.error("sms_not_configured", template=template.value)
        raise NotSent
    client = SmsClient(
        SmsSettings(
            base_url=account.url,
            secret_id=account.access_key,
            secret_key=account.secret,
            sdk_app_id=account.app_id,
            signature=account.signature,
        ),
        http=outgoing.client(),
        clock=lambda: now,
    )
    try:
        with network():
            client.send(phone=phone, template_id=account.templates[template.value], params=params)
    except SmsRefused as error:
        log.warning("sms_refused", template=template.value, reason=error.code)
        raise Invalid(field="phone") from error
    except SmsError as error:
        log.warning("sms_not_sent", template=template.value, reason=type(error).__name__)
        raise NotSent from error


def send_mail(*, to: str, template: MailTemplate, params: Mapping[str, str], language: str) -> None:
    """Send a mail in `language`. Raises: NotSent (503)."""
    written = rules.write(template, params, language=language)
    send_written_mail(to=to, written=written)


def tell(*, user_id: UserId, news: News, params: Mapping[str, str], now: datetime) -> None:
    """Tell a buyer some news: by text message if he has a phone, else by mail.

    `params` holds what both templates name. Raises: NotSent (503); the job that calls it tries again.
    """
    email, phone, language = accounts.contact(user_id)
    if phone is not None:
        words = [params[name] for name in rules.SMS_PARAMS[news]]
        send_sms(phone=phone, template=SmsTemplate(news.value), params=words, now=now)
    elif email is not None:
        send_mail(to=email, template=MailTemplate(news.value), params=params, language=language)


def send_written_mail(*, to: str, written: Written, headers: Mapping[str, str] | None = None) -> None:
    """Send a mail whose words are made already, with these headers of its own. Raises: NotSent (503)."""
    url = settings.ENV.email_url
    if url is None:
        log.error("mail_not_configured")
        raise NotSent
    message = EmailMessage()
    message["Subject"] = written.subject
    message["From"] = settings.ENV.email_from
    message["To"] = to
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(written.text)
    if written.html:
        message.add_alternative(written.html, subtype="html")
    try:
        with network():
            mail.deliver(message, url=url, http=outgoing.client())
    except mail.MailUnavailable as error:
        log.warning("mail_not_sent", reason=str(error))
        raise NotSent from error
