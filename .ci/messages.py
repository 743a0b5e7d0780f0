"""Renew the French catalogues from the texts marked in templates and code; with --check, only judge them.

    python .ci/messages.py [--check] [STEP ...]

Each step of the clinic keeps `locale/fr_CA/LC_MESSAGES/django.po` beside its templates; the compiled file beside it is
what Django reads. A new text appears with an empty translation: fill it in and run this again.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib

ROOT = Path(__file__).parents[1]
CLINIC = ROOT / "src/rheobase/clinic"
MARKS = {
    "_": 0,
    "gettext": 0,
    "gettext_lazy": 0,
    "gettext_noop": 0,
    "noop": 0,
    "ngettext": 0,
    "ngettext_lazy": 0,
    "pgettext": 1,
    "pgettext_lazy": 1,
}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(gettext|ngettext|pgettext|_)\(({LITERAL}(?:, {LITERAL})*)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


class Text(NamedTuple):
    """One text as it is marked: context, singular and plural ("" where there is none)."""

    context: str
    single: str
    plural: str
    where: str


def marked(folder: Path, *, deep: bool) -> Iterator[Text]:
    """Yield every marked text of a step (or, not deep, of the clinic's own files)."""
    if not deep:
        yield from kept_as_data()
    files = folder.rglob("*") if deep else [*folder.glob("*"), *(folder / "templates").rglob("*")]
    for file in sorted(files):
        if file.suffix == ".html":
            yield from _calls(_as_code(file), file)
        elif file.suffix == ".py" and "migrations" not in file.parts:
            yield from _calls(file.read_text(), file)


def kept_as_data() -> Iterator[Text]:
    """Yield the texts that reach people from `evidence/`: questions, muscles, measures, activities."""
    from rheobase.evidence.contraindications import questions, rules
    from rheobase.evidence.instruments import instruments
    from rheobase.evidence.muscles import muscles
    from rheobase.evidence.retention import rules as retention
    from rheobase.evidence.tasks import tasks
    from rheobase.model.body.child import Condition, Sex
    from rheobase.safety import CLEARED_INFANT, CLEARED_NECK, CLEARED_THORAX

    for rule in questions(1200.0, family=True):
        yield from _data(
            "contraindications", rule.question_family, *(label for _, label in rule.choices)
        )
    for rule in rules():
        yield from _data("contraindications", rule.title, rule.category, rule.question_therapist)
        yield from _data("contraindications", *(label for _, label in rule.choices))
        for outcome in rule.outcomes:
            yield from _data("contraindications", outcome.text, outcome.remedy)
    for muscle in muscles().values():
        yield from _data("muscles", muscle.name, muscle.site, muscle.side_effects)
    for instrument in instruments().values():
        yield from _data("instruments", instrument.title)
    for task in tasks().values():
        yield from _data("tasks", task.title, task.cue_child, task.cue_therapist)
        yield from _data("tasks", task.expected_movement, task.watch)
    for kept in retention().values():
        yield from _data("retention", kept.title, kept.note)
    for word in (*Sex, *Condition):
        yield Text("", word.value, "", "src/rheobase/model/body/child.py")
    for cleared in (CLEARED_NECK, CLEARED_THORAX, CLEARED_INFANT):
        yield Text("", cleared.removeprefix("clearance: "), "", "src/rheobase/safety/montage.py")


def _data(file: str, *texts: str) -> Iterator[Text]:
    for text in filter(None, texts):
        yield Text(context="", single=text, plural="", where=f"src/rheobase/evidence/{file}.toml")


def _as_code(template: Path) -> str:
    """Return the calls that Django's own reader of templates finds, one a line."""
    from django.utils.translation.template import templatize

    text = templatize(template.read_text(), origin=str(template))
    calls = [f"{name}({words})" for name, words in CALL.findall(text)]
    return "\n".join(calls)


def _calls(code: str, file: Path) -> Iterator[Text]:
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        words = [
            a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
        ]
        if name not in MARKS or len(words) <= MARKS[name]:
            continue
        first = MARKS[name]
        plural = words[1] if name.startswith("ngettext") else ""
        yield Text(
            context=words[0] if first else "",
            single=words[first],
            plural=plural,
            where=file.relative_to(ROOT).as_posix(),
        )


def catalogue(folder: Path) -> Path:
    """Return where a step keeps its French."""
    return folder / "locale/fr_CA/LC_MESSAGES/django.po"


def renew(folder: Path, *, deep: bool) -> list[str]:
    """Write a step's catalogue anew, keeping what is translated; return what is wrong with it."""
    old = _read(catalogue(folder))
    new = polib.POFile(wrapwidth=110)
    new.metadata = {
        "Language": "fr_CA",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    for entry in _entries(folder, deep=deep):
        if before := old.find(entry.msgid, msgctxt=entry.msgctxt or False):
            entry.msgstr, entry.msgstr_plural = (
                before.msgstr,
                before.msgstr_plural or entry.msgstr_plural,
            )
        new.append(entry)
    if len(new):
        catalogue(folder).parent.mkdir(parents=True, exist_ok=True)
        new.save(str(catalogue(folder)))
        new.save_as_mofile(str(catalogue(folder).with_suffix(".mo")))
    return [problem for entry in new for problem in _problems(entry)]


def check(folder: Path, *, deep: bool) -> list[str]:
    """Return what is wrong with a step's catalogue, writing nothing."""
    kept, problems = _read(catalogue(folder)), []
    wanted = _entries(folder, deep=deep)
    for entry in wanted:
        found = kept.find(entry.msgid, msgctxt=entry.msgctxt or False)
        problems += (
            _problems(found) if found else [f"{entry.comment}: no French for {entry.msgid!r}"]
        )
    ids = {(e.msgctxt or "", e.msgid) for e in wanted}
    problems += [
        f"nobody says {e.msgid!r} any more" for e in kept if (e.msgctxt or "", e.msgid) not in ids
    ]
    compiled = catalogue(folder).with_suffix(".mo")
    if len(kept) and (not compiled.exists() or compiled.read_bytes() != kept.to_binary()):
        problems.append(f"{compiled.relative_to(ROOT)} is not compiled from its source")
    return problems


def _read(path: Path) -> polib.POFile:
    return polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile()


def _entries(folder: Path, *, deep: bool) -> list[polib.POEntry]:
    entries: dict[tuple[str, str], polib.POEntry] = {}
    for text in marked(folder, deep=deep):
        entry = polib.POEntry(msgid=text.single, msgctxt=text.context or None, comment=text.where)
        if text.plural:
            entry.msgid_plural, entry.msgstr_plural = text.plural, {0: "", 1: ""}
        entries.setdefault((text.context, text.single), entry)
    return list(entries.values())


def _problems(entry: polib.POEntry) -> Iterator[str]:
    pairs = [(entry.msgid, entry.msgstr)]
    if entry.msgid_plural:
        pairs = [(entry.msgid_plural, text) for text in entry.msgstr_plural.values()]
    for source, french in pairs:
        if not french.strip():
            yield f"{entry.comment}: no French for {source!r}"
        elif _placeholders(french) != _placeholders(source):
            yield f"{entry.comment}: placeholders differ in {french!r}"


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def contradictions(folders: list[Path]) -> Iterator[str]:
    """Yield texts with two translations: Django joins all catalogues, so one would win everywhere."""
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for folder in folders:
        for entry in _read(catalogue(folder)):
            french = entry.msgstr or str(entry.msgstr_plural)
            before, where = said.setdefault(
                (entry.msgctxt or "", entry.msgid), (french, folder.name)
            )
            if before != french:
                yield f"{entry.msgid!r} is {before!r} in {where} and {french!r} in {folder.name}: give one a context"


def main() -> int:
    """Renew or check every step; print what is missing."""
    from django.conf import settings

    settings.configure(USE_I18N=True)
    named = {word for word in sys.argv[1:] if word != "--check"}
    work = check if "--check" in sys.argv[1:] else renew
    steps = sorted(
        p for p in CLINIC.iterdir() if (p / "__init__.py").exists() and p.name != "formats"
    )
    problems = work(CLINIC, deep=False) if not named else []
    for step in steps:
        if not named or step.name in named:
            problems += work(step, deep=True)
    problems += contradictions([CLINIC, *steps])
    print(*problems, sep="\n")
    print(f"{len(problems)} to mend" if problems else "Every text has its French.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
