"""From rows of the evidence tables to a network of treatments: what goes in, in which direction, and what does not."""

import math

import pytest
from study_rows import arm, counts, flag, hr, records, study

from evidence.errors import SynthesisError
from evidence.model.codes import Adjustment, Outcome, RowStatus
from evidence.model.question import Question
from evidence.synthesise import answer_network

HELD_BACK = "held back until a person decides: The estimate and its p-value cannot both be true."
DRUGS = ("sorafenib", "gilteritinib", "midostaurin", "quizartinib")


def compare(study_id, a, b, text="0.50 (0.30-0.80)", *, n=(50, 60), row=None, **more):
    """One contrast of a study with its two arms."""
    arms = [
        arm(study_id, name, n=size, treatment=(name,) if name in DRUGS else ())
        for name, size in zip((a, b), n, strict=True)
    ]
    given = {"arm_id": f"{study_id}-{a}", "comparator_arm_id": f"{study_id}-{b}", "arm": a, "comparator": b}
    return [*arms, hr(row or f"{study_id}-{a}-{b}", study_id, text, **(given | more))]


def net(*rows, reference=None, **question):
    flat = [one for row in rows for one in (row if isinstance(row, list) else [row])]
    unique = list(
        {(type(one), getattr(one, "arm_id", None), getattr(one, "result_id", id(one))): one for one in flat}.values()
    )
    fields = {"id": "q", "outcome": ("OS",), "measure": "HR"}
    return answer_network(Question(**(fields | question)), records(*unique), reference=reference)


def reasons(analysis):
    return {row.result_id: row.reason for row in analysis.left_out}


def test_reported_comparisons_become_contrasts_of_treatments_with_their_patients():
    found = net(
        compare("S1", "sorafenib", "control"),
        compare("S2", "midostaurin", "control"),
        compare("S3", "control", "sorafenib", "2.00 (1.25-3.20)"),
    )
    assert [(row.a, row.b) for row in found.contrasts] == [
        ("sorafenib", "control"),
        ("midostaurin", "control"),
        ("control", "sorafenib"),
    ]
    assert [(node.name, node.studies, node.patients, node.is_treatment) for node in found.nodes] == [
        ("control", 3, 170, False),
        ("midostaurin", 1, 50, True),
        ("sorafenib", 2, 110, True),
    ]
    assert any("'control' joins what 3 studies call so" in note for note in found.notes)


def test_an_indirect_comparison_is_the_difference_of_two_direct_ones():
    found = net(
        compare("S1", "sorafenib", "placebo", "0.50 (0.30-0.80)"),
        compare("S2", "midostaurin", "placebo", "0.80 (0.60-1.10)"),
    )
    (part,) = found.parts
    names = part.network.treatments
    row, column = names.index("sorafenib"), names.index("midostaurin")
    assert part.network.mu[row][column] == pytest.approx(math.log(0.5 / 0.8))
    assert {(own.a, own.b) for own in part.direct} == {("midostaurin", "placebo"), ("placebo", "sorafenib")}


def test_placebo_and_control_are_not_taken_for_the_same():
    found = net(compare("S1", "sorafenib", "placebo"), compare("S2", "midostaurin", "control"))
    assert [part.treatments for part in found.parts] == [("control", "midostaurin"), ("placebo", "sorafenib")]
    assert all(part.network is not None for part in found.parts)


def test_one_estimate_per_study_and_pair_by_the_order_of_a_pooled_analysis():
    found = net(
        compare("S1", "sorafenib", "control", "0.60 (0.40-0.90)", row="raw", adjustment=Adjustment.UNADJUSTED),
        compare("S1", "sorafenib", "control", "0.50 (0.30-0.80)", row="adjusted", adjustment=Adjustment.ADJUSTED),
    )
    assert [row.result_ids for row in found.contrasts] == [("adjusted",)]
    assert reasons(found) == {"raw": "adjusted estimate preferred"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (compare("S9", "sorafenib", "control", ""), "no estimate"),
        (compare("S9", "sorafenib", "control", subgroup="elderly"), "subgroup elderly, not the whole population"),
        (compare("S9", "sorafenib", "control", status=RowStatus.REJECTED), "rejected by a reviewer"),
        (compare("S9", "MRD yes", "MRD no"), "neither MRD yes nor MRD no is a treatment that was recognised"),
        (compare("S9", "sorafenib", ""), "which arm was compared is not known"),
        ([*compare("S9", "sorafenib", "control"), flag("S9-sorafenib-control", document="doc-S9")], HELD_BACK),
    ],
)
def test_what_is_left_out_says_why(row, reason):
    found = net(compare("S1", "sorafenib", "control"), row)
    assert len(found.contrasts) == 1
    assert reasons(found) == {row[2].result_id: reason}


def test_a_label_that_names_a_known_treatment_is_that_treatment_wherever_it_stands():
    restated = hr("restated", "S0", "0.70 (0.50-0.98)", arm="Sorafenib", comparator="control", at=0)
    found = net(restated, compare("S1", "sorafenib", "control"))
    assert [(row.label, row.a, row.b) for row in found.contrasts] == [
        ("S0", "sorafenib", "control"),
        ("S1", "sorafenib", "control"),
    ]


def test_doses_of_one_drug_are_not_compared():
    arms = [arm("S1", label, treatment=("gilteritinib",)) for label in ("gilteritinib 80 mg", "gilteritinib 120 mg")]
    row = hr(
        "r",
        "S1",
        "0.9 (0.5-1.6)",
        arm=arms[0].label,
        comparator=arms[1].label,
        arm_id=arms[0].arm_id,
        comparator_arm_id=arms[1].arm_id,
    )
    found = net([*arms, row])
    assert reasons(found) == {"r": "both arms are gilteritinib"} and not found.parts


def three(texts):
    pairs = (("sorafenib", "control"), ("midostaurin", "control"), ("sorafenib", "midostaurin"))
    return [compare("T", *pair, text) for pair, text in zip(pairs, texts, strict=False)]


def test_a_trial_of_three_arms_with_all_contrasts_is_named_and_counts_its_patients_once():
    found = net(*three(("0.50 (0.30-0.83)", "0.80 (0.50-1.28)", "0.625 (0.39-1.00)")))
    assert found.multi_arm == (("T", ("control", "midostaurin", "sorafenib")),)
    assert len(found.contrasts) == 3 and found.parts[0].network.k == 1
    assert [node.studies for node in found.nodes] == [1, 1, 1]


def test_a_trial_of_three_arms_that_lacks_a_contrast_gives_the_one_read_first():
    found = net(*three(("0.50 (0.30-0.83)", "0.80 (0.50-1.28)")))
    assert [(row.a, row.b) for row in found.contrasts] == [("sorafenib", "control")]
    assert reasons(found) == {
        "T-midostaurin-control": "the trial has 3 arms and does not give all comparisons among them"
    }


def test_a_part_that_cannot_be_estimated_says_why_and_leaves_the_others():
    found = net(
        *three(("0.50 (0.40-0.63)", "0.80 (0.65-0.98)", "1.90 (1.60-2.26)")),
        compare("S2", "gilteritinib", "chemotherapy"),
    )
    failed, other = found.parts
    assert failed.network is None and "T: " in failed.why_not
    assert other.network is not None


def test_counts_of_arms_give_odds_ratios():
    arms = [arm("S1", name, n=40, treatment=(name,)) for name in ("sorafenib", "midostaurin")]
    rows = [counts("c1", "S1", "sorafenib", 20, 40), counts("c2", "S1", "midostaurin", 10, 40)]
    found = net([*arms, *rows], outcome=("CR",), measure="OR")
    (row,) = found.contrasts
    assert (row.a, row.b, row.result_ids) == ("sorafenib", "midostaurin", ("c1", "c2"))
    assert row.y == pytest.approx(math.log((20 / 20) / (10 / 30)))
    assert found.parts[0].network.good == "large"


def test_arms_without_any_event_give_no_odds_ratio():
    arms = [arm("S1", name, n=40, treatment=(name,)) for name in ("sorafenib", "midostaurin")]
    found = net(
        [*arms, counts("c1", "S1", "sorafenib", 0, 40), counts("c2", "S1", "midostaurin", 0, 40)],
        outcome=("CR",),
        measure="OR",
    )
    assert not found.contrasts and set(reasons(found)) == {"c1", "c2"}


def test_only_what_was_asked_for_goes_in():
    rows = [
        compare("S1", "sorafenib", "control"),
        compare("S2", "midostaurin", "control"),
        compare("S3", "gilteritinib", "placebo"),
    ]
    assert {row.label for row in net(*rows, treatment=("sorafenib",)).contrasts} == {"S1"}
    both = net(*rows, treatment=("sorafenib", "midostaurin"), comparator=("control",))
    assert {row.label for row in both.contrasts} == {"S1", "S2"}
    assert reasons(both) == {"S3-gilteritinib-placebo": "not asked for: gilteritinib versus placebo"}


def test_the_outcome_tells_which_effects_are_good():
    assert net(compare("S1", "sorafenib", "control")).ranked
    other = net(compare("S1", "sorafenib", "control", outcome=Outcome.OTHER), outcome=("OTHER",))
    assert not other.ranked and other.parts


def test_a_reference_is_one_of_the_treatments_whatever_its_case():
    rows = compare("S1", "sorafenib", "Control"), compare("S2", "midostaurin", "control")
    assert net(*rows, reference="CONTROL").parts[0].network.reference == "Control"
    with pytest.raises(SynthesisError, match=r"'placebo' is none of the treatments of this network: Control"):
        net(*rows, reference="placebo")


def test_nothing_to_compare_is_said():
    assert net(study("S1")).notes == ("Nothing matched: no row has the outcome.",)
    with pytest.raises(SynthesisError, match="PLO does not"):
        net(measure="PLO")
