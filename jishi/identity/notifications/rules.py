"""The words of mails, in both languages, as plain text and as a small page."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from jishi.identity.notifications.types import MailTemplate, News, Written
from jishi.kernel.words import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail's words; `{names}` are filled in. `highlight` is the one thing to read or press."""

    subject: Text
    body: Text
    highlight: str


_IGNORE = Text(
    zh="如果这不是您本人的操作,请忽略本邮件。", en="If this was not you, there is nothing you need to do."
)
_SIGNATURE = Text(zh="集市 Jishi", en="Jishi 集市")

LETTERS: Mapping[MailTemplate, Letter] = {
    MailTemplate.VERIFY_EMAIL: Letter(
        subject=Text(zh="请验证您的邮箱", en="Please verify your e-mail address"),
        body=Text(
            zh="欢迎来到集市!点开下面的链接即可验证邮箱。不验证也可以正常购物,但忘记密码时需要它。",
            en="Welcome to Jishi! Follow the link to verify your address. You can shop without it, but you "
            "will need it if you ever forget your password.",
        ),
        highlight="url",
    ),
    MailTemplate.SIGN_IN_CODE: Letter(
        subject=Text(zh="登录验证码", en="Your sign-in code"),
        body=Text(
            zh="您的登录验证码如下,{minutes} 分钟内有效,请勿告诉他人。",
            en="Here is your sign-in code. It holds for {minutes} minutes; please tell nobody.",
        ),
        highlight="code",
    ),
    MailTemplate.PASSWORD_CODE: Letter(
        subject=Text(zh="重置密码验证码", en="Your code for a new password"),
        body=Text(
            zh="用下面的验证码设置新密码,{minutes} 分钟内有效,请勿告诉他人。",
            en="Choose a new password with this code. It holds for {minutes} minutes; please tell nobody.",
        ),
        highlight="code",
    ),
    MailTemplate.ACCOUNT_EXISTS: Letter(
        subject=Text(zh="您已经有集市账号", en="You already have an account"),
        body=Text(
            zh="有人用这个邮箱注册集市,而您已经有账号了。直接登录,或在这里找回密码:",
            en="Somebody tried to sign up with this address, which has an account already. Sign in, or "
            "choose a new password here:",
        ),
        highlight="url",
    ),
    MailTemplate.ACCOUNT_UNKNOWN: Letter(
        subject=Text(zh="该邮箱还没有集市账号", en="There is no account for this address"),
        body=Text(
            zh="有人想用这个邮箱登录集市,但它还没有账号。您可以在这里注册:",
            en="Somebody tried to sign in with this address, which has no account yet. Sign up here:",
        ),
        highlight="url",
    ),
    MailTemplate.SHIPPED: Letter(
        subject=Text(zh="您的订单已发货", en="Your order is on its way"),
        body=Text(
            zh="订单 {number} 已发货,快递单号 {tracking}。在这里查看物流:",
            en="Order {number} was sent; its tracking number is {tracking}. Follow it here:",
        ),
        highlight="url",
    ),
    MailTemplate.REFUNDED: Letter(
        subject=Text(zh="退款已退回", en="Your refund is on its way"),
        body=Text(
            zh="订单 {number} 已退款 {amount} 元,款项将原路退回。查看订单:",
            en="{amount} yuan of order {number} were refunded the way you paid. See the order:",
        ),
        highlight="url",
    ),
    MailTemplate.FOUND: Letter(
        subject=Text(zh="您保存的搜索有新商品", en="Something new for your saved searches"),
        body=Text(
            zh="您保存的搜索{names}有 {count} 件新上架的商品。在这里查看,也可以关闭提醒:",
            en="{count} new in your saved searches {names}. See them, or turn these messages off, here:",
        ),
        highlight="url",
    ),
    MailTemplate.FLASH: Letter(
        subject=Text(zh="秒杀即将开始", en="Your flash sale starts soon"),
        body=Text(
            zh="您设置了提醒的{names}将于 {time}(北京时间)开抢,数量有限:",
            en="{names}: the flash sale that you wait for starts at {time} (China time). There are few pieces:",
        ),
        highlight="url",
    ),
    MailTemplate.COUPON_GIVEN: Letter(
        subject=Text(zh="您收到一张优惠券", en="A coupon for you"),
        body=Text(
            zh="您收到优惠券“{name}”,可在“我的优惠券”查看:",
            en="You have been given the coupon “{name}”. See your coupons here:",
        ),
        highlight="url",
    ),
    MailTemplate.COUPON_ENDING: Letter(
        subject=Text(zh="您的优惠券即将到期", en="Your coupons end soon"),
        body=Text(
            zh="您有 {count} 张优惠券即将到期,包括“{name}”。可在个人资料关闭此提醒。查看优惠券:",
            en="{count} of your coupons end soon, “{name}” among them. These reminders can be turned off in "
            "your profile. See your coupons:",
        ),
        highlight="url",
    ),
    MailTemplate.BALANCE_DUE: Letter(
        subject=Text(zh="您的预售订单可以付尾款了", en="The balance of your pre-sale order is due"),
        body=Text(
            zh="您的预售订单 {number} 可以支付尾款 {amount} 元了,请在 {time}(北京时间)前付清,逾期订单会关闭:",
            en="The balance of your order {number}, {amount} CNY, can be paid now. Pay it before {time} (China "
            "time), or the order closes:",
        ),
        highlight="url",
    ),
    MailTemplate.BALANCE_ENDING: Letter(
        subject=Text(zh="尾款支付即将截止", en="The time for your balance ends soon"),
        body=Text(
            zh="您的预售订单 {number} 还有尾款 {amount} 元未付,{time}(北京时间)截止,逾期订单会关闭:",
            en="The balance of your order {number}, {amount} CNY, is not paid yet. Its time ends at {time} (China "
            "time), and the order closes then:",
        ),
        highlight="url",
    ),
}

# What a text message of some news says, in the order of its template.
SMS_PARAMS: Mapping[News, tuple[str, ...]] = {
    News.SHIPPED: ("number", "tracking"),
    News.REFUNDED: ("number", "amount"),
    News.FOUND: ("names", "count"),
    News.FLASH: ("names", "time"),
    News.COUPON_GIVEN: ("name",),
    News.COUPON_ENDING: ("name", "count"),
    News.BALANCE_DUE: ("number", "amount", "time"),
    News.BALANCE_ENDING: ("number", "amount", "time"),
}


def write(template: MailTemplate, params: Mapping[str, str], *, language: str) -> Written:
    """Return the mail in `language`, with `params` filled in."""
    letter = LETTERS[template]
    body = letter.body.of(language).format_map(params)
    highlight = params[letter.highlight]
    ignore, signature = _IGNORE.of(language), _SIGNATURE.of(language)
    return Written(
        subject=letter.subject.of(language),
        text=f"{body}\n\n{highlight}\n\n{ignore}\n\n{signature}\n",
        html=_page(body, _shown(letter.highlight, highlight), ignore, signature),
    )


def _shown(kind: str, value: str) -> str:
    if kind == "url":
        return f'<a href="{escape(value)}" style="color:#E2412E;word-break:break-all">{escape(value)}</a>'
    style = "font-size:32px;letter-spacing:8px;font-weight:600;color:#1F2328"
    return f'<span style="{style}">{escape(value)}</span>'


def _page(body: str, highlight: str, ignore: str, signature: str) -> str:
    frame = (
        "max-width:480px;margin:0 auto;padding:32px 24px;font-family:sans-serif;line-height:1.6;color:#1F2328"
    )
    small = "font-size:13px;color:#6B7280"
    return (
        f'<div style="{frame}"><p>{escape(body)}</p><p style="padding:16px 0">{highlight}</p>'
        f'<p style="{small}">{escape(ignore)}</p><p style="{small}">{escape(signature)}</p></div>'
    )
