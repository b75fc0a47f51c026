"""What an order asks of PostgreSQL, taken from the code while it places one, as scripts for pgbench.

Run as a program of its own in a market's environment: it places an order for each buyer through the WSGI
application, notes the statements with their values, and prints one script a buyer. In a script each value that
the order made for itself (an id, a number) is made anew each time, so that the same order can be placed again
and again; everything else is what the order sent. Statements are prepared, as the market's own are.
"""

import io
import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

# What an order makes for itself: ids (UUIDv7, newer than the order's begin), their short form, order numbers.
_MADE = re.compile(
    r"(?P<id>\b[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}\b)"
    r"|(?P<short>\b[0-9A-V]{26}(?=\d\d\b|\b))"
    r'|(?<="number":")(?P<number>\d{15})(?=")'
)
_ANEW = {
    "id": "uuidv7()::text",
    "short": "upper(substr(md5(random()::text), 1, 26))",
    "number": "lpad((random() * 999999999999999)::bigint::text, 15, '0')",
}
_PLACE = re.compile(r"%%|%s|%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it was sent, and the transaction it belongs to; None for one of its own."""

    sql: str
    values: Any
    transaction: object | None


@dataclass(slots=True)
class Script:
    """A script that grows: its lines, its constants, and what is made anew for each run."""

    since_ms: int
    statements: int = 0
    lines: list[str] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)  # a value of the order -> its name in the script
    kinds: dict[str, str] = field(default_factory=dict)
    computed: dict[str, str] = field(default_factory=dict)

    def add(self, sql: str, values: Any) -> None:
        """Add a statement; its values become variables."""
        self.statements += 1
        given = iter(values if isinstance(values, (list, tuple)) else ())

        def variable(found: re.Match[str]) -> str:
            if found.group() == "%%":
                return "%"
            return self._variable(values[found.group(1)] if found.group(1) else next(given))

        self.lines.append(" ".join(_PLACE.sub(variable, sql).split()) + ";")

    def _variable(self, value: Any) -> str:
        """Return what stands in a statement for a value: a number as it is, all else a variable and its type."""
        if value is None or isinstance(value, (bool, int)):
            return str(value).lower() if value is not None else "NULL"
        text, type_name = _as_sent(value)
        cast = f"::{type_name}" if type_name else ""
        pieces = self._pieces(text)
        if len(pieces) == 1:
            return f"{pieces[0]}{cast}"
        name = f"v{len(self.computed)}"
        self.computed[name] = " || ".join(pieces)
        return f":{name}{cast}"

    def _pieces(self, text: str) -> list[str]:
        """Cut a text at what the order made: constants and made values in turn."""
        pieces: list[str] = []
        at = 0
        for found in _MADE.finditer(text):
            kind, value = str(found.lastgroup), found.group().replace("-", "")
            if kind == "id" and int(value[:12], 16) < self.since_ms:
                continue
            name = self.made.setdefault(value, f"m{len(self.made)}")
            self.kinds[name] = kind
            pieces += [self._constant(text[at : found.start()]), name]
            at = found.end()
        return [*pieces, self._constant(text[at:])]

    def _constant(self, text: str) -> str:
        """Keep a text apart: pgbench would find variables in one that stands in the script."""
        if not text:
            return "''"
        name = f"c{len(self.constants)}"
        self.constants[name] = text
        return f":{name}"

    def text(self) -> str:
        """Return the whole script."""
        made = ", ".join(f"{_ANEW[kind]} AS {name}" for name, kind in self.kinds.items())
        computed = ", ".join(f"{expression} AS {name}" for name, expression in self.computed.items())
        return "\n".join([f"SELECT {computed} FROM (SELECT {made}) AS made \\gset", *self.lines, ""])


def script_of(statements: Sequence[Statement], *, since_ms: int) -> Script:
    """Return the script of one order."""
    script = Script(since_ms=since_ms)
    open_transaction: object | None = None
    for one in statements:
        if one.transaction is not open_transaction:
            if open_transaction is not None:
                script.lines.append("COMMIT;")
            if one.transaction is not None:
                script.lines.append("BEGIN;")
            open_transaction = one.transaction
        script.add(one.sql, one.values)
    if open_transaction is not None:
        script.lines.append("COMMIT;")
    return script


def _as_sent(value: Any) -> tuple[str, str]:
    """Return the text and the type that psycopg sends for a value; no type where it leaves that to the server."""
    from django.db import connection
    from psycopg.adapt import PyFormat, Transformer

    raw = connection.connection
    transformer = Transformer(raw)
    dumper = transformer.get_dumper(value, PyFormat.TEXT)
    known = raw.adapters.types.get(dumper.oid)
    text = bytes(dumper.dump(value) or b"").decode()
    if known is None:
        return text, ""
    return text, f"{known.name}[]" if dumper.oid == known.array_oid else str(known.name)


# -- recording -----------------------------------------------------------------------------------------------


def record(buyer: dict[str, Any], skus: Sequence[str]) -> Script:
    """Place an order as a buyer and return its script."""
    from django.db import connection

    heard: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        blocks = context["connection"].atomic_blocks
        heard.append(Statement(sql, params, blocks[0] if blocks else None))
        return execute(sql, params, many, context)

    since_ms = int(time.time() * 1000)
    with connection.execute_wrapper(note):
        _buy(buyer, skus)
        return script_of(heard, since_ms=since_ms)


def _buy(buyer: dict[str, Any], skus: Sequence[str]) -> None:
    wish = {"lines": [{"sku_id": sku, "quantity": 1} for sku in skus], "address_id": buyer["address_id"]}
    quote = post("store/quotes", buyer, wish)
    trade = post("store/trades", buyer, {"quote_id": quote["id"], "expected_total": quote["total"]})
    post(f"store/trades/{trade['id']}/payments", buyer, {"channel": "alipay"})


def post(path: str, buyer: dict[str, Any], value: object) -> Any:
    """Send a buyer's request through the WSGI application. Raises: SystemExit when it is refused."""
    from jishi.config.environment import environment
    from jishi.entry.http.wsgi import application
    from jishi.kernel.ids import new_id

    body = json.dumps(value).encode()
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/api/v1/{path}",
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": environment().public_url.split("//")[1],
        "HTTP_X_SESSION_TOKEN": buyer["session_token"],
        "HTTP_IDEMPOTENCY_KEY": str(new_id()),
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    answer = b"".join(application(environ, lambda status, *_: said.append(status)))
    if not said[0].startswith("2"):
        raise SystemExit(f"bench: an order was refused: {said[0]} {answer.decode()}")
    return json.loads(answer)


def mend(buyers: Sequence[dict[str, Any]]) -> None:
    """Make the orders readable that pgbench placed: a recipient is sealed for the one order that it is of."""
    from jishi.kernel.crypto import CannotOpen, open_text, seal_text
    from jishi.kernel.db import execute, rows

    where = {"table": "orders_order", "column": "recipient"}
    known: dict[Any, str] = {}
    unreadable: list[tuple[Any, Any]] = []
    orders = "SELECT id, buyer_id, recipient FROM orders_order WHERE buyer_id = ANY(%s) ORDER BY id"
    for order_id, buyer_id, sealed in rows(orders, [[UUID(one["user_id"]) for one in buyers]]):
        try:
            known[buyer_id] = open_text(bytes(sealed), **where, row_id=order_id)
        except CannotOpen:
            unreadable.append((order_id, buyer_id))
    execute(
        "UPDATE orders_order SET recipient = given.recipient "
        "FROM unnest(%s::uuid[], %s::bytea[]) AS given (id, recipient) WHERE orders_order.id = given.id",
        [
            [order_id for order_id, _ in unreadable],
            [seal_text(known[buyer], **where, row_id=order_id) for order_id, buyer in unreadable],
        ],
    )


def main() -> None:
    """Do what is asked (`record` or `mend`) for the buyers and SKUs on standard input.

    Recording prints a JSON line with script, constants and the number of statements for each buyer.
    """
    import django

    django.setup()
    wanted = json.load(sys.stdin)
    if sys.argv[1:] == ["mend"]:
        mend(wanted["buyers"])
        return
    for script in _scripts(wanted["buyers"], wanted["skus"]):
        made = {"script": script.text(), "constants": script.constants, "statements": script.statements}
        print(json.dumps(made), flush=True)


def _scripts(buyers: Sequence[dict[str, Any]], skus: Sequence[str]) -> Iterator[Script]:
    for buyer in buyers:
        record(buyer, skus)  # the first one fills what the process keeps; it is not the usual order
        yield record(buyer, skus)


if __name__ == "__main__":
    main()
