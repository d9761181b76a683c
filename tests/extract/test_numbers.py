from decimal import Decimal

import pytest

from evidence.extract.numbers import Kind, is_design_assumption, quantities
from evidence.extract.times import find_times
from evidence.model.codes import Adjustment, Measure


def found(text, kind=None, **options):
    return [q for q in quantities(text, 0, len(text), **options) if kind is None or q.kind is kind]


def estimate(text):
    """(measure, value, low, high, p with operator) of the one estimate of a sentence."""
    (q,) = found(text, Kind.ESTIMATE)
    low, high = (str(q.spread.low), str(q.spread.high)) if q.spread else (None, None)
    return q.measure.name, str(q.value), low, high, q.p and f"{q.p.operator}{q.p.value}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the hazard ratio was 0.71 (95% CI, 0.55 to 0.92; P=0.01)", ("HR", "0.71", "0.55", "0.92", "=0.01")),
        ("hazard ratio for death, 0.71; 95% CI, 0.55 to 0.92; P<0.001", ("HR", "0.71", "0.55", "0.92", "<0.001")),
        ("hazard ratio [HR], 0.71; 95% confidence interval [CI], 0.55-0.92", ("HR", "0.71", "0.55", "0.92", None)),
        ("(HR 0.71, 95% CI 0.55-0.92, p = .010)", ("HR", "0.71", "0.55", "0.92", "=0.010")),
        ("Hazard ratio, 0.71 (95% CI 0.55-0.92)", ("HR", "0.71", "0.55", "0.92", None)),
        ("Odds Ratio 1.85 (95% CI 1.20-2.86)", ("OR", "1.85", "1.20", "2.86", None)),
        ("hazard ratio for death in the control group 1.18 [95% CI 0.95-1.45]", ("HR", "1.18", "0.95", "1.45", None)),
        ("an absolute difference between the groups 5.3% [95% CI -3.2% to 13.7%]", ("RD", "5.3", "-3.2", "13.7", None)),
        ("HR=0.71 95%CI 0.55; 0.92 p=0.01", ("HR", "0.71", "0.55", "0.92", "=0.01")),
        ("HR: 0.71 [0.55, 0.92]", ("HR", "0.71", "0.55", "0.92", None)),
        ("HR 0.71 (0.55/0.92)", ("HR", "0.71", None, None, None)),
        ("aHR = 0.71, 95% CI = 0.55-0. 92)", ("HR", "0.71", "0.55", "0.92", None)),
        ("HR (95% CI) = 0.71 (0.55-0.92)", ("HR", "0.71", "0.55", "0.92", None)),
        ("a hazard ratio of .71 (CI .55-.92)", ("HR", "0.71", "0.55", "0.92", None)),
        ("subdistribution hazard ratio, 0.44; 95% CI, 0.21 to 0.90", ("SHR", "0.44", "0.21", "0.90", None)),
        ("sHR 0.44 (95% CI 0.21-0.90)", ("SHR", "0.44", "0.21", "0.90", None)),
        ("odds ratio, 1.85; 95% CI, 1.20 to 2.86", ("OR", "1.85", "1.20", "2.86", None)),
        ("(OR: 1.85; 95% CrI: 1.20-2.86)", ("OR", "1.85", "1.20", "2.86", None)),
        ("relative risk 0.80 (0.66 to 0.97)", ("RR", "0.80", "0.66", "0.97", None)),
        ("rate ratio, 0.62; 95% CI, 0.40 to 0.96", ("IRR", "0.62", "0.40", "0.96", None)),
        ("standardized mean difference -0.31 (95% CI -0.52 to -0.10)", ("SMD", "-0.31", "-0.52", "-0.10", None)),
        ("mean difference, -2.4; 95% CI, -4.0 to -0.8", ("MD", "-2.4", "-4.0", "-0.8", None)),
        ("risk difference, 12.5 percentage points; 95% CI, 3.1 to 21.9", ("RD", "12.5", "3.1", "21.9", None)),
        ("an absolute difference of 8% (95% CI 2% to 14%)", ("RD", "8", "2", "14", None)),
        ("HR 1.04 (95% credible interval 0.80 to 1.35)", ("HR", "1.04", "0.80", "1.35", None)),
        ("the odds ratio was 11 (95% CI 2.1-58)", ("OR", "11", "2.1", "58", None)),
    ],
)
def test_an_estimate_is_read_with_its_interval_and_p_value_as_printed(text, expected):
    assert estimate(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(7 ± 2 min versus 36 ± 18 min; difference: −29.2 min, 95% CI −31.7 to −26.8)", ("MD", "-29.2", "-31.7")),
        ("adjusted difference of 2.5 mm Hg, 95% confidence interval (CI) −9.5 to 14.5", ("MD", "2.5", "-9.5")),
        ("The difference in success was 8.0% in favor of stents (95% CI: −0.9% to 16.8%)", ("RD", "8.0", "-0.9")),
    ],
)
def test_a_difference_with_an_interval_is_an_estimate(text, expected):
    clean = text.replace("−", "-")
    found = [q for q in quantities(clean, 0, len(clean)) if q.kind is Kind.ESTIMATE]
    assert [(q.measure.value, str(q.value), str(q.spread.low)) for q in found] == [expected]


def test_two_percentages_beside_the_word_difference_are_no_difference():
    text = "There was no difference in response (45.2% vs 33.1%)"
    assert [q.kind for q in quantities(text, 0, len(text))] == [Kind.PERCENT, Kind.PERCENT]


def test_the_unit_behind_a_mean_is_part_of_it():
    text = "7.1 ± 2.0 mmol/L in the group"
    (mean,) = quantities(text, 0, len(text))
    assert text[mean.start : mean.end] == "7.1 ± 2.0 mmol/L"


def test_a_word_defined_by_the_way_is_no_assumption():
    assert not is_design_assumption("transit time, defined as hours to exit, was shorter (46 ± 20 vs 73 ± 34)")


def test_an_interval_behind_the_outcome_belongs_to_the_number_before_it():
    (q,) = found(
        "Hazard ratios (HRs) were 0.99 for event-free survival (EFS) (95%CI: 0.77-1.26; p=0.91)", Kind.ESTIMATE
    )
    assert [str(n) for n in (q.value, q.spread.low, q.spread.high, q.p.value)] == ["0.99", "0.77", "1.26", "0.91"]


def test_a_limit_is_never_taken_for_the_estimate():
    assert found("the hazard ratio is shown in Figure 2 (95% CI 0.77-1.26)", Kind.ESTIMATE) == []


def test_an_interval_that_cannot_be_true_is_read_as_printed_so_that_a_check_sees_it():
    assert estimate("hazard ratio 0.95 (95% CI 0.40-0.80)") == ("HR", "0.95", "0.40", "0.80", None)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("HR 0.71 (90% CI 0.58-0.87)", "90"),
        ("HR 0.71 (97.5 percent confidence interval 0.5-1.0)", "97.5"),
        ("HR 0.71 (CI 0.58-0.87)", None),
    ],
)
def test_the_level_of_an_interval_is_the_printed_one(text, level):
    (q,) = found(text, Kind.ESTIMATE)
    assert q.spread.level == (Decimal(level) if level else None)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (
            "hazard ratios were 0.73 (95% CI, 0.52-0.98; P = .04) and 0.41 (95% CI, 0.20-0.83; P = .01), respectively",
            [("0.73", "0.04"), ("0.41", "0.01")],
        ),
        ("HR 0.41 (95% CI 0.20-0.83) and 0.73, 0.52-0.98, respectively", [("0.41", None), ("0.73", None)]),
        (
            "(HR 0.41, 95% CI 0.20-0.83, P=0.01; HR 0.73, 95% CI 0.52-0.98, P=0.04)",
            [("0.41", "0.01"), ("0.73", "0.04")],
        ),
        ("HR 0.41 (0.20-0.83) for death and OR 1.90 (1.10-3.28) for response", [("0.41", None), ("1.90", None)]),
    ],
)
def test_several_estimates_keep_their_own_interval_and_p_value(text, pairs):
    assert [(str(q.value), q.p and str(q.p.value)) for q in found(text, Kind.ESTIMATE)] == pairs
    assert all(q.spread.low < q.value < q.spread.high for q in found(text, Kind.ESTIMATE))


def test_a_label_of_the_sentence_before_is_inherited_only_when_asked_for():
    text = "In older patients it was 0.73 (0.52-0.98)."
    assert found(text, Kind.ESTIMATE) == []
    (q,) = found(text, Kind.ESTIMATE, inherited=Measure.HR)
    assert (q.measure, str(q.value)) == (Measure.HR, "0.73")


@pytest.mark.parametrize(
    "text",
    [
        "The trial had 90% power to detect a hazard ratio of 0.70 with 200 events.",
        "We assumed a hazard ratio of 0.70 and a dropout of 5%.",
        "The noninferiority margin was a hazard ratio of 1.30.",
        "Sample size calculation was based on an odds ratio of 2.0.",
        "A hazard ratio below 0.80 was considered clinically relevant.",
    ],
)
def test_a_design_assumption_is_no_result(text):
    assert is_design_assumption(text)
    assert found(text, Kind.ESTIMATE) == []


def test_a_plain_result_is_no_design_assumption():
    assert not is_design_assumption("The hazard ratio for death was 0.70 (95% CI, 0.55 to 0.89).")


@pytest.mark.parametrize(
    "text",
    [
        "tumors were HR+ in 34 women",
        "RR 45% in the whole group",  # a response rate
        "the HR in cycle 3 was lower",
        "odds ratios for 2019 were not reported",
        "HR 24-month follow-up",
    ],
)
def test_letters_that_look_like_a_measure_give_no_estimate(text):
    assert found(text, Kind.ESTIMATE) == []


@pytest.mark.parametrize(
    ("text", "adjustment"),
    [
        ("adjusted hazard ratio 0.71 (0.55-0.92)", Adjustment.ADJUSTED),
        ("in multivariable analysis, HR 0.71 (0.55-0.92)", Adjustment.ADJUSTED),
        ("unadjusted HR 0.71 (0.55-0.92)", Adjustment.UNADJUSTED),
        ("crude odds ratio 0.71 (0.55-0.92)", Adjustment.UNADJUSTED),
        ("HR 0.71 (0.55-0.92)", None),
    ],
)
def test_the_words_before_an_estimate_say_whether_it_is_adjusted(text, adjustment):
    assert found(text, Kind.ESTIMATE)[0].adjustment is adjustment


@pytest.mark.parametrize(
    ("text", "operator", "value"),
    [
        ("differed (P<0.001)", "<", "0.001"),
        ("differed (p = .04)", "=", "0.04"),
        ("differed (p-value 0.04)", None, None),  # no operator, no word: not believed
        ("differed (P value of 0.04)", "=", "0.04"),
        ("differed (p ≤ 0.05)", "<=", "0.05"),
        ("did not differ (P>0.99)", ">", "0.99"),
        ("differed (two-sided P = 0. 031)", "=", "0.031"),
        ("differed (p=0.000 3)", "=", "0.0003"),
        ("differed (P = 3 x 10-4)", "=", "0.0003"),
        ("differed (P = .5 x 10-4)", "=", "0.00005"),
        ("differed, P less than 0.05", "<", "0.05"),
        ("differed (P = < .01)", "<", "0.01"),
    ],
)
def test_a_p_value_is_read_with_its_operator(text, operator, value):
    assert [(q.p.operator, q.p.value) for q in found(text, Kind.P_VALUE)] == (
        [(operator, Decimal(value))] if operator else []
    )


def test_p_values_in_a_list_are_several():
    text = "with p values of 0.0165 and 0.0191, respectively"
    assert [str(q.value) for q in found(text, Kind.P_VALUE)] == ["0.0165", "0.0191"]


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("(P for interaction = 0.04)", "interaction"),
        ("(P_interaction=0.04)", "interaction"),
        ("(interaction P = 0.04)", "interaction"),
        ("(P for trend, 0.04)", "for trend"),
        ("(heterogeneity p=0.04)", "heterogeneity"),
        ("(P = 0.04 for noninferiority)", "noninferiority"),
        ("(P = 0.04 for superiority)", None),
    ],
)
def test_a_p_value_of_an_interaction_is_told_from_one_of_a_comparison(text, test):
    (q,) = found(text, Kind.P_VALUE)
    assert q.p.test == test


def percent(text):
    q = found(text, Kind.PERCENT)[0]
    low, high = (str(q.spread.low), str(q.spread.high)) if q.spread else (None, None)
    return str(q.value), q.events, q.total, low, high


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25 of 38 (65.8%)", ("65.8", 25, 38, None, None)),
        ("25 of the 38 patients (65.8%)", ("65.8", 25, 38, None, None)),
        ("25/38 (65.8%)", ("65.8", 25, 38, None, None)),
        ("25 out of 38 patients [65.8%]", ("65.8", 25, 38, None, None)),
        ("65.8% (25/38)", ("65.8", 25, 38, None, None)),
        ("65.8% (25 of 38 patients; 95% CI, 48.7%-80.4%)", ("65.8", 25, 38, "48.7", "80.4")),
        ("25 [66%] of 38 patients", ("66", 25, 38, None, None)),
        ("25 (66%) of 38", ("66", 25, 38, None, None)),
        ("25 patients (65.8%)", ("65.8", 25, None, None, None)),
        ("(25 patients, 65.8%)", ("65.8", 25, None, None, None)),
        ("(n = 25, 65.8%)", ("65.8", 25, None, None, None)),
        ("65.8% (n = 25)", ("65.8", 25, None, None, None)),
        ("Twenty-five (65.8%) of the 38", ("65.8", 25, 38, None, None)),
        ("44 of 38 patients (65.8%)", ("65.8", 44, 38, None, None)),  # cannot be, and is for a check to say
        ("seven [7%] of 102", ("7", 7, 102, None, None)),
        ("1,234 of 2,468 participants (50.0%)", ("50.0", 1234, 2468, None, None)),
        ("65.8% (95% CI, 48.7 to 80.4)", ("65.8", None, None, "48.7", "80.4")),
        ("65.8% (95% CI, 0.49 to 0.80)", ("65.8", None, None, "49", "80")),  # limits as fractions of one
        ("65.8% (25 of 38; 95% CI, 0.49 to 0.80)", ("65.8", 25, 38, "49", "80")),
        ("65.8 percent", ("65.8", None, None, None, None)),
    ],
)
def test_a_percentage_is_read_with_its_count_and_limits(text, expected):
    assert percent(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "if more than 10% of blasts remained",
        "at least 20% of the dose",
        "<5% blasts",
        "from 15 to 47%",
        "18.2%-56.9%",
        "with 80% power",
        "the 95% CI was wide",
    ],
)
def test_thresholds_ranges_and_levels_are_no_percentages(text):
    assert found(text, Kind.PERCENT) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("(11 vs. 16%)", ["11", "16"]),
        ("in 31.6 and 33.9% of patients", ["31.6", "33.9"]),
        ("12.1, 14.0, and 15.2% of patients", ["12.1", "14.0", "15.2"]),
        ("47.4% (33.9%-66.2%) and 16.7% (6.8%-40.8%)", ["47.4", "16.7"]),
    ],
)
def test_the_first_percentages_of_a_list_take_the_unit_printed_at_its_end(text, values):
    assert [str(q.value) for q in found(text, Kind.PERCENT)] == values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a median of 9.3 months", [("9.3", "months", None, None)]),
        ("15.9 and 14.5 months", [("15.9", "months", None, None), ("14.5", "months", None, None)]),
        ("18.4 months (95% CI, 12.0-24.8)", [("18.4", "months", "12.0", "24.8")]),
        (
            "5.5 (3.8-14.0) months vs 4.5 (3.5-10.7) months",
            [("5.5", "months", "3.8", "14.0"), ("4.5", "months", "3.5", "10.7")],
        ),
        ("2.07 years", [("2.07", "years", None, None)]),
        ("15.0 weeks", [("15.0", "weeks", None, None)]),
    ],
)
def test_a_duration_is_read_with_its_unit_and_limits(text, expected):
    assert [
        (str(q.value), q.unit, q.spread and str(q.spread.low), q.spread and str(q.spread.high))
        for q in found(text, Kind.DURATION)
    ] == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("18.4 months (range, 2.0-30.1)", "range"),
        ("18.4 months (IQR 12.0-24.8)", "iqr"),
        ("18.4 months (interquartile range, 12.0 to 24.8)", "iqr"),
        ("18.4 months (12.0-24.8)", "unsaid"),
        ("18.4 months (95% CI 12.0-24.8)", "ci"),
    ],
)
def test_only_named_limits_are_a_confidence_interval(text, kind):
    assert found(text, Kind.DURATION)[0].spread.kind == kind


def test_limits_without_a_word_are_confidence_limits_where_the_sentence_speaks_of_them():
    first, second = found("18.4 months (95% CI 12.0-24.8) and 4.8 months (2.0-7.6)", Kind.DURATION)
    assert (first.spread.kind, second.spread.kind) == ("ci", "ci")


@pytest.mark.parametrize(
    "text",
    [
        "was not reached",
        "had not been reached",
        "never reached",
        "NR vs 9.3 months",
        "not yet reached",
        "was not estimable",
    ],
)
def test_a_median_that_was_not_reached_is_told(text):
    assert len(found(text, Kind.NOT_REACHED)) == 1


@pytest.mark.parametrize(
    "limits",
    [
        "(95% CI, 14.0 to NR)",
        "(95% CI 14.0-not reached)",
        "[14.0-NE]",
        "(95% CI, NR to NR)",
        "(95% CI, 14.0 to infinity)",
    ],
)
def test_a_limit_that_was_not_reached_is_no_median_that_was_not_reached(limits):
    assert [(q.kind, str(q.value), q.spread) for q in found(f"18.4 months {limits} with letrozole")] == [
        (Kind.DURATION, "18.4", None)
    ]


@pytest.mark.parametrize(
    ("text", "events", "total"),
    [("25 of 38 patients responded", 25, 38), ("25/38 responded", 25, 38), ("3 out of the 40", 3, 40)],
)
def test_a_fraction_is_read_without_a_percentage(text, events, total):
    (q,) = found(text, Kind.FRACTION)
    assert (q.events, q.total) == (events, total)


@pytest.mark.parametrize("text", ["open 24/7", "on 12/05/2019", "38 of 25", "grade 3/4 events"])
def test_dates_and_impossible_fractions_are_none(text):
    assert found(text, Kind.FRACTION) == []


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("12 patients died", [12]),
        ("Seven patients died", [7]),
        ("twenty-one deaths occurred", [21]),
        ("No deaths among 1,204 women", [1204]),
    ],
)
def test_people_are_counted_in_digits_and_words(text, events):
    assert [q.events for q in found(text, Kind.COUNT)] == events


@pytest.mark.parametrize(
    "text",
    [
        "in phase 3",
        "grade 4 toxicity",
        "on day 28",
        "in cohort 1 (n = 35)",
        "400 mg twice daily",
        "in March 2019",
        "at 14 hospitals",
        "the FLT3-2 variant",
        "Table 2",
        "two of the three hospitals",
        "the 5th course",
        "ECOG 2",
    ],
)
def test_numbers_that_name_something_are_no_counts(text):
    assert found(text, Kind.COUNT) == []


def test_a_deviation_in_brackets_is_told_by_the_words_before_it():
    means = found("Mean (SD) age was 61.2 (9.8) years with A and 59.9 (10.1) years with B", Kind.MEAN)
    assert [(str(q.value), str(q.sd)) for q in means] == [("61.2", "9.8"), ("59.9", "10.1")]


@pytest.mark.parametrize(("text", "sd"), [("23.4 (SD 3.2)", "3.2"), ("23.4 ± 3.2", "3.2"), ("-1.5 +/- 0.4", "0.4")])
def test_a_mean_is_read_with_its_standard_deviation(text, sd):
    (q,) = found(text, Kind.MEAN)
    assert (str(q.value), str(q.sd)) == (text.split()[0], sd)


def test_a_group_size_is_no_result():
    assert [(q.kind, q.total) for q in found("placebo (n = 43)")] == [(Kind.SIZE, 43)]


def test_time_points_are_masked_so_that_they_are_not_read_as_durations():
    text = "2-year survival was 47.4% at 24 months"
    masked = [(time.start, time.end) for time in find_times(text, 0, len(text))]
    assert [(q.kind, str(q.value)) for q in found(text, masked=masked)] == [(Kind.PERCENT, "47.4")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HR\n0.71 (95% CI\n0.55-0.92)", [(Kind.ESTIMATE, "0.71")]),
        ("responses in\n25 of 38 patients\n(65.8%)", [(Kind.PERCENT, "65.8")]),
        ("a response rate of\n45%", [(Kind.PERCENT, "45")]),
    ],
)
def test_a_wrapped_line_reads_like_an_unwrapped_one(text, expected):
    assert [(q.kind, str(q.value)) for q in found(text)] == expected
    assert len(found(text)) == len(found(text.replace("\n", " ")))


def test_offsets_are_those_of_the_text_and_not_of_the_sentence():
    text = "Nothing here. The hazard ratio was 0.71 (95% CI, 0.55 to 0.92; P=0.01). Nothing there."
    (q,) = quantities(text, 14, 72)
    assert text[q.at :].startswith("0.71")
    assert text[q.spread.start : q.spread.end].startswith("0.55 to 0.92")
    assert text[q.p.start : q.p.end] == "P=0.01"


def test_the_number_of_a_period_counts_nobody():
    text = "The length of stay differed between periods 1 and 2, and more in period 3."
    assert quantities(text, 0, len(text)) == []


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("Two hundred sixty-eight patients had a relapse.", 268),
        ("One hundred and eleven women died.", 111),
        ("A hundred patients died.", 100),
        ("Twenty-five patients died.", 25),
    ],
)
def test_hundreds_in_words_are_one_number(words, count):
    assert [quantity.events for quantity in quantities(words, 0, len(words))] == [count]


def test_thousands_in_words_are_not_read_as_the_words_beside_them():
    text = "Two thousand patients and five thousand two hundred women were seen."
    assert quantities(text, 0, len(text)) == []


def test_the_level_of_a_two_sided_interval_is_no_result():
    sentence = "OS was 62% (95% two-sided CI: 51% to 71%) with A."
    assert [q.value for q in found(sentence, Kind.PERCENT)] == [Decimal(62)]
    (quantity,) = found(sentence, Kind.PERCENT)
    assert quantity.spread is not None and (quantity.spread.low, quantity.spread.high) == (Decimal(51), Decimal(71))
