"""Pictures of commands, as SVG files."""

from pathlib import Path
from typing import TYPE_CHECKING

from rheobase.cli._write import write

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
