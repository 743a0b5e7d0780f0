"""Pictures of commands: SVG files, refused with words where they cannot be written."""

from pathlib import Path
from typing import TYPE_CHECKING

from rheobase.errors import BadInput

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_svg(figure: "Figure", file: Path) -> None:
    """Write a figure.

    Raises:
        BadInput: if the file cannot be written.
    """
    import io

    drawn = io.BytesIO()
    figure.savefig(drawn, format="svg")
    write(file, drawn.getvalue())


def write(file: Path, content: bytes) -> None:
    """Write a file.

    Raises:
        BadInput: if it cannot be written.
    """
    try:
        file.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}. Name another file.") from None
