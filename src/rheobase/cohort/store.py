"""A study's folder: what it is of, parts that are whole or not there, and the table at the end.

study.json         what the folder is of: study, versions, children in a part
parts/             Parquet, a file for some children; each appears at once, by a rename
cohort.parquet     the whole table, a row group for each part; the parts are then gone
"""

import fcntl
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from rheobase.cohort.files import study_file
from rheobase.cohort.provenance import SAME, identity
from rheobase.cohort.study import Study
from rheobase.errors import BadInput, Taken
from rheobase.stimulus.codec import read_json

DEFINITION, TABLE, PARTS, LOCK = "study.json", "cohort.parquet", "parts", ".lock"
NUMBER = re.compile(r"-?\d+(\.\d+)?")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The folder of one study.

    Attributes:
        folder: where.
        study: of which.
        part: children in a part. [1]
    """

    folder: Path
    study: Study
    part: int

    @property
    def table(self) -> Path:
        """The whole table."""
        return self.folder / TABLE

    def ranges(self) -> list[tuple[int, int]]:
        """Return the first child of each part, and that after its last."""
        children = self.study.population.children
        return [(k, min(k + self.part, children)) for k in range(0, children, self.part)]

    def missing(self) -> list[tuple[int, int]]:
        """Return the parts that are not there, or not whole."""
        return [span for span in self.ranges() if not self._whole(span)]

    def keep(self, span: tuple[int, int], content: bytes) -> None:
        """Put a part in its place.

        Raises:
            BadInput: if it is of another version or study than this folder.
        """
        path = self._path(span)
        _appear(path, content)
        if not self._whole(span):
            path.unlink()
            raise BadInput(
                f"A worker answered for children {span[0]} to {span[1] - 1} with another version "
                f"of the program or its tables than {identity(self.study)['made_by']} here. Install "
                "the same there; if tables were changed here meanwhile, name a new folder."
            )

    def join(self) -> None:
        """Write the whole table, a row group for each part; then the parts go."""
        import pyarrow.parquet as pq

        paths = [self._path(span) for span in self.ranges()]
        temporary = self.table.with_suffix(".tmp")
        with pq.ParquetWriter(temporary, pq.read_schema(paths[0]), compression="zstd") as writer:
            for path in paths:
                table = pq.read_table(path, partitioning=None)
                writer.write_table(table, row_group_size=max(1, len(table)))
        _settled(temporary, self.table)
        for path in paths:
            path.unlink()
        (self.folder / PARTS).rmdir()

    def counted(self) -> tuple[int, int, dict[str, int]]:
        """Return rows, rows with words only, and refused rows by reason."""
        import pyarrow.parquet as pq

        table = pq.read_table(self.table, columns=["refused", "words_only"], partitioning=None)
        words_only = sum(1 for one in table["words_only"].to_pylist() if one)
        reasons = (NUMBER.sub("#", one) for one in table["refused"].to_pylist() if one)
        return len(table), words_only, dict(Counter(reasons).most_common())

    def _path(self, span: tuple[int, int]) -> Path:
        return self.folder / PARTS / f"children-{span[0]:07d}-{span[1] - 1:07d}.parquet"

    def _whole(self, span: tuple[int, int]) -> bool:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            found = pq.read_metadata(self._path(span))
        except (OSError, pa.ArrowException):
            return False
        about = {key.decode(): value.decode() for key, value in (found.metadata or {}).items()}
        rows = (span[1] - span[0]) * self.study.doses.count
        return found.num_rows == rows and identity(self.study).items() <= about.items()


@contextmanager
def opened(folder: Path, study: Study, part: int) -> Iterator[Store]:
    """Open the folder of a study for one run, as it was left or new.

    Args:
        folder: may be new.
        study: must be the folder's own.
        part: children in a part.

    Raises:
        BadInput: if the folder cannot be written, or holds another study or version.
        Taken: if another run is at work there.
    """
    store = Store(folder=folder, study=study, part=part)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not store.table.exists():
            (folder / PARTS).mkdir(exist_ok=True)
        lock = (folder / LOCK).open("ab")
    except OSError as error:
        raise BadInput(
            f"{folder} cannot be written: {error.strerror}. Name another folder."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Taken(f"Another run is at work in {folder}. Wait for it to end.") from None
        _agree(store)
        for left in folder.rglob("*.tmp"):
            left.unlink()
        yield store
        if store.table.exists():
            (folder / LOCK).unlink(missing_ok=True)


def _agree(store: Store) -> None:
    """Refuse a folder that is of another study; write what a new one is of."""
    path = store.folder / DEFINITION
    mine: dict[str, Any] = {
        **study_file(store.study), "children_in_a_part": store.part, **identity(store.study)
    }  # fmt: skip
    if not path.exists():
        if store.table.exists() or any((store.folder / PARTS).iterdir()):
            raise BadInput(
                f"{store.folder} holds tables, but not of which study. Name a new folder."
            )
        _appear(path, (json.dumps(mine, indent=2, ensure_ascii=False) + "\n").encode())
        return
    found = read_json(path)
    found = found if isinstance(found, dict) else {}
    what = {
        "study_sha256": "another study", "evidence_sha256": "other tables of the literature",
        "made_by": f"another version ({found.get('made_by')!r:.60})",
    }  # fmt: skip
    for key in SAME:
        if found.get(key) != mine[key]:
            raise BadInput(
                f"{store.folder} is of {what[key]}. Name a new folder: a table is never mixed."
            )
    if found.get("children_in_a_part") != store.part and not store.table.exists():
        raise BadInput(
            f"{store.folder} was begun with {found.get('children_in_a_part')!r:.20} children in a "
            f"part, not {store.part}. Go on as it was begun, or name a new folder."
        )


def _appear(path: Path, content: bytes) -> None:
    """Let a file appear whole, or not at all."""
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(content)
    _settled(temporary, path)


def _settled(temporary: Path, path: Path) -> None:
    with temporary.open("rb") as handle:
        os.fsync(handle.fileno())
    temporary.replace(path)
