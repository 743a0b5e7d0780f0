"""What a tag means is written where a reader can find it."""

import re
from pathlib import Path

from rheobase.evidence.load import TAGS, Standing

PAGE = Path(__file__).parents[2] / "docs/evidence.md"
SHOWN = {
    "published": Standing.PUBLISHED,
    "secondary": Standing.SECONDARY,
    "own calculation": Standing.COMPUTED,
    "proposed default, needs clinical sign-off": Standing.DEFAULT,
    "unverified": Standing.UNVERIFIED,
}


def test_the_page_on_numbers_says_of_every_tag_what_a_reader_is_shown():
    told = {}
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            told |= dict.fromkeys(re.findall(r"`([a-z_]+:[A-Z])`", cells[0]), SHOWN[cells[-1]])
    assert told == TAGS
