"""Tables that a document prints in several parts."""

import pytest

from tests.extract.texts import records

PAPER = """Methods: We randomly assigned 240 patients to letrozole (n = 120) or tamoxifen (n = 120).

Table 2. Hazard ratios

| Outcome | Letrozole (n=120) | Tamoxifen (n=120) | Hazard ratio (95% CI) |
|---|---|---|---|
| Overall survival | | | |
| All patients | 90 | 80 | 0.71 (0.40 to 1.26) |
| Progression-free survival | | | |

Some prose stands between the parts.

Table 2. {caption}

| {head} | Letrozole (n=120) | Tamoxifen (n=120) | Hazard ratio (95% CI) |
|---|---|---|---|
| All patients | 70 | 52 | 0.63 (0.44 to 0.90) |
"""


@pytest.mark.parametrize("caption", ["Hazard ratios", "(continued)", "Cont'd"])
def test_the_rows_of_a_later_part_stand_under_the_last_heading_of_the_part_before(caption):
    found = records(PAPER.format(caption=caption, head="Outcome"))
    assert [(row.outcome.value, str(row.estimate)) for row in found.contrasts] == [("OS", "0.71"), ("PFS", "0.63")]


def test_a_table_of_another_caption_and_head_is_another_table():
    found = records(PAPER.format(caption="Hazard ratios for relapse", head="Relapse"))
    assert ("PFS", "0.63") not in [(row.outcome.value, str(row.estimate)) for row in found.contrasts]
