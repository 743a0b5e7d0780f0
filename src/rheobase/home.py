"""Where this installation keeps its own files: database, keys, journals. Standard library only."""

import os
import secrets
from pathlib import Path


def home() -> Path:
    """Return the folder of this installation, made if it is missing.

    `RHEOBASE_HOME`, else `rheobase` in the user's data folder.
    """
    default = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "rheobase"
    folder = Path(os.environ.get("RHEOBASE_HOME", default))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def signing_key() -> bytes:
    """Return the key that seals prescriptions signed here; made on first use, readable by us only."""
    return secret("signing.key")


def service_token() -> str:
    """Return the token that the clinic shows to the session service on the same machine."""
    return secret("service.token").hex()


def secret(name: str) -> bytes:
    """Return 32 random bytes kept under a name; made on first use, readable by us only."""
    path = home() / name
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text("ascii"))
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    return bytes.fromhex(path.read_text("ascii"))
