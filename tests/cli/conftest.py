"""One command line, run here and not in a process of its own."""

import sys

import pytest

from rheobase.cli import main


@pytest.fixture
def rheobase(monkeypatch, capsys, tmp_path):
    """Run one command line in an empty folder; returns exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(line):
        monkeypatch.setattr(sys, "argv", ["rheobase", *line.split()])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
