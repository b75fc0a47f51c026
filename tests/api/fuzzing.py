"""How the API is fuzzed: with which data, as whom, and what every answer must keep to.

Each case is sent to the real application in a savepoint (`taken_back`), so that every one meets the same market and
what one destroys another still finds.
"""

from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from jishi.entry.http.wsgi import application
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.types import StaffRole
from tests.api.document import teachable_document

CONFIG = SchemathesisConfig.from_dict(
    {
        "seed": 20261129,
        "generation": {
            "deterministic": True,
            "max-examples": 5,
            "database": "none",
            "no-shrink": True,  # a case as it was found says enough, and shrinking takes minutes
            # The people below sign in themselves.
            "with-security-parameters": False,
        },
    }
)
# What JSON Schema cannot say, so that a request may keep to the schema and still be malformed: the field that
# is refused, and why. Anything else that is refused must be refused by the schema already.
BEYOND_SCHEMA = {
    "cursor": "opaque: only what a page gave out is one",
    "area_code": "a district that exists",
    "amount": "pieces or an amount, one of the two, and more than nothing",
    "shipping": "each key is a merchant's id",
    "notes": "each key is a merchant's id",
    "lines": "pieces or an amount, one of the two; no SKU or line twice",
    "wish": "what the category asks of a product, and whether its axes and SKUs fit together",
    "carrier": "a carrier of the list",
    "tracking_number": "each carrier's numbers have a form of their own",
    "file": "bytes are a picture or not",
    "address": "the part of a list's address that search understands",
    "columns": "columns that the table has, each with a meaning of its own",
    "blocks": "what each kind of block has, of the merchant's own",
    "name": "what is not blank, and no longer than it may be",
    "edit": "prices or a category, one of the two; a category that goods may lie in",
    "on_at": "ahead, in two years at most, and not of what is on sale",
    "off_at": "ahead, in two years at most, and after `on_at`",
    "pieces": "more than none where they are added",
    "shared_product_id": "what is sold in the product's own category already",
    "media_ids": "pictures of one's own, each once",
    "at": "an instant says how far from UTC it is",
    "starts_at": "an instant says how far from UTC it is",
    "ends_at": "after `starts_at`, within a year, and ahead of what is put in force",
    "effect": "what each kind of promotion needs to be one: tiers that rise, an amount or a share, SKUs of one's own",
    "funders": "the platform's to choose, and they bear all of it",
    "per_buyer_max": "no more than the pieces of a flash sale",
    "worth_minor": "a deposit counts as itself at least, and as less than the price",
    "deposit_minor": "at most a fifth of the price in the end",
    "deposit_from_at": "an instant says how far from UTC it is",
    "deposit_until_at": "after the deposits begin, and ahead",
    "balance_from_at": "once the deposits are over",
    "balance_until_at": "a day after the balances begin, at least",
    "ship_by_at": "after the balances, in half a year at most",
    "product_ids": "products on sale of one's own",
    "costs": "no SKU twice",
    "valid_from": "times with their zone, from and until or neither",
    "valid_days": "days or a time, one of the two",
    "valid_until": "after `valid_from`",
    "claim_until": "after `claim_from`, and ahead of what is to give",
    "spend_minor": "of templates that give for spending, and of no other",
    "stock": "what was given already",
    "budget_minor": "no less than what was spent already",
    "way": "a template that gives by code; what gives goes on giving so",
    "word": "taken already, or not of a shared code",
    "count": "one, for a word",
    "events": "all but a search name their product, and a search none",
}
# Whom the operations are for, and everybody else who has an account: merchants' staff and the platform's, by role.
MEANT = ("visitor", "buyer", "owner")
STAFF = tuple(role for role in StaffRole if role is not StaffRole.OWNER)
OTHERS = (*(role.value for role in STAFF), *(f"platform_{role.value}" for role in PlatformRole))
AnyCase = schemathesis.Case[Any]
HOOKS = "/api/v1/hooks/"
REFUSED = "application/problem+json"
schema = schemathesis.openapi.from_dict(teachable_document(), config=CONFIG)
schema.app = application


def takes_what_the_schema_allows(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: AnyCase
) -> bool | None:
    """Let only rules that a schema cannot state refuse a request that keeps to the schema."""
    if response.status_code == 400 and case.path.startswith(HOOKS):
        return None  # forged: a schema cannot say that a signature is right
    if response.status_code == 415 and case.media_type == "multipart/form-data":
        return None  # bytes are a kind of picture or not
    if response.status_code == 422 and response.json()["field"].split(".")[0] in BEYOND_SCHEMA:
        return None
    return positive_data_acceptance(ctx, response, case)


def refuses_with_reasons(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: AnyCase
) -> bool | None:
    """Every refusal has a code; a malformed request is told its field, a hasty one how long to wait."""
    if response.status_code < 400 or case.path.startswith(HOOKS):
        return None
    problem = response.json()
    assert response.headers["content-type"] == [REFUSED]
    assert problem["status"] == response.status_code
    assert problem["code"] and problem["detail"]
    if response.status_code == 422:
        assert problem["field"]
    if response.status_code == 429:
        assert int(response.headers["retry-after"][0]) > 0
    return None


def swap(case: AnyCase, ids: dict[str, str]) -> None:
    """Put the market's ids where the document's examples stand."""
    case.path_parameters = _swapped(case.path_parameters, ids)
    case.query = _swapped(case.query, ids)
    case.body = _swapped(case.body, ids)


def _swapped(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {ids.get(name, name): _swapped(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [_swapped(one, ids) for one in value]
    return ids.get(value, value) if isinstance(value, str) else value
