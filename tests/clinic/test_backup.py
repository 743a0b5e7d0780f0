"""A whole clinic into one file and back, onto either database; what was changed since is named."""

import json
import os
import shutil
import subprocess
import sys
import uuid
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

KEEPING = Path(__file__).with_name("keeping.py")
RHEOBASE = "from rheobase.cli import main; main()"


class Clinic:
    """One installation: a folder and a database."""

    def __init__(self, home, url=""):
        self.home = home
        self._environment = {**os.environ, "RHEOBASE_HOME": str(home), "DATABASE_URL": url}

    def run(self, *command):
        """Run a command of rheobase; return how it ended, and what it printed as JSON."""
        done = self._process("-c", RHEOBASE, *map(str, command), "--json")
        return done.returncode, json.loads(done.stdout)

    def do(self, *what):
        done = self._process(str(KEEPING), *what)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    def _process(self, *arguments):
        return subprocess.run(
            [sys.executable, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """A clinic with one of everything: what it holds, and its backup."""
    folder = tmp_path_factory.mktemp("clinic")
    one = Clinic(folder / "home")
    one.holds = one.do("fill")
    one.file = folder / "clinic.zip"
    code, one.manifest = one.run("backup", one.file)
    assert code == 0
    return one


@pytest.fixture
def empty(tmp_path):
    return Clinic(tmp_path / "home")


@pytest.fixture
def on_postgres(tmp_path):
    """An empty installation on a PostgreSQL database of its own."""
    import psycopg

    url = os.environ.get("DATABASE_URL", "")
    assert url.startswith("postgres"), "Set DATABASE_URL to a PostgreSQL server for these tests."
    name = f"restore_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield Clinic(tmp_path / "central", urlsplit(url)._replace(path=f"/{name}").geturl())
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def holds_the_same(restored, clinic):
    """Every row of every table, and every file."""
    return restored.do("seen") == clinic.holds


def goes_on(restored):
    """New rows follow the old ones, and the log stays whole and guarded."""
    assert restored.do("add") == {"room": 3, "broken": []}
    assert restored.do("guarded") == {"guarded": True}


def test_a_restored_clinic_is_the_clinic_row_by_row_and_file_by_file(clinic, empty):
    code, said = empty.run("restore", clinic.file)
    assert code == 0, said
    assert said["rows"] == clinic.holds["counts"]
    assert {c["what"]: c["looked_at"] for c in said["checks"]} == {
        "access log": 4,
        "signed notes": 1,
        "signed plans": 1,
    }
    assert holds_the_same(empty, clinic)
    goes_on(empty)


@pytest.mark.postgres
def test_a_clinic_moves_to_postgresql_and_back(clinic, on_postgres, empty, tmp_path):
    assert on_postgres.run("restore", clinic.file)[0] == 0
    assert holds_the_same(on_postgres, clinic)
    assert on_postgres.run("backup", tmp_path / "again.zip")[0] == 0
    goes_on(on_postgres)
    assert empty.run("restore", tmp_path / "again.zip")[0] == 0
    assert holds_the_same(empty, clinic)


@pytest.mark.postgres
def test_a_database_that_holds_records_is_not_restored_into(clinic, on_postgres, tmp_path):
    on_postgres.do("add")
    shutil.rmtree(on_postgres.home)
    code, said = on_postgres.run("restore", clinic.file)
    assert code == 2
    assert "holds records already" in said["error"]


@pytest.fixture(scope="module")
def sealed(clinic):
    """The same clinic in an encrypted backup; returns the file and the option that opens it."""
    words = clinic.file.with_name("words.txt")
    words.write_text("four plain öld words\nnothing of this line", "utf-8")
    file = clinic.file.with_name("sealed.backup")
    code, manifest = clinic.run("backup", file, "--passphrase-file", words)
    assert code == 0, manifest
    return file, ("--passphrase-file", words)


def test_an_encrypted_backup_holds_nothing_readable_and_restores_the_same_clinic(
    clinic, sealed, empty
):
    file, words = sealed
    content = file.read_bytes()
    assert not any(
        word in content for word in (b"Lindqvist", b"manifest", b"PK\x03\x04", b"ndjson")
    )
    assert file.stat().st_mode & 0o077 == 0
    code, said = empty.run("restore", file, *words)
    assert code == 0, said
    assert said["rows"] == clinic.holds["counts"]
    assert holds_the_same(empty, clinic)


@pytest.mark.postgres
def test_an_encrypted_backup_restores_onto_postgresql(clinic, sealed, on_postgres):
    assert on_postgres.run("restore", sealed[0], *sealed[1])[0] == 0
    assert holds_the_same(on_postgres, clinic)
    goes_on(on_postgres)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("four plain old words", "does not open"),
        ("too short", "shorter than 12"),
        ("", "is empty"),
        (None, "--passphrase-file"),
    ],
)
def test_without_the_right_passphrase_nothing_is_restored(sealed, empty, tmp_path, words, said):
    option = ()
    if words is not None:
        (tmp_path / "words.txt").write_text(words, "utf-8")
        option = ("--passphrase-file", tmp_path / "words.txt")
    code, answer = empty.run("restore", sealed[0], *option)
    assert (code, said in answer["error"]) == (2, True), answer
    assert not list(empty.home.iterdir())


def test_a_backup_with_too_short_a_passphrase_is_not_begun(clinic, tmp_path):
    (tmp_path / "words.txt").write_text("short")
    option = ("--passphrase-file", tmp_path / "words.txt")
    code, said = clinic.run("backup", tmp_path / "new.backup", *option)
    assert (code, "shorter than 12" in said["error"]) == (2, True)
    assert not (tmp_path / "new.backup").exists()


def test_a_backup_names_every_file_with_its_hash_and_only_its_owner_reads_it(clinic):
    names = {e["name"]: e["sha256"] for e in clinic.manifest["entries"]}
    for name, sha in clinic.holds["files"].items():
        assert names[f"files/{name}"] == sha
    assert {"files/signing.key", "files/journals/2026/one.journal", "files/pathway.json"} <= set(
        names
    )
    assert not any("sqlite" in name for name in names)
    assert clinic.file.stat().st_mode & 0o077 == 0


def test_a_backup_never_overwrites(clinic):
    code, said = clinic.run("backup", clinic.file)
    assert code == 2
    assert "never overwrites" in said["error"]


def test_a_folder_that_holds_anything_is_not_restored_into(clinic, empty):
    empty.home.mkdir()
    (empty.home / "note.txt").write_text("mine")
    code, said = empty.run("restore", clinic.file)
    assert code == 2
    assert "not empty" in said["error"]
    assert [p.name for p in empty.home.iterdir()] == ["note.txt"]


def altered(source, target, change, *, more=()):
    """Copy an archive with some of its entries changed: change(name, content) -> content or None."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in more:
            new.writestr(name, content)
    return target


LOG = "records/people.accesslog.ndjson"
SPOILT = {
    "a changed row": lambda n, c: c.replace(b'"see child"', b'"see plans"') if n == LOG else c,
    "a missing table": lambda n, c: None if n == LOG else c,
    "another key": lambda n, c: c[::-1] if n == "files/signing.key" else c,
    "no manifest": lambda n, c: None if n == "manifest.json" else c,
    "a newer form": lambda n, c: c.replace(b'"version": 1', b'"version": 2'),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_backup_is_refused_and_leaves_nothing_behind(clinic, empty, tmp_path, how):
    code, said = empty.run("restore", altered(clinic.file, tmp_path / "spoilt.zip", SPOILT[how]))
    assert code == 2
    assert said["error"]
    assert not list(empty.home.iterdir())


def test_a_backup_with_a_file_that_leads_out_of_the_folder_is_refused(clinic, empty, tmp_path):
    def name_it(name, content):
        if name != "manifest.json":
            return content
        manifest = json.loads(content)
        line = {"name": "files/../../escaped", "bytes": 1, "sha256": "0" * 64}
        return json.dumps({**manifest, "entries": [*manifest["entries"], line]}).encode()

    bad = altered(clinic.file, tmp_path / "bad.zip", name_it, more=[("files/../../escaped", b"x")])
    code, said = empty.run("restore", bad)
    assert (code, "outside its folder" in said["error"]) == (2, True)
    assert not (tmp_path / "escaped").exists()


def test_half_a_file_and_no_archive_at_all_are_refused(clinic, empty, tmp_path):
    half = tmp_path / "half.zip"
    half.write_bytes(clinic.file.read_bytes()[:4000])
    assert empty.run("restore", half)[0] == 2
    half.write_text("not an archive")
    assert empty.run("restore", half)[0] == 2
    assert empty.run("restore", tmp_path / "nowhere.zip")[0] == 2


def forged(clinic, target):
    """A log that was changed, with hashes made anew: only its own chain can tell."""
    import hashlib

    with zipfile.ZipFile(clinic.file) as old:
        rows = old.read(LOG).replace(b'"see child"', b'"see plans"', 1)
    line = {"bytes": len(rows), "sha256": hashlib.sha256(rows).hexdigest()}

    def change(name, content):
        if name == LOG:
            return rows
        if name == "manifest.json":
            manifest = json.loads(content)
            entry = next(e for e in manifest["entries"] if e["name"] == LOG)
            entry.update(line)
            return json.dumps(manifest).encode()
        return content

    return altered(clinic.file, target, change)


def test_a_log_forged_together_with_its_hashes_is_found_by_its_chain(clinic, empty, tmp_path):
    code, said = empty.run("restore", forged(clinic, tmp_path / "forged.zip"))
    assert code == 2
    assert "line 1 of " in said["error"]
    assert not list(empty.home.iterdir())


@pytest.mark.parametrize("what", ["log", "note", "plan"])
def test_verify_audit_names_the_first_break(clinic, empty, what):
    empty.run("restore", clinic.file)
    code, said = empty.run("verify-audit")
    assert (code, [c["broken"] for c in said["checks"]]) == (0, ["", "", ""])
    empty.do("tamper", what)
    code, said = empty.run("verify-audit")
    broken = [c["what"].split()[-1].rstrip("s") for c in said["checks"] if c["broken"]]
    assert (code, broken) == (1, [what])
    if what == "log":
        assert said["checks"][0]["broken"].startswith("line 2 of ")
