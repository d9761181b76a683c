"""The summary of findings on paper: effects, risks per 1,000, sources, facts, and no grade."""

import csv
import io
from dataclasses import replace

import pytest

from evidence.model.codes import Measure
from evidence.model.findings import AbsoluteRisk, ComparatorRate, ComparatorRisk, Finding, Findings
from evidence.model.question import Question
from evidence.model.summary import Summary, SummaryOutcome
from evidence.present.summary_tables import CERTAINTY, summary_csv, summary_html, summary_tables
from tests.present.analyses import analysis_of, estimate, ratios, with_computed

ARM = ComparatorRate(label="Trial <A>", percent=60.0, n=100, result_ids=("a-s0",), others=(62.0,))


def finding(k=4, row=None, **more):
    analysis = analysis_of(ratios(k))
    fields = {
        "row": row or SummaryOutcome(question="q", name="Overall survival", months=24),
        "question": analysis.question,
        "analysis": analysis,
        "survival": True,
        "effect": (0.5, 0.4, 0.625),
        "participants": 1234,
        "unknown_n": 0,
        "comparator": ComparatorRisk(risk=0.6, how="median", arms=(ARM,)),
        "intervention": AbsoluteRisk(risk=0.6**0.5, low=0.6**0.625, high=0.6**0.4),
    }
    return Finding(**(fields | more))


def findings(*rows):
    summary = Summary(id="s", outcome=tuple(row.row for row in rows), title="Drug & placebo", population="Adults")
    return Findings(summary=summary, rows=rows)


def cells(*rows):
    first, _ = summary_tables(findings(*rows))
    return first.rows[0].cells, " ".join(first.notes)


def test_survival_is_shown_as_survivors_per_1000():
    shown, notes = cells(finding())
    assert shown == (
        "Overall survival\npatients alive at 24 months",
        "1,234 (4 studies)",
        "HR 0.50 [0.40, 0.62] (a)",
        "600 per 1,000 (b, c)",
        "775 per 1,000 [727, 815]",
        "175 more per 1,000\n[from 127 more to 215 more]",
        CERTAINTY,
    )
    assert "(b) Comparator risk: 60.0% at 24 months, median of the comparator arms of 1 of 4 pooled studies" in notes
    assert "a-s0" in notes and "Trial <A> also gives 62% for this arm and time; 60% was used" in notes
    assert all(f"Author {2000 + index}-os" in notes for index in range(4))


def test_deaths_are_shown_as_fewer():
    row = finding(
        survival=False,
        comparator=ComparatorRisk(risk=0.4, how="given", source="registry"),
        intervention=AbsoluteRisk(risk=1 - 0.6**0.5, low=1 - 0.6**0.4, high=1 - 0.6**0.625),
    )
    shown, notes = cells(row)
    assert shown[0] == "Overall survival\npatients who died by 24 months"
    assert shown[5] == "175 fewer per 1,000\n[from 215 fewer to 127 fewer]"
    assert "40% at 24 months, given: registry" in notes


def test_without_a_baseline_the_absolute_columns_say_so():
    shown, notes = cells(finding(comparator=None, intervention=None, why_not="nobody reports one"))
    assert shown[3:6] == ("not available (b)",) * 3
    assert "(b) No absolute risks: nobody reports one." in notes


def test_a_relapse_risk_from_a_hazard_ratio_is_called_approximate():
    row = finding(survival=False, question=Question(id="q", outcome=("RELAPSE",), measure="HR"))
    assert "competing deaths" in cells(row)[1]
    assert "competing deaths" not in cells(finding())[1]


@pytest.mark.parametrize(("k", "said"), [(0, "0 studies"), (1, "1,234 (1 study)"), (200, "1,234 (200 studies)")])
def test_any_number_of_studies_is_shown(k, said):
    row = finding(k, effect=None if k == 0 else (0.5, 0.4, 0.625))
    assert cells(row)[0][1] == said


def test_unknown_sizes_and_open_limits_are_said():
    row = finding(unknown_n=1, intervention=AbsoluteRisk(risk=0.7, low=None, high=0.8), effect=(0.5, 0.0, float("inf")))
    shown, _ = cells(row)
    assert shown[1] == "at least 1,234 (4 studies; n not reported for 1 arm)"
    assert shown[4] == "700 per 1,000 [not estimable, 800]" and "not estimable to 200 more" in shown[5]


def facts(row):
    _, second = summary_tables(findings(row))
    return second.rows[0].cells


def test_facts_stand_for_every_domain_and_no_grade():
    outcome, bias, inconsistency, indirectness, imprecision, publication = facts(finding(asymmetry=("No test.",)))
    assert outcome == "Overall survival"
    assert "Designs: 4 design not reported." in bias and "4 adjustment not stated" in bias
    assert "I² = 38.1%" in inconsistency and "95% prediction interval" in inconsistency
    assert "Outcomes as reported: 4 OS." in indirectness and "Comparators: 4 placebo." in indirectness
    assert "lies below the line of no effect (1.00), in favour of the intervention" in imprecision
    assert "k = 4." in publication and "No test." in publication
    text = " ".join((bias, inconsistency, indirectness, imprecision, publication)).lower()
    assert not any(word in text for word in ("serious", "low certainty", "downgrade"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"decision_line": 0.5}, "includes the decision line (0.50); lies below the line of no effect"),
        ({"decision_line": 0.8}, "lies below the decision line (0.80); "),
        ({"direction": "higher"}, "in favour of the comparator"),
    ],
)
def test_the_interval_is_held_against_the_decision_line(row, said):
    assert said in facts(finding(row=SummaryOutcome(question="q", name="x", months=24, **row)))[4]


def test_an_odds_ratio_of_remission_above_one_favours_the_intervention():
    question = Question(id="q", outcome=("CRc",), measure=Measure.OR)
    analysis = replace(analysis_of([estimate("a", 2.0, 1.5, 3.0)]), question=question)
    row = finding(question=question, analysis=analysis, survival=False, effect=(2.0, 1.5, 3.0))
    assert "lies above the line of no effect (1.00), in favour of the intervention" in facts(row)[4]


def test_the_html_escapes_names_and_the_csv_is_unrounded():
    page = summary_html(findings(finding()))
    assert "Drug &amp; placebo" in page and "Trial &lt;A&gt;" in page
    (row,) = csv.DictReader(io.StringIO(summary_csv(findings(finding()))))
    assert float(row["intervention_per_1000"]) == pytest.approx(1000 * 0.6**0.5)
    assert row["comparator_result_ids"] == "a-s0" and row["certainty"] == ""


def test_a_summary_without_an_answer_says_so():
    missing = (SummaryOutcome(question="relapse", name="Relapse"),)
    first, second = summary_tables(replace(findings(), unanswered=missing))
    assert first.rows[0].heading and second.rows[0].heading
    assert "Not shown, because its question could not be worked on: Relapse." in first.notes


def test_the_result_without_computed_estimates_stands_beside():
    analysis = with_computed(4)
    assert "Reported only: HR" in cells(finding(analysis=analysis, question=analysis.question))[1]
