"""A file that only a passphrase opens: AES-256-GCM in pieces, the key by scrypt.

Layout: magic, scrypt's three numbers, salt, nonce prefix; then a tag over this head alone, which says
whether the passphrase is right; then pieces of 1 MiB with a tag each. A nonce is prefix, number of the
piece, and whether it is the last one (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
Vizar, 2015): pieces can be neither changed, swapped, repeated nor left off. Reading seeks, so nothing
readable is ever put on a disk on the way.
"""

import io
import os
import struct
import unicodedata
from pathlib import Path
from typing import IO, Any, Final, final

from rheobase.errors import BadInput

MAGIC: Final = b"RHEOSEAL1\n"
HEAD: Final = struct.Struct(">10sBBB16s7s")  # magic, log2 n, r, p, salt, nonce prefix
TAG: Final = 16
PIECE: Final = 1 << 20
LOG_N, R, P = 17, 8, 1  # 128 MiB and a fraction of a second (OWASP's first choice for scrypt)
MOST_LOG_N, MOST_R, MOST_P = 20, 16, 4  # a file cannot ask for all the memory there is
SHORTEST: Final = 12
CHECK, MIDDLE, LAST = 2, 0, 1


def passphrase_of(text: str) -> str:
    """Return a passphrase in one form, whatever keyboard typed it.

    Raises:
        BadInput: if it is too short.
    """
    plain = unicodedata.normalize("NFKC", text)
    if len(plain) < SHORTEST:
        raise BadInput(
            f"The passphrase is shorter than {SHORTEST} characters. Take four or more words, and "
            "keep them apart from the backup: without them nobody can open it."
        )
    return plain


def is_sealed(path: Path) -> bool:
    """Return whether a file begins like a sealed one."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


@final
class SealedWriter:
    """Takes bytes and writes them sealed; only `close` makes the file whole."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        head = HEAD.pack(MAGIC, LOG_N, R, P, os.urandom(16), os.urandom(7))
        self._file, self._head, self._number = file, head, 0
        self._kept = bytearray()
        self._cipher = _cipher(head, passphrase)
        file.write(head + self._cipher.encrypt(_nonce(head, 0, CHECK), b"", head))

    def write(self, data: bytes) -> int:
        """Take some bytes; full pieces are written."""
        self._kept += data
        while len(self._kept) > PIECE:
            self._put(bytes(self._kept[:PIECE]), MIDDLE)
            del self._kept[:PIECE]
        return len(data)

    def flush(self) -> None:
        """Nothing to do: a piece is written when it is full."""

    def close(self) -> None:
        """Write the last piece and close the file."""
        if not self._file.closed:
            self._put(bytes(self._kept), LAST)
            self._file.close()

    def _put(self, piece: bytes, place: int) -> None:
        nonce = _nonce(self._head, self._number, place)
        self._file.write(self._cipher.encrypt(nonce, piece, self._head))
        self._number += 1


@final
class SealedReader(io.RawIOBase):
    """Reads a sealed file at any place; every piece is checked before a byte of it is handed out."""

    def __init__(self, path: Path, passphrase: str) -> None:
        """Open a file.

        Raises:
            BadInput: if the passphrase is wrong or the file was cut short.
        """
        super().__init__()
        self._file = path.open("rb")
        self._name = path.name
        head = self._file.read(HEAD.size)
        body = path.stat().st_size - HEAD.size - TAG
        if len(head) < HEAD.size or body < TAG:
            raise self._broken("it is cut short")
        self._head = head
        self._cipher = _cipher(head, passphrase)
        check = self._file.read(TAG)
        if self._opened(check, 0, CHECK) is None:
            self._file.close()
            raise BadInput(
                f"The passphrase does not open {path.name}. Type it again; without the right one "
                "nobody can read this backup."
            )
        self._pieces = -(-body // (PIECE + TAG))
        self._size = body - self._pieces * TAG
        self._at, self._known = 0, (-1, b"")
        self._piece(self._pieces - 1)  # a file that lost its end is noticed now

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read anywhere."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from here; 0 at the end."""
        if self._at >= self._size:
            return 0
        number, start = divmod(self._at, PIECE)
        part = self._piece(number)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        if self._known[0] != number:
            self._file.seek(HEAD.size + TAG + number * (PIECE + TAG))
            place = LAST if number == self._pieces - 1 else MIDDLE
            plain = self._opened(self._file.read(PIECE + TAG), number, place)
            if plain is None:
                raise self._broken("a part of it was changed, or its end is missing")
            self._known = (number, plain)
        return self._known[1]

    def _opened(self, sealed: bytes, number: int, place: int) -> bytes | None:
        from cryptography.exceptions import InvalidTag

        try:
            plain: bytes = self._cipher.decrypt(
                _nonce(self._head, number, place), sealed, self._head
            )
        except InvalidTag:
            return None
        return plain

    def _broken(self, why: str) -> BadInput:
        self._file.close()
        return BadInput(f"{self._name} is not what was backed up: {why}. Use another copy.")


def _cipher(head: bytes, passphrase: str) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    _, log_n, r, p, salt, _ = HEAD.unpack(head)
    if not (10 <= log_n <= MOST_LOG_N and 1 <= r <= MOST_R and 1 <= p <= MOST_P):
        raise BadInput("The beginning of this file was changed. Use another copy.")
    key = Scrypt(salt=salt, length=32, n=1 << log_n, r=r, p=p).derive(
        passphrase_of(passphrase).encode()
    )
    return AESGCM(key)


def _nonce(head: bytes, number: int, place: int) -> bytes:
    prefix: bytes = HEAD.unpack(head)[5]
    return prefix + struct.pack(">IB", number, place)
