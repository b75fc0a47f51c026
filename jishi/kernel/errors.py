"""One error tree. A `ShopError` is something a client did or met; it is rendered once, as problem+json.

Define a subclass beside the function that raises it. `ProgrammingError` is ours to fix and becomes a 500.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from jishi.kernel.words import Text


class ProgrammingError(Exception):
    """A caller broke a rule of the code; never the fault of a client."""


class ShopError(Exception):
    """The root of everything a client is told.

    Subclasses set `code` (stable, snake_case), `status` (HTTP) and `message` (zh/en; `{names}` from data).
    `data` holds JSON-ready values or public dataclasses, sent as the member `data` of the problem.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    message: ClassVar[Text] = Text(zh="请求无法完成", en="The request could not be completed")

    def __init__(self, **data: Any) -> None:
        super().__init__(self.code)
        self.data: Mapping[str, Any] = data

    def detail(self, language: str) -> str:
        """Return the message in `language` (`zh` or `en`) with its data filled in."""
        return self.message.of(language).format_map(self.data)


class Invalid(ShopError):
    """Malformed input that the schema could not catch; `field` names it."""

    code = "invalid"
    status = 422
    message = Text(zh="填写有误:{field}", en="Not valid: {field}")


class SignInNeeded(ShopError):
    code = "sign_in_needed"
    status = 401
    message = Text(zh="请先登录", en="Please sign in first")


class NotAllowed(ShopError):
    code = "not_allowed"
    status = 403
    message = Text(zh="没有权限进行此操作", en="You may not do this")


class NotFound(ShopError):
    """Missing, or not yours: the two look alike on purpose."""

    code = "not_found"
    status = 404
    message = Text(zh="没有找到", en="Not found")


class Conflict(ShopError):
    code = "conflict"
    status = 409
    message = Text(zh="状态已变化,请刷新后再试", en="Something has changed; please reload and try again")


class TooFast(ShopError):
    """Rate limited; `retry_after_seconds` becomes the header Retry-After."""

    code = "too_fast"
    status = 429
    message = Text(
        zh="操作太快,请在 {retry_after_seconds} 秒后再试", en="Too fast; try again in {retry_after_seconds} s"
    )


class TooLarge(ShopError):
    code = "too_large"
    status = 413
    message = Text(zh="文件太大", en="The upload is too large")
