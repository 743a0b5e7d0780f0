"""A pseudo-terminal under a name that stays the same when it goes away and comes back."""

import os
import pty
import termios
import tty
from contextlib import suppress
from pathlib import Path
from typing import Any, final


@final
class Port:
    """One serial port of the host, emulated.

    Args:
        link: the name the host opens; a symbolic link to the terminal of the moment.
    """

    def __init__(self, link: Path) -> None:
        self.link = link
        self._ours = self._theirs = -1
        self._fresh: list[Any] = []
        self.appear()

    @property
    def there(self) -> bool:
        """The host can open it."""
        return self._ours >= 0

    def fileno(self) -> int:
        """Return our end."""
        return self._ours

    def appear(self) -> None:
        """Come (back)."""
        self._ours, self._theirs = pty.openpty()  # theirs stays open: the host may come and go
        tty.setraw(self._theirs)
        self._fresh = termios.tcgetattr(self._theirs)
        os.set_blocking(self._ours, False)
        with suppress(FileNotFoundError):
            self.link.unlink()
        self.link.symlink_to(os.ttyname(self._theirs))

    def vanish(self) -> None:
        """Go away, as a pulled plug does."""
        with suppress(FileNotFoundError):
            self.link.unlink()
        if self.there:
            os.close(self._theirs)
            os.close(self._ours)
        self._ours = self._theirs = -1

    def forget_settings(self) -> None:
        """Forget what the host has set.

        A terminal has no parity; asking for it a second time, with nothing else to change, is an
        error, and a foreign driver could not open the port again. Ours does not ask.
        """
        if self.there and termios.tcgetattr(self._theirs)[2] != self._fresh[2]:
            termios.tcsetattr(self._theirs, termios.TCSANOW, self._fresh)

    def read(self) -> bytes:
        """Return what the host has written."""
        try:
            return os.read(self._ours, 4096)
        except OSError:
            return b""

    def write(self, data: bytes) -> None:
        """Send to the host; nobody there, or a full buffer, loses it as a wire would."""
        if self.there:
            with suppress(OSError):
                os.write(self._ours, data)
