"""PDF by typst: a template, data as JSON, pictures as SVG. No network, fonts of the wheel alone."""

import json
import tempfile
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).parent / "templates" / "outcomes"
# A page on paper has no style sheet: the few classes of a chart, in ink.
INK = """
text{font-family:'Libertinus Serif';font-size:15px;fill:#333}
.axis,.ruler{stroke:#555;stroke-width:1.2;fill:none}.grid-line{stroke:#ccc;stroke-width:1}
.reference{stroke:#555;stroke-width:1.5;stroke-dasharray:6 4}.error-band{fill:#56b4e9;opacity:.25}
.curve{fill:none;stroke-width:2.5}.free{stroke:#0072b2}.stimulated{stroke:#b04a00}
.curve.stimulated{stroke-dasharray:7 4}.dot.free{fill:#0072b2}
.dot.stimulated{fill:#fff;stroke-width:2.5}.error{stroke-width:1.5}.bar-dose{fill:#007a5a}
.error-edge{stroke:#56b4e9;stroke-width:1.2;stroke-dasharray:4 4}.band-label{font-style:italic}
.value{font-weight:bold;fill:#0072b2}.value.stimulated{fill:#b04a00}
"""


def inked(svg: str) -> str:
    """Return a chart with its own colours, for paper."""
    head, rest = svg.split(">", 1)
    return f"{head}><style>{INK}</style>{rest}"


def pdf(template: str, data: dict[str, Any], pictures: dict[str, str]) -> bytes:
    """Return a PDF.

    Args:
        template: name of a .typ file beside the web templates.
        data: what it prints; the template reads it from data.json.
        pictures: name to SVG text; the template reads them by name.
    """
    with tempfile.TemporaryDirectory(prefix="rheobase-print-") as name:
        folder = Path(name)
        (folder / "page.typ").write_text((TEMPLATES / template).read_text("utf-8"), "utf-8")
        (folder / "data.json").write_text(json.dumps(data), "utf-8")
        for key, svg in pictures.items():
            (folder / f"{key}.svg").write_text(svg, "utf-8")
        made: bytes = typst.compile(folder / "page.typ", root=folder, ignore_system_fonts=True)
        return made
