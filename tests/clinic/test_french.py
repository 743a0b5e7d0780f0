"""Every text a person reads has its French, and numbers read the same in both languages."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import polib
import pytest
from django.template import Context, Template
from django.test import Client
from django.utils.translation import override

from rheobase.clinic.language import YEAR_S

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.django_db


def test_every_marked_text_is_in_the_french_catalogue() -> None:
    judged = subprocess.run(
        [sys.executable, ".ci/messages.py", "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert judged.returncode == 0, judged.stdout


def test_a_page_speaks_the_language_the_browser_asks_for() -> None:
    french = Client(headers={"accept-language": "fr-CA,fr;q=0.8"}).get("/no-such-page/")
    english = Client(headers={"accept-language": "en-CA"}).get("/no-such-page/")
    assert 'lang="fr-ca"' in french.content.decode()
    assert "Il n’y a rien ici" in french.content.decode()
    assert "There is nothing here" in english.content.decode()


def test_a_french_browser_from_elsewhere_gets_french_too() -> None:
    page = Client(headers={"accept-language": "fr-FR,fr"}).get("/no-such-page/")
    assert "Il n’y a rien ici" in page.content.decode()


def test_the_chosen_language_outweighs_the_browser_and_stays() -> None:
    client = Client(headers={"accept-language": "en"})
    chosen = client.post("/language/", {"language": "fr-ca", "back": "/book/?day=1"})
    assert (chosen.status_code, chosen.url) == (302, "/book/?day=1")
    assert chosen.cookies["django_language"]["max-age"] == YEAR_S
    assert "Il n’y a rien ici" in client.get("/no-such-page/").content.decode()


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x"]
)
def test_choosing_a_language_never_leads_to_another_site(back: str) -> None:
    assert Client().post("/language/", {"language": "en", "back": back}).url == "/"


def test_an_unknown_language_is_not_kept() -> None:
    assert "django_language" not in Client().post("/language/", {"language": "xx"}).cookies


def test_the_language_chosen_while_signed_in_is_kept_for_letters(world: Any) -> None:
    client = Client()
    client.force_login(world.milas_mother)
    client.post("/language/", {"language": "fr-ca"})
    client.post("/language/", {"language": "xx"})
    world.milas_mother.refresh_from_db()
    assert (world.milas_mother.reads, world.milas_father.reads) == ("fr-ca", "en")


def test_no_text_says_two_things_in_french() -> None:
    """All catalogues are one at run time: the same English in two steps must not need two Frenches."""
    said: dict[tuple[str | None, str], set[str]] = {}
    for path in (ROOT / "src/rheobase/clinic").rglob("*.po"):
        for entry in filter(lambda one: one.msgstr, polib.pofile(str(path))):
            said.setdefault((entry.msgctxt, entry.msgid), set()).add(entry.msgstr)
    assert not {text: french for text, french in said.items() if len(french) > 1}


def test_a_current_reads_the_same_in_both_languages() -> None:
    written = Template("{{ ma }} {{ ma|floatformat:1 }}")
    readings = set()
    for language in ("en", "fr-ca"):
        with override(language):
            readings.add(written.render(Context({"ma": 2.5})))
    assert readings == {"2.5 2.5"}
