"""Just enough of PromQL to run our own rules: two scrapes of a market, a while apart, and an expression.

`rate` and `increase` see one step between the two scrapes, whatever their range says. What it does not know, it
refuses, so that no rule goes untested in silence.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import promql_parser as promql
from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]
COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
}
COMPUTE: Mapping[str, Callable[[float, float], float]] = {
    "/": lambda a, b: a / b if b else float("nan"),
    "*": lambda a, b: a * b,
}
REDUCE: Mapping[str, Callable[[Iterable[float]], float]] = {"sum": sum, "max": max, "min": min}


@dataclass(frozen=True, slots=True)
class Scrapes:
    """All series of a market before and after `seconds`, by name and labels."""

    before: dict[tuple[str, Labels], float]
    after: dict[tuple[str, Labels], float]
    seconds: float

    @classmethod
    def of(cls, before: str, after: str, seconds: float) -> "Scrapes":
        """Read two answers of /metrics; Prometheus adds where they come from."""
        return cls(_series(before), _series(after), seconds)


def _series(text: str) -> dict[tuple[str, Labels], float]:
    found = {("up", frozenset({("job", "jishi"), ("instance", "one")})): 1.0}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = {**sample.labels, "job": sample.labels.get("job", "jishi"), "instance": "one"}
            found[sample.name, frozenset(labels.items())] = sample.value
    return found


def fires(expression: str, scrapes: Scrapes) -> Vector:
    """Return what an alert's expression finds: empty means that all is well."""
    return _vector(promql.parse(expression), scrapes)


def names(expression: str) -> set[str]:
    """Return the names of all series that an expression reads. Raises: ValueError when it is no PromQL."""
    found = set(re.findall(r"(?<![\w{$\"])((?:jishi_\w+|up)(?=[\s{\[)]|$))", str(promql.parse(expression))))
    if not found:
        raise ValueError(f"{expression} reads nothing")
    return found


def _vector(node: Any, scrapes: Scrapes) -> Vector:
    match node:
        case promql.ParenExpr():
            return _vector(node.expr, scrapes)
        case promql.VectorSelector():
            return _selected(node, scrapes.after)
        case promql.AggregateExpr():
            return _aggregate(node, scrapes)
        case promql.Call():
            return _call(node, scrapes)
        case promql.BinaryExpr():
            return _binary(node, scrapes)
    raise NotImplementedError(f"{type(node).__name__}: {node}")


def _selected(selector: Any, series: Mapping[tuple[str, Labels], float]) -> Vector:
    return {
        labels: value
        for (name, labels), value in series.items()
        if name == selector.name and all(_matches(one, dict(labels)) for one in selector.matchers.matchers)
    }


def _matches(matcher: Any, labels: Mapping[str, str]) -> bool:
    value = labels.get(matcher.name, "")
    match str(matcher.op).rpartition(".")[2]:
        case "Equal":
            return bool(value == matcher.value)
        case "NotEqual":
            return bool(value != matcher.value)
        case "Re":
            return re.fullmatch(matcher.value, value) is not None
        case "NotRe":
            return re.fullmatch(matcher.value, value) is None
    raise NotImplementedError(str(matcher.op))


def _aggregate(node: Any, scrapes: Scrapes) -> Vector:
    kept = set(node.modifier.labels) if node.modifier else set()
    groups: dict[Labels, list[float]] = {}
    for labels, value in _vector(node.expr, scrapes).items():
        groups.setdefault(frozenset(pair for pair in labels if pair[0] in kept), []).append(value)
    return {labels: REDUCE[str(node.op)](values) for labels, values in groups.items()}


def _call(node: Any, scrapes: Scrapes) -> Vector:
    if node.func.name == "histogram_quantile":
        return _quantile(node.args[0].val, _vector(node.args[1], scrapes))
    selector = node.args[0].vector_selector
    now, past = _selected(selector, scrapes.after), _selected(selector, scrapes.before)
    divisor = {"rate": scrapes.seconds, "increase": 1.0}[node.func.name]
    return {labels: (value - past.get(labels, 0.0)) / divisor for labels, value in now.items()}


def _quantile(wanted: float, buckets: Vector) -> Vector:
    """Return the upper bound of the bucket that holds the quantile."""
    groups: dict[Labels, list[tuple[float, float]]] = {}
    for labels, count in buckets.items():
        bound = float(dict(labels)["le"])
        groups.setdefault(frozenset(pair for pair in labels if pair[0] != "le"), []).append((bound, count))
    found: Vector = {}
    for labels, pairs in groups.items():
        pairs.sort()
        if total := pairs[-1][1]:
            found[labels] = next(bound for bound, count in pairs if count >= wanted * total)
    return found


def _binary(node: Any, scrapes: Scrapes) -> Vector:
    operator = str(node.op)
    left = _vector(node.lhs, scrapes)
    if isinstance(node.rhs, promql.NumberLiteral):
        right = dict.fromkeys(left, float(node.rhs.val))
    else:
        right = _vector(node.rhs, scrapes)
    both = {labels: (value, right[labels]) for labels, value in left.items() if labels in right}
    if operator in COMPARE:
        return {labels: pair[0] for labels, pair in both.items() if COMPARE[operator](*pair)}
    return {labels: COMPUTE[operator](*pair) for labels, pair in both.items()}
