"""The written report."""

from dataclasses import replace

import pytest

from evidence.errors import ExportError
from evidence.model.question import Question
from evidence.model.records import Records
from evidence.model.results import LeftOut
from evidence.present.compare import comparison_table
from evidence.present.report import report_text, write_report
from tests.present.analyses import analysis_of, grouped, proportions, ratios, with_computed
from tests.present.rows import records


def report():
    rows = (replace(ratios(3)[0], result_ids=("trial-os-hr",), report="cited", label="A|B *2020*"), *ratios(3)[1:])
    left_out = (LeftOut(result_id="r9", study_id="s9", label="Left 2001", reason="no confidence interval"),)
    analyses = [analysis_of(rows, left_out=left_out), proportions(4)]
    tables = [comparison_table(records(), Question(id="t", title="Survival", outcome=("OS",)))]
    return report_text(analyses, tables, records())


@pytest.mark.parametrize(
    "part",
    [
        "from 4 documents (2 ok, 1 partial, 1 failed): 4 documents, 4 studies, 3 arms, 4 arm results, 3 contrasts, 3 ",
        "transplantation: overall survival](maintenance-os/forest.svg)",
        "**HR 0.",
        "- Heterogeneity: τ² = 0.020",
        "### Rows used",
        "| A\\|B \\*2020\\* † | sorafenib (n = 40) | placebo (n = 38) | 0.70 [0.33, 1.48] |",
        "`trial-os-hr`",
        "### Rows left out",
        "| Left 2001 | no confidence interval | `r9` |",
        "- **warning** A\\|B \\*2020\\*: P&lt;0.001, but the interval 0.40 to 0.90 implies 0.014. (`p_ci_mismatch`)",
        "Methods: outcome OS; measure HR; treatment sorafenib; comparator placebo, no maintenance. Random-",
        "1 of the rows come from citing publications.",
        "## Survival",
        "| papers/locked.pdf | failed | asks for a password |",
        "| papers/cohort.pdf | partial | page 7 of 12 is a scan |",
    ],
)
def test_a_report_says(part):
    assert part in report()


def test_failed_documents_stand_before_partial_ones():
    assert report().index("locked.pdf") < report().index("cohort.pdf")


def test_a_question_without_studies_says_so_and_an_empty_report_is_a_report():
    assert "No study matched this question." in report_text([analysis_of(())], [], Records())
    assert "Every document was read as a whole." in report_text([], [], Records())


def test_every_question_without_an_answer_stands_with_its_reason():
    question = Question(id="by-colour", outcome=("OS",), measure="HR", subgroup_by="colour")
    empty = replace(analysis_of(()), notes=("Nothing matched: no row has the outcome.",))
    table = comparison_table(Records(), Question(id="t", title="Side by side", outcome=("OS",)))
    text = report_text([empty], [table], Records(), unanswered=[(question, "colour is no column.")])
    section = text.partition("## Questions without an answer")[2].partition("\n## ")[0]
    assert "- by-colour: colour is no column." in section
    assert "Nothing matched: no row has the outcome." in section
    assert "- Side by side: No row matched this question." in section
    assert "Questions without an answer" not in report()


def test_a_doubt_stands_once_with_its_study():
    flag = records().flags[0]
    rows = (replace(ratios(3)[0], result_ids=flag.result_ids, notes=(flag.message, "A choice.")), *ratios(3)[1:])
    text = report_text([analysis_of(rows)], [], records())
    assert text.count(flag.message.replace("<", "&lt;")) == 1
    assert "A choice." in text


def test_the_result_of_reported_rows_alone_stands_beside_the_one_with_computed_rows():
    text = report_text([with_computed(5)], [], Records())
    section = text.partition("\n## ")[2]
    assert ", 5 studies. Reported only: HR 0." in section and ", 4 studies." in section
    assert ". Reported only: HR 0." in text.partition("\n## ")[0]


def test_error_flags_are_named_under_the_rows_used():
    note = "Error flag ci_estimate_mismatch: 0.70 lies outside its interval."
    rows = (replace(ratios(3)[0], notes=(note,), error_flags=("ci_estimate_mismatch",)), *ratios(3)[1:])
    assert f"1. {note.replace('_', chr(92) + '_')}" in report_text([analysis_of(rows)], [], Records())


def test_subgroups_are_listed():
    text = report_text([grouped(ratios(4), "randomized", "other")], [], records())
    assert "- randomized: HR 0." in text and "2 studies" in text


def test_a_report_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="file"):
        write_report([], [], records(), tmp_path / "file" / "report.md")
    path = write_report([], [], records(), tmp_path / "new" / "report.md")
    assert path.read_text(encoding="utf-8").startswith("# Evidence report")
