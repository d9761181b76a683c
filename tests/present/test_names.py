"""How groups, times and long names are called."""

from dataclasses import replace
from decimal import Decimal

import pytest

from evidence.model.question import Question
from evidence.model.results import ArmCount
from evidence.present.names import favours, months_text, shortened, sides_of
from tests.present.analyses import analysis_of, ratios


def pooled(arms, comparators, treatment=(), comparator=()):
    """An analysis of one study per pair of labels; a label may come with the arm's normal name: "arm A=sorafenib"."""
    question = Question(id="q", outcome=("OS",), measure="HR", treatment=treatment, comparator=comparator)
    rows = ratios(len(arms))
    return analysis_of(
        tuple(
            replace(row, arm=side(arm), comparator=side(other))
            for row, arm, other in zip(rows, arms, comparators, strict=True)
        ),
        question=question,
    )


def side(text):
    label, _, name = text.partition("=")
    return ArmCount(label=label, n=10, treatment=(name,) if name else ())


@pytest.mark.parametrize(
    ("arms", "asked", "called"),
    [
        (["sorafenib", "Sorafenib", "sorafenib"], ("sorafenib", "midostaurin", "gilteritinib"), "sorafenib"),
        (["gilteritinib", "quizartinib"], ("gilteritinib", "quizartinib", "sorafenib"), "gilteritinib or quizartinib"),
        (["gilteritinib", "quizartinib", "sorafenib"], ("gilteritinib", "quizartinib", "sorafenib"), "treatment"),
        (["sorafenib", "sorafenib maintenance", "Sorafenib arm"], ("sorafenib",), "sorafenib"),
        (["arm A=sorafenib", "group 1=sorafenib", "maintenance=sorafenib"], ("kinase inhibitor",), "sorafenib"),
        (["", ""], ("sorafenib", "midostaurin"), "treatment"),
    ],
)
def test_a_side_is_called_as_the_pooled_studies_call_it_where_one_or_two_names_do(arms, asked, called):
    analysis = pooled(arms, ["placebo"] * len(arms), treatment=asked)
    assert sides_of(analysis) == (called, "placebo")


def test_who_is_favoured_is_never_a_list_of_what_was_asked():
    asked = ("placebo", "control", "no maintenance", "observation")
    analysis = pooled(["sorafenib"] * 3, ["placebo", "control", "non-sorafenib"], ("sorafenib",), asked)
    assert favours(analysis) == ("Favours sorafenib", "Favours comparator")


@pytest.mark.parametrize(
    ("months", "text"),
    [
        ("1", "1 month"),
        ("6", "6 months"),
        ("12", "12 months (1 year)"),
        ("24", "24 months (2 years)"),
        ("18", "18 months"),
        ("16.7", "16.7 months"),
        ("24.0", "24.0 months (2 years)"),
        ("0", "0 months"),
    ],
)
def test_a_time_is_told_in_months_and_in_whole_years(months, text):
    assert months_text(Decimal(months)) == text


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("SORMAIN", 20, "SORMAIN"),
        ("Salvage with or without sorafenib", 20, "Salvage with or…"),
        ("Salvage, with sorafenib", 12, "Salvage…"),
        ("Acetylsalicylsäurebehandlung", 12, "Acetylsalic…"),
    ],
)
def test_a_long_name_is_cut_after_a_word(text, most, cut):
    assert shortened(text, most) == cut
