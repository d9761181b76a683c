import pytest

from evidence.extract import extract
from evidence.read import read
from tests.extract.texts import records, trial


def study(text):
    return records(text).studies[0]


@pytest.mark.parametrize(
    ("methods", "design"),
    [
        ("We randomly assigned 240 patients to letrozole or placebo.", "randomized"),
        ("240 patients were randomised to letrozole or placebo.", "randomized"),
        ("We retrospectively reviewed 85 patients who received letrozole.", "cohort_retrospective"),
        ("In this prospective cohort study, 85 patients were enrolled.", "cohort_prospective"),
        ("In this single-arm phase 2 trial, 42 patients received letrozole.", "single_arm"),
        ("Mice with xenograft tumors of two cell lines were treated in vivo.", "preclinical"),
    ],
)
def test_the_design_is_read_from_how_the_study_was_made(methods, design):
    assert trial("The response rate was 45%.", methods).studies[0].design.value == design


def test_a_review_is_a_review_and_has_no_size():
    found = study("Letrozole: a systematic review\n\nThis review summarizes 14 trials with 2,400 patients.\n")
    assert (found.design.value, found.n_total, found.phase) == ("review", None, None)


@pytest.mark.parametrize(
    ("methods", "phase"),
    [
        ("In this phase III trial, 240 patients were randomized.", "3"),
        ("In this phase 1/2 study, 24 patients received letrozole.", "1/2"),
        ("In this phase I-II study, 24 patients received letrozole.", "1/2"),
        ("In this phase 2b trial, 240 patients were randomized.", "2"),
        ("240 patients were randomized.", None),
    ],
)
def test_the_phase_is_told_in_arabic_numerals(methods, phase):
    assert trial("The response rate was 45%.", methods).studies[0].phase == phase


@pytest.mark.parametrize(
    ("methods", "n"),
    [
        ("We randomly assigned 240 patients to letrozole or placebo.", 240),
        ("1,204 adults with stroke were randomly assigned to letrozole or placebo.", 1204),
        ("Three hundred fifty-six patients were enrolled and randomized.", 356),
        ("A total of 85 women were included.", 85),
        ("We screened 500 patients and randomly assigned 240 patients to letrozole or placebo.", 240),
        ("A hundred and twenty women were randomized.", 120),
        ("One hundred and fifty patients were divided into two groups.", 150),
        ("Of a population of 620 women, 300 were assigned to letrozole and 320 to tamoxifen.", 620),
        ("150 patients were enrolled. 74 patients were assigned to surgery and 76 to letrozole.", 150),
        ("Survivors (n = 40) were randomized to yoga or a waiting list.", 40),
        ("Participants (N = 1327) completed a questionnaire.", 1327),
        ("Seventy patients (34 in the yoga group and 36 in the control group) took part.", 70),
        ("We measured melatonin in 143 young women with insomnia.", 143),
        ("Cancers were counted in 64 142 women at 40 centers.", 64142),
        ("In this trial (planned enrollment: 700 patients), 640 patients were randomized.", 640),
    ],
)
def test_the_size_is_the_number_of_patients_taken_into_the_study(methods, n):
    assert trial("The response rate was 45%.", methods).studies[0].n_total == n


def test_a_size_that_is_not_printed_is_not_computed_from_the_arms():
    found = trial(
        "The response rate was 45%.", "The groups were letrozole (n = 120) and tamoxifen (n = 118), at random."
    )
    assert found.studies[0].n_total is None


@pytest.mark.parametrize(
    ("sentence", "months"),
    [
        ("Median follow-up was 24.5 months.", "24.5"),
        ("After a median follow-up of 3.2 years, 60 patients had died.", "38.4"),
        ("Patients were followed for a median of 18 months.", "18"),
        ("The mean and median follow-up duration was 38 months and 33 months, respectively.", "33"),
        ("The median duration of follow-up was 30 (range, 3-60) months.", "30"),
        ("Median survival was 24.5 months.", None),
    ],
)
def test_the_median_follow_up_is_told_in_months(sentence, months):
    found = trial(sentence).studies[0].followup_median_months
    assert (found and str(found)) == months


@pytest.mark.parametrize(
    ("title", "acronym"),
    [
        ("Aspirin after stroke: the AZURITE trial", "AZURITE"),
        ("AZURITE: a randomized trial of aspirin after stroke", "AZURITE"),
        ("Aspirin after stroke (AZURITE): a randomized trial", "AZURITE"),
        ("Aspirin after stroke (AZURITE-2): a randomized trial", "AZURITE-2"),
        ("Aspirin in AML: a randomized trial", None),
        ("Overall survival (OS): a randomized trial", None),
        ("The EGFR study: a randomized trial", None),
    ],
)
def test_the_acronym_is_the_name_of_the_trial_and_of_nothing_else(title, acronym):
    found = study(f"{title}\n\nMethods: We randomly assigned 240 patients to aspirin or placebo.\n")
    assert found.acronym == acronym
    assert acronym is None or found.label == acronym


def test_a_long_title_is_cut_between_words():
    title = (
        "Aspirin or placebo in people who were in hospital for a first stroke of the brain and could not walk a step "
        * 2
    )
    found = study(f"{title.strip()}\n\nMethods: We randomly assigned 240 patients to aspirin or placebo.\n")
    assert found.label.endswith("…") and f"{found.label.removesuffix('…')} " in title and len(found.label) <= 120


def test_registry_numbers_are_kept():
    found = study(
        "Aspirin after stroke\n\nMethods: We randomly assigned 240 patients to aspirin or placebo. "
        "(ClinicalTrials.gov number, NCT01234567.)\n"
    )
    assert found.registry_ids == ("NCT01234567",)


def test_the_population_is_told_in_the_words_of_the_document():
    found = study("Aspirin\n\nMethods: We randomly assigned 240 patients with acute stroke to aspirin or placebo.\n")
    assert found.population.startswith("patients with acute stroke")


def test_words_that_break_off_are_no_population():
    found = study("Aspirin\n\nMethods: We reviewed 240 patients who received aspirin.\n")
    assert found.population is None


def test_a_run_of_capitals_is_no_acronym_and_takes_no_time():
    found = records(
        f"A trial of {'A' * 40_000}\n\nMethods: We randomly assigned 20 patients to letrozole or placebo.\n"
    )
    assert all(len(study.acronym or "") < 30 for study in found.studies)


def test_an_article_that_calls_itself_a_review_has_no_trial_of_its_own():
    body = "<sec><title>Trials</title><p>Three randomized trials have compared letrozole with tamoxifen.</p></sec>"
    article = (
        "<article article-type='review-article'><front><article-meta><title-group><article-title>Letrozole: what have "
        f"randomized trials shown?</article-title></title-group></article-meta></front><body>{body}</body></article>"
    )
    found = extract(read(article.encode(), name="article.nxml"))
    assert (found.studies[0].design.value, found.arms) == ("review", ())
