"""Our forest plot beside metafor's of the same rows: it shows every text that metafor 3.8-1 prints.

docs/figures/forest-metafor.txt was written by docs/figures/forest.R.
"""

import re
from pathlib import Path

import pytest

FIGURES = Path(__file__).parents[2] / "docs" / "figures"
#: Where we print another number, and why.
OURS = {
    "0.24 [0.08, 0.73]": "0.24 [0.08, 0.74]",  # as the document prints it; metafor computes it from the standard error
    "19.3%": "19.2%",  # 19.25; one decimal of all weights sums to 100.0
}


@pytest.mark.parametrize("style", ["default", "meta"])
def test_what_metafor_prints_of_the_rows_stands_in_our_figure(style):
    drawn = (FIGURES / f"forest-{style}.svg").read_text(encoding="utf-8")
    texts = " ".join(re.findall(r"<text[^>]*>([^<]+)</text>", drawn))
    printed = (FIGURES / "forest-metafor.txt").read_text(encoding="utf-8").splitlines()
    assert len(printed) == 14
    assert [text for text in printed if OURS.get(text, text) not in texts] == []


def test_the_figures_show_the_same_rows_in_every_style():
    names = ["Brunner 2016", "SORMAIN", "Xuan 2020"]
    for path in FIGURES.glob("forest-*.svg"):
        drawn = path.read_text(encoding="utf-8")
        assert all(name in drawn for name in names), path.name
