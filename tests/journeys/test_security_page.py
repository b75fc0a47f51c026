"""A buyer secures her account: an authenticator app, recovery codes, and a picture of her own."""

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from simulators.remote_control import Control
from tests.journeys.conftest import PHONE, OpenPage
from tests.journeys.people import PASSWORD, sign_up_by_email

STEP_SECONDS = 30


def code_now(secret: str) -> str:
    """Return what an authenticator app shows for a secret at this moment (RFC 6238)."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // STEP_SECONDS)))


def type_code(page: Page, label: str, button: str, secret: str, done: str) -> None:
    """Type the code of the moment; once more when the moment was over before it arrived."""
    for _ in range(3):
        page.get_by_label(label).fill(code_now(secret))
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_text(done).or_(page.get_by_text("验证码不对")).first).to_be_visible()
        if page.get_by_text(done).first.is_visible():
            return
    raise AssertionError("no code was taken")


def verify_address(page: Page, outside: Control, email: str) -> None:
    """Follow the link in the mail: a second factor needs an address that is one's own."""
    link = re.search(r"/account/verify-email/\S+", outside.messages(email)[0]["text"])
    assert link is not None
    page.goto(link[0])
    expect(page.get_by_text("邮箱已验证")).to_be_visible()


def sign_in_until_the_code(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("邮箱或手机号").fill(email)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="两步验证")).to_be_visible()


def test_an_authenticator_is_enrolled_and_asked_for_at_the_next_sign_in(
    open_page: OpenPage, outside: Control
) -> None:
    page = open_page(viewport=PHONE)
    email = sign_up_by_email(page)
    verify_address(page, outside, email)

    page.goto("/me/security")
    page.get_by_role("button", name="开启", exact=True).click()
    page.get_by_role("dialog").get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="确认", exact=True).click()
    secret = page.get_by_test_id("secret").inner_text().replace(" ", "")
    drawn = page.get_by_role("img", name="验证器应用扫描的二维码")
    assert f"secret={secret}" in (drawn.get_attribute("data-code") or "")
    type_code(page, "6 位验证码", "确认开启", secret, "请保存恢复码")
    recovery_codes = page.get_by_test_id("recovery-codes").get_by_role("listitem").all_inner_texts()
    assert len(recovery_codes) == 10

    phone = open_page(viewport=PHONE)
    sign_in_until_the_code(phone, email)
    type_code(phone, "验证码", "登录", secret, "欢迎回来")

    lost = open_page(viewport=PHONE)
    sign_in_until_the_code(lost, email)
    lost.get_by_label("验证码").fill(recovery_codes[0])
    lost.get_by_role("button", name="登录", exact=True).click()
    expect(lost.get_by_text("欢迎回来")).to_be_visible()

    page.reload()
    expect(page.get_by_text("还有 9 个恢复码没有用过")).to_be_visible()
    page.get_by_role("button", name="退出其他设备").click()
    expect(page.get_by_text("已让 2 台设备退出登录")).to_be_visible()
    lost.goto("/me")
    expect(lost.get_by_role("main").get_by_role("link", name="登录", exact=True)).to_be_visible()
