"""What a table rests on: study, versions, tables of the literature, references."""

import json
import platform
from importlib.metadata import version

from rheobase.cohort.children import drawn_plain
from rheobase.cohort.columns import LICENCE
from rheobase.cohort.files import study_file
from rheobase.cohort.study import Study
from rheobase.evidence.load import made_by, sources
from rheobase.model.response import Basis
from rheobase.model.twins import ChainParameters, twins_of
from rheobase.model.twins.basis import basis_of
from rheobase.stimulus.codec import canonical, digest

SAME = ("study_sha256", "evidence_sha256", "made_by")  # of all parts of one table
LIBRARIES = ("numpy", "scipy", "numba", "pyarrow")


def identity(study: Study) -> dict[str, str]:
    """Return what must be the same for parts of one table: study, evidence, version."""
    return {"study_sha256": digest(study), **made_by()}


def about(study: Study, parameters: ChainParameters) -> dict[str, str]:
    """Return the metadata of a study's table, as texts; `study` and `references` hold JSON."""
    versions = {name: version(name) for name in LIBRARIES}
    return {
        "title": study.title,
        "licence": LICENCE,
        **identity(study),
        "versions": json.dumps({"python": platform.python_version(), **versions}),
        "study": canonical(study_file(study)),
        "references": json.dumps(references(study, parameters), ensure_ascii=False),
    }


def references(study: Study, parameters: ChainParameters) -> list[dict[str, object]]:
    """Return the references the answers rest on, as `rheobase cite` prints them for a plan."""
    twins = twins_of(drawn_plain(study.population, 0)[0], parameters, n=32, seed=0)
    muscles = dict.fromkeys(p.muscle for p in study.doses.placements)
    lines = dict.fromkeys(b for key in muscles for b in basis_of(twins, parameters.muscle(key)))
    by_source: dict[str, list[Basis]] = {}
    for line in lines:
        by_source.setdefault(line.source, []).append(line)
    known = sources()
    return [
        {
            "key": key,
            "citation": known[key].citation if key in known else "",
            "doi": known[key].doi if key in known else "",
            "supports": [f"{b.what} ({b.population}; {b.tag})" for b in rests],
        }
        for key, rests in by_source.items()
    ]
