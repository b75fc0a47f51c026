"""Logs: one JSON object a line, with the request's or job's id, without personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_HIDDEN_KEYS = re.compile(
    r"phone|mobile|e?mail|password|passwd|secret|token|ticket|cookie|authorization|address|recipient|"
    r"full_?name|real_?name|id_?card|bank|captcha|(?:sms|mail|login|verif\w*|pick_?up)_?code|session",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?P<phone>(?<![\w.-])(?:\+?86)?1[3-9]\d{9}(?![\w.-]))|"
    r"(?P<id>(?<![\w-])[1-9]\d{16}[\dXx](?![\w-]))"
)
HIDDEN = "[hidden]"


def without_personal_data(text: str) -> str:
    """Return `text` with mail addresses, mobile numbers and identity numbers of people replaced."""
    return _PERSONAL.sub(lambda found: f"[{found.lastgroup}]", text)


def configure(level: str = "INFO") -> None:
    """Send structlog and the standard library's logging to stderr as JSON lines; call once per process."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            hide_personal_data,  # here already, for handlers that are not ours
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                hide_personal_data,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in (
        "procrastinate",
        "httpx",
        "httpcore",
    ):  # a line for every job; addresses with their queries
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def hide_personal_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace values under telling names and whatever looks like a person's number or mail address."""
    return {key: value if key == "exc_info" else _hidden(key, value) for key, value in event.items()}


def _hidden(key: str, value: Any) -> Any:
    if key not in {"event", "exception"} and _HIDDEN_KEYS.search(key):
        return HIDDEN
    if isinstance(value, str):
        return without_personal_data(value)
    if isinstance(value, dict | MutableMapping):
        return {str(inner): _hidden(str(inner), one) for inner, one in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden("", one) for one in value]
    return value
