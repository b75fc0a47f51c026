"""The text that Alipay signs: sorted pairs in requests and callbacks, the raw JSON of the node in answers."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from jishi.kernel.foreign import has_unstorable
from jishi.money.payments.channels.signing import is_signed
from jishi.money.payments.channels.types import BadSignature, Malformed, UnverifiedAnswer


def pairs_text(fields: Mapping[str, str]) -> str:
    """Join the pairs in the order of their names, as Alipay signs them."""
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields))


def form_fields(body: bytes) -> dict[str, str]:
    """Read a form-encoded callback strictly: UTF-8, no name twice. Raises: Malformed."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=200,
        )
    except ValueError as error:  # UnicodeDecodeError is one too
        raise Malformed("not a form") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("a name occurs twice")
    if has_unstorable(fields):
        raise Malformed("control characters")
    return fields


def check_fields(key: RSAPublicKey, fields: Mapping[str, str]) -> None:
    """Check the signature of a callback or return; `sign` and `sign_type` are not part of what is signed.

    Raises: Malformed, BadSignature.
    """
    if "sign" not in fields or fields.get("sign_type", "RSA2") != "RSA2":
        raise Malformed("no RSA2 signature")
    signed = {name: value for name, value in fields.items() if name not in ("sign", "sign_type")}
    if not is_signed(key, pairs_text(signed), fields["sign"]):
        raise BadSignature("the signature is not Alipay's")


_BLANKS = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, slots=True)
class _Member:
    value: object
    raw: str


def _members(text: str) -> dict[str, _Member]:
    """Split a JSON object into its members, each with its text exactly as sent. Raises: ValueError."""
    decoder = json.JSONDecoder()
    at = _skip(text, 0)
    if text[at : at + 1] != "{":
        raise ValueError("not an object")
    members: dict[str, _Member] = {}
    at = _skip(text, at + 1)
    while text[at : at + 1] == '"':
        name, at = decoder.raw_decode(text, at)
        at = _skip(text, at)
        if text[at : at + 1] != ":" or name in members:
            raise ValueError("not a member, or one twice")
        start = _skip(text, at + 1)
        value, at = decoder.raw_decode(text, start)
        members[name] = _Member(value, text[start:at])
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
    if text[at:].strip() != "}":
        raise ValueError("not closed")
    return members


def _skip(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def answer_node(key: RSAPublicKey, method: str, text: str) -> dict[str, object]:
    """Return the verified node of an answer to `method`: what is returned is exactly what was signed.

    Raises: UnverifiedAnswer.
    """
    try:
        members = _members(text)
    except (ValueError, RecursionError) as error:
        raise UnverifiedAnswer(f"{method}: not JSON") from error
    node = members.get(f"{method.replace('.', '_')}_response") or members.get("error_response")
    signature = members.get("sign")
    if node is None or not isinstance(node.value, dict):
        raise UnverifiedAnswer(f"{method}: no answer in the answer")
    if signature is None or not isinstance(signature.value, str):
        raise UnverifiedAnswer(f"{method}: not signed, {node.value.get('code')} {node.value.get('sub_code')}")
    if not is_signed(key, node.raw, signature.value):
        raise UnverifiedAnswer(f"{method}: the signature is not Alipay's")
    if has_unstorable(node.value):
        raise UnverifiedAnswer(f"{method}: control characters")
    return node.value
