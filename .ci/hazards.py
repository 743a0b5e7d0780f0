"""Print hazard, control and tests; fail on a row without tests, or with one that does not exist."""

import ast
import sys
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEAST_ROWS = 14  # of the reference on devices, 7.3


@cache
def tests_in(path):
    """Return the names of the test functions of a file; none if there is no such file."""
    file = ROOT / path
    if not file.exists():
        return frozenset()
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return frozenset(
        node.name
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, kinds) and node.name.startswith("test_")
    )


def main():
    """Print the matrix and what is wrong with it."""
    rows = tomllib.loads((ROOT / "docs/hazards.toml").read_text("utf-8"))["hazard"]
    wrong = [f"{len(rows)} hazards are fewer than {LEAST_ROWS}"] if len(rows) < LEAST_ROWS else []
    for number, row in enumerate(rows, 1):
        print(f"{number:2}  {row['name']}\n    control  {row['control']}")
        for test in row["tests"]:
            path, _, name = test.partition("::")
            there = name in tests_in(path)
            print(f"    {'test     ' if there else 'MISSING  '}{test}")
            if not there:
                wrong.append(f"hazard {number} names a test that does not exist: {test}")
        if not row["tests"]:
            wrong.append(f"hazard {number} has no test")
    print(f"\n{len(rows)} hazards, {sum(len(row['tests']) for row in rows)} tests named")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
