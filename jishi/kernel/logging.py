"""Logs: one JSON object a line, with its process and the trace it belongs to, without personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from jishi.kernel import trace
from jishi.kernel.ids import new_id

_HIDDEN_KEYS = re.compile(
    r"phone|mobile|e?mail|password|passwd|secret|token|ticket|cookie|authorization|address|recipient|"
    r"full_?name|real_?name|id_?card|bank|captcha|account_?(?:number|name|holder)|(?:sms|mail|login|verif\w*|pick_?up)_?code|session",
    re.IGNORECASE,
)
# Each alternative begins where no other of its kind can have begun: a long line is read once, not once a letter.
_PERSONAL = re.compile(
    r"(?P<mail>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?P<phone>(?<![\w.-])(?:\+?86)?1[3-9]\d{9}(?![\w.-]))|"
    r"(?P<id>(?<![\w-])[1-9]\d{16}[\dXx](?![\w-]))|(?P<card>(?<![\w-])[3-6]\d{15,18}(?![\w-]))"
)
# Where PostgreSQL's errors quote the values of a statement, which may have lines of their own: until its next word,
# the next exception, or the end.
_LABEL = r"(?:DETAIL|CONTEXT|QUERY|HINT|LINE \d+)"
_QUOTED = re.compile(
    rf"(?:^(?P<what>{_LABEL})|(?P<input>invalid input [\w ]{{1,60}})):(?s:.*?)"
    rf"(?=\n{_LABEL}:|\n\n(?:The above exception|During handling)|\Z)",
    re.MULTILINE,
)
HIDDEN = "[hidden]"


def without_personal_data(text: str) -> str:
    """Return `text` with mail addresses and numbers of people replaced, and what PostgreSQL quotes of a row."""
    safe = _QUOTED.sub(lambda found: f"{found['what'] or found['input']}: {HIDDEN}", text)
    return _PERSONAL.sub(lambda found: f"[{found.lastgroup}]", safe)


def introduce(process: str) -> None:
    """Name this process in its lines from now on; what belongs to no request or job carries its own trace."""
    _process.update(process=process, trace_id=new_id().hex)


def process_name() -> str:
    """Return what this process was introduced as."""
    return _process["process"]


_process = {"process": "command", "trace_id": new_id().hex}


def configure(level: str = "INFO") -> None:
    """Send structlog and the standard library's logging to stderr as JSON lines; call once per process."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _name_work,
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
    handler.addFilter(_is_not_told_by_us)
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


def _name_work(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Say which process speaks, and in which trace."""
    span = trace.current()
    event.setdefault("process", _process["process"])
    event.setdefault("trace_id", span.trace_id if span else _process["trace_id"])
    return event


def _is_not_told_by_us(record: logging.LogRecord) -> bool:
    """Drop procrastinate's lines about failed jobs: they quote all arguments. The runner tells of them."""
    return getattr(record, "action", "") not in {"job_error", "job_error_retry"}


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
