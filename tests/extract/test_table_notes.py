"""What foot notes, and the methods, say of the numbers of a table."""

from tests.extract.test_cells import _extract

HEAD = "| Sorafenib (n=60) | Placebo (n=60) | Odds ratio (95% CI)"


def _tabled(records):
    return [row for row in records.contrasts if row.source.table]


def test_a_p_value_that_stands_in_the_note_to_a_mark_belongs_to_the_marked_estimate():
    records = _extract(
        "Events by treatment",
        HEAD,
        "Dry mouth | 9 (15) | 21 (35) | 0.33 (0.14 to 0.79)**\nItching | 8 (13) | 9 (15) | 0.87 (0.31 to 2.43)",
        "*Rounded. **P=0.013.",
    )
    assert [row.p_value and f"{row.p_operator}{row.p_value}" for row in _tabled(records)] == ["=0.013", None]


def test_a_note_that_compares_with_baseline_gives_no_p_value():
    records = _extract(
        "Events by treatment", HEAD, "Dry mouth | 9 (15) | 21 (35) | 0.33 (0.14 to 0.79)*", "*P=0.013 versus baseline."
    )
    assert [row.p_value for row in _tabled(records)] == [None]


def test_ratios_among_differences_are_no_differences():
    records = _extract(
        "Changes at the end",
        "| Sorafenib (n=60) | Placebo (n=60) | Mean difference (95% CI)",
        "Pulse | 71 (9) | 75 (8) | -4.0 (-7.0 to -1.0)\nFerritin† | 1.10 | 1.02 | 1.08 (1.01 to 1.15)",
        "Values are mean (SD). †Geometric mean ratio to baseline.",
    )
    assert [(row.outcome_text, str(row.estimate)) for row in _tabled(records)] == [("Pulse", "-4.0")]


def test_notes_that_name_covariates_tell_of_adjusted_estimates():
    records = _extract("Events", HEAD, "Dry mouth | 9 | 21 | 0.33 (0.14 to 0.79)", "Analysis of covariance with age.")
    assert [row.adjustment and row.adjustment.value for row in _tabled(records)] == ["adjusted"]


def test_methods_that_know_one_kind_of_ratio_tell_of_all():
    methods = (
        "</sec><sec><title>Methods</title><p>Unadjusted hazard ratios were estimated by Cox regression.</p></sec>"
        "<sec><title>More results</title><p>The hazard ratio for death with sorafenib versus placebo was 0.80 (95% CI, "
        "0.60 to 1.10).</p>"
    )
    records = _extract("Events", HEAD, "Dry mouth | 9 | 21 | 0.33 (0.14 to 0.79)", text=_text() + methods)
    assert {row.measure.value: row.adjustment.value for row in records.contrasts} == {
        "HR": "unadjusted",
        "OR": "unadjusted",
    }


def _text():
    return "<p>We randomly assigned 120 patients to sorafenib (n = 60) or placebo (n = 60).</p>"


def test_a_short_form_alone_is_named_with_its_long_form():
    records = _extract(
        "Blood values",
        "| Sorafenib (n=60) | Placebo (n=60) | Mean difference (95% CI)",
        "DBP, mm Hg | 71 (9) | 75 (8) | -4.0 (-7.0 to -1.0)",
        "Values are mean (SD). DBP, diastolic blood pressure.",
    )
    assert [row.outcome_text for row in _tabled(records)] == ["DBP (diastolic blood pressure), mm Hg"]


def test_a_line_of_sizes_is_the_heading_of_the_lines_below_it():
    records = _extract(
        "Body weight. Values are mean (SD)",
        "| Sorafenib | Placebo | Mean difference (95% CI)",
        "In the gym: | n=31 | n=30 |\n Weight at the end | 71 (9) | 75 (8) | -4.0 (-7.0 to -1.0)\n"
        "At home: | n=29 | n=30 |\n Weight at the end | 72 (9) | 74 (8) | -2.0 (-5.0 to 1.0)",
    )
    assert [row.outcome_text for row in _tabled(records)] == [
        "In the gym: Weight at the end",
        "At home: Weight at the end",
    ]


SHARES = "| Sorafenib (n=60) | Placebo (n=60)"
SIGNED = "Itching | 9 (15%)* | 21 (35%)\nDry mouth | 12 (20%)+ | 30 (50%)\nRash | 5 (8%) | 6 (10%)"
NOTES = "</p><fn><p>* Note: p=0.013,</p></fn><fn><p>+ p&lt;0.001</p></fn><fn><p>GI, gut.</p></fn><p>"


def test_a_sign_behind_a_share_stands_for_the_p_value_of_two_groups():
    records = _extract("Events by treatment", SHARES, SIGNED, NOTES)
    assert [(row.outcome_text, f"{row.p_operator}{row.p_value}", row.arm) for row in _tabled(records)] == [
        ("Itching", "=0.013", "Sorafenib"),
        ("Dry mouth", "<0.001", "Sorafenib"),
    ]


def test_a_sign_behind_a_mean_may_stand_for_a_change_within_the_group():
    records = _extract("Scores at the end, mean (SD)", SHARES, "Itching score | 2.1 (0.4)* | 3.5 (0.6)", "*P=0.013.")
    assert _tabled(records) == []


def test_hazard_ratios_that_a_note_calls_of_the_subdistribution_are_so_for_the_outcomes_it_names():
    records = _extract(
        "Outcomes",
        "| Sorafenib (n=60) | Placebo (n=60) | Hazard ratio* (95% CI)",
        "Overall survival | 41 (68) | 33 (55) | 0.71 (0.40 to 1.26)\nRelapse | 9 (15) | 21 (35) | 0.33 (0.14 to 0.79)",
        "*Subdistribution hazard ratio for chronic GVHD, relapse and non-relapse mortality.",
    )
    assert [(row.outcome.value, row.measure.value) for row in _tabled(records)] == [("OS", "HR"), ("RELAPSE", "SHR")]


def test_a_list_in_a_note_explains_no_short_form():
    records = _extract(
        "Outcomes",
        "| Sorafenib (n=60) | Placebo (n=60) | Hazard ratio* (95% CI)",
        "GVHD-free, relapse-free survival | 31 (52) | 20 (33) | 0.64 (0.44 to 0.93)",
        "*Of the subdistribution for chronic GVHD, relapse and non-relapse mortality.",
    )
    assert [row.outcome.value for row in _tabled(records)] == ["GRFS"]
