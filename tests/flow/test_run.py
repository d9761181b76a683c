"""`evidence run` from papers to answers, with everything it promises to write."""

import csv
import json
from zipfile import ZipFile

import pytest
from lxml import html

from evidence.cli import main
from evidence.model.codes import RowStatus
from evidence.store import open_store

FIRST = """Drug A for relapsed leukaemia: the FIRST randomized trial

Results: In all, 371 patients with relapsed leukaemia were randomized, 247 to drug A and 124 to chemotherapy. Overall
survival was longer with drug A than with chemotherapy (hazard ratio for death, 0.64; 95% CI, 0.49 to 0.83; P<0.001).
"""
SECOND = """Drug A for relapsed leukaemia: the SECOND randomized trial

Results: In all, 367 patients with relapsed leukaemia were randomized, 245 to drug A and 122 to chemotherapy. Overall
survival was longer with drug A than with chemotherapy (hazard ratio for death, 0.76; 95% CI, 0.58 to 0.98; P=0.02).
"""
QUESTIONS = """
[[question]]
id = "survival"
title = "Drug A against chemotherapy: overall survival"
outcome = ["OS"]
measure = "HR"

[[question]]
id = "remission"
outcome = ["CR"]
measure = "OR"

[[question]]
id = "side-by-side"
outcome = ["OS", "CR"]

[[question]]
id = "progression"
title = "Drug A against chemotherapy: survival without progression"
outcome = ["PFS"]
measure = "HR"

[[figure]]
id = "drug-a"
title = "Drug A against chemotherapy"
questions = ["survival", "progression"]

[[summary]]
id = "findings"
intervention = "Drug A"
comparator = "Chemotherapy"

[[summary.outcome]]
question = "survival"
months = 12
comparator_percent = 20
comparator_source = "a registry"

[[summary.outcome]]
question = "remission"
"""
JUDGED = '[[question]]\nid = "a"\noutcome = ["OS"]\nmeasure = "HR"\n'
PLOT = {"forest.svg", "forest.pdf", "forest.png", "forest.csv", "pooled.json", "rows.csv", "reproduce.R", "methods.md"}


def run(folder):
    """Exit code of a run on the two papers; everything is written to `results` in the folder."""
    papers = folder / "papers"
    papers.mkdir(exist_ok=True)
    (papers / "first.txt").write_text(FIRST)
    (papers / "second.txt").write_text(SECOND)
    (folder / "questions.toml").write_text(QUESTIONS)
    with pytest.raises(SystemExit) as ended:
        main(["run", str(folder / "questions.toml"), str(papers), "--out", str(folder / "results")])
    return ended.value.code or 0


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """What one run leaves; tests only look at it."""
    folder = tmp_path_factory.mktemp("run")
    assert run(folder) == 0
    return folder / "results"


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_a_run_writes_all_that_the_page_in_outputs_promises(ran):
    assert names(ran) == {
        *("evidence.db", "evidence.xlsx", "evidence.docx", "evidence.jsonl", "report.md", "report.html", "tables"),
        *("survival", "remission", "side-by-side", "progression", "drug-a", "findings"),
    }
    assert names(ran / "survival") == PLOT
    assert names(ran / "side-by-side") == {f"comparison.{kind}" for kind in "csv md html xlsx docx".split()}
    assert names(ran / "findings") == {"summary.csv", "summary.html", "summary.docx"}
    assert names(ran / "tables") == {
        f"{table}.csv" for table in ("documents", "studies", "arms", "arm_results", "contrasts", "patients", "flags")
    }


def test_judgements_of_a_question_file_stand_in_its_forest_plots(ran, evidence, papers, tmp_path):
    with (ran / "survival/forest.csv").open(encoding="utf-8", newline="") as file:
        labels = [row["label"] for row in csv.DictReader(file) if row["kind"] == "study"]
    assert len(labels) == 2
    for name, text in (("first.txt", FIRST), ("second.txt", SECOND)):
        (papers / name).write_text(text)
    judged = "".join(f'"{label}",Low,Low,High,Low,Low,High\n' for label in labels)
    (tmp_path / "protocol").mkdir()
    (tmp_path / "protocol/rob2.csv").write_text(f"Study,D1,D2,D3,D4,D5,Overall\n{judged}", encoding="utf-8")
    asked = QUESTIONS.replace('measure = "HR"\n', 'measure = "HR"\nrisk_of_bias = "rob2.csv"\n', 1)
    asked = asked.replace('id = "drug-a"\n', 'id = "drug-a"\nrisk_of_bias = "rob2.csv"\n')
    (tmp_path / "protocol/questions.toml").write_text(asked)
    assert evidence("run", "protocol/questions.toml", papers, "--out", "results").code == 0
    for folder, shown in (("survival", True), ("drug-a", True), ("remission", False)):
        with (tmp_path / "results" / folder / "forest.csv").open(encoding="utf-8", newline="") as file:
            assert ("D3" in next(csv.reader(file))) == shown, folder
    with ZipFile(tmp_path / "results/evidence.docx") as word:
        assert b"Risk of bias (RoB 2)" in word.read("word/document.xml")
    found = evidence(
        "export",
        "--format",
        "docx",
        "--out",
        "word.docx",
        "--questions",
        "protocol/questions.toml",
        "--store",
        "sqlite:///results/evidence.db",
    )
    assert found.code == 0, found.err
    with ZipFile(tmp_path / "word.docx") as word:
        assert b"Risk of bias (RoB 2)" in word.read("word/document.xml")


def test_questions_of_one_figure_stand_below_one_another_also_where_nothing_matched(ran):
    assert names(ran / "drug-a") == {"forest.svg", "forest.pdf", "forest.png", "forest.csv"}
    svg = (ran / "drug-a/forest.svg").read_text(encoding="utf-8")
    assert ">Drug A against chemotherapy: survival without progression<" in svg
    assert ">Nothing matched: no row has the outcome.<" in svg


def test_the_report_is_named_and_that_there_is_no_pdf_without_a_browser(evidence, papers):
    (papers / "first.txt").write_text(FIRST)
    (papers.parent / "questions.toml").write_text(QUESTIONS)
    done = evidence("run", "questions.toml", papers, "--out", "results")
    assert done.code == 0
    assert "report.pdf was not made, as no Chromium is installed" in done.out
    assert done.out.rstrip().endswith("read results/report.html first")


def test_every_number_that_was_pooled_leads_to_its_words_in_the_report(ran):
    page = html.parse(ran / "report.html")
    used = page.xpath("//h3[@id='q1-used']/following::table[1]/tbody/tr[not(@class)]")
    assert page.xpath("//section[h2/@id='together']//*[local-name()='svg']/@aria-labelledby") == ["t1-title t1-desc"]
    words = [
        "".join(page.xpath(f"//*[@id='{row.xpath('.//a/@href')[0][1:]}']/ancestor::div/blockquote/text()"))
        for row in used
    ]
    assert ["0.49 to 0.83" in words[0], "0.58 to 0.98" in words[1]] == [True, True]


def test_the_papers_numbers_are_pooled(ran):
    figures = json.loads((ran / "survival/pooled.json").read_text())
    assert figures["k"] == 2
    assert 0.64 < figures["natural"]["mu"] < 0.76
    with (ran / "survival/rows.csv").open() as file:
        used = [
            (row["estimate"], row["ci_low"], row["ci_high"]) for row in csv.DictReader(file) if row["used"] == "true"
        ]
    assert used == [("0.64", "0.49", "0.83"), ("0.76", "0.58", "0.98")]


def test_a_question_that_nothing_answers_leaves_files_that_say_so(ran):
    assert names(ran / "remission") == PLOT
    assert json.loads((ran / "remission/pooled.json").read_text())["k"] == 0


def test_a_summary_gives_absolute_risks_where_it_has_a_baseline_and_says_so_where_not(ran):
    with (ran / "findings/summary.csv").open() as file:
        survival, remission = csv.DictReader(file)
    ratio = json.loads((ran / "survival/pooled.json").read_text())["natural"]["mu"]
    assert float(survival["intervention_per_1000"]) == pytest.approx(1000 * 0.2**ratio)
    assert survival["participants"] == "738" and survival["comparator_source"] == "20% at 12 months, given: a registry"
    assert remission["studies"] == "0" and remission["comparator_per_1000"] == ""
    assert remission["why_not"] == "no study has the relative effect"


def test_every_quote_of_the_tables_stands_at_its_offsets(ran):
    with open_store(f"sqlite:///{ran}/evidence.db") as store:
        for table in ("arm_results", "contrasts"):
            with (ran / f"tables/{table}.csv").open(newline="") as file:
                for row in csv.DictReader(file):
                    text = store.text(row["document_id"])
                    assert text[int(row["char_start"]) : int(row["char_end"])] == row["quote"]


def test_a_run_again_gives_the_same_files_and_keeps_what_people_decided(tmp_path, capsys):
    def content():
        # The spreadsheet and the store hold the time they were made.
        paths = [path for path in sorted(results.rglob("*")) if path.is_file()]
        return {path: path.read_bytes() for path in paths if path.suffix not in (".xlsx", ".db")}

    results = tmp_path / "results"
    assert run(tmp_path) == 0
    before = content()
    assert run(tmp_path) == 0
    assert content() == before
    with open_store(f"sqlite:///{results}/evidence.db") as store:
        number = store.records().contrasts[0].result_id
        store.decide(number, "accept", by="A. Reviewer")
    assert run(tmp_path) == 1
    assert "holds decisions of people about 1 rows" in capsys.readouterr().err
    with open_store(f"sqlite:///{results}/evidence.db") as store:
        assert store.records().contrasts[0].status is RowStatus.ACCEPTED


def test_a_bad_paper_does_not_stop_a_run(evidence, papers, tmp_path):
    (papers / "first.txt").write_text(FIRST)
    (papers / "empty.pdf").write_bytes(b"")
    (tmp_path / "questions.toml").write_text(QUESTIONS)
    done = evidence("run", "questions.toml", papers, "--out", "results")
    assert done.code == 1
    assert "empty.pdf" in done.err and (tmp_path / "results/report.md").exists()


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        (None, "questions.toml"),
        ("", "question"),
        ("[[question", "questions.toml"),
        ('[[question]]\nid = "a"\noutcome = ["XX"]\n', "'XX'"),
        ('[[question]]\nid = "a"\noutcome = ["OS"]\nmesure = "HR"\n', "mesure"),
        ('[[question]]\nid = "a"\noutcome = ["OS"]\nmeasure = "HR"\nsubgroup_by = "colour"\n', "colour"),
        ('[[question]]\nid = "a"\noutcome = ["OS"]\nmeasure = "HR"\nstyle = "nejm"\n', "lancet"),
        (f'{QUESTIONS}\n[[figure]]\nid = "b"\nquestions = ["survivals"]\n', "'survivals'. Known: survival"),
        (f'{QUESTIONS}\n[[figure]]\nid = "b"\nquestions = ["survival", "remission"]\n', "HR and OR cannot share"),
        (f'{QUESTIONS}\n[[figure]]\nid = "b"\nquestions = ["side-by-side"]\n', "no measure"),
        (f'{QUESTIONS}\n[[figure]]\nid = "survival"\nquestions = ["survival"]\n', "used twice"),
        (f'{QUESTIONS}\n[[figure]]\nid = "b"\nquestion = ["survival"]\n', "unknown is 'question'"),
        (f"{JUDGED}risk_of_bias = 5\n", "Question 'a': risk_of_bias 5 is no file name"),
        (f'{JUDGED}risk_of_bias = ["rob2.csv"]\n', "is no file name"),
        (f'{JUDGED}risk_of_bias = "absent.csv"\n', "absent.csv cannot be read"),
        (f'{JUDGED}risk_of_bias = "questions.toml"\n', "a robvis file has"),
        ('[[question]]\nid = "a"\noutcome = ["OS"]\nrisk_of_bias = "rob2.csv"\n', "asks for a comparison table"),
        (
            f'{QUESTIONS}\n[[figure]]\nid = "b"\nquestions = ["survival"]\nrisk_of_bias = 5\n',
            "figure 'b': risk_of_bias 5",
        ),
    ],
)
def test_a_question_file_at_fault_is_one_sentence(evidence, papers, tmp_path, questions, said):
    (papers / "first.txt").write_text(FIRST)
    if questions is not None:
        (tmp_path / "questions.toml").write_text(questions)
    done = evidence("run", "questions.toml", papers, "--out", "results")
    assert done.code == 1
    assert said in done.err and done.err.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_one_sentence(evidence, papers, tmp_path):
    (papers / "first.txt").write_text(FIRST)
    (tmp_path / "questions.toml").write_text(QUESTIONS)
    (tmp_path / "results").write_text("a file where the folder should be")
    done = evidence("run", "questions.toml", papers, "--out", "results")
    assert done.code == 1
    assert done.err.startswith("evidence: ") and done.err.count("\n") == 1
