"""Where text messages and mail arrive: the SMS gateway, mail over HTTP and SMTP, the inbox as JSON."""

import json
import re
import secrets
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.faults import FaultKind
from simulators.records import Message
from simulators.signing import tc3_verifies
from simulators.world import World, world_of

WINDOW_SECONDS = 300
NATIONAL_LENGTH_MIN = 7
# What the shop's templates say; {1} is the first parameter. An unknown template shows its parameters only.
TEMPLATES = {
    "100001": "{1} 是您的验证码，{2} 分钟内有效，请勿告诉他人。",
    "100002": "您的订单 {1} 已发货，快递单号 {2}。",
    "100003": "您的订单 {1} 已退款 {2} 元，款项将原路退回。",
    "100004": "您保存的搜索{1}有 {2} 件新上架的商品，可在“我的 - 保存的搜索”查看。",
    "100005": "您设置了提醒的{1}将于 {2} 开抢，数量有限，可在“限时秒杀”查看。",
    "100006": "您收到优惠券“{1}”，可在“我的 - 优惠券”查看。",
    "100007": "您的优惠券“{1}”等共 {2} 张即将到期，可在“我的 - 优惠券”查看。",
    "100008": "您的预售订单 {1} 可以支付尾款 {2} 元了，请在 {3} 前付清，逾期订单会关闭。",
    "100009": "您的预售订单 {1} 还有尾款 {2} 元未付，{3} 截止，逾期订单会关闭。",
    "100011": "有人想用这个手机号注册，但它已有账户。如是您本人，请直接登录。",
    "100012": "有人想用这个手机号登录，但它还没有账户。如是您本人，请先注册。",
}
_CODE = re.compile(r"(?<![0-9])[0-9]{4,8}(?![0-9])")


async def send_sms(request: Request) -> Response:
    """Take a text message (Tencent Cloud `SendSms`, TC3-HMAC-SHA256)."""
    world = world_of(request)
    body = await request.body()
    fault = world.faults.take("sms")
    if fault is FaultKind.UNAVAILABLE:
        return Response(status_code=502)
    if error := _sms_error(world, request, body):
        return _sms_answer(
            {"Error": {"Code": error, "Message": "The provided credentials could not be validated."}}
        )
    content = json.loads(body)
    statuses = []
    for phone in content.get("PhoneNumberSet", []):
        is_good = bool(re.fullmatch(r"\+[1-9][0-9]{6,14}", phone)) and fault is not FaultKind.REFUSED
        if is_good:
            _keep_sms(world, phone, content)
        statuses.append(
            {
                "SerialNo": f"5000:{secrets.randbelow(10**18):018d}" if is_good else "",
                "PhoneNumber": phone,
                "Fee": 1 if is_good else 0,
                "SessionContext": "",
                "Code": "Ok" if is_good else "InvalidParameterValue.IncorrectPhoneNumber",
                "Message": "send success" if is_good else "the phone number is incorrect",
                "IsoCode": "CN",
            }
        )
    return _sms_answer({"SendStatusSet": statuses})


async def take_mail(request: Request) -> Response:
    """Take a mail over HTTP: the raw message (RFC 5322) as body, recipients as `to` or from its headers."""
    world = world_of(request)
    if world.faults.take("mail"):
        return Response(status_code=503)
    keep_mail(world, await request.body(), request.query_params.getlist("to"))
    return JSONResponse({"accepted": True}, status_code=202)


async def inbox_json(request: Request) -> Response:
    """List what arrived, newest first: `?to=` an address or number, `?kind=` sms or mail."""
    world = world_of(request)
    kind = request.query_params.get("kind", "")
    found = messages_to(world, request.query_params.get("to", ""))
    return JSONResponse({"items": [described(message) for message in found if kind in ("", message.kind)]})


def messages_to(world: World, recipient: str) -> list[Message]:
    """Return the messages to one recipient, or all, newest first; a number may lack its +86."""
    wanted = _plain(recipient)
    found = list(world.store.all("messages", Message))
    if wanted:
        found = [message for message in found if any(_is_same(_plain(to), wanted) for to in message.to)]
    return found[::-1]


def described(message: Message) -> dict[str, Any]:
    """Describe a message for machines; `code` is the first thing that looks like a code."""
    code = _CODE.search(message.text)
    return {
        "id": message.id,
        "kind": message.kind,
        "to": list(message.to),
        "from": message.sender,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "params": list(message.params),
        "unsubscribe": message.unsubscribe,
        "code": code.group() if code else None,
        "at": message.at.isoformat(),
    }


def keep_mail(world: World, raw: bytes, recipients: list[str]) -> Message:
    """Put a mail into the inbox."""
    mail = message_from_bytes(raw, policy=policy.default)
    if not isinstance(mail, EmailMessage):
        raise TypeError("the default policy makes EmailMessage")
    headers = [str(value) for name in ("to", "cc") for value in mail.get_all(name, [])]
    to = tuple(recipients) or tuple(address for _, address in getaddresses(headers))
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    message = Message(
        id=secrets.token_hex(8),
        kind="mail",
        to=to,
        sender=str(mail.get("from", "")),
        subject=str(mail.get("subject", "")),
        text=str(plain.get_content()).strip() if plain else "",
        html=str(html.get_content()) if html else "",
        unsubscribe=str(mail.get("list-unsubscribe", "")) if mail.get("list-unsubscribe-post") else "",
        at=world.clock.wire(),
    )
    return world.store.put("messages", message.id, message)


class MailHandler:
    """Takes mail from SMTP."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Keep one mail; the name is aiosmtpd's."""
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        keep_mail(self._world, raw, list(envelope.rcpt_tos))
        return "250 Message accepted"


def _sms_error(world: World, request: Request, body: bytes) -> str | None:
    headers = {name.lower(): value for name, value in request.headers.items()}
    timestamp = headers.get("x-tc-timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > WINDOW_SECONDS:
        return "AuthFailure.SignatureExpire"
    if not tc3_verifies(
        authorization=headers.get("authorization", ""),
        secret_id=world.settings.accounts.sms_secret_id,
        secret_key=world.settings.keys.sms_secret,
        timestamp=timestamp,
        headers=headers,
        body=body,
    ):
        return "AuthFailure.SignatureFailure"
    if (headers.get("x-tc-action"), headers.get("x-tc-version")) != ("SendSms", "2021-01-11"):
        return "InvalidAction"
    return None


def _keep_sms(world: World, phone: str, content: dict[str, Any]) -> None:
    params = tuple(str(value) for value in content.get("TemplateParamSet") or ())
    text = TEMPLATES.get(str(content.get("TemplateId")), " ".join(params))
    for number, value in enumerate(params, start=1):
        text = text.replace(f"{{{number}}}", value)
    sender = str(content.get("SignName", ""))
    message = Message(
        id=secrets.token_hex(8),
        kind="sms",
        to=(phone,),
        sender=sender,
        subject="",
        text=f"【{sender}】{text}",
        params=params,
        at=world.clock.wire(),
    )
    world.store.put("messages", message.id, message)


def _sms_answer(content: dict[str, Any]) -> Response:
    return JSONResponse({"Response": {**content, "RequestId": secrets.token_hex(16)}})


def _is_same(recipient: str, wanted: str) -> bool:
    """Compare two plain recipients; a national number equals the international one that ends with it."""
    is_number = wanted.isdigit() and len(wanted) >= NATIONAL_LENGTH_MIN
    return recipient == wanted or (is_number and recipient.isdigit() and recipient.endswith(wanted))


def _plain(recipient: str) -> str:
    """Reduce an address to what is compared: lower case, no + (in a query it is a blank)."""
    return recipient.strip().lstrip("+").lower()
