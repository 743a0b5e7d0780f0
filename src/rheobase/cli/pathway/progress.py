"""How far a run of the pathway has come: one small file, replaced as a whole after every step."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, final

from rheobase.errors import BadInput


@final
@dataclass(slots=True, kw_only=True)
class Progress:
    """One run.

    Attributes:
        path: of the file.
        run: counts up by one.
        began: when the run began; what was recorded since belongs to it.
        done: numbers of each finished step, by name.
        keep: identifiers that later steps need.
    """

    path: Path
    run: int
    began: datetime
    done: dict[str, dict[str, Any]]
    keep: dict[str, str]

    def finished(self, step: str, numbers: dict[str, Any]) -> None:
        """Note that a step is done, before anything else happens."""
        self.done[step] = numbers
        self.save()

    def save(self) -> None:
        """Replace the file as a whole: a kill leaves the old one or the new one."""
        plain = {
            "run": self.run,
            "began": self.began.isoformat(),
            "done": self.done,
            "keep": self.keep,
        }
        fresh = self.path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(plain, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)


def resumed(path: Path, now: datetime, steps: int) -> Progress:
    """Return the run that was broken off, or a new one.

    Args:
        path: of the file.
        now: the present moment.
        steps: how many a whole run has.

    Raises:
        BadInput: if the file is not one of ours.
    """
    try:
        plain = json.loads(path.read_text("utf-8"))
        last = Progress(
            path=path,
            run=int(plain["run"]),
            began=datetime.fromisoformat(plain["began"]),
            done=dict(plain["done"]),
            keep=dict(plain["keep"]),
        )
    except FileNotFoundError:
        return Progress(path=path, run=1, began=now, done={}, keep={})
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{path.name} is not a record of the pathway ({error}). Remove it."
        ) from error
    if len(last.done) < steps:
        return last
    return Progress(path=path, run=last.run + 1, began=now, done={}, keep={})
