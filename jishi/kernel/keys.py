"""The header Idempotency-Key: what a client sends again to repeat a request without doing it twice."""

from typing import Annotated

from ninja import Header

_PATTERN = r"^[A-Za-z0-9._:-]{8,128}$"
_WORDS = "8–128 of A–Z a–z 0–9 . _ : -, one for each {thing}; send it again to repeat a request."

Key = Annotated[
    str,
    Header(
        ...,
        alias="Idempotency-Key",
        pattern=_PATTERN,
        description=_WORDS.format(thing="checkout"),
        examples=["checkout-0198f3a2-7c44"],
    ),
]
OptionalKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=_PATTERN,
        description=_WORDS.format(thing="intention"),
        examples=["parcel-0198f3a2-7c44"],
    ),
]
