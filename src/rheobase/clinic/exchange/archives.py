"""Every child's record in one archive: as FHIR R4, or as tables without names.

FHIR has the shape of HL7's Bulk Data Access (one resource per line, one file per type); people and
units that several children share are written once. Each table is there as CSV and as Parquet.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from rheobase.clinic import tables
from rheobase.clinic.exchange import bundle, bundle_hours, research
from rheobase.clinic.exchange.fhir import Resource
from rheobase.clinic.people.models import Child


def write(target: IO[bytes], children: Iterable[Child], now: datetime) -> dict[str, int]:
    """Write the archive and return how many resources of each type it holds."""
    counts: dict[str, int] = {}
    with TemporaryDirectory(prefix="rheobase-export-") as folder:
        with ExitStack() as opened:
            files: dict[str, Any] = {}
            for kind, line in _lines(children, now):
                if kind not in files:
                    path = Path(folder, f"{kind}.ndjson")
                    files[kind] = opened.enter_context(path.open("w", encoding="utf-8"))
                files[kind].write(line)
                counts[kind] = counts.get(kind, 0) + 1
        with ZipFile(target, "w", ZIP_DEFLATED) as archive:
            for kind in sorted(counts):
                archive.write(f"{folder}/{kind}.ndjson", f"{kind}.ndjson")
            archive.writestr("manifest.json", json.dumps(_manifest(counts, now), indent=1))
    return counts


def write_tables(target: IO[bytes], children: Iterable[Child], now: datetime) -> dict[str, int]:
    """Write the archive of tables and return how many rows each holds."""
    chosen, counts, about = list(children), {}, {}
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, (shape, read) in research.TABLES.items():
            rows = list(read(chosen))
            archive.writestr(f"{name}.csv", tables.csv_text(shape, rows).encode("utf-8-sig"))
            archive.writestr(f"{name}.parquet", tables.parquet(shape, rows))
            counts[name] = len(rows)
            about[name] = {
                "title": shape.title,
                "rows": len(rows),
                "licence": shape.licence,
                "columns": {
                    one.name: {"kind": one.kind, "unit": one.unit, "text": one.text}
                    for one in shape.columns
                },
            }
        made = {"made": now.isoformat(timespec="seconds"), "tables": about}
        archive.writestr("manifest.json", json.dumps(made, indent=1))
    return counts


def _lines(children: Iterable[Child], now: datetime) -> Iterable[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    records = (resource for child in children for resource in _of(child, now))
    for resource in chain(records, bundle_hours.of_clinic(now)):
        name = resource["resourceType"], resource["id"]
        if name not in seen:
            seen.add(name)
            yield name[0], json.dumps(resource, ensure_ascii=False) + "\n"


def _of(child: Child, now: datetime) -> Iterator[Resource]:
    """Yield a child's record and, since whoever exports the clinic may audit it, who looked at it."""
    yield from (entry["resource"] for entry in bundle.of_child(child, now)["entry"])
    yield from bundle.looks_at(child)


def _manifest(counts: dict[str, int], now: datetime) -> dict[str, Any]:
    return {
        "transactionTime": now.isoformat(timespec="seconds"),
        "fhirVersion": "4.0.1",
        "output": [
            {"type": kind, "url": f"{kind}.ndjson", "count": n}
            for kind, n in sorted(counts.items())
        ],
    }
