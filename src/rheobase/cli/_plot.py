"""Pictures of commands, as SVG files."""

from pathlib import Path
from typing import TYPE_CHECKING

from rheobase.cli._write import write
from rheobase.errors import BadInput

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_svg(figure: "Figure", file: Path) -> None:
    """Write a figure.

    Raises:
        BadInput: if the file cannot be written, or its name promises another format.
    """
    import io

    if file.suffix.lower() not in {"", ".svg"}:
        raise BadInput(f"{file} would hold a picture of the kind SVG. Name it {file.stem}.svg.")

    drawn = io.BytesIO()
    figure.savefig(drawn, format="svg")
    write(file, drawn.getvalue())
