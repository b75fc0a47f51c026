"""Text messages by Tencent Cloud's `SendSms`, signed with TC3-HMAC-SHA256."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from jishi.kernel.foreign import read_json

TIMEOUT = httpx.Timeout(10.0, connect=5.0)  # seconds
ALGORITHM = "TC3-HMAC-SHA256"
SERVICE = "sms"
ACTION = "SendSms"
VERSION = "2021-01-11"
CONTENT_TYPE = "application/json; charset=utf-8"

_PASSING_FAULTS = (
    "InternalError",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "FailedOperation.FailResolve",
)


class SmsError(Exception):
    """The root of what can go wrong with a text message."""


class SmsUnavailable(SmsError):
    """No usable answer; the message may or may not be on its way."""


class SmsRefused(SmsError):
    """The gateway said no; repeating the same will not help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSettings:
    """Our account at the gateway; the signature is the sender's name that readers see in 【】."""

    base_url: str
    secret_id: str
    secret_key: str = field(repr=False)
    sdk_app_id: str
    signature: str
    region: str = "ap-guangzhou"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsReceipt:
    """What the gateway gave for an accepted message."""

    serial_number: str


def tc3_authorization(
    *,
    secret_id: str,
    secret_key: str,
    service: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> str:
    """Return the Authorization header for a POST to '/'; `headers` are those that get signed.

    Their names are in lower case. Source: Tencent Cloud API 3.0, signature v3.
    """
    timestamp, day = str(int(now.timestamp())), now.astimezone(UTC).strftime("%Y-%m-%d")
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in sorted(headers))
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{day}/{service}/tc3_request"
    text = f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = _hmac(_hmac(_hmac(f"TC3{secret_key}".encode(), day), service), "tc3_request")
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={signature}"


class SmsClient:
    """Sends template messages, one number at a time."""

    def __init__(self, settings: SmsSettings, *, http: httpx.Client, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock

    def send(self, *, phone: str, template_id: str, params: Sequence[str]) -> SmsReceipt:
        """Send one message to a number in E.164 form (+8613800138000). Raises: SmsUnavailable, SmsRefused."""
        settings, now = self._settings, self._clock()
        content = {
            "PhoneNumberSet": [phone],
            "SmsSdkAppId": settings.sdk_app_id,
            "SignName": settings.signature,
            "TemplateId": template_id,
            "TemplateParamSet": list(params),
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        host = httpx.URL(settings.base_url).netloc.decode("ascii")
        signed = {"content-type": CONTENT_TYPE, "host": host, "x-tc-action": ACTION}
        headers = {
            "Authorization": tc3_authorization(
                secret_id=settings.secret_id,
                secret_key=settings.secret_key,
                service=SERVICE,
                headers=signed,
                body=body,
                now=now,
            ),
            "Content-Type": CONTENT_TYPE,
            "Host": host,
            "X-TC-Action": ACTION,
            "X-TC-Region": settings.region,
            "X-TC-Timestamp": str(int(now.timestamp())),
            "X-TC-Version": VERSION,
        }
        return _receipt(self._post(body, headers))

    def _post(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        try:
            answer = self._http.post(
                self._settings.base_url,
                content=body,
                headers=headers,
                timeout=TIMEOUT,
                follow_redirects=False,
            )
        except httpx.HTTPError as error:
            raise SmsUnavailable(type(error).__name__) from error
        if answer.status_code != httpx.codes.OK:
            raise SmsUnavailable(f"the gateway answered {answer.status_code}")
        try:
            content = read_json(answer.content)["Response"]
        except (ValueError, KeyError, TypeError) as error:
            raise SmsUnavailable("the gateway answered no Response") from error
        if not isinstance(content, dict):
            raise SmsUnavailable("the gateway's Response is no object")
        return content


def _receipt(response: Mapping[str, Any]) -> SmsReceipt:
    try:
        if "Error" in response:
            raise _refusal(response["Error"])
        status = response["SendStatusSet"][0]
        if status["Code"] != "Ok":
            raise _refusal(status)
        return SmsReceipt(serial_number=str(status["SerialNo"]))
    except (KeyError, IndexError, TypeError) as error:
        raise SmsUnavailable("the answer tells of no message") from error


def _refusal(told: Mapping[str, Any]) -> SmsError:
    code, message = str(told["Code"]), str(told["Message"])
    if code.startswith(_PASSING_FAULTS):
        return SmsUnavailable(f"{code}: {message}")
    return SmsRefused(code, message)


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
