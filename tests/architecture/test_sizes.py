"""Small enough to read: functions ≤ 70 lines, files ≤ 600."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("jishi", "simulators", "tests", "tools", "benchmarks")
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 600


def long_functions(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{node.name}: {lines}"


def python_files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


def test_functions_and_files_are_small() -> None:
    complaints = []
    for path in python_files():
        source = path.read_text()
        name = path.relative_to(ROOT)
        complaints += [f"{name} {said}" for said in long_functions(source)]
        if source.count("\n") > FILE_LINES_MAX:
            complaints.append(f"{name} has {source.count(chr(10))} lines")
    assert complaints == []


def test_a_long_function_is_named() -> None:
    source = "def endless():\n" + "    pass\n" * FUNCTION_LINES_MAX
    assert list(long_functions(source)) == [f"endless: {FUNCTION_LINES_MAX + 1}"]
