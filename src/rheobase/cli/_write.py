"""Files of commands: whole or not at all, refused with words where they cannot be written."""

import errno
import os
from pathlib import Path

from rheobase.errors import BadInput


def write(file: Path, content: bytes) -> None:
    """Write a file; a full disk or a killed command leaves what was there before.

    Raises:
        BadInput: if it cannot be written.
    """
    try:
        if file.exists() and not os.access(file, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if file.exists() and not file.is_file():  # a pipe or a terminal; a folder refuses
            file.write_bytes(content)
        else:
            _whole(file.resolve(), content)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}. Name another file.") from None


def _whole(file: Path, content: bytes) -> None:
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
