"""One fact is one row, wherever a document prints it."""

from decimal import Decimal

from evidence.extract.repeats import contrasts_once
from evidence.model.codes import Measure, Outcome
from evidence.model.records import Contrast, Source


def reading(at, *, table=None, row=None, page=1, low="0.42", high="1.00", **said):
    """A contrast read at one place of a document."""
    source = Source(char_start=at, char_end=at + 5, quote="....", page=page, table=table, row=row, column=row)
    columns = {
        "arm": "",
        "comparator": "",
        "arm_id": None,
        "comparator_arm_id": None,
        "outcome": Outcome.OS,
        "outcome_text": "survival",
        "measure": Measure.HR,
    }
    limits = {"ci_low": low and Decimal(low), "ci_high": high and Decimal(high)}
    return Contrast(
        result_id="",
        document_id="d",
        study_id="s",
        source=source,
        estimate=Decimal("0.65"),
        **(columns | limits | said),
    )


def p(value, operator="="):
    return {"p_value": Decimal(value), "p_operator": operator}


def test_a_row_says_what_all_places_say_and_stands_where_all_of_it_is_first_printed():
    (row,) = contrasts_once(
        [
            reading(10, page=1, **p("0.05", "<")),
            reading(90, page=3, subgroup="women", arm="A", comparator="B", arm_id="a1", comparator_arm_id="a2"),
            reading(200, page=5, table="Table 3", row="Survival", **p("0.048")),
        ]
    )
    assert (row.arm, row.comparator, row.subgroup) == ("A", "B", "women")
    assert (str(row.p_value), row.p_operator, row.source.page) == ("0.048", "=", 5)


def test_of_equal_places_the_first_is_the_source():
    (row,) = contrasts_once([reading(200, table="Table 2", row="Survival", page=4), reading(10, page=1)])
    assert row.source.page == 1


def test_an_estimate_without_its_interval_is_the_same_fact():
    (row,) = contrasts_once([reading(10, low=None, high=None), reading(90)])
    assert (str(row.ci_low), row.source.char_start) == ("0.42", 90)


def test_equal_numbers_of_two_rows_of_a_table_are_two_facts():
    named = {"table": "Table 2", "outcome": Outcome.OTHER}
    one, other = (reading(at, row=name, outcome_text=name, **named) for at, name in ((10, "LDL"), (40, "HDL")))
    assert len(contrasts_once([one, other])) == 2


def test_readings_that_contradict_each_other_stay_apart():
    assert len(contrasts_once([reading(10, subgroup="men"), reading(90, subgroup="women")])) == 2
    assert len(contrasts_once([reading(10, **p("0.03")), reading(90, **p("0.30"))])) == 2


def test_equal_numbers_of_two_kinds_of_outcome_are_two_facts():
    arms = {"arm": "letrozole", "comparator": "tamoxifen", "arm_id": "a1", "comparator_arm_id": "a2"}
    deaths, toxic = reading(10, **arms), reading(90, **arms, outcome=Outcome.NRM)
    in_table = reading(200, **arms, table="Table 1", row="NRM", outcome=Outcome.NRM)
    assert [row.outcome for row in contrasts_once([deaths, toxic, in_table])] == [Outcome.OS, Outcome.NRM]
    called_otherwise = reading(90, **arms, outcome=Outcome.DEATH)
    assert len(contrasts_once([deaths, called_otherwise])) == 1
