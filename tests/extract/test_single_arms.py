import pytest

from tests.extract.texts import groups, numbers, records

COHORT = "Methods: In this retrospective registry study we analysed 462 adults with acute myeloid leukemia. {}\n\n"


@pytest.mark.parametrize(
    ("methods", "arms"),
    [
        ("All patients received azacitidine.", [("azacitidine", "single", 462)]),
        ("The 462 adults were treated with venetoclax.", [("venetoclax", "single", 462)]),
        # what some of them had is a factor, not the treatment of all
        ("Midostaurin was a favorable factor.", []),
        ("Of these, 31 (7%) received midostaurin after transplantation.", []),
        ("Twelve of them were treated with midostaurin.", []),
        # what all of them had, beside a drug that some had
        (
            "They had received an allogeneic transplant. Survival was better with midostaurin.",
            ["allogeneic transplant"],
        ),
    ],
)
def test_a_cohort_is_named_by_what_all_of_its_patients_were_given(methods, arms):
    text = COHORT.format(methods) + "Results: Overall survival at 2 years was 59%.\n"
    found = records(text)
    assert [arm if isinstance(arm, tuple) else (arm, "single", 462) for arm in arms] == groups(found)
    label = groups(found)[0][0] if arms else "overall"
    assert numbers(found) == [(label, "OS", "survival_probability", "24", "59")]


def test_the_one_arm_that_was_understood_of_a_randomized_trial_is_not_its_only_group():
    found = records(
        "Methods: A randomized phase 3 trial enrolled 240 women. They were given placebo or else.\n\n"
        "Results: The response rate was 54% vs 22%.\n"
    )
    assert (groups(found), [row[0] for row in numbers(found)]) == ([], ["", ""])


@pytest.mark.parametrize(
    ("methods", "arms"),
    [
        # a drug too new to be known, and what patients had before it
        ("Half of them had had a previous allogeneic transplant. All received novelaxin.", []),
        ("Half of them had previously received venetoclax.", []),
        ("Venetoclax was given to all.", [("Venetoclax", "single", 84)]),
    ],
)
def test_what_patients_of_a_trial_had_before_is_not_what_it_tests(methods, arms):
    found = records(
        f"Methods: In this single-arm phase 2 trial 84 patients were treated. {methods}\n\n"
        "Results: The overall response rate was 50%.\n"
    )
    assert groups(found) == arms
    assert [row[0] for row in numbers(found)] == [arms[0][0] if arms else "overall"]


def test_two_drugs_that_the_study_combines_are_its_arm_also_where_and_joins_them():
    found = records(
        "# Examplitinib and venetoclax in untreated lymphoma: a phase 2 study\n\n"
        "Methods: In this single-arm phase 2 study, 60 patients received 12 cycles of examplitinib plus venetoclax.\n\n"
        "Results: The overall response rate was 50%. Most patients completed venetoclax.\n"
    )
    assert groups(found) == [("Examplitinib and venetoclax", "single", 60)]
    assert found.arms[0].treatment == ("examplitinib", "venetoclax")


def test_shares_of_everybody_are_of_the_single_arm_beside_kinds_of_its_patients():
    found = records(
        "Methods: In this single-arm phase 2 study, 60 patients received examplitinib 50 mg daily.\n\n"
        "Results: The kinds were follicular lymphoma (n = 35) and mantle cell lymphoma (n = 25). In the follicular "
        "lymphoma group the response rate was 60%, as compared with 36% in the mantle cell lymphoma group. "
        "The rate of MRD negativity in blood was 50.0% (30/60), and 24 of 60 patients (40.0%) had it in marrow.\n"
    )
    assert [(row.arm, row.events) for row in found.arm_results if row.total == 60] == [
        ("examplitinib", 30),
        ("examplitinib", 24),
    ]


def test_columns_of_grades_are_of_everybody_where_a_study_has_one_arm():
    found = records(
        "Methods: In this single-arm phase 2 study, 60 patients received examplitinib 50 mg daily.\n\n"
        "Results: The kinds were follicular lymphoma (n = 35) and mantle cell lymphoma (n = 25). In the follicular "
        "lymphoma group the response rate was 60%, as compared with 36% in the mantle cell lymphoma group.\n\n"
        "Table 2. Adverse events\n\n| Event | Any grade, n (%) | Grade 3 or 4, n (%) |\n|---|---|---|\n"
        "| Anaemia | 30 (50) | 6 (10) |\n| Rash | 12 (20) | 3 (5) |\n"
    )
    tabled = [row for row in found.arm_results if row.source.table]
    assert [(row.arm, row.outcome.value, row.events) for row in tabled][:2] == [
        ("examplitinib", "AE", 30),
        ("examplitinib", "AE_G3", 6),
    ]


def test_a_drug_that_has_but_a_code_names_the_only_group_of_a_trial():
    found = records(
        "A first-in-human study of QX-417\n\nMethods: In this phase 1 dose-escalation study patients received QX-417 "
        "weekly; the recommended phase 2 dose was sought. Forty-six patients were enrolled.\n\n"
        "Results: The overall response rate was 28.1%.\n"
    )
    assert groups(found) == [("QX-417", "single", 46)]
    assert [study.phase for study in found.studies] == ["1"]
