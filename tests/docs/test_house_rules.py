"""The house rules that a machine can check."""

import ast
import re
import statistics
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/rheobase"
FILES = [p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts]
LINES = {p.relative_to(SOURCE): len(p.read_text("utf-8").splitlines()) for p in FILES}


def test_no_file_is_longer_than_500_lines():
    found = [
        p
        for room in ("src", "tests", "benchmarks", "validation", ".ci")
        for p in ROOT.joinpath(room).rglob("*.py")
    ]
    lines = {p.relative_to(ROOT).as_posix(): len(p.read_text("utf-8").splitlines()) for p in found}
    assert {name: n for name, n in lines.items() if n > 500 and "/migrations/" not in name} == {}


def test_half_of_all_files_are_shorter_than_150_lines():
    assert statistics.median(n for n in LINES.values() if n > 3) < 150


def test_every_module_says_what_it_is_for():
    silent = [
        p
        for p in FILES
        if p.read_text("utf-8").strip() and not ast.get_docstring(ast.parse(p.read_text("utf-8")))
    ]
    assert silent == []


def test_no_function_is_longer_than_40_lines():
    long = {}
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = (
                    node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                )
                length = node.end_lineno - first.lineno + 1
                if length > 40:
                    long[f"{path.relative_to(SOURCE)}:{node.name}"] = length
    assert long == {}


def imported_from_elsewhere(path):
    """Names a file has from outside: `typing.Protocol` is no class of ours of that name."""
    return {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("rheobase")
        for alias in node.names
    }


def test_classes_are_interfaces_or_final():
    """No class of ours inherits from another of ours, except errors and what Django asks for."""
    ours = {}
    for path in FILES:
        if "clinic" in path.parts or path.name == "errors.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases = {ast.unparse(base) for base in node.bases}
                ours[node.name] = bases - imported_from_elsewhere(path)
    assert {name: bases for name, bases in ours.items() if bases & set(ours)} == {}


def test_every_command_is_in_the_documentation():
    from rheobase.cli import COMMANDS

    words = (ROOT / "docs/commands.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"`rheobase {name}" not in words] == []


def test_every_command_of_the_table_has_its_module():
    from rheobase.cli import COMMANDS

    there = {p.stem if p.is_file() else p.name for p in (SOURCE / "cli").iterdir()}
    assert [name for name in COMMANDS if name.replace("-", "_") not in there] == []


def test_no_local_time_arithmetic_happens_in_the_database_or_outside_the_clock():
    wrong = re.compile(
        r"__(date|hour|week_day|minute)\b|Trunc(Date|Hour|Day)|import zoneinfo|from zoneinfo"
    )
    found = [
        f"{p.relative_to(SOURCE)}: {m.group()}"
        for p in FILES
        if p.name != "clock.py"
        for m in wrong.finditer(p.read_text("utf-8"))
    ]
    assert found == []


def test_raw_sql_stands_only_where_a_database_has_no_other_words():
    """Locks (database.py), and triggers lifted for a restore (records.py)."""
    wrong = re.compile(r"\.raw\(|cursor\(\)|RawSQL|\.extra\(")
    found = {p.relative_to(SOURCE).as_posix() for p in FILES if wrong.search(p.read_text("utf-8"))}
    assert found <= {"clinic/database.py", "clinic/records.py"}


def test_every_file_named_in_the_architecture_exists():
    words = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|js))`", words))
    assert named
    assert [
        name
        for name in sorted(named)
        if not (SOURCE / name).exists() and not (ROOT / name).exists()
    ] == []
