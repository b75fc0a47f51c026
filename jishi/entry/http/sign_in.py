"""How allauth meets the shop: who is made at sign-up, how codes and mails leave, what comes along."""

import re
import secrets
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.fields import PhoneField
from allauth.core.exceptions import ImmediateHttpResponse, RateLimited
from allauth.headless.base.response import ConflictResponse, RateLimitResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from jishi.entry.http.middleware import VISITOR_COOKIE, network_of
from jishi.entry.http.problems import problem
from jishi.entry.http.security import ALLAUTH
from jishi.identity import authenticators
from jishi.identity.accounts import queries, services
from jishi.identity.accounts.events import AccountOpened
from jishi.identity.notifications import services as notifications
from jishi.identity.notifications.types import MailTemplate, SmsTemplate
from jishi.kernel import rate_limit
from jishi.kernel.db import atomic
from jishi.kernel.errors import Invalid, ShopError
from jishi.kernel.http import StoreRequest
from jishi.kernel.ids import UserId
from jishi.kernel.outbox import publish
from jishi.kernel.words import Text

View = Callable[[HttpRequest], HttpResponse]

RETRY_AFTER_SECONDS = 60  # allauth does not say; the shortest of its windows that matter here
WRONG_CODE = Text(
    zh="验证码不对,请核对最新一条消息里的数字", en="This code is not right; look at the latest message"
)
SECOND_FACTOR_REFUSALS = {
    "incorrect_code": Text(
        zh="验证码不对,请输入验证器应用此刻显示的数字,或一个没有用过的恢复码",
        en="This code is not right; type what your authenticator shows now, or a recovery code not used before",
    ),
    "unverified_email": Text(
        zh="请先验证您的邮箱,再开启两步验证", en="Verify your e-mail address before you turn this on"
    ),
    "add_email_blocked": Text(
        zh="开启两步验证后不能添加邮箱,请先关闭两步验证",
        en="No address can be added while two-step sign-in is on; turn it off first",
    ),
    "cannot_generate_recovery_codes": Text(zh="还没有开启两步验证", en="Two-step sign-in is not turned on"),
}
FIRST_NAMES = {"zh": "集市用户", "en": "Shopper"}
MAILS = {
    "account/email/login_code": MailTemplate.SIGN_IN_CODE,
    "account/email/password_reset_code": MailTemplate.PASSWORD_CODE,
    "account/email/email_confirmation": MailTemplate.VERIFY_EMAIL,
    "account/email/email_confirmation_signup": MailTemplate.VERIFY_EMAIL,
    "account/email/account_already_exists": MailTemplate.ACCOUNT_EXISTS,
    "account/email/unknown_account": MailTemplate.ACCOUNT_UNKNOWN,
}
# allauth's sign-in form insists on +86 before it asks the adapter; clean_phone decides what a phone is.
PhoneField.e164_validator.regex = re.compile(r".")


def display_name(user: Any) -> str:
    """Return what allauth calls somebody."""
    return str(user.nickname)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's questions, answered by the accounts context."""

    request: StoreRequest

    def new_user(self, request: StoreRequest) -> Any:
        """Return somebody new with a friendly name to change later."""
        number = secrets.randbelow(9000) + 1000
        return services.unsaved_user(
            nickname=f"{FIRST_NAMES[request.language]} {number}", language=request.language, now=request.now
        )

    def get_client_ip(self, request: StoreRequest) -> str:
        """Return the client behind our own edge, as limits count."""
        return network_of(request.client_ip)

    def login(self, request: StoreRequest, user: Any) -> None:
        """Sign somebody in, and bring along what he put into the cart and looked at before."""
        super().login(request, user)
        if VISITOR_COOKIE in request.COOKIES:
            from jishi.discovery.behaviour.services import merge as merge_behaviour
            from jishi.discovery.interests.services import merge_views
            from jishi.discovery.recommendations.services import merge_refusals
            from jishi.discovery.recommendations.services_measured import carry_arm
            from jishi.discovery.searches import services as searches
            from jishi.trade.checkout.services import merge_cart

            merge_cart(visitor=request.visitor, buyer=UserId(user.pk), now=request.now)
            merge_views(visitor=request.visitor, buyer=UserId(user.pk))
            merge_behaviour(visitor=request.visitor, buyer=UserId(user.pk), now=request.now)
            searches.merge(visitor=request.visitor, buyer=UserId(user.pk))
            merge_refusals(visitor=request.visitor, buyer=UserId(user.pk))
            carry_arm(visitor=request.visitor, buyer=UserId(user.pk), now=request.now)

    def post_login(self, request: StoreRequest, user: Any, *, signup: bool, **also: Any) -> Any:
        """Tell that an account was opened when this is its first sign-in."""
        if signup:
            from jishi.offering.coupons.queries_device import device_of

            device = tuple(one.hex() for one in device_of(request.visitor))
            with atomic():
                publish(AccountOpened(user_id=UserId(user.pk), device=device, occurred_at=request.now))
        return super().post_login(request, user, signup=signup, **also)

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Turn too many attempts, which allauth calls malformed, into 429."""
        if code == "too_many_login_attempts":
            raise RateLimited
        if code == "incorrect_code":
            return ValidationError(WRONG_CODE.of(self.request.language), code=code)
        error: ValidationError = super().validation_error(code, *args)
        return error

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures of a phone under that phone; allauth would put all phones together."""
        login = credentials.get("email") or credentials.get("phone") or credentials.get("username") or ""
        return f"{request.get_host()}:{login.lower()}"

    # -- phones ------------------------------------------------------------------------------------------

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        """Return the field for a phone as people write it."""
        return PhoneField(validators=[], **kwargs)

    def clean_phone(self, phone: str) -> str:
        """Return a phone as E.164. Raises: ValidationError."""
        try:
            return queries.normal_phone(phone)
        except Invalid:
            raise ValidationError(
                PhoneField.e164_validator.message, code=PhoneField.e164_validator.code
            ) from None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        """Keep a phone: typed, or proven."""
        if verified:
            self.set_phone_verified(user, phone)
        else:
            services.note_typed_phone(user, phone)

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        """Return somebody's phone and whether it is proven."""
        return queries.phone_of(user)

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Give somebody the phone whose code he typed, unless another was faster."""
        try:
            services.prove_phone(user, phone)
        except services.PhoneTaken:
            raise ImmediateHttpResponse(ConflictResponse(self.request)) from None

    def get_user_by_phone(self, phone: str) -> Any:
        """Return whose proven phone this is."""
        return queries.user_of_phone(phone)

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **_: Any) -> None:  # noqa: ARG002 - allauth's
        """Send a code."""
        minutes = str(account_settings.PHONE_VERIFICATION_TIMEOUT // 60)
        self._send_sms(phone, SmsTemplate.CODE, [code, minutes])

    def send_unknown_account_sms(self, phone: str, **_: Any) -> None:
        """Tell somebody who wants to sign in that he has no account yet."""
        self._send_sms(phone, SmsTemplate.ACCOUNT_UNKNOWN, [])

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Tell somebody who signs up that he has an account."""
        self._send_sms(phone, SmsTemplate.ACCOUNT_EXISTS, [])

    def _send_sms(self, phone: str, template: SmsTemplate, params: list[str]) -> None:
        # Whatever door asks: nobody's phone is flooded. (allauth does not count codes sent again.)
        rate_limit.take("sms", phone, **settings.SMS_RATE, now=self.request.now)
        notifications.send_sms(phone=phone, template=template, params=params, now=self.request.now)

    # -- mails -------------------------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of allauth's mails in our words."""
        notifications.send_mail(
            to=email,
            template=MAILS[template_prefix],
            params=_words_of(template_prefix, context),
            language=self.request.language,
        )

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """Send the link that verifies an address; a mail server that is away keeps nobody from buying."""
        try:
            super().send_confirmation_mail(request, emailconfirmation, signup)
        except notifications.NotSent:
            # Logged where it happened; the link can be asked for again in the account's settings.
            return


def _words_of(template_prefix: str, context: dict[str, Any]) -> dict[str, str]:
    if "code" in context:
        seconds = (
            account_settings.PASSWORD_RESET_BY_CODE_TIMEOUT
            if "password_reset" in template_prefix
            else account_settings.LOGIN_BY_CODE_TIMEOUT
        )
        return {"code": str(context["code"]), "minutes": str(seconds // 60)}
    link = str(context.get("activate_url") or context.get("password_reset_url") or context["signup_url"])
    return {"url": _of_the_shop(link)}


def _of_the_shop(link: str) -> str:
    """Return a link with the shop's own address: allauth takes what the request says of its host, port and all."""
    found = urlsplit(link)
    return f"{settings.ENV.public_url}{urlunsplit(('', '', found.path, found.query, ''))}"


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: secrets sealed like every other secret, refusals in our words."""

    request: StoreRequest

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Say in the reader's language what is wrong."""
        if code in SECOND_FACTOR_REFUSALS:
            return ValidationError(SECOND_FACTOR_REFUSALS[code].of(self.request.language), code=code)
        error: ValidationError = super().validation_error(code, *args)
        return error

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return authenticators.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return authenticators.unseal(encrypted_text)


def refusals(get_response: View) -> View:
    """Answer what allauth lets fall: its limits become 429 with Retry-After, our errors problems."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
        return response

    middleware.process_exception = _answer  # type: ignore[attr-defined]
    return middleware


def _answer(request: HttpRequest, error: Exception) -> HttpResponse | None:
    if not request.path.startswith(ALLAUTH):
        return None
    if isinstance(error, RateLimited):
        return cast(HttpResponse, RateLimitResponse(request))
    return problem(request, error) if isinstance(error, ShopError) else None
