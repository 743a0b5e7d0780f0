"""Where letters go: a folder of files, or a mail server. `RHEOBASE_MAIL` says which.

    folder:/var/lib/rheobase/letters      one .eml file each (a test, or another program sends them)
    smtp://name:password@host:587         a mail server that speaks TLS after STARTTLS
    smtps://name:password@host:465        one that speaks TLS from the first byte

A letter carries its own constant Message-ID: sent twice after a crash, it arrives once.
"""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import final
from urllib.parse import unquote, urlsplit

from rheobase.errors import BadInput, Unavailable

PATIENCE_S = 20.0
LOCAL = ("localhost", "127.0.0.1", "::1")  # the only servers that may be spoken to in the clear


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one person is told.

    Attributes:
        key: constant and unique, without blanks: the name of the file and of the message.
        to: address.
        subject, body: plain text; no child is named.
    """

    key: str
    to: str
    subject: str
    body: str


Post = Callable[[Letter], None]  # raises Unavailable if the letter was not taken


def post_from(address: str, sender: str) -> Post:
    """Return what takes letters.

    Args:
        address: as in RHEOBASE_MAIL.
        sender: the clinic's own address.

    Raises:
        BadInput: if the address is none of the three kinds, or there is no sender.
    """
    parts = urlsplit(address)
    if parts.scheme == "folder" and parts.path:
        return _into(Path(unquote(parts.path)), sender)
    if parts.scheme in ("smtp", "smtps") and parts.hostname:
        if "@" not in sender:
            raise BadInput("Set RHEOBASE_MAIL_FROM to the clinic's own mail address.")
        return _through(address, sender)
    raise BadInput(
        "Set RHEOBASE_MAIL to folder:/where/letters/go, smtp://name:password@host:587 or "
        "smtps://name:password@host:465."
    )


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """Return a letter as it travels."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Message-ID"] = f"<{letter.key}@rheobase>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer by another machine
    message.set_content(letter.body)
    return message


def _into(folder: Path, sender: str) -> Post:
    def write(letter: Letter) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            whole = folder / f"{letter.key}.eml"
            part = whole.with_suffix(".part")
            part.write_bytes(message_of(letter, sender or "clinic@localhost").as_bytes())
            part.replace(whole)
        except OSError as error:
            raise Unavailable(f"{folder} takes no letters: {error.strerror}.") from None

    return write


def _through(address: str, sender: str) -> Post:
    parts = urlsplit(address)
    host, secure = parts.hostname or "", ssl.create_default_context()

    def send(letter: Letter) -> None:
        try:
            if parts.scheme == "smtps":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, parts.port or 465, timeout=PATIENCE_S, context=secure
                )
            else:
                server = smtplib.SMTP(host, parts.port or 587, timeout=PATIENCE_S)
            with server:
                if parts.scheme == "smtp" and host not in LOCAL:
                    server.starttls(context=secure)
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(message_of(letter, sender))
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"{host} did not take the letter: {type(error).__name__}.") from None

    return send
