"""A passphrase: from a file, or typed by somebody at a terminal; never on the command line."""

import sys
from getpass import getpass
from pathlib import Path

from rheobase.errors import BadInput


def given(file: Path | None, *, twice: bool = False) -> str:
    """Return a passphrase.

    Args:
        file: its first line is the passphrase; None asks at the terminal.
        twice: ask a second time, so that nothing is sealed by a typing error.

    Raises:
        BadInput: if there is none, or the two differ.
    """
    if file is not None:
        try:
            lines = file.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"The passphrase file {file} cannot be read: {error}.") from None
        return _some(lines[0] if lines else "")
    if not sys.stdin.isatty():
        raise BadInput("Nobody can be asked for the passphrase here. Give --passphrase-file.")
    typed = _some(getpass("Passphrase: "))
    if twice and getpass("The same again: ") != typed:
        raise BadInput("The two passphrases differ. Nothing was written; try again.")
    return typed


def _some(text: str) -> str:
    if not text:
        raise BadInput("The passphrase is empty. Take four or more words.")
    return text
