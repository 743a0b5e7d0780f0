"""Links between our pages lead somewhere, and every model that has a page has its picture beside it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page):
    links = LINK.findall(page.read_text("utf-8"))
    missing = [one for one in links if "://" not in one and not (page.parent / one).exists()]
    assert missing == []


def test_every_page_can_be_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page.is_dir():
            waiting += page.glob("*.md")
        elif page.suffix == ".md" and page.exists() and page not in reached:
            reached.add(page)
            links = LINK.findall(page.read_text("utf-8"))
            waiting += [page.parent / one for one in links if "://" not in one]
    assert {str(page.relative_to(ROOT)) for page in set(PAGES) - reached} == set()


def test_every_picture_is_shown_on_a_page():
    shown = "".join(page.read_text("utf-8") for page in PAGES)
    pictures = (ROOT / "docs/models/pictures").glob("*.svg")
    assert [one.name for one in pictures if f"pictures/{one.name}" not in shown] == []


def test_every_model_page_names_where_its_numbers_and_checks_are():
    for page in (ROOT / "docs/models").glob("*.md"):
        words = page.read_text("utf-8")
        assert "rheobase.model" in words, page.name
        assert "alid for" in words or "keep in mind" in words, page.name
