"""The OpenAPI document is enough to write a client from: examples that are true, names that are one thing."""

from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import EnumMeta
from typing import Any, get_args, get_origin, get_type_hints

import jsonschema_rs
import pytest
from pydantic import BaseModel

from jishi.entry.http.api import api
from tests.api.document import BASE, document

DOCUMENT = document()
OPERATIONS = {
    f"{method.upper()} {path.removeprefix(BASE)}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}

# Taking away what is not there is no mistake, and a product that nobody reviewed has no reviews.
MISSES_NOTHING = {
    "DELETE store/cart/lines/{line_id}",
    "DELETE store/favourites/{product_id}",
    "DELETE store/flash/items/{flash_item_id}/reminder",
    "DELETE store/follows/{merchant_id}",
    "DELETE store/recommendations/not-interested/{product_id}",
    "GET store/products/{product_id}/reviews",
    "GET store/products/{product_id}/reviews/summary",
    "GET store/texts/{text_code}",
}


def contents(parts: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from parts.get("content", {}).items()


def examples_of(content: dict[str, Any]) -> list[Any]:
    """Return the examples of a body, wherever OpenAPI lets them stand."""
    single = [content["example"]] if "example" in content else []
    named = [one["value"] for one in content.get("examples", {}).values()]
    return single + named + list(content["schema"].get("examples", ()))


def mistakes(schema: dict[str, Any], value: Any) -> list[str]:
    validator = jsonschema_rs.Draft202012Validator(
        {**schema, "components": DOCUMENT["components"]}, validate_formats=True
    )
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(value)]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_body_has_a_true_example(name: str) -> None:
    for media_type, content in contents(OPERATIONS[name].get("requestBody", {})):
        if media_type == "multipart/form-data":
            continue  # a picture is no text; its field and its limits are described
        assert examples_of(content), media_type
        for one in examples_of(content):
            assert mistakes(content["schema"], one) == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_has_a_true_example(name: str) -> None:
    done = {status: answer for status, answer in OPERATIONS[name]["responses"].items() if status < "300"}
    assert done
    for status, answer in done.items():
        assert (status == "204") == ("content" not in answer)
        for media_type, content in contents(answer):
            assert examples_of(content), (status, media_type)
            for one in examples_of(content):
                assert mistakes(content["schema"], one) == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_says_how_it_refuses(name: str) -> None:
    operation = OPERATIONS[name]
    responses = operation["responses"]
    assert {"401", "422", "429"} <= responses.keys()
    assert "{" not in name or name in MISSES_NOTHING or {"404", "409"} & responses.keys()
    assert ("requestBody" in operation) <= ("413" in responses)
    for status, answer in responses.items():
        if status >= "400" and not (name.startswith("POST hooks/") and status == "400"):
            schema = answer["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}, status
    assert operation["summary"] and operation["description"]


def schema_of(name: str, status: str = "200") -> dict[str, Any]:
    found: dict[str, Any] = resolved(
        OPERATIONS[name]["responses"][status]["content"]["application/json"]["schema"]
    )
    return found


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    return DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema


def item_of(name: str) -> dict[str, Any]:
    return resolved(schema_of(name)["properties"]["items"]["items"])


def body_of(name: str) -> dict[str, Any]:
    return resolved(OPERATIONS[name]["requestBody"]["content"]["application/json"]["schema"])


@pytest.mark.parametrize("name", ["GET store/products", "GET store/search"])
def test_a_product_in_a_list_has_what_a_card_shows(name: str) -> None:
    assert {"id", "title", "price", "image", "merchant"} <= set(item_of(name)["required"])


def test_what_is_posted_to_buy_is_small() -> None:
    assert set(body_of("POST store/cart/lines")["properties"]) == {"sku_id", "quantity"}
    assert set(body_of("POST store/trades")["properties"]) == {"quote_id", "expected_total"}
    parameters = OPERATIONS["POST store/trades"]["parameters"]
    assert [(one["name"], one["in"], one["required"]) for one in parameters] == [
        ("Idempotency-Key", "header", True)
    ]


def test_what_a_purchase_answers() -> None:
    quote = schema_of("POST store/quotes", "201")
    assert {"id", "total", "orders", "trace"} <= set(quote["required"])
    order = resolved(quote["properties"]["orders"]["items"])
    assert {"merchant", "lines", "freight", "discounts"} <= set(order["required"])
    assert {"id", "orders", "payment"} <= set(schema_of("POST store/trades", "201")["required"])
    assert {"redirect_url", "qr_code"} <= set(
        schema_of("POST store/trades/{trade_id}/payments", "201")["required"]
    )


def test_money_is_minor_units_and_a_currency() -> None:
    money = DOCUMENT["components"]["schemas"]["Money"]
    assert money["required"] == ["amount_minor", "currency"]
    assert mistakes(money, {"amount_minor": 1250, "currency": "CNY"}) == []
    for wrong in ({"amount_minor": 12.5, "currency": "CNY"}, {"amount_minor": 1, "currency": "¥"}):
        assert mistakes(money, wrong) != []


def test_a_number_that_is_checked_shows_its_bounds() -> None:
    quantity = DOCUMENT["components"]["schemas"]["CartLineWish"]["properties"]["quantity"]
    assert (quantity["type"], quantity["minimum"], quantity["maximum"]) == ("integer", 1, 9_999)


def test_a_problem_has_a_code() -> None:
    assert "code" in DOCUMENT["components"]["schemas"]["Problem"]["required"]


@pytest.mark.parametrize("name", [one for one in OPERATIONS if "Page" in str(OPERATIONS[one]["responses"])])
def test_a_list_is_items_and_a_cursor(name: str) -> None:
    assert set(schema_of(name)["properties"]) == {"items", "next_cursor"}


def test_a_payment_has_the_states_of_a_payment() -> None:
    for answer in ("PaymentSummary", "PaymentStart"):
        status = resolved(DOCUMENT["components"]["schemas"][answer]["properties"]["status"])
        assert {"created", "pending", "late_paid"} <= set(status["enum"])


def shown_types() -> set[type]:
    """Return every dataclass and enum that an operation takes or answers, however deep it stands."""
    found: set[type] = set()
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                for hint in get_type_hints(operation.view_func, include_extras=True).values():
                    _collect(hint, found)
                for model in operation.response_models.values():
                    if isinstance(model, type) and issubclass(model, BaseModel):
                        _collect(model.model_fields["response"].annotation, found)
    return found


def _collect(hint: Any, found: set[type]) -> None:
    for one in (get_origin(hint), *get_args(hint)):
        _collect(one, found) if one is not None else None
    if not isinstance(hint, type) or hint in found:
        return
    if isinstance(hint, EnumMeta):
        found.add(hint)
    elif is_dataclass(hint):
        found.add(hint)
        for field in get_type_hints(hint, include_extras=True).values():
            _collect(field, found)


def test_no_two_types_of_the_document_share_a_name() -> None:
    """They would collapse into one schema, and one of the two would be described wrongly."""
    found = shown_types()
    assert {"Order", "OrderPaymentStatus", "PaymentStatus", "Money"} <= {one.__name__ for one in found}
    kinds: dict[str, list[str]] = {}
    for one in found:
        kinds.setdefault(one.__name__, []).append(f"{one.__module__}.{one.__qualname__}")
    assert {name: sorted(same) for name, same in kinds.items() if len(same) > 1} == {}
