"""Break each import contract on purpose and see that it is reported; then put everything back.

Works on a copy of the source, so that a killed run leaves nothing behind.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
# contract, file that breaks it, line that breaks it
BREAKS = (
    ("The rooms", "stimulus/pulse.py", "import rheobase.safety.limits"),
    ("The response chain", "model/field/__init__.py", "import rheobase.model.nerve"),
    ("Nobody passes the guard", "session/messages.py", "import rheobase.stimulators.protocol"),
    ("Drivers know no science", "stimulators/protocol.py", "import rheobase.evidence.load"),
    (
        "The virtual child is never in the treatment path",
        "planner/__init__.py",
        "import rheobase.simulated",
    ),
    ("The supervisor is light", "session/supervisor.py", "import numpy"),
)


def report(source: Path) -> tuple[int, str]:
    """Return the exit code and the text of the import linter on a copy of the source."""
    done = subprocess.run(
        [
            Path(sys.executable).with_name("lint-imports"),
            "--no-cache",
            "--config",
            source / "pyproject.toml",
        ],
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    """Return 0 if every contract holds as it is, and each is reported when it is broken."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "src", copy / "src")
        shutil.copy(ROOT / "pyproject.toml", copy)
        code, text = report(copy)
        if code != 0:
            print(text)
            return 1
        for contract, name, line in BREAKS:
            path = copy / "src/rheobase" / name
            whole = path.read_text("utf-8")
            path.write_text(whole + f"\n{line}\n", "utf-8")
            code, text = report(copy)
            path.write_text(whole, "utf-8")
            broken = [
                row for row in text.splitlines() if row.startswith(contract) and "BROKEN" in row
            ]
            print(
                f"{'reported' if code and broken else 'NOT REPORTED'}: {contract} ({name}: {line})"
            )
            if not (code and broken):
                print(text)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
