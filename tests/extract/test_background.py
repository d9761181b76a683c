"""Drugs that patients of a trial took besides the treatments compared."""

from tests.extract.texts import groups, records

METHODS = (
    "Methods: We randomly assigned patients to rivaroxaban or placebo. Patients were analyzed by use of metformin at "
    "baseline (yes, n=120; no, n=300). The metformin group was older than the group without metformin."
)


def test_a_drug_taken_at_baseline_parts_the_patients_of_a_trial_and_is_no_arm():
    found = records(
        f"{METHODS}\n\nResults: Of the patients, 120 were receiving metformin at baseline. In those taking metformin "
        "at baseline, the hazard ratio for death was 0.89 (95% CI, 0.71 to 1.11).\n"
    )
    assert [label for label, _, _ in groups(found)] == ["rivaroxaban", "placebo"]
    (row,) = found.contrasts
    assert (row.arm, row.comparator, row.subgroup) == ("rivaroxaban", "placebo", "those taking metformin at baseline")


def test_a_drug_that_patients_were_assigned_to_is_an_arm_though_some_took_it_at_baseline():
    found = records(
        "Methods: We randomly assigned patients to continue metformin (n = 60) or to placebo (n = 62). All took "
        "metformin at baseline.\n\nResults: Death occurred in 5% with metformin and 6% with placebo.\n"
    )
    assert [(label, n) for label, _, n in groups(found)] == [("metformin", 60), ("placebo", 62)]


def test_the_size_of_each_arm_stands_beside_the_number_randomized():
    found = records(
        "Methods: In all, 9,600 patients were randomized to rivaroxaban or placebo (4800 per arm).\n\n"
        "Results: Of those with diabetes, 1290 in the rivaroxaban group and 1300 in the placebo group were seen.\n"
    )
    assert groups(found) == [("rivaroxaban", "experimental", 4800), ("placebo", "control", 4800)]
