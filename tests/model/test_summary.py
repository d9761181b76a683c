"""Summaries of findings in a question file: what is understood, and one sentence for what is not."""

import pytest

from evidence.errors import QuestionError
from evidence.model.question import Question, load_questions
from evidence.model.summary import SummaryOutcome, load_summaries, shows_survival

QUESTIONS = """
[[question]]
id = "os"
outcome = ["OS"]
measure = "HR"

[[question]]
id = "table"
outcome = ["OS"]

[[summary]]
id = "findings"
"""


def load(tmp_path, rest):
    path = tmp_path / "questions.toml"
    path.write_text(QUESTIONS + rest)
    return load_summaries(path, load_questions(path))


def test_a_row_needs_only_its_question(tmp_path):
    (summary,) = load(tmp_path, '[[summary.outcome]]\nquestion = "os"\nmonths = 24\n')
    (row,) = summary.outcome
    assert (row.months, row.comparator_percent, row.comparator_from, row.decision_line) == (24, None, "median", 1.0)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("", "has no rows"),
        ("[[summary.outcome]]\nmonths = 24\n", "names no question"),
        ('[[summary.outcome]]\nquestion = "rfs"\n', "no such question"),
        ('[[summary.outcome]]\nquestion = "table"\n', "needs one of HR, SHR, OR, RR"),
        ('[[summary.outcome]]\nquestion = "os"\nmonth = 24\n', "unknown key 'month'"),
        ('[[summary.outcome]]\nquestion = "os"\nmonths = -1\n', "months -1 is no number above 0"),
        ('[[summary.outcome]]\nquestion = "os"\nmonths = "24"\n', "months '24' is no number"),
        ('[[summary.outcome]]\nquestion = "os"\nmonths = nan\n', "months nan is no number"),
        ('[[summary.outcome]]\nquestion = "os"\nshow = "death"\n', "show 'death' is none of"),
        ('[[summary.outcome]]\nquestion = "os"\nmonths = 24\ncomparator_percent = 60\n', "comparator_source"),
        ('[[summary.outcome]]\nquestion = "os"\ncomparator_percent = 60\ncomparator_source = "registry"\n', "months"),
        (
            '[[summary.outcome]]\nquestion = "os"\nmonths = 24\ncomparator_percent = 100\ncomparator_source = "x"\n',
            "not between 0 and 100",
        ),
        ('title = 3\n[[summary.outcome]]\nquestion = "os"\n', "title 3 is no text"),
        ('outcome = "os"\n', "has no rows"),
        ('outcome = ["os"]\n', "[[summary.outcome]]"),
        (
            '[[summary.outcome]]\nquestion = "os"\n[[summary]]\nid = "os"\n[[summary.outcome]]\nquestion = "os"\n',
            "twice",
        ),
    ],
)
def test_what_does_not_fit_is_one_sentence(tmp_path, rest, said):
    with pytest.raises(QuestionError) as fault:
        load(tmp_path, rest)
    assert said in str(fault.value) and "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("outcome", "measure", "show", "expected"),
    [
        ("OS", "HR", None, True),
        ("OS", "HR", "event", False),
        ("RELAPSE", "HR", None, False),
        ("CRc", "OR", None, False),
        ("OS", "OR", None, None),  # printed of survivors and of deaths alike
        ("OS", "RR", "event", False),
    ],
)
def test_who_is_counted_is_told_by_the_outcome_or_by_the_panel(outcome, measure, show, expected):
    question = Question(id="q", outcome=(outcome,), measure=measure)
    assert shows_survival(SummaryOutcome(question="q", show=show), question) is expected
