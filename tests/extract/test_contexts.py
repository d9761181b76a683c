import pytest

from tests.extract.texts import METHODS, comparisons, groups, numbers, records

OWN = (
    "Aspirin after stroke: the AZURITE trial\n\n"
    "Methods: We randomly assigned 1,204 patients with stroke to aspirin (n = 602) or placebo (n = 602).\n\n"
    "Results: Mortality was lower with aspirin than with placebo (relative risk, 0.67; 95% CI, 0.49 to 0.91).\n\n"
)


def test_a_trial_that_the_discussion_tells_of_is_cited_and_keeps_its_numbers_to_itself():
    found = records(
        OWN + "Discussion: In the OPALINE trial, the hazard ratio for death was 0.80 (95% CI, 0.66-0.97).\n"
    )
    own, cited = found.studies
    assert (own.label, own.report.value, cited.label, cited.report.value) == ("AZURITE", "primary", "OPALINE", "cited")
    assert [(row.study_id == own.study_id, str(row.estimate)) for row in found.contrasts] == [
        (True, "0.67"),
        (False, "0.80"),
    ]


def test_the_study_of_the_document_comes_first_even_where_no_number_was_found():
    found = records(
        "Aspirin after stroke: the AZURITE trial\n\nMethods: We randomly assigned 90 patients to aspirin.\n"
    )
    assert [study.label for study in found.studies] == ["AZURITE"]
    assert (found.arm_results, found.contrasts) == ((), ())


def test_a_review_tells_each_trial_with_its_own_arms():
    found = records(
        "Maintenance: a review of the literature\n\nAbstract: This review summarizes trials of maintenance.\n\n"
        "Main text: In the OPALINE trial, 120 patients were randomized to sorafenib or placebo, and the 2-year "
        "relapse-free survival was 85.0% with sorafenib and 53.3% with placebo (HR 0.26, 95% CI 0.11-0.62). "
        "In the phase 2 BERYL study, 40 patients received midostaurin and the 1-year OS was 76%.\n"
    )
    review, opaline, beryl = found.studies
    assert (review.design.value, opaline.design.value, beryl.design.value) == ("review", "randomized", "single_arm")
    assert (opaline.n_total, beryl.n_total, beryl.phase) == (120, 40, "2")
    assert numbers(found) == [
        ("sorafenib", "RFS", "survival_probability", "24", "85.0"),
        ("placebo", "RFS", "survival_probability", "24", "53.3"),
        ("midostaurin", "OS", "survival_probability", "12", "76"),
    ]
    assert comparisons(found) == [("sorafenib", "placebo", "RFS", "HR", "0.26", "0.11", "0.62", None)]
    assert [row.study_id for row in found.arm_results] == [opaline.study_id, opaline.study_id, beryl.study_id]


def test_papers_of_one_author_a_year_apart_are_two_where_the_list_of_references_has_both():
    text = (
        "# Drugs after transplantation: a review\n\n## Treatment\n\n"
        "In 2019 letrozole gave a response rate of 61% in 40 women [1]. Tamoxifen gave a response rate of 22% in 50 "
        "women [2].\n\n"
        "## References\n\n"
        "1. Xuan L, Liu Q. Letrozole in relapse. J Tests. 2019;1(2):3-9.\n"
        "2. Xuan L, Wang Y. Tamoxifen in relapse. J Tests. 2020;2(2):3-9.\n"
        "3. Smith J, Young A. Goserelin. J Tests. 2011;2(2):3-9.\n"
    )
    assert {study.label for study in records(text).studies} >= {"Xuan 2019", "Xuan 2020"}


def test_what_earlier_studies_found_is_not_found_here_even_without_headings():
    found = records(
        "We randomly assigned 240 patients to letrozole (n = 120) or tamoxifen (n = 120). Previous studies reported a "
        "2-year OS of 20%. The 2-year OS was 61% with letrozole.\n"
    )
    assert [str(row.value) for row in found.arm_results] == ["61"]


def test_the_two_numbers_of_a_cited_comparison_are_of_both_of_its_arms():
    found = records(
        "# Drugs in cancer: a review\n\n## Treatment\n\nIn the RATIFY trial, letrozole improved overall survival "
        "compared with placebo (median 74.7 vs 25.6 months) [1].\n\n"
        "## References\n\n1. Stone RM. Letrozole. J Tests. 2017;1:3.\n"
    )
    assert [(row.arm, str(row.value)) for row in found.arm_results] == [("letrozole", "74.7"), ("placebo", "25.6")]


def test_author_and_year_of_one_entry_of_the_list_of_references_name_a_study():
    review = (
        "# Letrozole: a review\n\n## Trials\n\nBrandt et al. (2019) randomized 80 women to letrozole (n = 40) or "
        "placebo (n = 40). The 2-year overall survival was 71% with letrozole and 60% with placebo (HR 0.61; 95% CI "
        "0.40-0.93). The response rate was 45% with letrozole.1\n\n## References\n\n"
        "1. Brandt SM. Letrozole. J Tests. 2019;1:3.\n2. Keller A. Tamoxifen. J Tests. 2018;1:3.\n{}"
    )
    found = records(review.format(""))
    assert len({row.study_id for row in (*found.arm_results, *found.contrasts)}) == 1
    assert [str(row.value) for row in found.arm_results] == ["71", "60", "45"]
    assert [(row.arm, str(row.estimate)) for row in found.contrasts] == [("letrozole", "0.61")]
    two_papers = records(review.format("3. Brandt SM. Anastrozole. J Tests. 2019;2:9.\n"))
    assert not two_papers.contrasts


def test_a_sentence_that_goes_from_the_own_results_to_those_of_others_tells_of_the_others():
    found = records(
        "Methods: We randomly assigned 240 patients to letrozole (n = 120) or tamoxifen (n = 120).\n\n"
        "Results: Overall survival at 2 years was 71% with letrozole and 60% with tamoxifen.\n\n"
        "Discussion\n\nOur results differ from those of Brandt et al., who reported an overall survival of 45% after "
        "letrozole. In our study, the response rate was 33% with letrozole, unlike that of Keller et al.\n"
    )
    assert [str(row.value) for row in found.arm_results] == ["71", "60", "33"]


@pytest.mark.parametrize(
    "sentence",
    [
        "In a Finnish cohort with another dose, 3-year overall survival was 58% with letrozole and 63% with tamoxifen.",
        "These rates compare with those of an older programme, in which the hazard ratio for death was 0.66.",
        "Some groups have reported a 3-year overall survival of 44% with letrozole.",
    ],
)
def test_what_a_discussion_says_of_studies_it_does_not_name_is_nobodys_result(sentence):
    found = records(f"Methods: {METHODS}\n\nResults: No results here.\n\nDiscussion: {sentence}\n")
    assert not found.arm_results and not found.contrasts


def test_the_treatment_of_a_trial_without_comparison_is_an_arm_beside_the_kinds_of_its_patients():
    found = records(
        "Methods: In this single-arm phase 2 study, 60 patients received examplitinib 50 mg daily.\n\n"
        "Results: The kinds were follicular lymphoma (n = 35) and mantle cell lymphoma (n = 25). "
        "The overall response rate was 50% (30 of 60). In the follicular lymphoma group the response rate was 60%, "
        "as compared with 36% in the mantle cell lymphoma group (p = 0.07).\n"
    )
    assert groups(found)[0] == ("examplitinib", "single", 60)
    assert ("examplitinib", "50") in [(row.arm, str(row.value)) for row in found.arm_results]


def test_cohorts_of_a_trial_without_comparison_keep_their_numbers_to_themselves():
    found = records(
        "Methods: In this single-arm phase 2 study, 60 patients received examplitinib 50 mg daily, 35 in cohort 1 and "
        "25 in cohort 2.\n\n"
        "Results: The overall response rate was 60% in cohort 1 (n = 35) and 36% in cohort 2 (n = 25). Median overall "
        "survival was 5.8 months and 5.5 months, respectively.\n"
    )
    assert [arm.label for arm in found.arms] == ["cohort 1", "cohort 2"]
    assert [(row.arm, str(row.value)) for row in found.arm_results] == [
        ("cohort 1", "60"), ("cohort 2", "36"), ("cohort 1", "5.8"), ("cohort 2", "5.5")
    ]  # fmt: skip
