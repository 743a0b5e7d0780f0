"""What a command writes is there as a whole, or as it was before."""

import errno
import os
from pathlib import Path

import pytest

from rheobase.cli._write import write
from rheobase.errors import BadInput


def test_a_file_is_written_and_written_again(tmp_path):
    for content in (b"first", b"second"):
        write(tmp_path / "plan.json", content)
        assert (tmp_path / "plan.json").read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


def test_a_link_still_points_where_it_did(tmp_path):
    (tmp_path / "link.json").symlink_to(tmp_path / "plan.json")
    write(tmp_path / "link.json", b"{}")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "plan.json").read_bytes() == b"{}"


def test_a_full_disk_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    file = tmp_path / "plan.json"
    file.write_bytes(b"signed")
    whole = Path.write_bytes

    def half(self, content):
        whole(self, content[:1])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(BadInput, match="No space left"):
        write(file, b"another")
    assert file.read_bytes() == b"signed"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


@pytest.mark.parametrize("name", [".", "no/such/plan.json", "plan.json/plan.json", "p" * 300])
def test_what_can_be_no_file_is_refused(tmp_path, name):
    (tmp_path / "plan.json").write_bytes(b"{}")
    with pytest.raises(BadInput, match="Name another file"):
        write(tmp_path / name, b"{}")
