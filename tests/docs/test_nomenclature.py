"""The unit is in the name: every public number that crosses a function boundary carries one."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/rheobase"
ROOMS = ("stimulus", "safety", "model", "planner", "cohort", "stimulators", "session")
SUFFIX = re.compile(r"`_([a-z0-9_]+)`")
NUMBERS = re.compile(r"\b(float|Floats?|Array|NDArray)\b")


def suffixes():
    words = (ROOT / "docs/nomenclature.md").read_text("utf-8")
    return tuple(f"_{suffix}" for suffix in SUFFIX.findall(words.split("## Words")[0]))


def unitless():
    """Names of the list 'Numbers without a unit' in the nomenclature."""
    words = (ROOT / "docs/nomenclature.md").read_text("utf-8").split("## Numbers without a unit")[1]
    return set(re.findall(r"`([a-z0-9_]+)`", words))


def public_numbers():
    for room in ROOMS:
        for path in (SOURCE / room).rglob("*.py"):
            if path.name.startswith("_") and path.name != "__init__.py":
                continue
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    for arg in (*node.args.args, *node.args.kwonlyargs):
                        if arg.annotation and ast.unparse(arg.annotation) in (
                            "float",
                            "float | None",
                        ):
                            yield arg.arg, f"{path.relative_to(SOURCE)}:{node.name}"
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    for item in node.body:
                        if isinstance(item, ast.AnnAssign) and ast.unparse(item.annotation) in (
                            "float",
                            "float | None",
                        ):
                            yield item.target.id, f"{path.relative_to(SOURCE)}:{node.name}"


def test_every_public_number_has_its_unit_in_its_name_or_is_listed_as_unitless():
    ends, free = suffixes(), unitless()
    wrong = {
        f"{where}.{name}"
        for name, where in public_numbers()
        if not name.endswith(ends) and name not in free
    }
    assert sorted(wrong) == []
