"""The file a clinic is kept in: one compressed archive, with a manifest of counts and hashes.

Nothing of the clinic is loaded here: an archive is checked, and its keys are put in their place,
before anything else. With a passphrase it is sealed (`sealing`). A name in an archive is a claim like any other; none leads out of the folder.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, Final, final

from rheobase.clinic import sealing
from rheobase.errors import BadInput

FORMAT: Final = "rheobase/backup"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
FILES: Final = "files/"
RECORDS: Final = "records/"
CHUNK: Final = 1 << 20
LONGEST_MANIFEST: Final = 64 * CHUNK
PRIVATE: Final = 0o600


@final
class Writer:
    """Writes entries one after the other and keeps count; the manifest comes last."""

    def __init__(self, target: zipfile.ZipFile) -> None:
        self._target = target
        self.entries: list[dict[str, Any]] = []

    def add(self, name: str, pieces: Iterable[bytes], **about: Any) -> dict[str, Any]:
        """Write one entry and return its line of the manifest."""
        sha, size = hashlib.sha256(), 0
        with self._target.open(name, "w", force_zip64=True) as out:
            for piece in pieces:
                out.write(piece)
                sha.update(piece)
                size += len(piece)
        line = {"name": name, "bytes": size, "sha256": sha.hexdigest(), **about}
        self.entries.append(line)
        return line

    def close(self, about: dict[str, Any]) -> dict[str, Any]:
        """Write the manifest and return it."""
        manifest = {"format": FORMAT, "version": VERSION, **about, "entries": self.entries}
        self._target.writestr(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))
        return manifest


@final
class _Archive(zipfile.ZipFile):
    """An archive that closes its file, sealed or not."""

    def __init__(self, under: Any) -> None:
        self._under = under
        super().__init__(under, "w", zipfile.ZIP_DEFLATED)

    def close(self) -> None:
        """Write the directory, then whatever the file needs to be whole."""
        super().close()
        self._under.close()


def new_archive(path: Path, passphrase: str = "") -> zipfile.ZipFile:
    """Open a new archive that only its owner can read.

    Args:
        path: where; there must be nothing yet.
        passphrase: seals it; "" leaves it readable.

    Raises:
        BadInput: if there is something with this name already, or the passphrase is too short.
    """
    if passphrase:
        sealing.passphrase_of(passphrase)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE)
    except FileExistsError:
        raise BadInput(
            f"{path} exists; a backup never overwrites one. Choose another name."
        ) from None
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written: {error.strerror}. Choose another place."
        ) from None
    file = os.fdopen(handle, "wb")
    return _Archive(sealing.SealedWriter(file, passphrase) if passphrase else file)


def files_of(folder: Path, but: Iterable[Path]) -> Iterator[Path]:
    """Yield every plain file below a folder, in order of its name, but for some; links are not followed."""
    left_out = {path.resolve() for path in but}
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(parent) / name
            if path.is_file() and not path.is_symlink() and path.resolve() not in left_out:
                yield path


def pieces_of(path: Path) -> Iterator[bytes]:
    """Yield a file piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def opened(path: Path, passphrase: str = "") -> tuple[zipfile.ZipFile, dict[str, Any]]:
    """Open an archive and return it with its manifest, after comparing every entry with its hash.

    Args:
        path: of the archive.
        passphrase: if it is sealed.

    Raises:
        BadInput: if it is no backup, of a newer form, or not what was written; if the passphrase is
            missing or wrong.
    """
    try:
        source = zipfile.ZipFile(_under(path, passphrase))
        manifest = _manifest(source, path.name)
        _compare(source, manifest["entries"])
    except (OSError, zipfile.BadZipFile, EOFError) as error:
        raise BadInput(
            f"{path.name} cannot be read as a backup ({error}). Nothing was restored. Use another copy."
        ) from None
    return source, manifest


def is_sealed(path: Path) -> bool:
    """Return whether a backup needs a passphrase; False for a file that cannot be read."""
    try:
        return sealing.is_sealed(path)
    except OSError:
        return False


def _under(path: Path, passphrase: str) -> Any:
    if not sealing.is_sealed(path):
        return path
    if not passphrase:
        raise BadInput(
            f"{path.name} is encrypted. Give its passphrase: --passphrase-file, or type it when asked."
        )
    return io.BufferedReader(sealing.SealedReader(path, passphrase), sealing.PIECE)


def _manifest(source: zipfile.ZipFile, name: str) -> dict[str, Any]:
    wrong = BadInput(f"{name} is not a backup made by `rheobase backup`. Nothing was restored.")
    if MANIFEST not in source.namelist() or source.getinfo(MANIFEST).file_size > LONGEST_MANIFEST:
        raise wrong
    try:
        manifest = json.loads(source.read(MANIFEST))
    except ValueError:
        raise wrong from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise wrong
    if manifest.get("version") != VERSION:
        raise BadInput(
            f"{name} is a backup of form {manifest.get('version')}; this installation reads form "
            f"{VERSION}. Install the version that made it."
        )
    return manifest


def _compare(source: zipfile.ZipFile, entries: list[dict[str, Any]]) -> None:
    """Compare what is there with what was written: names, sizes, hashes; nothing more, nothing less."""
    named = [entry["name"] for entry in entries]
    if sorted([*named, MANIFEST]) != sorted(source.namelist()):
        raise BadInput("The backup holds other files than its manifest says. Nothing was restored.")
    for entry in entries:
        name = PurePosixPath(entry["name"])
        if name.is_absolute() or ".." in name.parts or "\\" in entry["name"]:
            raise BadInput(
                f"The backup names a file outside its folder: {name}. Nothing was restored."
            )
        if source.getinfo(entry["name"]).file_size != entry["bytes"] or (
            _hash_of(source, entry["name"]) != entry["sha256"]
        ):
            raise BadInput(
                f"{name} is not what was backed up: its hash differs. Nothing was restored. "
                "Use another copy."
            )


def _hash_of(source: zipfile.ZipFile, name: str) -> str:
    sha = hashlib.sha256()
    with source.open(name) as entry:
        while piece := entry.read(CHUNK):
            sha.update(piece)
    return sha.hexdigest()


def must_be_empty(folder: Path) -> None:
    """Refuse a folder that holds anything.

    Raises:
        BadInput: saying so.
    """
    if any(folder.iterdir()):
        raise BadInput(
            f"{folder} is not empty. A backup is restored only into an empty folder, so that nothing "
            "is overwritten. Set RHEOBASE_HOME to a new one."
        )


def unpack(source: zipfile.ZipFile, entries: list[dict[str, Any]], folder: Path) -> int:
    """Put the files of an installation into an empty folder, readable by us only; return how many."""
    names = [entry["name"] for entry in entries if entry["name"].startswith(FILES)]
    for name in names:
        path = folder / name.removeprefix(FILES)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
        with os.fdopen(handle, "wb") as out, source.open(name) as entry:
            while piece := entry.read(CHUNK):
                out.write(piece)
    return len(names)


def emptied(folder: Path) -> None:
    """Take everything out of a folder that was empty before we began."""
    for parent, folders, names in os.walk(folder, topdown=False):
        for name in names:
            with suppress(FileNotFoundError):
                (Path(parent) / name).unlink()
        for name in folders:
            (Path(parent) / name).rmdir()
