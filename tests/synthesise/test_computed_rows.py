"""Rows that were computed from others: when they are used, and the result without them beside the result with them."""

import pytest
from study_rows import ask, flag, hr, reasons, used

from evidence.errors import QuestionError
from evidence.model.codes import RowStatus
from evidence.synthesise import methods_text, pool, pooled_dict, reproduce_r, rows_table

METHOD = "hr_from_survival_p"
MEDIANS = "hr_from_medians_approximation"
GOOD = "0.48 (0.28-0.82)"


def computed(*inputs, study="A", method=METHOD, text=GOOD, **more):
    """A row computed from others of its document."""
    prefix = f"doc-{study}-"
    names = "+".join(name.removeprefix(prefix) for name in inputs)
    return hr(f"{prefix}{names}-{method}", study, text, derivation=method, **more)


def three():
    """Two studies that report their hazard ratio, one of them without an interval, and one that does not."""
    return (
        computed("doc-A-r1", "doc-A-r2"),
        hr("b", "B", "0.6 (0.4-0.9)"),
        hr("c", "C", "0.9", p_value=0.3, p_operator="="),
    )


def test_beside_a_result_with_computed_rows_stands_the_one_of_reported_rows_alone():
    analysis = ask(*three(), include_derived=True)
    alone = analysis.reported_only
    assert (analysis.pooled.k, alone.members) == (3, (1, 2))  # a standard error from p leaves the estimate reported
    assert alone.pooled == ask(*three()).pooled
    assert alone.pooled == pool([e.y for e in analysis.estimates[1:]], [e.v for e in analysis.estimates[1:]])


def test_a_result_of_reported_rows_alone_stands_alone():
    assert ask(*three()).reported_only is None
    assert ask(*three()[1:], include_derived=True).reported_only is None


@pytest.mark.parametrize("rows", [three()[:1], three()[:2]])
def test_too_few_reported_studies_are_not_pooled(rows):
    alone = ask(*rows, include_derived=True).reported_only
    assert (len(alone.members), alone.pooled) == (len(rows) - 1, None)


def test_files_hold_the_result_of_reported_rows_alone():
    analysis = ask(*three(), include_derived=True)
    figures = pooled_dict(analysis)["reported_only"]
    assert (figures["rows"], figures["k"], figures["mu"]) == ([2, 3], 2, analysis.reported_only.pooled.mu)
    assert pooled_dict(ask(*three()))["reported_only"] is None
    assert 'check("reported only", c(2, 3)' in reproduce_r(analysis)
    natural = figures["natural"]
    assert f"(2 studies): {natural['mu']:.3g}, {natural['ci_low']:.3g} to" in methods_text(analysis)
    assert "pooled alone, as far as there are enough (1)." in methods_text(ask(*three()[:2], include_derived=True))


def test_an_approximation_is_used_only_where_it_is_asked_for_by_name():
    rows = (computed("doc-A-r1", method=MEDIANS), hr("b", "B", "0.6 (0.4-0.9)"))
    refused = ask(*rows, include_derived=True)
    assert used(refused) == [("b",)]
    assert "asked for by its name" in reasons(refused)[f"doc-A-r1-{MEDIANS}"]
    assert len(used(ask(*rows, approximations=(MEDIANS,)))) == 2
    with pytest.raises(QuestionError, match="approximations 'medians'"):
        ask(*rows, approximations=("medians",))


def test_an_approximation_comes_after_every_other_computed_number():
    rows = (computed("doc-A-r1", method=MEDIANS, at=0), computed("doc-A-r2", at=50))
    analysis = ask(*rows, include_derived=True, approximations=(MEDIANS,))
    assert used(analysis) == [(f"doc-A-r2-{METHOD}",)]
    assert "a number that is not an approximation is used" in reasons(analysis)[f"doc-A-r1-{MEDIANS}"]


@pytest.mark.parametrize("status", [RowStatus.REJECTED, RowStatus.CORRECTED])
def test_what_was_computed_from_a_number_that_a_person_rejected_or_corrected_is_not_used(status):
    rows = (hr("doc-A-r1", "A", "", status=status), computed("doc-A-r1"))
    assert f"doc-A-r1, which a reviewer has {status.value}" in reasons(ask(*rows, include_derived=True)).popitem()[1]
    taken = computed("doc-A-r1", status=RowStatus.ACCEPTED)
    assert len(used(ask(rows[0], taken, include_derived=True))) == 1


def test_a_contradiction_in_an_input_holds_back_what_was_computed_from_it():
    rows = (hr("doc-A-r1", "A", ""), computed("doc-A-r1"), flag("doc-A-r1"))
    held = ask(*rows, include_derived=True)
    assert not used(held) and "held back" in reasons(held)[f"doc-A-r1-{METHOD}"]
    (estimate,) = ask(hr("doc-A-r1", "A", "", status=RowStatus.ACCEPTED), *rows[1:], include_derived=True).estimates
    assert estimate.error_flags == ("a_check",)
    assert estimate.notes[-1].startswith("Error flag a_check: ")


def test_the_table_of_rows_names_the_error_flags_of_each():
    analysis = ask(hr("b", "B", GOOD, status=RowStatus.ACCEPTED), hr("c", "C", GOOD), flag("b", document="doc-B"))
    assert [row["error_flags"] for row in rows_table(analysis)] == ["a_check", ""]
