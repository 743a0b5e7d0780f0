"""Studies over virtual cohorts: thousands of children, each under a grid of doses, as one table.

Every name below can be imported from here; it is fetched from its own module when it is first used.
A study is a value, a child's answers are a pure function of it (`rows_of`), and `run` computes them
all in processes of this machine or on a Dask cluster. Examples: docs/cohort.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rheobase.cohort.answers import answers_of as answers_of
    from rheobase.cohort.answers import rows_of as rows_of
    from rheobase.cohort.children import Drawn as Drawn
    from rheobase.cohort.children import drawn as drawn
    from rheobase.cohort.doses import Dose as Dose
    from rheobase.cohort.doses import doses_of as doses_of
    from rheobase.cohort.files import read_study as read_study
    from rheobase.cohort.files import study_file as study_file
    from rheobase.cohort.processes import run as run
    from rheobase.cohort.report import Progress as Progress
    from rheobase.cohort.report import Report as Report
    from rheobase.cohort.study import Doses as Doses
    from rheobase.cohort.study import Group as Group
    from rheobase.cohort.study import Measured as Measured
    from rheobase.cohort.study import Placement as Placement
    from rheobase.cohort.study import Population as Population
    from rheobase.cohort.study import Study as Study

_NAMES = {
    "answers": "answers_of rows_of",
    "children": "Drawn drawn",
    "doses": "Dose doses_of",
    "files": "read_study study_file",
    "report": "Progress Report",
    "processes": "run",
    "study": "Doses Group Measured Placement Population Study",
}
_HOME = {name: home for home, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"rheobase.cohort.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOME)
