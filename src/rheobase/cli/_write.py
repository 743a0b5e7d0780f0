"""Files of commands, refused with words where they cannot be written."""

from pathlib import Path

from rheobase.errors import BadInput


def write(file: Path, content: bytes) -> None:
    """Write a file.

    Raises:
        BadInput: if it cannot be written.
    """
    try:
        file.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}. Name another file.") from None
