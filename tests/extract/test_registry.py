from decimal import Decimal

import pytest

from evidence.extract import extract
from evidence.read import read
from tests.documents.records.study import (
    OS,
    STUDY,
    analysis,
    as_bytes,
    counts,
    group,
    measure,
    measurements,
    one_class,
    study,
)


def records_of(*measures, **protocol):
    return extract(read(as_bytes(study(*measures, **protocol))))


def of_measure(rows, section):
    return [row for row in rows if row.source.section == section]


def test_the_protocol_is_the_study():
    (found,) = extract(read(as_bytes(STUDY))).studies
    assert (found.label, found.acronym, found.registry_ids[0]) == ("EXAMPLE", "EXAMPLE", "NCT01234567")
    assert (found.design, found.phase, found.n_total) == ("randomized", "2/3", 371)
    assert (found.population, found.report) == ("Relapsed leukaemia", "primary")


@pytest.mark.parametrize(
    ("module", "design", "phase", "n"),
    [
        ({"designInfo": {"allocation": "NA", "interventionModel": "SINGLE_GROUP"}, "phases": ["PHASE1", "PHASE2"]},
         "single_arm", "1/2", 371),
        ({"designInfo": {"allocation": "NON_RANDOMIZED"}, "phases": ["NA"]}, "other", None, 371),
        ({"studyType": "OBSERVATIONAL", "designInfo": {"timePerspective": "RETROSPECTIVE"}}, "cohort_retrospective",
         "2/3", 371),
        ({"enrollmentInfo": {"count": 400, "type": "ESTIMATED"}}, "randomized", "2/3", None),
    ],
)  # fmt: skip
def test_design_phase_and_size_are_those_registered(module, design, phase, n):
    (found,) = records_of(designModule=module).studies
    assert (found.design, found.phase, found.n_total) == (design, phase, n)


def test_arms_have_the_roles_registered_and_the_sizes_that_started():
    arms = extract(read(as_bytes(STUDY))).arms
    assert [(arm.label, arm.role, arm.n) for arm in arms] == [
        ("Placebo", "control", 124), ("Examplinib", "experimental", 247),
    ]  # fmt: skip


def test_every_quote_stands_at_its_offsets_and_holds_the_number():
    document = read(as_bytes(STUDY))
    rows = list(extract(document).results())
    assert len(rows) == 13
    for row in rows:
        assert document.text[row.source.char_start : row.source.char_end] == row.source.quote
        number = row.estimate if hasattr(row, "estimate") else row.value
        assert str(number) in row.source.quote
    assert len({row.result_id for row in rows}) == 13


@pytest.mark.parametrize(
    ("given", "row"),
    [
        (OS, ("OS", "median_time", "9.3", "7.7", "10.7", None, None, None)),
        (measure("Overall Survival", "MEDIAN", "days", [one_class(("365", "100", "NA"), "200")],
                 dispersionType="95% Confidence Interval"),
         ("OS", "median_time", "12", "3.29", None, None, None, None)),
        (measure("Overall Survival", "MEDIAN", "months", [one_class(("9.3", "1", "30"), "5")],
                 dispersionType="Full Range"), ("OS", "median_time", "9.3", None, None, None, None, None)),
        (measure("Overall Survival at 24 Months", "NUMBER", "percentage of participants",
                 [one_class(("37.1", "30", "44"), "20")], dispersionType="95% Confidence Interval"),
         ("OS", "survival_probability", "37.1", "30", "44", None, None, "24")),
        (measure("Overall Survival", "NUMBER", "probability", [one_class("0.371", "0.2", title="Month 12")]),
         ("OS", "survival_probability", "37.1", None, None, None, None, "12")),
        (measure("Complete Remission", "COUNT_OF_PARTICIPANTS", "Participants", [one_class("52", "13")]),
         ("CR", "count", "52", None, None, 52, 247, None)),
        (measure("Number of Participants Who Died", "NUMBER", "participants", [one_class("52", "13")]),
         ("DEATH", "count", "52", None, None, 52, 247, None)),
        (measure("Change From Baseline in Fatigue Score", "MEAN", "score on a scale",
                 [{"categories": [{"measurements": measurements({"value": "25.1", "spread": "3.2"}, "20")}]}],
                 dispersionType="Standard Deviation"), ("OTHER", "mean", "25.1", None, None, None, None, None)),
        (measure("Duration of Complete Remission", "MEDIAN", "months", [one_class("11.0", "1.8")]),
         ("DOR", "median_time", "11.0", None, None, None, None, None)),
        (measure("Time to Complete Remission", "MEDIAN", "months", [one_class("2.0", "1.8")]),
         ("OTHER", "median_time", "2.0", None, None, None, None, None)),
    ],
)  # fmt: skip
def test_a_measure_becomes_a_row_of_each_arm(given, row):
    first, second = of_measure(records_of(given).arm_results, given["title"])
    assert (first.arm, second.arm) == ("Examplinib", "Placebo")
    assert first.arm_id.endswith("a2") and second.arm_id.endswith("a1")
    text = [None if part is None else str(part) for part in (first.value, first.ci_low, first.ci_high)]
    months = first.timepoint_months
    assert (
        first.outcome, first.measure, *text, first.events, first.total, None if months is None else str(months)
    ) == row  # fmt: skip


def test_a_standard_deviation_is_kept_and_a_standard_error_is_none():
    for dispersion, sd in (("Standard Deviation", Decimal("3.2")), ("Standard Error", None)):
        entry = {"categories": [{"measurements": measurements({"value": "25.1", "spread": "3.2"}, "20")}]}
        given = measure("Fatigue", "MEAN", "score", [entry], dispersionType=dispersion)
        assert of_measure(records_of(given).arm_results, "Fatigue")[0].sd == sd


@pytest.mark.parametrize(
    ("comment", "reached"),
    [
        ("Median was not reached.", True),
        ("Insufficient number of participants with events.", True),
        ("Not done.", None),
    ],
)
def test_a_median_not_reached_is_said_and_other_gaps_are_none(comment, reached):
    value = {"value": "NA", "lowerLimit": "12.1", "upperLimit": "NA", "comment": comment}
    entry = {"categories": [{"measurements": measurements(value, "5.6")}]}
    given = measure("Overall Survival", "MEDIAN", "months", [entry], dispersionType="95% Confidence Interval")
    rows = [row for row in of_measure(records_of(given).arm_results, "Overall Survival") if row.arm == "Examplinib"]
    assert [(row.not_reached, row.value, row.ci_low, row.ci_high) for row in rows] == (
        [(True, None, Decimal("12.1"), None)] if reached else []
    )


def test_classes_are_time_points_outcomes_or_subgroups():
    given = measure(
        "Response Rate", "NUMBER", "percentage of participants",
        [one_class("21.1", "10.5", title="Complete Remission"), one_class("30", "12", title="Prior transplantation")],
    )  # fmt: skip
    rows = [row for row in of_measure(records_of(given).arm_results, "Response Rate") if row.arm == "Examplinib"]
    assert [(row.outcome, row.subgroup) for row in rows] == [("CR", None), ("ORR", "Prior transplantation")]


def test_a_category_that_denies_the_outcome_is_not_the_outcome():
    categories = [
        {"title": title, "measurements": measurements(value, "1")}
        for title, value in (("Complete remission", "52"), ("No remission", "195"))
    ]
    given = measure("Best Response", "COUNT_OF_PARTICIPANTS", "Participants", [{"categories": categories}])
    rows = [row for row in of_measure(records_of(given).arm_results, "Best Response") if row.arm == "Examplinib"]
    assert [(row.outcome, row.events) for row in rows] == [("CR", 52), ("OTHER", 195)]


def test_the_denominator_of_a_class_comes_before_that_of_the_measure():
    entry = one_class("10", "5", title="Month 12") | {"denoms": [counts("100", "50")]}
    given = measure("Complete Remission", "COUNT_OF_PARTICIPANTS", "Participants", [entry])
    assert [row.total for row in of_measure(records_of(given).arm_results, "Complete Remission")] == [100, 50]


@pytest.mark.parametrize(
    ("title", "arm"),
    [("Examplinib 120 mg", "Examplinib"), ("EXAMPLINIB arm", "Examplinib"), ("Examplinib, Mutated", None),
     ("All Participants", "overall"), ("Examplinib Plus Placebo", None)],
)  # fmt: skip
def test_a_group_is_an_arm_only_where_that_is_sure(title, arm):
    given = measure("Complete Remission", "NUMBER", "percentage of participants", [one_class("21.1", "10.5")])
    given["groups"] = [group("OG000", title), group("OG001", "Placebo")]
    first = of_measure(records_of(given).arm_results, "Complete Remission")[0]
    assert first.arm == (arm or title)
    assert (first.arm_id is not None) == (arm == "Examplinib")


def test_numbers_without_a_place_in_the_tables_are_counted():
    given = measure("Exposure", "GEOMETRIC_MEAN", "ng/mL", [one_class("211", "105")])
    records = records_of(given)
    assert of_measure(records.arm_results, "Exposure") == []
    (flag,) = records.flags
    assert flag.message == (
        "EXAMPLE: 2 numbers of its outcome measures have no place in the evidence tables (geometric means, rates)."
    )


def test_adverse_events_are_counts_of_those_at_risk():
    rows = of_measure(extract(read(as_bytes(STUDY))).arm_results, "Adverse events")
    found = {(row.outcome, row.outcome_text, row.arm): (row.events, row.total) for row in rows}
    assert found["DEATH", "All-cause mortality", "Placebo"] == (90, 124)
    assert found["SAE", "Serious adverse events", "Examplinib"] == (205, 246)
    assert found["OTHER", "Febrile neutropenia", "Examplinib"] == (76, 246)
    assert found["OTHER", "Nausea", "Placebo"] == (36, 109)


# ------------------------------------------------------------------------------------------------------------ analyses

FULL = {"ciPctValue": "95", "ciNumSides": "TWO_SIDED", "ciLowerLimit": "0.49", "ciUpperLimit": "0.83"}


def contrasts(*analyses, **more):
    groups = more.pop("groups", OS["groups"])
    return records_of(OS | {"analyses": list(analyses), "groups": groups} | more)


def test_a_hazard_ratio_is_read_with_its_interval_and_p():
    (row,) = contrasts(analysis("Hazard Ratio (HR)", "0.640", pValue="<0.001", **FULL)).contrasts
    assert (row.measure, str(row.estimate), str(row.ci_low), str(row.ci_high)) == ("HR", "0.640", "0.49", "0.83")
    assert (row.ci_level, row.p_operator, str(row.p_value)) == (95, "<", "0.001")
    assert (row.outcome, row.timepoint_months, row.adjustment) == ("OS", None, None)


@pytest.mark.parametrize(
    ("words", "arm"),
    [
        ("", "Examplinib"),  # the experimental arm against the control, whatever the order of the groups
        ("Hazard ratio is placebo versus examplinib.", "Placebo"),
        ("A hazard ratio < 1 favors examplinib.", "Examplinib"),
        ("A hazard ratio less than 1 is in favor of the placebo group.", "Placebo"),
        ("The reference group was examplinib.", "Placebo"),
        ("Estimated as Examplinib / Placebo.", "Examplinib"),
    ],
)
@pytest.mark.parametrize("order", [["OG000", "OG001"], ["OG001", "OG000"]])
def test_the_direction_is_that_of_the_words_else_of_the_kinds_of_arms(words, arm, order):
    (row,) = contrasts(analysis("Hazard Ratio (HR)", "0.64", groupIds=order, estimateComment=words)).contrasts
    assert (row.arm, row.arm_id[-2:]) == (arm, "a2" if arm == "Examplinib" else "a1")


def test_an_estimate_without_a_direction_is_left_out_and_its_p_value_kept():
    made = study(OS | {"analyses": [analysis("Hazard Ratio (HR)", "0.64", pValue="0.013", **FULL)]})
    for arm in made["protocolSection"]["armsInterventionsModule"]["armGroups"]:
        arm["type"] = "ACTIVE_COMPARATOR"
    records = extract(read(as_bytes(made)))
    (row,) = records.contrasts
    assert (row.measure, row.estimate, row.ci_low, str(row.p_value)) == ("P", None, None, "0.013")
    assert ["1 comparisons were not taken" in flag.message for flag in records.flags] == [True]


@pytest.mark.parametrize(
    ("param", "value", "unit", "measure_"),
    [
        ("Odds Ratio (OR)", "2.1", "percentage of participants", "OR"),
        ("Risk Ratio (RR)", "2.1", "percentage of participants", "RR"),
        ("Risk Difference (RD)", "10.6", "percentage of participants", "RD"),
        ("Difference in Response Rate", "10.6", "Participants", "RD"),
        ("Risk Difference (RD)", "0.106", "Participants", "P"),  # a fraction or points: nobody says
        ("Mean Difference (Final Values)", "1.2", "months", "MD"),
        ("Median Difference (Final Values)", "3.7", "months", "P"),
        ("Hazard Ratio, log", "-0.45", "months", "P"),
        ("Slope", "1.1", "months", "P"),
    ],
)
def test_a_parameter_is_the_measure_it_is_called(param, value, unit, measure_):
    (row,) = contrasts(analysis(param, value, pValue="0.04"), unitOfMeasure=unit).contrasts
    assert row.measure == measure_
    assert row.estimate == (None if measure_ == "P" else Decimal(value))


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ({"ciNumSides": "TWO_SIDED", "ciPctValue": "97.5", "ciLowerLimit": "0.4", "ciUpperLimit": "0.9"},
         ("0.4", "0.9", "97.5")),
        ({"ciNumSides": "ONE_SIDED", "ciPctValue": "97.5", "ciUpperLimit": "0.9"}, (None, "0.9", "97.5")),
        ({"ciNumSides": "ONE_SIDED", "ciPctValue": "95", "ciLowerLimit": "0.4", "ciUpperLimit": "0.9"},
         (None, None, None)),
        ({"ciNumSides": "TWO_SIDED", "ciPctValue": "95", "ciLowerLimit": "NA", "ciUpperLimit": "NA"},
         (None, None, None)),
    ],
)  # fmt: skip
def test_limits_keep_their_level_and_their_sides(limits, found):
    (row,) = contrasts(analysis("Hazard Ratio (HR)", "0.64", **limits)).contrasts
    assert tuple(None if part is None else str(part) for part in (row.ci_low, row.ci_high, row.ci_level)) == found


@pytest.mark.parametrize(
    ("printed", "found"),
    [("<0.001", ("<", "0.001")), ("0.0130", ("=", "0.0130")), ("= .04", ("=", "0.04")), ("≤0.05", ("<=", "0.05")),
     (">0.9999", (">", "0.9999")), ("NS", None)],
)  # fmt: skip
def test_a_p_value_keeps_its_operator_and_digits(printed, found):
    (row,) = contrasts(analysis("Hazard Ratio (HR)", "0.64", pValue=printed)).contrasts
    assert (None if row.p_value is None else (row.p_operator, str(row.p_value))) == found


@pytest.mark.parametrize(
    ("method", "adjustment"),
    [("Stratified log rank", "adjusted"), ("Unstratified Cox model", "unadjusted"), ("Log Rank", None)],
)
def test_adjustment_is_what_the_method_says(method, adjustment):
    (row,) = contrasts(analysis("Hazard Ratio (HR)", "0.64", statisticalMethod=method)).contrasts
    assert row.adjustment == adjustment


def test_an_analysis_of_one_group_or_of_three_is_no_comparison_of_two():
    records = contrasts(analysis("Hazard Ratio (HR)", "0.64", groupIds=["OG000"]))
    assert records.contrasts == ()
    assert "comparisons were not taken" in records.flags[0].message
