"""Numbers beside the results: of sentences, and of tables as a person downloads them."""

from decimal import Decimal

import pytest

from evidence.extract import extract
from evidence.model.records import ARM_SIZE, CONCLUSION
from evidence.read import read
from tests.extract.texts import METHODS, records, trial


def told(sentence):
    """(what, arm, value) of the quantities of one sentence of the results that are counts."""
    return [
        (one.what, one.arm, int(one.value))
        for one in trial(sentence).quantities
        if one.source.quote == sentence and one.value is not None and one.percent is None and one.low is None
    ]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Fifty patients received 68 doses of donor lymphocytes.", [("doses in 50 patients", None, 68)]),
        ("Eighty-eight DLI doses were administered to 50 patients.", [("doses in 50 patients", None, 88)]),
        ("In the letrozole group, 54 doses were given in 33 of 38 patients.", [("doses in 33 patients", None, 54)]),
        ("Patients received two doses.", []),
        ("There were 12 treatment-related deaths.", [("treatment-related deaths", None, 12)]),
        ("Eleven patients died from treatment-related causes.", [("treatment-related deaths", None, 11)]),
        (
            "There were three treatment-related deaths in the tamoxifen group.",
            [("treatment-related deaths", "in the tamoxifen group", 3)],
        ),
        (
            "Falls occurred in 9 women (4 in the letrozole group and 5 in the tamoxifen group).",
            [("women", None, 9), ("women", "in the letrozole group", 4), ("women", "in the tamoxifen group", 5)],
        ),
        ("Falls occurred in 9 women (4 with fractures and 5 with bruises).", []),
        ("Grade 3-5 pneumonitis occurred (4 in the letrozole group and 5 in the tamoxifen group).", []),
    ],
)
def test_counts_are_read_with_what_they_count(sentence, found):
    assert told(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("A total of 240 patients were randomized.", [("patients randomized", 240)]),
        ("We enrolled 265 patients at 12 centres.", [("patients enrolled", 265)]),
        ("It was planned that 300 patients would be randomized.", []),
        ("We randomly assigned 120 patients to receive letrozole and 118 to receive tamoxifen.", []),  # of one arm
        ("Two reports, 12 months after the first patient was randomized, were sent to the board.", []),
    ],
)
def test_people_taken_in_are_told_by_the_step_they_took(sentence, found):
    quantities = records(f"Methods: {sentence}\n\nResults: None died.\n").quantities
    assert [(one.what, one.value) for one in quantities] == found


def limits(sentence):
    return [
        (str(one.value), str(one.low), str(one.high), one.spread)
        for one in trial(sentence, methods="We treated patients.").quantities
        if one.low is not None
    ]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("The median age was 62 years (IQR 29-84).", [("62", "29", "84", "iqr")]),
        ("The median level was 28.8 (range, 12.4 to 15.1).", [("28.8", "12.4", "15.1", "range")]),
        ("We treated 62 patients (range 18-70 years).", []),
        ("Median follow-up was 2 years and 5 months (IQR, 12 to 52 months).", []),
        ("The difference was -4.26 mm Hg [-5.13 to 3.38].", [("-4.26", "-5.13", "3.38", "ci")]),
        ("The ratio was 0.62 (95% CI 0.40-0.96).", [("0.62", "0.40", "0.96", "ci")]),
        ("Doses of 2 (1-3) mg were given.", []),
    ],
)
def test_limits_are_read_as_printed_also_where_they_cannot_be_true(sentence, found):
    assert limits(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Control was reached by 219 (68.9% [95% CI 63.6-73.8]) of 314 patients.", [(219, 314, "68.9")]),
        ("Control was reached by 25 of 38 patients (65.8%).", [(25, 38, "65.8")]),
        ("Fifteen women fell, and 15 patients relapsed (13.0%).", [(15, None, "13.0")]),
        ("Of 2353 of 10 372 people (22.7%) nothing is known.", []),  # thousands set apart by a blank
        ("Nine of 33 patients (27.3%) fell.", []),  # no count stands before the bracket
    ],
)
def test_shares_are_read_with_their_total(sentence, found):
    quantities = trial(sentence).quantities
    assert [(one.value, one.total, str(one.percent)) for one in quantities if one.percent is not None] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(P = 9196)", ["9196"]),
        ("(p=2.6)", ["2.6"]),
        ("(P = 0.9196)", []),
        ("(P < 10-4)", []),
        ("(P = 3 x 10-5)", []),
        ("(p = 12 predictors)", []),
    ],
)
def test_p_values_above_one_are_read(text, found):
    quantities = trial(f"The groups did not differ {text}.").quantities
    assert [str(one.p_value) for one in quantities if one.p_value is not None] == found


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("In conclusion, letrozole appears to prolong survival.", True),
        ("Letrozole prolonged survival by 4 months.", False),  # a result
        ("Survival was studied.", False),
    ],
)
def test_claims_without_a_number_are_read(sentence, read):
    assert [one.source.quote for one in trial(sentence).quantities if one.what == CONCLUSION] == [sentence] * read


def test_the_size_of_a_cited_study_is_read_from_the_table_and_from_the_sentence_behind_its_name():
    review = (
        "# Maintenance after transplantation: a review\n\n## Abstract\n\nThis review summarizes trials.\n\n"
        "## Trials\n\nTable 1 Trials of maintenance\n\n"
        "Study\tPhase\tPatients\tOutcome\nSmith 2019 NCT01234567\tIII\t356\tRFS 24 m: 85% vs 53%\n"
        "Jones 2020 NCT07654321\tII\t83\tRFS 24 m: 79% vs 57%\n\n"
        "A randomized trial (NCT01234567) of maintenance was reported. Results on 365 enrolled patients are awaited.\n"
    )
    sizes = [(one.value, one.source.table) for one in records(review).quantities if one.what == "patients in the study"]
    assert (Decimal(356), "Table 1") in sizes
    assert (Decimal(365), None) in sizes


# --------------------------------------------------------------------------------------------------------------- tables


def cells(head, body, caption="Characteristics"):
    def row(line, tag):
        return "<tr>" + "".join(f"<{tag}>{cell.strip()}</{tag}>" for cell in line.split("|")) + "</tr>"

    article = (
        "<article><front><article-meta><title-group><article-title>Letrozole versus tamoxifen: a randomized trial"
        f"</article-title></title-group></article-meta></front><body><sec><title>Methods</title><p>{METHODS}</p></sec>"
        "<sec><title>Results</title><table-wrap><label>Table 1</label>"
        f"<caption><p>{caption}</p></caption><table><thead>{row(head, 'th')}</thead>"
        f"<tbody>{''.join(row(line, 'td') for line in body)}</tbody></table></table-wrap></sec></body></article>"
    )
    found = extract(read(article.encode(), name="article.nxml"))
    for one in found.quantities:
        assert one.source.quote
    return [one for one in found.quantities if one.source.table]


def test_counts_of_groups_stand_beside_the_count_of_all():
    found = cells(
        "| All patients 240 | Letrozole 120 | Tamoxifen 120 | P-value",
        ["Solitary lesion | 58 | 37 | 19 | NS", "Median age | 61 | 60 | 62 | NS"],
    )
    assert [(one.what, one.arm, int(one.value)) for one in found] == [
        ("Solitary lesion", None, 58),
        ("Solitary lesion", "Letrozole 120", 37),
        ("Solitary lesion", "Tamoxifen 120", 19),
    ]


def test_survival_over_all_is_no_column_of_all_patients():
    assert not cells("| Relapse-free survival | Overall survival | Follow-up", ["Patient 1 | 12 | 24 | 36"])


def test_a_median_and_its_range_may_stand_in_two_lines():
    found = cells("| Baseline Median (Min, Max) | Visits", ["VEGF | 28.82 | 4", "VEGF | (12.35, 15.08) | 4"])
    assert [(str(one.value), str(one.low), str(one.high), one.spread) for one in found] == [
        ("28.82", "12.35", "15.08", "range")
    ]


def test_percentages_are_read_with_the_size_of_their_column():
    found = cells("| Letrozole (n=120) | Tamoxifen (n=120)", ["Smokers, n (%) | 30 (25) | 33 (27.5)"])
    shares = [one for one in found if one.percent is not None]
    assert [(int(one.value), str(one.percent), one.group) for one in shares] == [(30, "25", 120), (33, "27.5", 120)]


def test_the_sizes_over_the_columns_of_a_table_are_read_for_each_arm():
    table = (
        "Table 1. Outcomes\n\n| Outcome | Letrozole (n = 120) | Tamoxifen (n = 102) |\n|---|---|---|\n"
        "| Relapse, n (%) | 12 (10.0) | 18 (15.0) |\n"
    )
    found = records(f"Methods: {METHODS}\n\nResults: Relapses are in Table 1.\n\n{table}").quantities
    sizes = [(one.arm, int(one.value)) for one in found if one.what == ARM_SIZE]
    assert sizes == [("letrozole", 120), ("tamoxifen", 102)]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("The women with metastases comprised 131 of 120 patients in the letrozole group.", [(131, 120)]),
        ("Of the 120 patients in the letrozole group, 131 were women.", [(131, 120)]),
        ("Of the 120 patients in the letrozole group, 31 were women.", []),
        ("They made 31 of 120 patients in the letrozole group.", []),
        ("It was given until day 140 of 120 patients.", []),
        ("It was stopped in 2015 of 120 patients.", []),  # a year
    ],
)
def test_more_people_than_those_they_are_among_are_read(sentence, found):
    parts = [one for one in trial(sentence).quantities if one.total is not None and one.percent is None]
    assert [(int(one.value), one.total) for one in parts] == found
