from dataclasses import replace
from decimal import Decimal

import pytest

from evidence.extract import extract
from evidence.extract.places import number_places
from evidence.model.codes import Measure, Outcome
from evidence.model.records import ArmResult, Source
from evidence.read import read


def row_of(document, value, *, quote=None, **values):
    quote = quote or document.text
    start = document.text.index(quote)
    source = Source(char_start=start, char_end=start + len(quote), quote=quote)
    known = {"result_id": "r", "document_id": document.document_id, "study_id": "s", "arm_id": None, "arm": ""}
    known |= {"outcome": Outcome.OS, "outcome_text": "", "measure": Measure.PROPORTION, "source": source}
    return ArmResult(**known, value=None if value is None else Decimal(value), **values)


@pytest.mark.parametrize(
    ("text", "value", "printed"),
    [
        ("The rate was 76.6% against 60.1%.", "60.1", ["60.1"]),
        ("survival of 0\u00b764 in all", "0.64", ["0\u00b764"]),  # a raised decimal point
        ("P < .001 for all", "0.001", [".001"]),
        ("In all 1,234 patients of 12,345", "1234", ["1,234"]),
        ("Seven patients died, twenty-five did not.", "25", ["twenty-five"]),
        ("reached by 4 (4%) of them", "4", ["4", "4"]),  # count and percentage: nobody can tell which is meant
        ("a change of \u22122.3 (\u22123.4 to 2.3)", "-2.3", ["\u22122.3"]),
        ("a difference of 1.08 (\u22121.08 to 3.23)", "1.08", ["1.08"]),
        ("aged 18\u201360 years", "60", ["60"]),  # a dash is no minus
        ("a median of 561 days", "18.44", []),  # the row has it in months
    ],
)
def test_a_number_is_found_where_its_quote_prints_it(text, value, printed):
    document = read(f"{text}\n".encode())
    places = number_places(row_of(document, value), document.clean)
    assert [document.text[start:end] for start, end in places] == printed


def test_the_same_number_outside_of_the_quote_is_passed_over():
    document = read(b"Of them 12 died. Later 12 more were ill.\n")
    ((start, _),) = number_places(row_of(document, "12", quote="Later 12 more were ill."), document.clean)
    assert start == document.text.index("12 more")


def test_without_a_value_its_count_is_looked_for():
    document = read(b"It was reached by 7 of 12 patients.\n")
    ((start, end),) = number_places(row_of(document, None, events=7, total=12), document.clean)
    assert document.text[start:end] == "7"
    assert number_places(row_of(document, None, not_reached=True), document.clean) == []


def test_of_a_comparison_the_estimate_is_looked_for_and_else_the_p_value():
    text = (
        b"Patients were randomly assigned to drug A (n = 80) or placebo (n = 82).\n\nResults\n\nThe hazard ratio for "
    )
    document = read(text + b"death with drug A against placebo was 0.64 (95% CI, 0.49 to 0.83; P=0.004).\n")
    (row,) = extract(document).contrasts
    for known, printed in ((row, "0.64"), (replace(row, estimate=None), "0.004")):
        ((start, end),) = number_places(known, document.clean)
        assert document.text[start:end] == printed
