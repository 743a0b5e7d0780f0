"""Every model has a page: equations, sources, validity, a picture that a committed script draws."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

MODELS = Path(__file__).parents[2] / "docs/models"
PAGES = sorted(p for p in MODELS.glob("*.md") if p.name != "README.md")
SCRIPTS = sorted((MODELS / "pictures").glob("draw_*.py"))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_a_page_says_equations_sources_validity_and_shows_a_picture(page):
    text = page.read_text("utf-8")
    assert re.search(r"^    \S.* = |\| .* = ", text, re.MULTILINE), "equations"
    assert re.search(r"\*\*Sources?\b", text), "sources"
    assert re.search(r"\b[Vv]alid for\b", text), "validity"
    drawn = "".join(script.read_text("utf-8") for script in SCRIPTS)
    shown = re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", text)
    assert shown
    assert [name for name in shown if f'"{name}"' not in drawn] == []


def test_the_index_leads_to_every_page():
    index = (MODELS / "README.md").read_text("utf-8")
    assert [p.name for p in PAGES if f"({p.name})" not in index] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_what_a_script_takes_of_the_package_is_still_there(script):
    for node in ast.walk(ast.parse(script.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rheobase"):
            module = import_module(node.module)
            assert [a.name for a in node.names if not hasattr(module, a.name)] == []
