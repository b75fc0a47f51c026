"""The rule that lets old processes work beside a new database: a release expands, only a later one contracts.

Looks at the SQL that a migration runs, so that operations and hand-written statements are treated alike.
"""

import re
from collections.abc import Iterator, Sequence

TABLE = r'(?:ONLY\s+)?(?:IF\s+EXISTS\s+)?(?:public\.)?"?(?P<table>\w+)"?'
ALTER = re.compile(rf"ALTER\s+TABLE\s+{TABLE}\s+(?P<what>.*)", re.IGNORECASE | re.DOTALL)
CREATE_TABLE = re.compile(
    r'CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:public\.)?"?(\w+)"?', re.IGNORECASE
)
DROP_TABLE = re.compile(rf"DROP\s+TABLE\s+{TABLE}", re.IGNORECASE)
CREATE_INDEX = re.compile(
    rf'CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?P<way>CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?:"?\w+"?\s+)?ON\s+{TABLE}',
    re.IGNORECASE,
)
DROP_INDEX = re.compile(
    r'DROP\s+INDEX\s+(?!CONCURRENTLY\b)(?:IF\s+EXISTS\s+)?"?(?P<name>\w+)"?', re.IGNORECASE
)
TRUNCATE = re.compile(rf"^\s*TRUNCATE\s+(?:TABLE\s+)?{TABLE}", re.IGNORECASE)
_AT_ONCE = "adds a constraint that is checked at once (NOT VALID, then VALIDATE)"
# What one action of an ALTER TABLE may not do to a table that others use, and why.
FORBIDDEN = (
    (r"^DROP\s+(?:COLUMN|(?!CONSTRAINT\b)\"?\w+\"?(?:\s|$))", "drops a column"),
    (r"^RENAME\b", "renames"),
    (r"^ALTER\s+(?:COLUMN\s+)?\"?\w+\"?\s+(?:SET\s+DATA\s+)?TYPE\b", "changes a type"),
    (r"\bSET\s+NOT\s+NULL\b", "forbids NULL"),
    (r"\bDROP\s+DEFAULT\b", "drops a default, without which old processes cannot insert"),
    (r"^ADD\s+(?:CONSTRAINT\s+\S+\s+)?(?:CHECK|UNIQUE|FOREIGN|EXCLUDE|PRIMARY)\b(?!.*\bNOT\s+VALID\b)(?!.*\bUSING\s+INDEX\b)",
     _AT_ONCE),
)  # fmt: skip
# The same for an action that adds a column. A default is written down once, unless each row gets its own: of the
# functions only those that tell the time of the transaction or the statement are known to be the same for all rows.
ADD_COLUMN = re.compile(
    r"^ADD\s+(?:COLUMN\s+)?(?!CONSTRAINT\b|CHECK\b|UNIQUE\b|FOREIGN\b|EXCLUDE\b|PRIMARY\b)", re.IGNORECASE
)
FORBIDDEN_OF_COLUMNS = (
    (r"^(?!.*\b(?:DEFAULT|GENERATED)\b).*\bNOT\s+NULL\b", "adds a column that must be given"),
    (r"\b(?:UNIQUE|PRIMARY\s+KEY|REFERENCES|CHECK)\b", _AT_ONCE),
    (r"\bGENERATED\b|\bDEFAULT\s+[\s(]*(?!(?:now|statement_timestamp|transaction_timestamp)\b)\w+\s*\(",
     "writes every row anew"),
)  # fmt: skip


def faults(statements: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the statements of one migration; its own new tables are nobody else's yet."""
    plain = [statement for text in statements for statement in _plain(text).split(";")]
    new = {name for statement in plain for name in CREATE_TABLE.findall(statement)}
    for statement in plain:
        for table, why in _faults_of(statement):
            if table not in new:
                yield f"{table}: {why}"


def _faults_of(statement: str) -> Iterator[tuple[str, str]]:
    if found := DROP_TABLE.search(statement):
        yield found["table"], "drops the table"
    if (found := CREATE_INDEX.search(statement)) and not found["way"]:
        yield found["table"], "builds an index that locks the table (CONCURRENTLY)"
    if found := DROP_INDEX.search(statement):
        yield found["name"], "drops an index under a lock of its table (CONCURRENTLY)"
    if found := TRUNCATE.search(statement):
        yield found["table"], "empties the table"
    if found := ALTER.search(statement):
        for action in _actions(found["what"]):
            rules = FORBIDDEN_OF_COLUMNS if ADD_COLUMN.match(action) else FORBIDDEN
            for pattern, why in rules:
                if re.search(pattern, action, re.IGNORECASE | re.DOTALL):
                    yield found["table"], why


def _actions(text: str) -> Iterator[str]:
    """Yield the actions of an ALTER TABLE: they are parted by the commas outside of brackets."""
    depth, action = 0, ""
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            yield action.strip()
            action = ""
        else:
            action += letter
    yield action.strip()


def _plain(text: str) -> str:
    """Return SQL without comments, texts and function bodies."""
    without_bodies = re.sub(r"(\$\w*\$).*?\1", "''", text, flags=re.DOTALL)
    without_texts = re.sub(r"'(?:[^']|'')*'", "''", without_bodies)
    return re.sub(r"--[^\n]*", "", without_texts)
